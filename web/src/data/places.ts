/** Which line of the table is what, when rows stand in sections that can be closed. */
import type { Section } from '../lib/types'

export type Line = { kind: 'row'; index: number } | { kind: 'section'; section: Section }

/** First line of each section, and how many lines there are in all. */
export class Places {
  readonly count: number
  readonly #starts: number[] = []

  constructor(
    readonly total: number,
    readonly sections: readonly Section[] | null,
    readonly closed: readonly string[],
  ) {
    let line = 0
    for (const section of sections ?? []) {
      this.#starts.push(line)
      line += 1 + (closed.includes(section.code) ? 0 : section.parcels)
    }
    this.count = sections ? line : total
  }

  at(line: number): Line {
    if (!this.sections) return { kind: 'row', index: line }
    let [low, high] = [0, this.#starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#starts[middle] ?? 0) <= line) low = middle
      else high = middle - 1
    }
    const section = this.sections[low]
    const start = this.#starts[low] ?? 0
    if (!section || line === start)
      return section ? { kind: 'section', section } : { kind: 'row', index: line }
    return { kind: 'row', index: section.offset + line - start - 1 }
  }
}
