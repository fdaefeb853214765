/** What the ranking says in words: why a unit has no rank, how it moved, what a point is made of. */
import { t, type Key } from '../i18n'
import { dayOfIso } from '../lib/days'
import { count, percent } from '../lib/format'
import { address } from '../stores/address.svelte'
import type { BoardRow, Campaign, Points } from '../lib/types'

const reasons: Record<string, Key> = {
  no_work: 'board.noWork',
  too_little_work: 'board.littleWork',
  too_little_due: 'board.littleDue',
  nothing_due: 'board.nothingDue',
}

export const reason = (row: BoardRow) => t(reasons[row.reason ?? ''] ?? 'board.noWork')

/** The move since the period before, with the class of its colour. */
export function trend({ trend: change }: BoardRow): { text: string; tone: string } {
  if (!change) return { text: t('none'), tone: '' }
  if (change.rank === 0) return { text: '=', tone: '' }
  const n = count(Math.abs(change.rank), address.now.lang)
  return change.rank > 0 ? { text: `▲ ${n}`, tone: 'ahead' } : { text: `▼ ${n}`, tone: 'late' }
}

export function tip({ value, target, cases }: Points): string {
  const { lang } = address.now
  if (value === null) return t('board.noCase')
  return t('board.tip', {
    value: percent(value, lang),
    target: target === null ? t('none') : percent(target, lang),
    n: count(cases, lang),
  })
}

/** Periods that have begun by a day: a later one has nothing to rank. */
export const begunBy = (periods: Campaign['periods'], day: number) =>
  periods.filter(({ from }) => (dayOfIso(from) ?? day) <= day)
