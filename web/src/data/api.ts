/** What the data room asks: rows a window at a time, and times in stages. Areas are m², days count from 1970-01-01. */
import { ask, at } from '../lib/api'
import type { Answer, Dwell, TableWindow } from '../lib/types'

export const fetchTable = (query: URLSearchParams, asOf: string | null, signal: AbortSignal) =>
  ask<TableWindow>(at('/api/v1/table', query, asOf), { signal })

export async function fetchDwells(
  query: URLSearchParams,
  asOf: string | null,
  signal: AbortSignal,
): Promise<Dwell[]> {
  const { stages } = await ask<Answer<'/api/v1/dwells'>>(at('/api/v1/dwells', query, asOf), {
    signal,
  })
  return stages
}
