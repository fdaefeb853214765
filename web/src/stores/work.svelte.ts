/** The officer's list: from the server, or as it was last seen when there is no network. */
import { fetchWork, Problem } from '../lib/api'
import { keepWork, keptWork } from '../lib/outbox'
import type { Work, WorkParcel } from '../lib/types'

/** Parcels that are kept for working without a network. */
const KEPT = 500

class WorkStore {
  list = $state.raw<Work | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  /** The list is an older one from this browser. */
  kept = $state(false)
  #abort: AbortController | null = null

  async load(query: URLSearchParams): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    const all = new URLSearchParams([...query, ['limit', String(KEPT)]])
    try {
      const list = await fetchWork(all, abort.signal)
      if (abort.signal.aborted) return
      this.list = list
      this.problem = null
      this.kept = false
      // The whole list serves without a network; a search result would not.
      if (!query.get('q')) await keepWork($state.snapshot(list) as Work)
    } catch (error) {
      if (abort.signal.aborted) return
      await this.#fall(error, query)
    }
    this.loading = false
  }

  /** Somebody else is here, or nobody. */
  forget(): void {
    this.#abort?.abort()
    this.list = null
    this.problem = null
    this.loading = false
    this.kept = false
  }

  async #fall(error: unknown, query: URLSearchParams): Promise<void> {
    const problem = error instanceof Problem ? error : new Problem('refused', String(error))
    const kept = problem.kind === 'unreachable' ? await keptWork() : undefined
    if (!kept) {
      this.problem = problem
      return
    }
    const parcels = kept.parcels.filter((parcel) => matches(parcel, query))
    this.list = { ...kept, parcels, total: parcels.length }
    this.kept = true
    this.problem = null
  }
}

/** The list's own conditions, on the copy in the browser. */
function matches(parcel: WorkParcel, query: URLSearchParams): boolean {
  const words = (query.get('q') ?? '')
    .toLowerCase()
    .split(/[ /,]+/)
    .filter(Boolean)
  const names = [parcel.sheet, parcel.parcel, parcel.project].map((name) => name.toLowerCase())
  return (
    words.every((word) => names.includes(word)) &&
    (!query.get('project') || parcel.project === query.get('project')) &&
    (query.get('overdue') !== 'true' || parcel.overdue) &&
    (query.get('late') !== 'true' || parcel.late)
  )
}

export const work = new WorkStore()
