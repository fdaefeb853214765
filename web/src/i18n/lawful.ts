/** What the law says, in words: articles, marks against an act, days within which one is lawful. */
import { dateOfDay, dayOfIso } from '../lib/days'
import { count } from '../lib/format'
import type { Finding } from '../lib/judgement'
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { law } from '../stores/law.svelte'
import { nameOf, t, type Key } from './index'
import { actName, markName } from './names'

/** A date of the server's as it is written here. */
export const dateText = (iso: string | null): string => {
  const day = iso === null ? null : dayOfIso(iso)
  return day === null ? t('none') : dateOfDay(day)
}

/**
 * `LL 87.5a; NQ254 3.9b` in full: the number of the article and the name of the text. Of several
 * texts only those in force on the day, where one is given.
 */
export function articleText(article: string, on: string | null = null): string {
  const texts = law.book?.texts ?? []
  const textOf = (part: string) => texts.find(({ id }) => id === part.split(' ')[0])
  const all = article.split(/;\s*/)
  const inForce = all.filter((part) => {
    const text = textOf(part)
    return !text || !on || (text.from <= on && (text.to === null || on <= text.to))
  })
  const parts = (inForce.length ? inForce : all).map((part) => {
    const [, ...rest] = part.split(' ')
    const text = textOf(part)
    if (!text || rest.length === 0) return part
    const number = rest.join(' ')
    const key: Key = number.startsWith('App.') ? 'law.appendix' : 'law.article'
    return t(key, { number: number.replace(/^App\.\s*/, ''), text: nameOf(text.name) })
  })
  return parts.join('; ')
}

/** Of each list one act has to come first. */
export const missingText = (catalog: Catalog, missing: string[][]): string =>
  missing.map((acts) => acts.map((act) => actName(catalog, act)).join(t('law.or'))).join('; ')

const sentences: Record<string, Key> = {
  early: 'finding.early',
  edge: 'finding.edge',
  late: 'finding.late',
  expired: 'finding.expired',
  sameDay: 'finding.sameDay',
  missing: 'finding.missing',
  signer: 'finding.signer',
  V: 'finding.ground',
  P: 'finding.paper',
  unlisted: 'finding.unlisted',
  before: 'finding.before',
  NO_TEXT: 'finding.noText',
  AUTH_UNKNOWN: 'finding.authority',
  FLOOR_OVER_MAX: 'finding.floor',
  UNPAID: 'finding.unpaid',
  OVERPAID: 'finding.overpaid',
}

/** What is wrong with an act, in one sentence without its article. */
export function findingText(catalog: Catalog, finding: Finding): string {
  const { kind, bound, days, missing } = finding
  const key = sentences[kind]
  if (!key) return markName(kind)
  return t(key, {
    n: count(days ?? 0, address.now.lang),
    days: days ?? 0,
    date: bound === null ? t('none') : dateOfDay(bound),
    acts: missing ? missingText(catalog, missing) : '',
  })
}

/** Kinds of land that the law treats alike, by the codes of entries. */
export const lands: Record<string, Key> = { farm: 'land.farm', other: 'land.other' }

/** Who may sign, by the codes of entries. */
export const signers: Record<string, Key> = {
  commune_chair: 'signer.communeChair',
  commune_pc: 'signer.commune',
  district_chair: 'signer.districtChair',
  district_pc: 'signer.district',
  province_chair: 'signer.provinceChair',
  province_pc: 'signer.province',
  other: 'signer.other',
}

export const signerNames = (codes: readonly string[]): string =>
  codes
    .map((code) => {
      const key = signers[code]
      return key ? t(key) : code
    })
    .join(t('law.or'))
