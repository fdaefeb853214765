/** What those who keep the server ask and change. */
import { ask, askText, at, change, json, send } from '../lib/api'
import type {
  Access,
  AccountEntry,
  Answer,
  Condition,
  LedgerEvent,
  Sent,
  Summary,
} from '../lib/types'

/** What somebody wants to do with an account; most of it is asked about first. */
export type Wish =
  | {
      what: 'grant' | 'invite' | 'unlink' | 'password' | 'factor' | 'disable'
      account: AccountEntry
    }
  | { what: 'revoke'; account: AccountEntry; grant: AccountEntry['grants'][number] }

export const fetchAccounts = () => ask<Answer<'/api/v1/accounts'>>('/api/v1/accounts', {})

export const addAccount = (account: Sent<'/api/v1/accounts'>) =>
  send<Answer<'/api/v1/accounts', 'post'>>('/api/v1/accounts', JSON.stringify(account), json)

export const changeAccount = (name: string, body: Sent<'/api/v1/accounts/{name}'>) =>
  send<null>(`/api/v1/accounts/${encodeURIComponent(name)}`, JSON.stringify(body), json)

/** A way in, told once: its path on this server, and until when it leads somewhere. */
export const inviteAccount = (name: string) =>
  send<Answer<'/api/v1/accounts/{name}', 'post'>>(
    `/api/v1/accounts/${encodeURIComponent(name)}`,
    JSON.stringify({ invite: true } satisfies Sent<'/api/v1/accounts/{name}'>),
    json,
  )

export type NewToken = Sent<'/api/v1/tokens'>
export const addToken = (token: NewToken) =>
  send<Answer<'/api/v1/tokens', 'post'>>('/api/v1/tokens', JSON.stringify(token), json)

export const revokeToken = (id: number) => change<null>('DELETE', `/api/v1/tokens/${String(id)}`)

export async function fetchAccesses(): Promise<Access[]> {
  return (await ask<Answer<'/api/v1/accesses'>>('/api/v1/accesses', {})).accesses
}

export async function fetchLedger(before: number | null): Promise<LedgerEvent[]> {
  const query = new URLSearchParams(before === null ? {} : { before: String(before) })
  return (await ask<Answer<'/api/v1/ledger'>>(at('/api/v1/ledger', query), {})).events
}

export const fetchCondition = () => ask<Condition>('/api/v1/condition', {})

/** Parcels that have been handed over by today. */
export async function fetchHandedOver(): Promise<number> {
  const { total } = await ask<Summary>('/api/v1/summary', {})
  return total.measures.parcels.done
}

const campaignPath = (code: string) => `/api/v1/campaigns/${encodeURIComponent(code)}/file`

export const fetchCampaignFile = (code: string) => askText(campaignPath(code))

export const saveCampaign = (code: string, text: string) =>
  change<unknown>('PUT', campaignPath(code), text, 'text/plain; charset=utf-8')

export const deleteCampaign = (code: string) => change<null>('DELETE', campaignPath(code))
