import { describe, expect, it } from 'vitest'
import { findingOf, isHeavy, judge } from '../../src/lib/judgement'
import type { Mark, Outlook } from '../../src/lib/types'

const decision: Outlook = {
  act: 'recovery_decided',
  earliest: '2025-08-31',
  office_day: '2025-09-03',
  edge: '2025-08-30',
  not_before: '2025-08-31',
  latest: '2025-09-03',
  term: null,
  floor_over_max: false,
  expires: '2026-03-03',
  missing: [],
  why: [
    {
      rule: 'C02',
      article: 'LL 85.1',
      on: '2025-08-31',
      last: false,
      start_stated: true,
      days: 180,
      working_days: null,
      from: ['notice'],
    },
    {
      rule: 'C24',
      article: 'LL 87.5b–g',
      on: '2025-09-03',
      last: true,
      start_stated: true,
      days: 10,
      working_days: null,
      from: ['resettled'],
    },
  ],
  signers: ['commune_chair'],
  asks: ['effect', 'signer', 'path'],
  begun: false,
}
const day = (iso: string) => Date.parse(iso) / 86_400_000
const findings = (date: string, outlook = decision, details = {}) =>
  judge(outlook, date, details).map(({ kind, days, bound }) => [kind, days, bound])

describe('a day is held against what the server told of the parcel', () => {
  it('too early, with the day from which it is lawful and the article', () => {
    expect(judge(decision, '2025-08-22')).toEqual([
      { kind: 'early', days: 9, bound: day('2025-08-31'), article: 'LL 85.1' },
    ])
  })
  it('the day that only a literal reading allows', () => {
    expect(findings('2025-08-30')).toEqual([['edge', 1, day('2025-08-31')]])
  })
  it('within its days nothing is said', () => {
    expect(judge(decision, '2025-08-31')).toEqual([])
    expect(judge(decision, '2025-09-03')).toEqual([])
  })
  it('too late', () => {
    expect(findings('2025-09-08')).toEqual([['late', 5, day('2025-09-03')]])
  })
  it('never late before the minimum wait has passed, though the term has', () => {
    const over: Outlook = {
      ...decision,
      earliest: '2026-02-09',
      not_before: '2026-02-09',
      edge: null,
      latest: '2026-02-09',
      term: '2026-01-05',
      floor_over_max: true,
    }
    expect(findings('2026-01-20', over)).toEqual([['early', 20, day('2026-02-09')]])
    expect(findings('2026-02-09', over)).toEqual([])
    expect(findings('2026-02-10', over)).toEqual([['late', 1, day('2026-02-09')]])
  })
  it('a decision on an expired notice wants the notice again', () => {
    const without: Outlook = {
      ...decision,
      earliest: null,
      latest: null,
      missing: [['notice_reissued']],
    }
    expect(findings('2026-03-10', without)).toEqual([['expired', 7, day('2026-03-03')]])
    // Recorded late, decided while the notice held.
    expect(findings('2026-03-03', without)).toEqual([])
  })
  it('what has to come first', () => {
    const unapproved: Outlook = { ...decision, earliest: null, missing: [['plan_approved']] }
    expect(judge(unapproved, '2025-09-01')).toEqual([
      { kind: 'missing', bound: null, days: null, article: null, missing: [['plan_approved']] },
    ])
  })
  it('a signer who was not competent', () => {
    expect(findings('2025-09-01', decision, { signer: 'district_pc' })).toEqual([
      ['signer', null, null],
    ])
    expect(findings('2025-09-01', decision, { signer: 'commune_chair' })).toEqual([])
    expect(findings('2025-09-01', { ...decision, signers: [] }, { signer: 'other' })).toEqual([])
  })
  it('no date, nothing said', () => {
    expect(judge(decision, '')).toEqual([])
  })
})

describe('the server’s marks say the same', () => {
  const mark = (
    code: Mark['code'],
    on: string | null,
    bound: string | null,
    rule = 'C02',
  ): Mark => ({
    code,
    act: 'recovery_decided',
    on,
    rule,
    article: 'LL 85.1',
    bound,
    days: 3,
  })
  const clocks = [{ id: 'C25', kind: 'same_day' }] as never
  it('by code and by the side of the bound', () => {
    const kind = (one: Mark) => findingOf(one, clocks).kind
    expect(kind(mark('V', '2025-08-28', '2025-08-31'))).toBe('early')
    expect(kind(mark('V', '2026-03-10', '2026-03-03', 'C08'))).toBe('expired')
    expect(kind(mark('V', '2024-06-18', '2024-06-17', 'C25'))).toBe('sameDay')
    expect(kind(mark('V', '2024-06-18', null))).toBe('V')
    expect(kind(mark('L', null, '2025-09-03'))).toBe('late')
    expect(kind(mark('EDGE', '2025-08-30', '2025-08-31'))).toBe('edge')
    expect(kind(mark('A', '2025-08-30', null))).toBe('signer')
    expect(kind(mark('UNPAID', '2025-08-30', null))).toBe('UNPAID')
  })
  it('tells what is at risk from what wants to be seen', () => {
    const heavy = (code: Mark['code']) => isHeavy(findingOf(mark(code, '2025-08-28', '2025-08-31')))
    expect((['V', 'L', 'A'] as const).every(heavy)).toBe(true)
    expect(
      (['P', 'EDGE', 'NO_TEXT', 'AUTH_UNKNOWN', 'UNPAID', 'OVERPAID'] as const).some(heavy),
    ).toBe(false)
  })
})
