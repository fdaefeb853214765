/**
 * A campaign's file as text, part by part: what a form changes is changed in its line, and all else,
 * comments too, stays as somebody wrote it. Knows the simple values that these files have.
 */
export type Part = 'top' | 'group' | 'criterion' | 'award' | 'pledge' | 'scope'

/** Where a part stands: lines from `first` up to, not including, `end`. */
export interface Block {
  part: string
  /** Its place among parts of its kind. */
  index: number
  first: number
  end: number
}

const HEADER = /^\s*\[\[?\s*(\w+)\s*\]\]?\s*(?:#.*)?$/

export function blocksOf(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = [{ part: 'top', index: 0, first: 0, end: lines.length }]
  const seen = new Map<string, number>()
  for (const [line, words] of lines.entries()) {
    const part = HEADER.exec(words)?.[1]
    if (part === undefined) continue
    const last = blocks.at(-1)
    if (last) last.end = line
    const index = seen.get(part) ?? 0
    seen.set(part, index + 1)
    blocks.push({ part, index, first: line, end: lines.length })
  }
  return blocks
}

export const partsOf = (text: string, part: Part): Block[] =>
  blocksOf(text).filter((block) => block.part === part)

const ENTRY = (key: string) =>
  new RegExp(
    `^(\\s*${key}\\s*=\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*'|\\{.*\\}|\\[.*\\]|[^#\\s]+)(.*)$`,
  )

/** The value of a key as it is written; null where it is left out. */
export function rawOf(text: string, block: Block, key: string): string | null {
  const own = text.split('\n').slice(block.first, block.end)
  for (const line of own) {
    const found = ENTRY(key).exec(line)
    if (found) return found[2] ?? null
  }
  return null
}

/** A text in quotation marks, without them. */
export function unquoted(raw: string | null): string {
  if (raw?.startsWith("'")) return raw.slice(1, -1)
  if (raw === null || !raw.startsWith('"')) return raw ?? ''
  try {
    return JSON.parse(raw) as string
  } catch {
    return raw.slice(1, -1)
  }
}

/** A list of texts that stands in one line; null where it is written in another way. */
export function listIn(raw: string | null): string[] | null {
  if (raw === null) return []
  const inner = /^\[(.*)\]$/.exec(raw)?.[1]
  if (inner === undefined) return null
  const found = inner.match(/"(?:[^"\\]|\\.)*"|'[^']*'/g) ?? []
  const rest = inner.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').replace(/[\s,]/g, '')
  return rest === '' ? found.map(unquoted) : null
}

export const listed = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`

export const quoted = (value: string): string => JSON.stringify(value)

/** A name in one of its languages: `{ vi = "…", en = "…" }`. */
export function nameIn(raw: string | null, lang: 'vi' | 'en'): string {
  const found = new RegExp(`\\b${lang}\\s*=\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(raw ?? '')
  return unquoted(found?.[1] ?? null)
}

export const named = (vi: string, en: string): string =>
  `{ vi = ${quoted(vi)}, en = ${quoted(en)} }`

/** The text with another value of a key; the key comes last in its part where it was left out. */
export function put(text: string, block: Block, key: string, raw: string): string {
  const lines = text.split('\n')
  for (let line = block.first; line < block.end; line++) {
    const found = ENTRY(key).exec(lines[line] ?? '')
    if (!found) continue
    lines[line] = `${found[1] ?? ''}${raw}${found[3] ?? ''}`
    return lines.join('\n')
  }
  let at = block.end
  // Before the blank lines and comments that lead to the next part.
  while (at > block.first + 1 && /^\s*(#.*)?$/.test(lines[at - 1] ?? '')) at--
  lines.splice(at, 0, `${key} = ${raw}`)
  return lines.join('\n')
}

/** The text without a key of a part. */
export function drop(text: string, block: Block, key: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex(
    (line, place) => place >= block.first && place < block.end && ENTRY(key).test(line),
  )
  if (at >= 0) lines.splice(at, 1)
  return lines.join('\n')
}

/** The text without a part; what is written above the next one stays there. */
export function without(text: string, block: Block): string {
  const lines = text.split('\n')
  let { end } = block
  while (end > block.first + 1 && /^\s*#/.test(lines[end - 1] ?? '')) end--
  lines.splice(block.first, end - block.first)
  return lines.join('\n')
}

/** The text with one more part, behind the last of its kind. */
export function withOne(text: string, part: Part, entries: Record<string, string>): string {
  const lines = text.split('\n')
  const last = partsOf(text, part).at(-1)
  let at = last?.end ?? lines.length
  while (last && at > last.first + 1 && /^\s*#/.test(lines[at - 1] ?? '')) at--
  const own = Object.entries(entries).map(([key, raw]) => `${key} = ${raw}`)
  const head = part === 'scope' ? '[scope]' : `[[${part}]]`
  const gap = lines[at - 1]?.trim() ? [''] : []
  lines.splice(at, 0, ...gap, head, ...own, '')
  return lines.join('\n')
}

/** The part in which a line stands, lines counted from 1. */
export const blockAt = (text: string, line: number): Block | null =>
  blocksOf(text).find(({ first, end }) => line - 1 >= first && line - 1 < end) ?? null

/** What a new campaign begins with: groups and criteria of another one, nothing that was promised there. */
export function blank(file: string): string {
  let text = file
  const foreign = () =>
    blocksOf(text).find(({ part }) => ['pledge', 'award', 'scope'].includes(part))
  for (let block = foreign(); block; block = foreign()) text = without(text, block)
  const nobody = named('', '')
  const values = { code: '""', name: nobody, illustration: 'false', basis: nobody }
  for (const [key, raw] of Object.entries(values)) {
    const [top] = blocksOf(text)
    if (top) text = put(text, top, key, raw)
  }
  return text
}
