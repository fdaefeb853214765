/** Briefings that were saved, frozen at a position of the ledger. */
import { ask, change, json, send } from '../lib/api'

export interface Slide {
  about: 'all' | 'project' | 'unit'
  code: string
  note: string
}

/** A project or a unit, by its code. */
type Named = { project: string } | { unit: string }

interface Opening {
  project: string
  body: string | null
  parcels: number
}

/** Something that leaders are to decide, as the server's rule finds it. */
/** What every decision has: where on the map it is; absent where no single place stands for it. */
interface Placed {
  point?: [lng: number, lat: number] | null
}

export type Decision = Placed &
  (
    | ({
        kind: 'gap'
        from: string
        to: string
        from_m: number
        to_m: number
        gain_m: number
      } & Opening)
    | ({ kind: 'cluster'; area: number; gain: number } & Opening)
    | ({
        kind: 'late'
        parcels: number
        area: number
        overdue: number
        longest: { days: number; stage: string; article: string | null } | null
      } & Named)
    | ({
        kind: 'blocker'
        blocker: string
        parcels: number
        area: number
        there: number
        since: string
      } & Named)
  )

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

/** Puts back what was removed, under the same code. */
export const restoreBriefing = (code: string) =>
  change<null>('POST', `/api/v1/briefings/${encodeURIComponent(code)}/restore`)
