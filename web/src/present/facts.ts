/** What a slide says, put together from the server's figures; every number comes from there. */
import { filterParts, filterWords, scopeWords } from '../i18n/scope'
import { projectName, unitName } from '../i18n/names'
import { ask, at } from '../lib/api'
import { around, within } from '../lib/boxes'
import { isoOfDay, valueAt } from '../lib/days'
import { behindPlan, byState, ofWholeProjects, onlyOf, type Filter } from '../lib/filter'
import { filterOfParameters } from '../lib/query'
import type {
  Answer,
  Bbox,
  Catalog,
  Decision,
  Fronts,
  Progress,
  Series,
  Slide,
  Summary,
  Tally,
} from '../lib/types'

/** Days between "before" and "after". */
export const PERIOD = 30

/** The state of the ledger that all slides are of; empty = now. */
export type When = URLSearchParams

/** Parcels chosen by where they stand: they are counted, since the share of what is done is given by the choice. */
export interface Chosen {
  now: Tally
  /** The same choice at the beginning of the period. */
  before: Tally
  blocked: number
  overdue: number
  late: number
}

export interface Facts {
  slide: Slide
  title: string
  /** What narrows the title further, and the authority of the day. */
  subtitle: string
  at: number
  /** The day, as the server writes it. */
  asOf: string
  progress: Progress
  /** Share of the area handed over at the beginning of the period. */
  before: number
  /** Square metres behind the plan. */
  behindArea: number
  /** Null when the filter is not by state. */
  chosen: Chosen | null
  /** Whether something else than one project or unit narrows it. */
  narrowed: boolean
  fronts: Fronts | null
  decisions: Decision[]
  /** Projects that are behind. */
  behind: number
  projects: number
  bbox: Bbox
}

/** What a slide is about: the deck's filter, and the slide's own project or unit in it. */
interface Question {
  slide: Slide
  catalog: Catalog
  /** The filter of the whole deck. */
  filter: URLSearchParams
  when: When
  day: number
  signal: AbortSignal
}

function together(...parts: (URLSearchParams | Record<string, string>)[]): URLSearchParams {
  const all = new URLSearchParams()
  for (const part of parts)
    for (const [name, value] of part instanceof URLSearchParams ? part : Object.entries(part))
      all.set(name, value)
  return all
}

/** The filter with the slide's own place. */
function narrowed({ slide, filter }: Question): URLSearchParams {
  return slide.about === 'all' ? filter : together(filter, { [slide.about]: slide.code })
}

/** The share of the area that was handed over so many days before the last day of a curve. */
function shareBefore({ days, actual }: Series, area: number, day: number): number {
  return area > 0 ? valueAt(days, actual, day - PERIOD) / area : 0
}

const parcelsOf = ({ total }: Summary): Tally => ({
  parcels: total.measures.parcels.total,
  area: total.measures.area.total,
})

function bboxOf(catalog: Catalog, { projects, units, area }: Filter): Bbox {
  const boxes = [
    around(area?.map(([lng, lat]) => [lng, lat, lng, lat]) ?? []),
    around(catalog.units.filter(({ code }) => units.includes(code)).map(({ bbox }) => bbox)),
    around(catalog.projects.filter(({ code }) => projects.includes(code)).map(({ bbox }) => bbox)),
  ]
  return (
    boxes.reduce<Bbox | null>((all, box) => (all && box ? within(all, box) : (box ?? all)), null) ??
    catalog.bbox
  )
}

/** The words of a slide: its own place first, then what narrows the deck. */
function words({ slide, catalog, filter, day }: Question): { title: string; subtitle: string } {
  const deck = filterOfParameters(filter)
  if (slide.about === 'all') return filterWords(catalog, deck, null, day)
  const ofProject = slide.about === 'project'
  const own = ofProject ? projectName(catalog, slide.code) : unitName(catalog, slide.code)
  const others = { ...deck, ...(ofProject ? { projects: [] } : { units: [] }) }
  const parts = [own, ...filterParts(catalog, others)]
  return scopeWords(catalog, parts, day, true)
}

/** Asks for all that a slide says. */
export async function fetchFacts(question: Question): Promise<Facts> {
  const { slide, catalog, when, day, signal } = question
  const own = narrowed(question)
  const filter = filterOfParameters(own)
  const states = byState(filter)
  const query = together(when, own)
  const earlier = together(query, { as_of: isoOfDay(day - PERIOD) })
  const get = <T>(path: string, parameters: URLSearchParams) =>
    ask<T>(at(path, parameters), { signal })
  const project = onlyOf(filter.projects)
  const [summary, series, { decisions }, past, fronts] = await Promise.all([
    get<Summary>('/api/v1/summary', query),
    get<Series>('/api/v1/series', query),
    get<Answer<'/api/v1/decisions'>>('/api/v1/decisions', query),
    states ? get<Summary>('/api/v1/summary', earlier) : null,
    // Stretches are of a whole project: part of its parcels has none of its own.
    project !== null && ofWholeProjects(filter)
      ? get<Fronts>('/api/v1/fronts', together(when, { project }))
      : null,
  ])
  const { total } = summary
  const { area } = total.measures
  return {
    slide,
    ...words(question),
    at: summary.at,
    asOf: summary.as_of,
    progress: total,
    before: shareBefore(series, area.total, day),
    behindArea: area.planned === null ? 0 : area.planned - area.done,
    chosen: past && {
      now: parcelsOf(summary),
      before: parcelsOf(past),
      blocked: summary.blocked.parcels,
      overdue: summary.overdue.parcels,
      late: summary.late.parcels,
    },
    narrowed: own.size > (project === null && onlyOf(filter.units) === null ? 0 : 1),
    fronts,
    decisions,
    behind: summary.projects.filter((row) => behindPlan(row) > 0).length,
    projects: summary.projects.length,
    bbox: bboxOf(catalog, filter),
  }
}
