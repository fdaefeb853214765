/** What a slide says, put together from the server's figures; every number comes from there. */
import { ask, at } from '../lib/api'
import { valueAt } from '../lib/days'
import type { Fronts } from '../lib/forecast'
import type { Bbox, Catalog, Progress, ProjectDetail, Series, Summary } from '../lib/types'
import type { Decision, Slide } from './api'

/** Days between "before" and "after". */
export const PERIOD = 30

/** The state of the ledger that all slides are of; empty = now. */
export type When = URLSearchParams

export interface Facts {
  slide: Slide
  title: string
  at: number
  /** The day, as the server writes it. */
  asOf: string
  progress: Progress
  /** Share of the area handed over at the beginning of the period. */
  before: number
  fronts: Fronts | null
  decisions: Decision[]
  /** Projects that are furthest behind, worst first. */
  behind: { code: string; days: number }[]
  projects: number
  bbox: Bbox
}

const question = (when: When, more: Record<string, string>) =>
  new URLSearchParams([...when, ...Object.entries(more)])

/** The share of the area that was handed over so many days before the last day of a curve. */
function shareBefore({ days, actual }: Series, area: number, day: number): number {
  return area > 0 ? valueAt(days, actual, day - PERIOD) / area : 0
}

function furthestBehind({ projects }: Summary): Facts['behind'] {
  return projects
    .flatMap(({ code, days_ahead }) =>
      days_ahead !== null && days_ahead < 0 ? [{ code, days: -days_ahead }] : [],
    )
    .sort((a, b) => b.days - a.days)
}

const askDecisions = (question: URLSearchParams, signal: AbortSignal) =>
  ask<{ decisions: Decision[] }>(at('/api/v1/decisions', question), { signal })

async function ofSet(
  slide: Slide,
  title: string,
  bbox: Bbox,
  filter: URLSearchParams,
  when: When,
  day: number,
  signal: AbortSignal,
): Promise<Facts> {
  const more = Object.fromEntries(filter)
  const [summary, series, { decisions }] = await Promise.all([
    ask<Summary>(at('/api/v1/summary', question(when, more)), { signal }),
    ask<Series>(at('/api/v1/series', question(when, more)), { signal }),
    askDecisions(question(when, more), signal),
  ])
  const { total } = summary
  return {
    slide,
    title,
    at: summary.at,
    asOf: summary.as_of,
    progress: total,
    before: shareBefore(series, total.measures.area.total, day),
    fronts: null,
    decisions,
    behind: furthestBehind(summary),
    projects: summary.projects.length,
    bbox,
  }
}

async function ofProject(
  slide: Slide,
  bbox: Bbox,
  when: When,
  day: number,
  signal: AbortSignal,
): Promise<Facts> {
  const path = `/api/v1/projects/${encodeURIComponent(slide.code)}`
  const about = question(when, { project: slide.code })
  const [project, fronts, { decisions }] = await Promise.all([
    ask<ProjectDetail>(at(path, when), { signal }),
    ask<Fronts>(at('/api/v1/fronts', about), { signal }),
    askDecisions(about, signal),
  ])
  const { total } = project.progress.measures.area
  const { days, actual } = project.series
  return {
    slide,
    title: project.name,
    at: project.at,
    asOf: project.as_of,
    progress: project.progress,
    before: total > 0 ? valueAt(days, actual, day - PERIOD) / total : 0,
    fronts,
    decisions,
    behind: [],
    projects: 1,
    bbox,
  }
}

/** Asks for all that a slide says. `filter` is that of the whole deck. */
export function fetchFacts(
  slide: Slide,
  catalog: Catalog,
  filter: URLSearchParams,
  when: When,
  day: number,
  signal: AbortSignal,
): Promise<Facts> {
  if (slide.about === 'project') {
    const entry = catalog.projects.find(({ code }) => code === slide.code)
    return ofProject(slide, entry?.bbox ?? catalog.bbox, when, day, signal)
  }
  if (slide.about === 'unit') {
    const unit = catalog.units.find(({ code, parcels }) => code === slide.code && parcels > 0)
    const own = new URLSearchParams([...filter, ['unit', slide.code]])
    const box = unit?.bbox ?? catalog.bbox
    return ofSet(slide, unit?.name ?? slide.code, box, own, when, day, signal)
  }
  return ofSet(slide, catalog.province, catalog.bbox, filter, when, day, signal)
}
