/** What part of the land is looked at. The same filter goes to the server (figures) and to the map (layers). */
import type { MeasureName } from './address'
import { shareOf } from './measure'
import type { Catalog, Measured, Row } from './types'

export interface Filter {
  project: string | null
  unit: string | null
  kind: string | null
  body: string | null
  key: boolean
  stages: string[]
  uses: string[]
  blocked: boolean
  overdue: boolean
  late: boolean
  /** A step of the project legend in the colour mode that is on. */
  step: number | null
}

export const noFilter: Filter = {
  project: null,
  unit: null,
  kind: null,
  body: null,
  key: false,
  stages: [],
  uses: [],
  blocked: false,
  overdue: false,
  late: false,
  step: null,
}

/** How many conditions narrow the view. */
export function conditions(filter: Filter): number {
  const single = [filter.project, filter.unit, filter.kind, filter.body, filter.step]
  const flags = [filter.key, filter.blocked, filter.overdue, filter.late]
  return (
    single.filter((value) => value !== null).length +
    flags.filter(Boolean).length +
    filter.stages.length +
    filter.uses.length
  )
}

/**
 * The filter without what the legend itself chooses: counts beside legend
 * entries must not vanish because a neighbour is chosen.
 */
export function facets(filter: Filter): Filter {
  return { ...filter, stages: [], uses: [], blocked: false, overdue: false, late: false }
}

/** What nothing passes, in CQL2. */
const NOTHING = '1=2'

/** The filter as query parameters; `members` are the projects of the chosen legend step. */
export function filterParameters(filter: Filter, members: string[] | null): URLSearchParams {
  const query = new URLSearchParams()
  const projects = filter.project ?? members?.join(',')
  if (projects) query.set('project', projects)
  // A legend step without projects has no parcels; leaving the condition out would give all of them.
  else if (members) query.set('filter', NOTHING)
  if (filter.unit) query.set('unit', filter.unit)
  if (filter.kind) query.set('kind', filter.kind)
  if (filter.body) query.set('body', filter.body)
  if (filter.key) query.set('key', 'true')
  if (filter.stages.length) query.set('stage', filter.stages.join(','))
  if (filter.uses.length) query.set('use', filter.uses.join(','))
  if (filter.blocked) query.set('blocked', 'true')
  if (filter.overdue) query.set('overdue', 'true')
  if (filter.late) query.set('late', 'true')
  return query
}

/** Whether parcels are chosen by where they stand: then a share of what is done follows from the choice and tells nothing. */
export const byState = ({ stages, blocked, overdue, late }: Filter): boolean =>
  stages.length > 0 || blocked || overdue || late

/** Whether only whole projects are chosen, so that what is known of a project alone holds. */
export const ofWholeProjects = (filter: Filter): boolean =>
  !byState(filter) && filter.unit === null && filter.uses.length === 0

/** Reads query parameters back; several projects are those of a legend step. */
export function filterOfParameters(query: URLSearchParams): {
  filter: Filter
  members: string[] | null
} {
  const listed = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean)
  const projects = listed('project')
  const is = (name: string) => query.get(name) === 'true'
  return {
    filter: {
      project: projects.length === 1 ? (projects[0] ?? null) : null,
      unit: query.get('unit'),
      kind: query.get('kind'),
      body: query.get('body'),
      key: is('key'),
      stages: listed('stage'),
      uses: listed('use'),
      blocked: is('blocked'),
      overdue: is('overdue'),
      late: is('late'),
      step: null,
    },
    members: projects.length > 1 ? projects : null,
  }
}

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

/** Codes of the projects that pass the filter's project conditions; null when none is set. */
export function matchingProjects(
  catalog: Catalog,
  filter: Filter,
  members: string[] | null,
): string[] | null {
  const { project, unit, kind, body, key } = filter
  if (!project && !unit && !kind && !body && !key && !members) return null
  return catalog.projects
    .filter(
      (entry) =>
        (!project || entry.code === project) &&
        (!unit || entry.units.includes(unit)) &&
        (!kind || entry.kind === kind) &&
        (!body || entry.body === body) &&
        (!key || entry.key) &&
        (!members || members.includes(entry.code)),
    )
    .map((entry) => entry.code)
}
