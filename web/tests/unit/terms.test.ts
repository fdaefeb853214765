/** One term for one thing, on screen, in reports and in what is exported; slides and reports decide in the same words. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import en from '../../src/i18n/en'
import vi from '../../src/i18n/vi'

type Lang = 'vi' | 'en'
const screen: Record<Lang, Record<string, string>> = { vi, en }
const data = join(import.meta.dirname, '../../../data')
const tables = readdirSync(data, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.toml'))

/** The texts of a file with what they are called: whole lines of a language's file, or `{ vi = "…", en = "…" }`. */
function texts(name: string, lang: Lang): [string, string][] {
  const lines = readFileSync(join(data, name), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
  const own = name.endsWith(`${lang}.toml`)
  const form = own ? /^(\w+) = "(.*)"$/ : new RegExp(`^(\\w+) = .*\\b${lang} = "([^"]*)"`)
  return lines.flatMap((line) => {
    const [, key = '', text] = form.exec(line) ?? []
    return text === undefined ? [] : [[`${name} ${key}`, text.replaceAll('\\"', '"')]]
  })
}
const written = (lang: Lang) => tables.flatMap((name) => texts(name, lang))
const all = (lang: Lang) => [...Object.entries(screen[lang]), ...written(lang)]

/** Texts in which a word stands, names of holes apart, but for those whose key says that another thing is meant. */
const found = (lang: Lang, word: RegExp, but = /^$/) =>
  all(lang).filter(([key, text]) => word.test(text.replaceAll(/\{\w+/g, '{')) && !but.test(key))

it('what the files hold is read', () => {
  for (const lang of ['vi', 'en'] as const) {
    expect(written(lang).length).toBeGreaterThan(250)
    expect(written(lang).map(([key]) => key)).toEqual(
      expect.arrayContaining(['columns.toml overdue', 'procedures/acts.toml name']),
    )
  }
  expect(written('vi').map(([key]) => key)).toContain('report/vi.toml trouble')
})

it('overdue by law has one term', () => {
  expect(found('vi', /quá hạn luật định/i).length).toBeGreaterThan(10)
  expect(found('vi', /quá hạn(?! luật định)|quá thời hạn|hết hạn luật|trễ|chậm hạn/i)).toEqual([])
  expect(found('en', /overdue by law/i).length).toBeGreaterThan(10)
  expect(
    found('en', /overdue(?! by law)|past (a|the|its|their) |past due|deadline broken/i),
  ).toEqual([])
})

it('late against plan has one term', () => {
  // The pace of a whole, in days or hectares; a bound that has not come; interest, by the law's own name.
  const other =
    /^(plan|legend|table|next|clock)\.|(pace_behind|(vi|en)\.toml days|forecast_band)$|clocks\.toml/
  expect(found('vi', /chậm kế hoạch/i).length).toBeGreaterThan(5)
  expect(found('vi', /chậm(?! kế hoạch)|quá ngày bàn giao/i, other)).toEqual([])
  expect(found('en', /late against plan/i).length).toBeGreaterThan(5)
  expect(found('en', /\bbehind (?!this box)|past plan|delayed/i)).toEqual([])
  expect(found('en', /\blate\b(?! against plan)/i, other)).toEqual([])
})

it('per cent is written in reports as on screen', () => {
  const signs = (lang: Lang) =>
    written(lang).flatMap(([, text]) =>
      [...text.matchAll(/[\d}](\s?)%/g)].map(([, space]) => space ?? ''),
    )
  expect(new Set(signs('vi'))).toEqual(new Set(['\u202f']))
  expect(new Set(signs('en'))).toEqual(new Set(['']))
})

/** A text with what both sides call differently filled in alike. */
const filled = (text: string, values: Record<string, string>) =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

it('a decision is told in the same words on a slide and in a report', () => {
  const parcels = { vi: 'thửa', en: 'parcels' }
  for (const lang of ['vi', 'en'] as const) {
    const report = Object.fromEntries(
      texts(`report/${lang}.toml`, lang).map(([key, text]) => [key.split(' ')[1] ?? '', text]),
    )
    const slide = screen[lang]
    const counted = `{n} ${parcels[lang]}`
    const pairs: [string, string, Record<string, string>][] = [
      ['decide.gap', 'decide_gap', { n: counted }],
      ['decide.cluster', 'decide_cluster', { n: counted, area: '{area} ha', gain: '{gain} ha' }],
      ['decide.late', 'decide_late', { area: '{area} ha' }],
      ['decide.blocker', 'decide_blocker', { name: '{kind}', area: '{area} ha' }],
    ]
    for (const [one, other, values] of pairs) {
      const said = filled(slide[one] ?? '', {
        ...values,
        of: filled(slide['decide.of'] ?? '', {}),
        where: slide['decide.most'] ?? '',
      })
      // A report has the code as well, and what is asked for after it.
      const [first] = (report[other] ?? '').replace(' ({code})', '').split(/\. (?=Giao|Đề|The)/)
      expect(first?.replace(/\.$/, ''), `${lang} ${one}`).toBe(said)
    }
    const longest = filled(slide['decide.longest'] ?? '', { n: '{days}', act: '{stage}' })
    expect(report.decide_late_longest?.replace(', {article}', '')).toBe(longest)
    expect(report.body_unknown).toBe(slide['decide.noBody'])
  }
})
