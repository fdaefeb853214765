/** What the data room asks: rows a window at a time, and times in stages. Areas are m², days count from 1970-01-01. */
import { ask, at } from '../lib/api'
import type { Bbox } from '../lib/types'

/** A parcel as a row of the table. */
export interface TableRow {
  id: number
  project: string
  unit: string
  sheet: string
  parcel: string
  use: string
  area: number
  stage: string | null
  stage_day: number | null
  planned_day: number | null
  due_day: number | null
  due_stage: string | null
  blockers: string[]
  marks: string[]
  overdue: boolean
  late: boolean
  bbox: Bbox
}

/** Rows that belong together, with their subtotals. */
export interface Section {
  code: string
  offset: number
  parcels: number
  cleared_parcels: number
  area: number
  cleared_area: number
  share: number
  blocked: number
  overdue: number
  late: number
}

export interface TableWindow {
  at: number
  as_of: string
  total: number
  offset: number
  groups: Section[] | null
  rows: TableRow[]
}

/** How long parcels stay in a stage, days. */
export interface Dwell {
  stage: string
  ended: number
  going_on: number
  quarter: number | null
  half: number | null
  three_quarters: number | null
}

export const fetchTable = (query: URLSearchParams, asOf: string | null, signal: AbortSignal) =>
  ask<TableWindow>(at('/api/v1/table', query, asOf), { signal })

export async function fetchDwells(
  query: URLSearchParams,
  asOf: string | null,
  signal: AbortSignal,
): Promise<Dwell[]> {
  const { stages } = await ask<{ stages: Dwell[] }>(at('/api/v1/dwells', query, asOf), { signal })
  return stages
}
