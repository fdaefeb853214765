import { expect, it } from 'vitest'
import { isoOfDay, todayInVietnam } from '../../src/lib/days'

it('today is Vietnam’s day, wherever the device believes to be', () => {
  const at = (iso: string) => isoOfDay(todayInVietnam(Date.parse(iso)))
  expect(at('2026-11-24T16:59:59Z')).toBe('2026-11-24')
  expect(at('2026-11-24T17:00:00Z')).toBe('2026-11-25')
  expect(at('2026-11-24T00:00:00-10:00')).toBe('2026-11-24')
})
