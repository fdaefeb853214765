/** The emulation board: campaigns, ranking with points, the cases behind each point. Areas are m². */
import { ask, at } from '../lib/api'
import type { ParcelName, Named } from '../lib/types'

export interface Criterion {
  code: string
  name: Named
  measure: string
  counts: 'area' | 'money' | 'parcels' | 'blockers' | 'steps' | 'holders'
  weight: number
  target: number
  floor: number
  article: string | null
  to_be_confirmed: boolean
}
export interface Campaign {
  code: string
  name: Named
  basis: Named
  illustration: boolean
  /** Whether it comes with the program, is the server's own, or an own text in place of one that comes with it. */
  origin?: 'shipped' | 'own' | 'replaced'
  from: string
  to: string
  period: string
  periods: { code: string; from: string; to: string }[]
  groups: {
    code: string
    name: Named
    of: string
    least_parcels: number
    least_weight: number
    least_due: number
  }[]
  criteria: Criterion[]
  awards: Award[]
}
/** Who may be put forward for an award. */
export interface Award {
  code: string
  name: Named
  to: string
  places: number | null
  least_score: number
  none_out_of_order: boolean
  /** Share of the steps judged that may be marked at most. */
  most_irregular: number
  days_early: number
  article: string | null
}
export interface Points {
  code: string
  weight: number
  points: number | null
  value: number | null
  target: number | null
  pledged: boolean
  cases: number
  for: number
  against: number
}
export interface BoardRow {
  code: string
  name: string
  rank: number | null
  tied: boolean
  reason: string | null
  score: number | null
  points: number
  out_of: number
  trend: { rank: number; score: number } | null
  work: {
    parcels: number
    area: number
    due_parcels: number
    handed_over_parcels: number
    handed_over_area: number
  }
  irregular: { out_of_order: number; clock_broken: number; steps: number; share: number }
  criteria: Points[]
}
export interface Nominee {
  code?: string
  name?: string
  rank?: number
  score?: number
  holder?: number
  handed_over_on?: string
  days_early?: number
  before_payment?: boolean
  parcels?: ParcelName[]
}
export interface Board {
  at: number
  as_of: string
  campaign: string
  name: Named
  illustration: boolean
  period: { code: string; from: string; to: string; until: string; open: boolean }
  previous: { code: string } | null
  criteria: Criterion[]
  groups: {
    code: string
    name: Named
    of: string
    until: string | null
    rows: BoardRow[]
    vanished: { code: string; name: string; valid_to: string; heirs: string[] }[]
  }[]
  nominees: {
    code: string
    name: Named
    to: string
    places: number | null
    eligible: number
    rows: Nominee[]
  }[]
}
export interface Evidence {
  name: string
  criterion: Criterion
  points: Points
  cases: number
  offset: number
  rows: {
    parcel: ParcelName & { project: string; unit: string; area: number; stage: string | null }
    counts: boolean
    why: string
    stage: string | null
    on: string | null
    due_on: string | null
  }[]
}

export async function fetchCampaigns(signal: AbortSignal): Promise<Campaign[]> {
  return (await ask<{ campaigns: Campaign[] }>('/api/v1/campaigns', { signal })).campaigns
}

const asked = (values: Record<string, string | null>) =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  )

export const fetchBoard = (
  campaign: string,
  period: string | null,
  asOf: string | null,
  signal: AbortSignal,
) => ask<Board>(at('/api/v1/board', asked({ campaign, period }), asOf), { signal })

export interface Question {
  campaign: string
  period: string
  group: string
  unit: string
  criterion: string
}

export const fetchEvidence = (
  question: Question,
  offset: number,
  asOf: string | null,
  signal: AbortSignal,
) =>
  ask<Evidence>(
    at(
      '/api/v1/board/evidence',
      asked({ ...question, offset: String(offset), limit: '100' }),
      asOf,
    ),
    { signal },
  )
