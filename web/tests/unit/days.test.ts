import { expect, it } from 'vitest'
import {
  dayOfIso,
  isoOfDay,
  isoOfTyped,
  momentOf,
  todayInVietnam,
  typedOfIso,
} from '../../src/lib/days'
import { moved, monthsOn, weeksOf } from '../../src/lib/months'

it('today is Vietnam’s day, wherever the device believes to be', () => {
  const at = (iso: string) => isoOfDay(todayInVietnam(Date.parse(iso)))
  expect(at('2026-11-24T16:59:59Z')).toBe('2026-11-24')
  expect(at('2026-11-24T17:00:00Z')).toBe('2026-11-25')
  expect(at('2026-11-24T00:00:00-10:00')).toBe('2026-11-24')
})

it('a date is read as people here write it, and only where it is one', () => {
  for (const text of ['24/11/2026', '24-11-2026', '24.11.26', '24112026', ' 24 / 11 / 2026 '])
    expect(isoOfTyped(text), text).toBe('2026-11-24')
  expect(isoOfTyped('2026-11-24')).toBe('2026-11-24')
  for (const text of ['31/02/2026', '24/13/2026', '24/11', 'mai', '', '11/24/2026', '2026-02-31'])
    expect(isoOfTyped(text), text).toBe(null)
  expect(typedOfIso('2026-11-24')).toBe('24/11/2026')
  expect(typedOfIso('mai')).toBe('mai')
})

it('months have weeks from Monday to Sunday, and keys lead through them', () => {
  const day = (iso: string) => dayOfIso(iso) ?? 0
  const weeks = weeksOf({ year: 2026, month: 11 })
  expect(weeks.map(([first]) => isoOfDay(first ?? 0))).toEqual([
    '2026-10-26',
    '2026-11-02',
    '2026-11-09',
    '2026-11-16',
    '2026-11-23',
    '2026-11-30',
  ])
  const leads = (from: string, key: string, isShift = false) =>
    isoOfDay(moved(day(from), key, isShift) ?? 0)
  expect(leads('2026-11-24', 'Home')).toBe('2026-11-23')
  expect(leads('2026-11-24', 'End')).toBe('2026-11-29')
  expect(leads('2026-03-31', 'PageUp')).toBe('2026-02-28')
  expect(leads('2028-02-29', 'PageDown', true)).toBe('2029-02-28')
  expect(isoOfDay(monthsOn(day('2026-12-31'), 2))).toBe('2027-02-28')
  expect(moved(0, 'a', false)).toBe(null)
})

it('moments of a log are told by the clock of Vietnam, with the whole year', () => {
  expect(momentOf(Date.parse('2026-11-24T17:05:09Z'))).toBe('25/11/2026 00:05:09')
})
