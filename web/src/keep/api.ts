/** What those who keep the server ask and change. */
import { ask, askText, at, change, json, send } from '../lib/api'
import type { Summary } from '../lib/types'

export interface AccountEntry {
  /** The number by which keys name their account; older servers do not tell it. */
  id?: number
  name: string
  full_name: string
  disabled: boolean
  grants: { role: string; unit: number | null }[]
  /** Whether it belongs to somebody at the provider of identities. */
  linked: boolean
  /** Whether a code is asked for beside the password. */
  second_factor: boolean
}
/** What somebody wants to do with an account; most of it is asked about first. */
export type Wish =
  | {
      what: 'grant' | 'invite' | 'unlink' | 'password' | 'factor' | 'disable'
      account: AccountEntry
    }
  | { what: 'revoke'; account: AccountEntry; grant: AccountEntry['grants'][number] }
export interface TokenEntry {
  id: number
  account: number
  name: string
  scope: 'read' | 'write'
  expires_at: number
  revoked: boolean
}
export interface Access {
  at: number
  account: string
  parcel: number
  what: string
}
export interface LedgerEvent {
  position: number
  recorded_at: number
  day: string
  author: string
  kind: string
  /** What it says, where the server tells: the stage, the act, the blocker. */
  stage?: string | null
  step?: string | null
  blocker?: string | null
  document: string | null
  parcel: { id: number; sheet: string; parcel: string; project: string } | null
}
export interface Condition {
  version: string
  started_at: number
  at: number
  stored_at: number
  head: string
  parcels: number
  projects: number
  units: number
  store_bytes: number
  atlas_bytes: number
  accounts: number
  sessions: number
}

export const fetchAccounts = () =>
  ask<{ accounts: AccountEntry[]; tokens: TokenEntry[] }>('/api/v1/accounts', {})

export const addAccount = (account: Record<string, string | undefined>) =>
  send<{ name: string }>('/api/v1/accounts', JSON.stringify(account), json)

export const changeAccount = (name: string, body: object) =>
  send<null>(`/api/v1/accounts/${encodeURIComponent(name)}`, JSON.stringify(body), json)

/** A way in, told once: its path on this server, and until when it leads somewhere. */
export const inviteAccount = (name: string) =>
  send<{ path: string; expires_at: number }>(
    `/api/v1/accounts/${encodeURIComponent(name)}`,
    JSON.stringify({ invite: true }),
    json,
  )

export const addToken = (account: string, name: string, scope: string, days: number) =>
  send<{ token: string }>('/api/v1/tokens', JSON.stringify({ account, name, scope, days }), json)

export const revokeToken = (id: number) => change<null>('DELETE', `/api/v1/tokens/${String(id)}`)

export async function fetchAccesses(): Promise<Access[]> {
  return (await ask<{ accesses: Access[] }>('/api/v1/accesses', {})).accesses
}

export async function fetchLedger(before: number | null): Promise<LedgerEvent[]> {
  const query = new URLSearchParams(before === null ? {} : { before: String(before) })
  return (await ask<{ events: LedgerEvent[] }>(at('/api/v1/ledger', query), {})).events
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
