/** Where each project stands on the day of the slider, for its colour and its gauge. */
import { isoOfDay, stepAt } from '../lib/days'
import { shareBy, stepOf, type ColourMode } from '../lib/filter'
import type { MeasureName } from '../lib/address'
import type { Catalog, Measured, Series, Summary } from '../lib/types'

export interface Standing {
  id: number
  code: string
  share: number
  step: number | null
}

/**
 * The share comes from the daily curves while the slider moves and from the
 * summary once it has arrived for that very day; other measures and days ahead of
 * plan come from the summary alone. A project is left out while nothing is known.
 */
export function standings(
  catalog: Catalog,
  whole: Series | null,
  overall: Summary | null,
  day: number,
  mode: ColourMode,
  measure: MeasureName = 'area',
  measured: Measured[] | null = null,
): Standing[] {
  const exact = overall?.as_of === isoOfDay(day)
  const rows = new Map(overall?.projects.map((row) => [row.code, row]))
  const curves = new Map(whole?.projects.map((curve) => [curve.code, curve]))
  return catalog.projects.flatMap(({ id, code }) => {
    const row = exact ? rows.get(code) : undefined
    const curve = curves.get(code)
    const drawn =
      whole && curve && curve.area > 0
        ? stepAt(curve.days, curve.actual, day) / curve.area
        : undefined
    // Where there is no land there is no share of it.
    const area = row && row.area > 0 ? row.share : drawn
    // Only the area has a curve that the slider can follow by itself.
    const share = measure === 'area' ? area : row && shareBy(row, measure, measured)
    if (share === undefined || share === null) return []
    if (mode === 'plan' && !row) return []
    return [{ id, code, share, step: stepOf({ share, days_ahead: row?.days_ahead ?? null }, mode) }]
  })
}
