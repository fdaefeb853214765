/** Briefings that were saved, frozen at a position of the ledger. */
import { ask, change, json, send } from '../lib/api'
import type { Answer, Briefing, BriefingEntry, Sent, Slide } from '../lib/types'

export async function fetchBriefings(): Promise<BriefingEntry[]> {
  return (await ask<Answer<'/api/v1/briefings'>>('/api/v1/briefings', {})).briefings
}

export const fetchBriefing = (code: string, signal: AbortSignal) =>
  ask<Briefing>(`/api/v1/briefings/${encodeURIComponent(code)}`, { signal })

export const saveBriefing = (title: string, slides: Slide[], filter: string, asOf: string | null) =>
  send<BriefingEntry>(
    '/api/v1/briefings',
    JSON.stringify({ title, slides, filter, as_of: asOf } satisfies Sent<'/api/v1/briefings'>),
    json,
  )

export const removeBriefing = (code: string) =>
  change<null>('DELETE', `/api/v1/briefings/${encodeURIComponent(code)}`)

/** Puts back what was removed, under the same code. */
export const restoreBriefing = (code: string) =>
  change<null>('POST', `/api/v1/briefings/${encodeURIComponent(code)}/restore`)
