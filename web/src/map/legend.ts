/** The legend of a map on paper or in a picture: of what is drawn at a zoom, in the colours that are on. */
import { nameOf, t } from '../i18n'
import { measureNames } from '../i18n/phrases'
import { wholePercent } from '../lib/format'
import { palette } from '../lib/palette'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { stage } from '../stores/stage.svelte'
import { PARCEL_ZOOM } from './layers'

export interface LegendLine {
  colour: string
  text: string
  /** What lies over the colour of a parcel that is blocked or overdue. */
  mark?: 'hatch' | 'dots'
}

export interface Legend {
  /** What the colours tell. */
  title: string
  lines: LegendLine[]
}

/** Blocked and overdue parcels are drawn on the map of today only. */
function ofParcels(catalog: Catalog, today: boolean): Legend {
  const colours = palette('light')
  const stages = catalog.standings.map(({ name }, place) => ({
    colour: colours.stages[place] ?? colours.unknown,
    text: nameOf(name),
  }))
  const marks: LegendLine[] = [
    { colour: colours.surface, text: t('legend.blocked'), mark: 'hatch' },
    { colour: colours.surface, text: t('legend.overdue'), mark: 'dots' },
  ]
  const title = t('legend.parcels')
  return {
    title: stage.patched ? `${title}. ${t('legend.patched')}` : title,
    lines: today ? [...stages, ...marks] : stages,
  }
}

/** The legend at a zoom; `today` tells whether the map is of the day that it is. */
export function legendOf(catalog: Catalog, zoom: number, today: boolean): Legend {
  const { colour: mode, measure, lang } = address.now
  const colours = palette('light')
  if (zoom >= PARCEL_ZOOM) return ofParcels(catalog, today)
  if (mode === 'progress')
    return {
      title: t('legend.progressOf', { measure: t(measureNames[measure]) }),
      lines: colours.progress.map((colour, step) => ({
        colour,
        text: `${String(step * 20)}–${wholePercent((step + 1) / 5, lang)}`,
      })),
    }
  const names = [
    'legend.farBehind',
    'legend.behind',
    'legend.onTime',
    'legend.ahead',
    'legend.farAhead',
  ] as const
  return {
    title: t('legend.plan'),
    lines: names.map((name, step) => ({
      colour: colours.plan[step] ?? colours.unknown,
      text: t(name),
    })),
  }
}
