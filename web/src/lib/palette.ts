/**
 * Every colour of the app stands in `data/palette.json` and nowhere else: reports take them from there
 * too, the map from `palette(theme)`, the style sheets as CSS variables written by `paletteCss`.
 * Steps of a scale keep a distance that survives the three colour-vision
 * deficiencies; `tests/unit/palette.test.ts` measures it.
 */
import colours from '../../../data/palette.json'

export type Theme = 'light' | 'dark'

type FiveColours = readonly [string, string, string, string, string]
type TenColours = readonly [...FiveColours, ...FiveColours]

/** Progress of a project in steps of 20 %. */
export const progressSteps = colours.progress as unknown as FiveColours

/** Far behind, behind, on time, ahead, far ahead of plan. */
export const planSteps = colours.plan as unknown as FiveColours

/**
 * Where a parcel stands, ten places from sand over blue to green. Paid only and decided only are as
 * dark as one another, since neither is further: blue and plum differ where only lightness and
 * blue against yellow are seen. Both and handed over turn green.
 */
export const stageSteps = colours.stages as unknown as TenColours

/** What cameras read (`scanLight`, `scanDark`) is dark on light, by night too. */
const shared = colours.shared

type Ground = typeof colours.light

export interface Palette extends Ground {
  progress: FiveColours
  plan: FiveColours
  stages: TenColours
  alert: string
  withdrawn: string
  tick: string
  scanLight: string
  scanDark: string
}

/** The colours of one theme; the scales are the same in both, so that a legend learnt by day serves by night. */
export function palette(theme: Theme): Palette {
  return {
    ...colours[theme],
    ...shared,
    progress: progressSteps,
    plan: planSteps,
    stages: stageSteps,
  }
}

function variables(theme: Theme): string {
  const entries = Object.entries(palette(theme)).flatMap(([name, value]: [string, unknown]) =>
    Array.isArray(value)
      ? value.map((colour, step) => `--${name}-${String(step)}: ${String(colour)};`)
      : [`--${kebab(name)}: ${String(value)};`],
  )
  return entries.join('\n  ')
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const groundNames = [
  'outside',
  'surface',
  'surfaceSoft',
  'line',
  'ink',
  'inkSoft',
  'shadow',
] as const

/** What the page needs before its style sheet has come, by the system's theme. */
export function groundCss(): string {
  const of = (theme: Theme) =>
    groundNames.map((name) => `--${kebab(name)}:${palette(theme)[name]}`).join(';')
  const steps = progressSteps
    .map((colour, step) => `--progress-${String(step)}:${colour}`)
    .join(';')
  return `:root{color-scheme:light dark;${of('light')};${steps}}
@media(prefers-color-scheme:dark){:root{${of('dark')}}}`
}

/** The palette as CSS variables: light on `:root`, dark under `[data-theme='dark']`, and before any
 * script by the system's theme; paper is always light. */
export function paletteCss(): string {
  return `:root {
  color-scheme: light;
  ${variables('light')}
}
:root[data-theme='dark'] {
  color-scheme: dark;
  ${variables('dark')}
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme]) {
    color-scheme: dark;
    ${variables('dark')}
  }
}
@media print {
  :root[data-theme='dark'] {
    color-scheme: light;
    ${variables('light')}
  }
}
`
}
