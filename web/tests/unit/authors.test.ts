import { expect, it } from 'vitest'
import {
  authorOf,
  isOwn,
  isUnclaimed,
  othersOf,
  recordedAs,
  type Author,
} from '../../src/lib/authors'
import type { Session } from '../../src/lib/types'

const ORIGIN = 'https://gpmb.example.vn'
const may = { read: true, write_events: true, manage: false, see_holders: true, administer: false }
const session = (account: Session['account'], mode: Session['mode'] = 'accounts'): Session => ({
  mode,
  signed_in: account !== null,
  account,
  may: { ...may, write_events: account !== null || mode === 'local' },
  csrf: '',
  second_factor: false,
  one_time_codes: false,
  recovery_codes: 0,
  keys: [],
  keys_here: false,
  oidc: null,
  public_map: false,
})
const an: Author = { account: 'an', name: 'Nguyễn Văn An', origin: ORIGIN }
const binh: Author = { account: 'binh', name: 'Trần Bình', origin: ORIGIN }
const local: Author = { account: null, name: '', origin: ORIGIN }

it('who is signed in and may record is the author', () => {
  expect(
    authorOf(
      session({ name: 'an', full_name: 'Nguyễn Văn An', has_password: true, grants: [] }),
      ORIGIN,
    ),
  ).toEqual(an)
  expect(
    authorOf(session({ name: 'an', full_name: '', has_password: true, grants: [] }), ORIGIN)?.name,
  ).toBe('an')
  expect(authorOf(session(null), ORIGIN)).toBeNull()
  expect(authorOf(session(null, 'local'), ORIGIN)).toEqual(local)
  expect(authorOf(null, ORIGIN)).toBeNull()
  expect([recordedAs(an), recordedAs(local)]).toEqual(['an', 'local'])
})

it('an entry is its author’s, at the server where it was made', () => {
  expect(isOwn({ author: an }, an)).toBe(true)
  expect(isOwn({ author: an }, binh)).toBe(false)
  expect(isOwn({ author: an }, { ...an, origin: 'https://khac.example.vn' })).toBe(false)
  expect(isOwn({ author: an }, null)).toBe(false)
  expect(isOwn({}, an)).toBe(false)
})

it('an entry without an author is asked about, and nobody’s when nobody is here', () => {
  expect(isUnclaimed({}, an)).toBe(true)
  expect(isUnclaimed({ author: local }, an)).toBe(true)
  expect(isUnclaimed({ author: local }, local)).toBe(false)
  expect(isUnclaimed({ author: binh }, an)).toBe(false)
  expect(isUnclaimed({}, null)).toBe(false)
})

it('of others’ entries only names and numbers are told', () => {
  const entries = [{ author: an }, { author: binh }, { author: binh }, {}]
  expect(othersOf(entries, an)).toEqual([{ name: 'Trần Bình', n: 2 }])
  expect(othersOf(entries, binh)).toEqual([{ name: 'Nguyễn Văn An', n: 1 }])
  expect(othersOf([{ author: an }], local)).toEqual([{ name: 'Nguyễn Văn An', n: 1 }])
})
