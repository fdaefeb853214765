/** The rows of the table: windows of them, asked for as they come into view. */
import { Problem, withMore } from '../lib/api'
import { AGAIN, passes } from '../stores/resource.svelte'
import { fetchTable } from './api'
import type { Section, TableRow } from '../lib/types'

const PAGE = 200

class Rows {
  total = $state(0)
  at = $state(0)
  sections = $state.raw<Section[] | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  /** Whether total and rows are those of the filter and the day that are asked for. */
  known = $state(false)
  /** Counts what arrived: rows on screen follow it. */
  version = $state(0)
  #pages = new Map<number, TableRow[]>()
  #asked = new Set<number>()
  #question = ''
  #query = new URLSearchParams()
  #asOf: string | null = null
  #abort = new AbortController()
  #chosen = ''
  #later: ReturnType<typeof setTimeout> | undefined

  /** Turns to another question. In another order the old rows stay until the first new ones are there. */
  ask(
    filter: URLSearchParams,
    order: { sortby: string; group: string | null },
    asOf: string | null,
  ): void {
    const query = withMore(filter, order)
    const question = `${query.toString()} ${asOf ?? ''}`
    if (question === this.#question) return
    this.#question = question
    this.#query = query
    this.#asOf = asOf
    const chosen = `${filter.toString()} ${asOf ?? ''}`
    if (chosen !== this.#chosen) this.known = false
    this.#chosen = chosen
    this.renew()
  }

  /** Asks again for what is on screen. */
  renew(): void {
    this.#abort.abort()
    clearTimeout(this.#later)
    this.#abort = new AbortController()
    this.#asked.clear()
    void this.#load(0, true)
  }

  /** The row at a place; asked for when it is not here yet. */
  get(index: number): TableRow | null {
    void this.version
    const page = Math.floor(index / PAGE)
    const rows = this.#pages.get(page)
    if (!rows && !this.#asked.has(page)) queueMicrotask(() => void this.#load(page, false))
    return rows?.[index % PAGE] ?? null
  }

  async #load(page: number, first: boolean): Promise<void> {
    if (this.#asked.has(page)) return
    this.#asked.add(page)
    const { signal } = this.#abort
    const window = { limit: String(PAGE), offset: String(page * PAGE) }
    const query = withMore(this.#query, window)
    if (first) this.loading = true
    try {
      const answer = await fetchTable(query, this.#asOf, signal)
      if (signal.aborted) return
      if (first) this.#pages.clear()
      this.#pages.set(page, answer.rows)
      this.total = answer.total
      this.sections = answer.groups
      this.at = answer.at
      if (first) this.known = true
      this.problem = null
      this.version += 1
    } catch (error) {
      if (signal.aborted) return
      this.#asked.delete(page)
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
      if (passes(this.problem))
        this.#later = setTimeout(() => {
          this.renew()
        }, AGAIN)
    }
    if (first) this.loading = false
  }
}

export const rows = new Rows()
