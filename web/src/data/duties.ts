/** What has to be done now: six lists that follow from the law, by who has to act. Days are dates. */
import type { Key } from '../i18n'
import { ask, at } from '../lib/api'
import type { Duties } from '../lib/types'

export type DutyParcel = Duties['parcels'][number]

/** The lists, the most pressing first, with what each is called and what to do about it. */
export const dutyLists: Record<string, { name: Key; hint: Key }> = {
  to_decide: { name: 'duty.toDecide', hint: 'duty.toDecideHint' },
  late_payment: { name: 'duty.latePayment', hint: 'duty.latePaymentHint' },
  expiring: { name: 'duty.expiring', hint: 'duty.expiringHint' },
  reissue: { name: 'duty.reissue', hint: 'duty.reissueHint' },
  early: { name: 'duty.early', hint: 'duty.earlyHint' },
  blackout: { name: 'duty.blackout', hint: 'duty.blackoutHint' },
}

export const dutyGroups = {
  unit: 'duty.byUnit',
  body: 'duty.byBody',
  project: 'duty.byProject',
  kind: 'duty.byKind',
} as const satisfies Record<string, Key>
export type DutyGroup = keyof typeof dutyGroups

/** The list of an address; the first one when it names none that is known. */
export const listOf = (code: string | null): string =>
  code !== null && code in dutyLists ? code : (Object.keys(dutyLists)[0] ?? '')

export const fetchDuties = (query: URLSearchParams, asOf: string | null, signal: AbortSignal) =>
  ask<Duties>(at('/api/v1/duties', query, asOf), { signal })
