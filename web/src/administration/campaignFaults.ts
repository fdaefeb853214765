/** What is wrong with a campaign's file, in words of the page, with its line. */
import { t, type Key } from '../i18n'
import { Problem } from '../lib/api'

export interface Fault {
  /** From 1; null where the server names none. */
  line: number | null
  text: string
}

const known: readonly (readonly [RegExp, Key])[] = [
  [/the weight of "(?<code>.*)" must be/, 'fault.weight'],
  [/the target of "(?<code>.*)" must be/, 'fault.target'],
  [/the floor of "(?<code>.*)" must be/, 'fault.floor'],
  [/the pledge of "(?<code>.*)" must be/, 'fault.pledge'],
  [/"(?<code>.*)" is not a period/, 'fault.period'],
  [/`most_irregular` of "(?<code>.*)" must be/, 'fault.irregular'],
  [/"(?<code>.*)" needs `places` from/, 'fault.places'],
  [/the campaign ends on .*, before it begins/, 'fault.days'],
  [/two entries \[\[\w+\]\] have the code "(?<code>.*)"/, 'fault.twiceCode'],
  [/no criterion has the code "(?<code>.*)"/, 'fault.noCriterion'],
  [/the award goes to "(?<code>.*)", which/, 'fault.noGroup'],
  [/missing field `(?<code>.*)`/, 'fault.missing'],
  [/unknown field `(?<code>.*)`, expected/, 'fault.unknown'],
  [/unknown variant `(?<code>.*)`, expected/, 'fault.variant'],
  [/a campaign needs at least one/, 'fault.needsOne'],
  [/is not a (?:date|day)|invalid date/, 'fault.day'],
]

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Problem)) return { line: null, text: String(error) }
  if (error.kind === 'unreachable') return { line: null, text: t('notice.unreachable') }
  const line = /\bline (\d+)/.exec(error.detail)?.[1]
  for (const [is, key] of known) {
    const found = is.exec(error.detail)
    if (found) return { line: Number(line ?? 1), text: t(key, found.groups ?? {}) }
  }
  return { line: line ? Number(line) : null, text: error.detail }
}
