/**
 * Every colour of the app stands here and nowhere else: the map takes them from
 * `palette(theme)`, the style sheets as CSS variables written by `paletteCss`.
 * Steps of a scale keep a distance that survives the three colour-vision
 * deficiencies; `tests/unit/palette.test.ts` measures it.
 */

export type Theme = 'light' | 'dark'

type FiveColours = readonly [string, string, string, string, string]

/** Progress of a project in steps of 20 %. */
export const progressSteps: FiveColours = ['#FCE9C8', '#F3C37B', '#BFA54B', '#5F9A57', '#14693F']

/** Far behind, behind, on time, ahead, far ahead of plan. */
export const planSteps: FiveColours = ['#B2402E', '#E08B6D', '#EFE7DC', '#7FB3C8', '#20708F']

/**
 * Where a parcel stands, ten places from sand over blue to green. Paid only and decided only are as
 * dark as one another, since neither is further: blue and plum differ where only lightness and
 * blue against yellow are seen. Both and handed over turn green.
 */
export const stageSteps = [
  '#EFE8D8',
  '#DCCB9F',
  '#B89F63',
  '#B7C6D1',
  '#8BA9C4',
  '#6089B5',
  '#1F5FA8',
  '#84566D',
  '#35A68E',
  '#125F3A',
] as const

const shared = {
  alert: '#B2402E',
  withdrawn: '#9AA0A8',
  tick: '#FFFFFF',
  /** What cameras read is dark on light, by night too. */
  scanLight: '#FFFFFF',
  scanDark: '#000000',
} as const

const light = {
  land: '#F6F4EF',
  outside: '#E7E4DB',
  water: '#DCE7EC',
  boundary: '#B9B4A8',
  ink: '#1D2433',
  inkSoft: '#556070',
  halo: '#FBFAF7',
  accent: '#0B5FA5',
  onAccent: '#FFFFFF',
  surface: '#FFFFFF',
  surfaceSoft: '#F4F2EC',
  line: '#DDD9CF',
  control: '#8B8678',
  late: '#A23723',
  ahead: '#1B6B85',
  curve: '#14693F',
  parcelEdge: '#FFFFFF',
  projectEdge: '#5E5A4E',
  casing: '#4C4838',
  gaugeBack: '#FFFFFF',
  gaugeTrack: '#D9D4C7',
  unknown: '#CFCBC0',
  shadow: 'rgba(29, 36, 51, 0.16)',
  veil: 'rgba(29, 36, 51, 0.45)',
} as const

type Ground = Record<keyof typeof light, string>

const dark: Ground = {
  land: '#1A202C',
  outside: '#12161F',
  water: '#1C2431',
  boundary: '#4A5568',
  ink: '#E8ECF2',
  inkSoft: '#A3AEBD',
  halo: '#12161F',
  accent: '#6DB3F2',
  onAccent: '#0C1420',
  surface: '#171D28',
  surfaceSoft: '#202836',
  line: '#323C4D',
  control: '#76839A',
  late: '#F0917A',
  ahead: '#7CC4DE',
  curve: '#5FB987',
  parcelEdge: '#F3EFE4',
  projectEdge: '#C9C4B4',
  casing: '#AEB6BF',
  gaugeBack: '#171D28',
  gaugeTrack: '#465065',
  unknown: '#4A5262',
  shadow: 'rgba(0, 0, 0, 0.5)',
  veil: 'rgba(0, 0, 0, 0.6)',
}

export interface Palette extends Ground {
  progress: FiveColours
  plan: FiveColours
  stages: typeof stageSteps
  alert: string
  withdrawn: string
  tick: string
  scanLight: string
  scanDark: string
}

/** The colours of one theme; the scales are the same in both, so that a legend learnt by day serves by night. */
export function palette(theme: Theme): Palette {
  return {
    ...(theme === 'dark' ? dark : light),
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
