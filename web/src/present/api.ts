/** Briefings that were saved, frozen at a position of the ledger. */
import { ask, change, json, send } from '../lib/api'

export interface Slide {
  about: 'all' | 'project' | 'unit'
  code: string
  note: string
}

/** A briefing that was saved, as lists name it. */
export interface BriefingEntry {
  code: string
  title: string
  at: number
  as_of: string
  author: string
  created_at: number
  verification: string
  whole: boolean
}
export type Briefing = BriefingEntry & { slides: Slide[]; filter: string }

export async function fetchBriefings(): Promise<BriefingEntry[]> {
  return (await ask<{ briefings: BriefingEntry[] }>('/api/v1/briefings', {})).briefings
}

export const fetchBriefing = (code: string, signal: AbortSignal) =>
  ask<Briefing>(`/api/v1/briefings/${encodeURIComponent(code)}`, { signal })

export const saveBriefing = (title: string, slides: Slide[], filter: string, asOf: string | null) =>
  send<BriefingEntry>(
    '/api/v1/briefings',
    JSON.stringify({ title, slides, filter, ...(asOf ? { as_of: asOf } : {}) }),
    json,
  )

export const removeBriefing = (code: string) =>
  change<null>('DELETE', `/api/v1/briefings/${encodeURIComponent(code)}`)
