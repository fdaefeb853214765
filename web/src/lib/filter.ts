/** What part of the land is looked at. The same filter goes to the server (figures) and to the map (layers). */
import type { MeasureName, Ring } from './address'
import { shareOf } from './measure'
import type { Measured, Row } from './types'

export interface Filter {
  projects: string[]
  units: string[]
  kind: string | null
  body: string | null
  key: boolean
  stages: string[]
  uses: string[]
  blocked: boolean
  overdue: boolean
  late: boolean
  /** Kinds of blockers of which one is open. */
  blockers: string[]
  /** More days than this past a legal deadline. */
  overdueDays: number | null
  /** A drawn area that a parcel has to touch. */
  area: Ring | null
  /** A step of the project legend in the colour mode that is on. */
  step: number | null
}

export const noFilter: Filter = {
  projects: [],
  units: [],
  kind: null,
  body: null,
  key: false,
  stages: [],
  uses: [],
  blocked: false,
  overdue: false,
  late: false,
  blockers: [],
  overdueDays: null,
  area: null,
  step: null,
}

/** The one of a list that has only one. */
export const onlyOf = (codes: readonly string[]): string | null =>
  codes.length === 1 ? (codes[0] ?? null) : null

/** Projects that are chosen by name and by legend step; null when none is. */
export function projectsOf(
  { projects }: Filter,
  members: readonly string[] | null,
): string[] | null {
  if (!projects.length) return members && [...members]
  return members ? projects.filter((code) => members.includes(code)) : projects
}

/** How many conditions narrow the view. */
export function conditions(filter: Filter): number {
  const { kind, body, step, overdueDays, area } = filter
  const single = [kind, body, step, overdueDays, area]
  const flags = [filter.key, filter.blocked, filter.overdue, filter.late]
  const lists = [filter.projects, filter.units, filter.stages, filter.uses, filter.blockers]
  return (
    single.filter((value) => value !== null).length +
    flags.filter(Boolean).length +
    lists.reduce((sum, list) => sum + list.length, 0)
  )
}

/**
 * The filter without what the legend itself chooses: counts beside legend
 * entries must not vanish because a neighbour is chosen.
 */
export function facets(filter: Filter): Filter {
  return { ...filter, stages: [], blocked: false, overdue: false, late: false }
}

/** Whether parcels are chosen by where they stand: then a share of what is done follows from the choice and tells nothing. */
export const byState = ({
  stages,
  blocked,
  overdue,
  late,
  blockers,
  overdueDays,
}: Filter): boolean =>
  stages.length > 0 || blocked || overdue || late || blockers.length > 0 || overdueDays !== null

/** Whether only whole projects are chosen, so that what is known of a project alone holds. */
export const ofWholeProjects = (filter: Filter): boolean =>
  !byState(filter) && filter.units.length === 0 && filter.uses.length === 0 && filter.area === null

/** How much land is behind the plan, in square metres; below zero ahead of it. */
export const behindPlan = ({
  planned_share,
  area,
  cleared_area,
}: Pick<Row, 'planned_share' | 'area' | 'cleared_area'>): number =>
  planned_share === null ? 0 : planned_share * area - cleared_area

export type ColourMode = 'progress' | 'plan'

/** Bounds, in days ahead of plan, between the steps of the ahead-or-behind scale. */
export const planBounds = [-60, -15, 15, 60] as const

/** Share from which a project counts as complete; rounding of square metres must not hide the tick. */
const COMPLETE = 0.99995

/** The legend step of a share: 0..4 for fifths, 5 when complete. */
export function progressStep(share: number): number {
  return share >= COMPLETE ? 5 : Math.min(4, Math.max(0, Math.floor(share * 5)))
}

/** The legend step of days ahead of plan: 0 far behind .. 4 far ahead; null without a plan. */
export function planStep(daysAhead: number | null): number | null {
  if (daysAhead === null) return null
  const [far, behind, ahead, farAhead] = planBounds
  if (daysAhead < far) return 0
  if (daysAhead < behind) return 1
  if (daysAhead <= ahead) return 2
  return daysAhead <= farAhead ? 3 : 4
}

/** The legend step of a project in the given colour mode. */
export function stepOf(row: Pick<Row, 'share' | 'days_ahead'>, mode: ColourMode): number | null {
  return mode === 'progress' ? progressStep(row.share) : planStep(row.days_ahead)
}

/** The share of a row by one of the five measures; null where it does not apply or is not known yet. */
export function shareBy(
  row: Row,
  measure: MeasureName,
  measured: Measured[] | null,
): number | null {
  if (measure === 'area') return row.share
  const own = measured?.find(({ code }) => code === row.code)
  return own ? shareOf(own.measures, measure) : null
}

/** The legend step of a row by one of the five measures; null where the measure does not apply. */
export function stepBy(
  row: Row,
  mode: ColourMode,
  measure: MeasureName,
  measured: Measured[] | null,
): number | null {
  const share = shareBy(row, measure, measured)
  if (mode === 'progress' && share === null) return null
  return stepOf({ share: share ?? 0, days_ahead: row.days_ahead }, mode)
}
