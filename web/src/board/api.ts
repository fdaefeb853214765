/** The emulation board: campaigns, ranking with points, the cases behind each point. Areas are m². */
import { ask, at } from '../lib/api'
import type { Answer, Board, Campaign, Evidence, Query } from '../lib/types'
import type { paths } from '../lib/schema'

export async function fetchCampaigns(signal: AbortSignal): Promise<Campaign[]> {
  return (await ask<Answer<'/api/v1/campaigns'>>('/api/v1/campaigns', { signal })).campaigns
}

/** A question of an address; what is null is not asked. */
const asked = <P extends keyof paths>(values: { [N in keyof Query<P>]: Query<P>[N] | null }) =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, String(value)]],
    ),
  )

export const fetchBoard = (
  campaign: string,
  period: string | null,
  asOf: string | null,
  signal: AbortSignal,
) => ask<Board>(at('/api/v1/board', asked<'/api/v1/board'>({ campaign, period }), asOf), { signal })

type Asked = Query<'/api/v1/board/evidence'>
export type Question = Required<Pick<Asked, 'campaign' | 'period' | 'group' | 'unit' | 'criterion'>>

export const fetchEvidence = (
  question: Question,
  offset: number,
  asOf: string | null,
  signal: AbortSignal,
) =>
  ask<Evidence>(
    at(
      '/api/v1/board/evidence',
      asked<'/api/v1/board/evidence'>({ ...question, offset, limit: 100 }),
      asOf,
    ),
    { signal },
  )
