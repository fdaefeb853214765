/** The legend of a map on paper or in a picture: of what is drawn at a zoom, in the colours that are on. */
import { nameOf, t } from '../i18n'
import type { ColourMode } from '../lib/filter'
import { wholePercent } from '../lib/format'
import { palette } from '../lib/palette'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { PARCEL_ZOOM } from './layers'

export interface LegendLine {
  colour: string
  text: string
}

export function legendOf(catalog: Catalog, zoom: number, mode: ColourMode): LegendLine[] {
  const colours = palette('light')
  if (zoom >= PARCEL_ZOOM)
    return catalog.standings.map(({ name }, place) => ({
      colour: colours.stages[place] ?? colours.unknown,
      text: nameOf(name),
    }))
  if (mode === 'progress')
    return colours.progress.map((colour, step) => ({
      colour,
      text: `${String(step * 20)}–${wholePercent((step + 1) / 5, address.now.lang)}`,
    }))
  const names = [
    'legend.farBehind',
    'legend.behind',
    'legend.onTime',
    'legend.ahead',
    'legend.farAhead',
  ] as const
  return names.map((name, step) => ({
    colour: colours.plan[step] ?? colours.unknown,
    text: t(name),
  }))
}
