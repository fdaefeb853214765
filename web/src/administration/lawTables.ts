/** The law's files as tables: one a kind of rule, every line with its article. */
import { nameOf, t, type Key } from '../i18n'
import { articleText, dateText, signerNames } from '../i18n/lawful'
import { actName, bodyName, markName } from '../i18n/names'
import type { Catalog, LawBook, Named } from '../lib/types'

export interface Table {
  title: Key
  head: Key[]
  rows: string[][]
}

const kinds: Record<string, Key> = {
  max: 'clock.max',
  min: 'clock.min',
  after_end: 'clock.afterEnd',
  duration: 'clock.duration',
  expiry: 'clock.expiry',
  same_day: 'clock.sameDay',
  date: 'clock.date',
  blackout: 'clock.blackout',
  note: 'clock.note',
}

const maybe = (name: Named | null) => (name ? nameOf(name) : t('none'))

function lasts({ days, working_days, months, kind }: LawBook['clocks'][number]): string {
  const key = kinds[kind]
  const span =
    days !== null
      ? t('clock.days', { n: days })
      : working_days !== null
        ? t('clock.workingDays', { n: working_days })
        : months !== null
          ? t('clock.months', { n: months })
          : ''
  return [key ? t(key) : kind, span].filter(Boolean).join(': ')
}

export function tablesOf(catalog: Catalog, book: LawBook): Table[] {
  const act = (code: string) => actName(catalog, code)
  const acts = (codes: string[]) => codes.map(act).join('; ') || t('none')
  const held = (codes: string[]) =>
    codes.length === book.regimes.length ? t('procedure.allRegimes') : codes.join(', ')
  return [
    {
      title: 'procedure.regimes',
      head: ['procedure.code', 'procedure.from', 'procedure.to', 'procedure.name'],
      rows: book.regimes.map((one) => [
        one.code,
        dateText(one.from),
        dateText(one.to),
        nameOf(one.name),
      ]),
    },
    {
      title: 'procedure.acts',
      head: ['procedure.act', 'procedure.document', 'procedure.issuer', 'procedure.article'],
      rows: book.acts.map((one) => [
        nameOf(one.name),
        maybe(one.document),
        maybe(one.issuer),
        one.article ? articleText(one.article) : t('none'),
      ]),
    },
    {
      title: 'procedure.clocks',
      head: [
        'procedure.act',
        'procedure.counted',
        'procedure.deadline',
        'procedure.who',
        'procedure.held',
        'procedure.article',
      ],
      rows: book.clocks.map((one) => [
        one.to ? act(one.to) : maybe(one.name),
        acts(one.from),
        lasts(one),
        bodyName(one.who),
        held(one.regimes),
        articleText(one.article),
      ]),
    },
    {
      title: 'procedure.order',
      head: [
        'procedure.act',
        'procedure.after',
        'procedure.mark',
        'procedure.held',
        'procedure.article',
      ],
      rows: book.order.map((one) => [
        act(one.act),
        acts(one.after),
        [...new Set([one.missing, one.broken])].map(markName).join(', '),
        held(one.regimes),
        articleText(one.article),
      ]),
    },
    {
      title: 'procedure.authority',
      head: ['procedure.act', 'detail.signer', 'procedure.held', 'procedure.article'],
      rows: book.authority.map((one) => [
        acts(one.acts),
        (signerNames(one.signers) || t('procedure.noSigner')) +
          (one.delegable ? ` (${t('procedure.delegable')})` : ''),
        held(one.regimes),
        articleText(one.article),
      ]),
    },
    {
      title: 'procedure.transitions',
      head: ['procedure.change', 'procedure.name', 'procedure.article'],
      rows: book.transitions.map((one) => [
        dateText(one.change),
        nameOf(one.name),
        articleText(one.article),
      ]),
    },
    {
      title: 'procedure.texts',
      head: ['procedure.name', 'procedure.from', 'procedure.to', 'procedure.copy'],
      rows: book.texts.map((one) => [
        nameOf(one.name),
        dateText(one.from),
        dateText(one.to),
        maybe(one.copy),
      ]),
    },
  ]
}
