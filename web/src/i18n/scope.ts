/** What is looked at, in words: the same on screen, slide, paper and picture. */
import { dateOfDay } from '../lib/days'
import type { Filter } from '../lib/filter'
import { count } from '../lib/format'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { t, type Key } from './index'
import { blockerName, kindName, projectName, standingName, unitName, useName } from './names'

export interface Authority {
  name: string
  /** The name of the area by itself, where its province has ended by then. */
  former: string | null
}

/** The province that exists on a day. What is shown may be the area of one that has ended. */
export function authorityOn({ units, province }: Catalog, day: number): Authority {
  const provinces = units.filter(({ level }) => level === 'province')
  const there = provinces.filter(
    ({ valid_from, valid_to }) =>
      (valid_from === null || valid_from <= day) && (valid_to === null || day <= valid_to),
  )
  const [only] = there
  if (!only || there.length > 1) return { name: province, former: null }
  const ended = provinces.find(
    ({ name, valid_to }) => name.endsWith(province) && valid_to !== null && valid_to < day,
  )
  if (only.name.endsWith(province) || !ended) return { name: only.name, former: null }
  const until = dateOfDay((ended.valid_to ?? day) + 1)
  return { name: only.name, former: t('authority.former', { province, date: until }) }
}

/** In the middle of a sentence: "tỉnh Ninh Bình". */
export const withinSentence = (name: string): string =>
  name.replace(/^(Tỉnh|Thành phố) /, (word) => word.toLowerCase())

/** The authority with the area that is shown, in one line. */
export function authorityText(catalog: Catalog, day: number): string {
  const { name, former } = authorityOn(catalog, day)
  return former === null ? name : `${name}, ${former}`
}

/** So many names are read in a title; more are counted. */
const NAMED = 3

function named(codes: readonly string[], name: (code: string) => string, counted: Key): string {
  return codes.length > NAMED
    ? t(counted, { n: count(codes.length, address.now.lang) })
    : codes.map(name).join(', ')
}

/** Each condition of a filter in words, from the place to the state. */
export function filterParts(
  catalog: Catalog,
  filter: Filter,
  members: readonly string[] | null = null,
): string[] {
  const { projects, units, kind, key, body, stages, uses, blocked, overdue, late } = filter
  const { blockers, overdueDays, area } = filter
  const standings = stages.map((code) => standingName(catalog, code)).join(', ')
  const lands = uses.map((code) => useName(catalog, code)).join(', ')
  const obstacles = blockers.map((code) => blockerName(catalog, code)).join(', ')
  const n = overdueDays === null ? '' : count(overdueDays, address.now.lang)
  return [
    named(projects, (code) => projectName(catalog, code), 'scope.projects'),
    named(units, (code) => unitName(catalog, code), 'scope.units'),
    area && t('scope.area'),
    kind && kindName(catalog, kind),
    key && t('filter.key'),
    body,
    members && t('scope.projects', { n: count(members.length, address.now.lang) }),
    standings && t('scope.stages', { names: standings }),
    lands && t('scope.uses', { names: lands }),
    obstacles && t('scope.blockers', { names: obstacles }),
    // A narrower condition says the wider one too.
    blocked && !obstacles && t('legend.blocked'),
    n && t('scope.overdueDays', { n }),
    overdue && !n && t('legend.overdue'),
    late && t('legend.late'),
  ].filter((part): part is string => typeof part === 'string' && part !== '')
}

/** A title and what stands below it: the narrowest place first, the authority of the day last. */
export function scopeWords(
  catalog: Catalog,
  parts: readonly string[],
  day: number,
  /** Whether the first part is a place, whose authority is the whole of what has to be said. */
  placed: boolean,
): { title: string; subtitle: string } {
  const authority = authorityOn(catalog, day)
  const [title, ...rest] = parts
  if (title === undefined) return { title: authority.name, subtitle: authority.former ?? '' }
  const above = placed ? authority.name : authorityText(catalog, day)
  return { title, subtitle: [...rest, above].join(' · ') }
}

/** The words of a filter. */
export function filterWords(
  catalog: Catalog,
  filter: Filter,
  members: readonly string[] | null,
  day: number,
): { title: string; subtitle: string } {
  const placed = filter.projects.length > 0 || filter.units.length > 0
  return scopeWords(catalog, filterParts(catalog, filter, members), day, placed)
}
