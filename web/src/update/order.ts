/** Why an entry of the officer's list stands where it stands. */
import { t } from '../i18n'
import { count } from '../lib/format'
import { address } from '../stores/address.svelte'
import { dateOfDay } from '../lib/days'
import type { WorkParcel } from '../lib/types'

export interface Reason {
  text: string
  isLate: boolean
}

const legal = { over: 'why.legalOver', left: 'why.legalLeft' } as const
const plan = { over: 'why.planOver', left: 'why.planLeft' } as const

/**
 * The days that press, the nearest first: the server puts the list into the order of the first of
 * them. What is handed over comes last, and nothing presses there.
 */
export function reasonsOf(parcel: WorkParcel, today: number): Reason[] {
  if (parcel.stage === 'handed_over') return [{ text: t('why.done'), isLate: false }]
  const { clock, planned_day: planned } = parcel
  const days = [
    ...(clock ? [{ day: clock.due_day, words: legal, isLate: parcel.overdue }] : []),
    ...(planned === null ? [] : [{ day: planned, words: plan, isLate: parcel.late }]),
  ].sort((a, b) => a.day - b.day)
  if (!days.length) return [{ text: t('why.none'), isLate: false }]
  return days.map(({ day, words, isLate }) => ({
    text: t(day < today ? words.over : words.left, {
      n: count(Math.abs(day - today), address.now.lang),
      days: Math.abs(day - today),
      date: dateOfDay(day),
    }),
    isLate,
  }))
}
