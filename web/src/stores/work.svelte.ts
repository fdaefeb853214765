/** The officer's list: from the server, or as it was last seen when there is no network. */
import { fetchWork, Problem } from '../lib/api'
import { asked, passes } from '../lib/conditions'
import { keepWork, keptWork } from '../lib/outbox'
import { filterOfParameters } from '../lib/query'
import type { Work, WorkParcel } from '../lib/types'
import { around, nearest, type Place } from '../lib/near'

/** Parcels that are kept for working without a network. */
const KEPT = 500
/** Parcels that one answer may hold. */
const MOST = 2000
/** So many are near enough to choose from. */
const ENOUGH = 30
/** How far is looked for parcels near a place, in metres: first, and at most. */
const NEAR = 500
const FAR = 100_000

/** Nobody has a name here who did not ask for it: names are not kept in the browser. */
type Holders = ReadonlyMap<number, string | null>

class WorkStore {
  list = $state.raw<Work | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  /** The list is an older one from this browser. */
  kept = $state(false)
  /** Who holds the parcels that were looked at, by number; null where nobody is known. */
  holders = $state.raw<Holders>(new Map())
  /** Names are still to come. */
  looking = $state(false)
  /** How many questions about them are under way. */
  #looks = 0
  #abort: AbortController | null = null

  async load(query: URLSearchParams, place: Place | null = null): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    const all = new URLSearchParams([...query, ['limit', String(KEPT)]])
    try {
      const list = await (place
        ? findNear(query, place, abort.signal)
        : fetchWork(all, abort.signal))
      if (abort.signal.aborted) return
      this.list = list
      this.problem = null
      this.kept = false
      // The whole list serves without a network; a search result would not.
      if (!query.get('q') && !query.get('filter') && !place)
        await keepWork($state.snapshot(list) as Work)
    } catch (error) {
      if (abort.signal.aborted) return
      await this.#fall(error, query)
    }
    this.loading = false
  }

  /** Asks who holds these parcels, where that is not known yet; the server notes each look. */
  async look(parcels: readonly WorkParcel[]): Promise<void> {
    const unknown = parcels.filter(({ id }) => !this.holders.has(id))
    if (!unknown.length || this.kept) return
    const filter = unknown.map(({ project, sheet, parcel }) => named(project, sheet, parcel))
    const query = new URLSearchParams({
      filter: filter.join(' OR '),
      holders: 'true',
      limit: String(MOST),
    })
    // Where it fails the names stay unknown, and are asked for with the next list.
    this.looking = ++this.#looks > 0
    const found = await fetchWork(query, AbortSignal.timeout(30_000)).catch(() => null)
    this.looking = --this.#looks > 0
    if (!found) return
    this.holders = new Map([
      ...this.holders,
      ...found.parcels.map(({ id, holder }) => [id, holder?.name ?? null] as const),
    ])
  }

  /** Somebody else is here, or nobody. */
  forget(): void {
    this.holders = new Map()
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

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** A parcel by its name, as a condition (CQL2). */
export const named = (project: string, sheet: string, parcel: string): string =>
  `(project=${quoted(project)} AND sheet=${quoted(sheet)} AND parcel=${quoted(parcel)})`

/** The parcels around a place, nearest first: looked for farther away until there are enough. */
async function findNear(query: URLSearchParams, place: Place, signal: AbortSignal): Promise<Work> {
  for (let metres = NEAR; ; metres *= 4) {
    const own = query.get('filter')
    const filter = [own && `(${own})`, around(place, metres)].filter(Boolean).join(' AND ')
    const others = [...query].filter(([name]) => name !== 'filter')
    const all = new URLSearchParams([...others, ['filter', filter], ['limit', String(MOST)]])
    const found = await fetchWork(all, signal)
    const parcels = nearest(found.parcels, place, metres)
    if (parcels.length >= ENOUGH || metres > FAR)
      return { ...found, parcels, total: parcels.length }
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
    passes({ ...parcel }, asked(filterOfParameters(query), null))
  )
}

export const work = new WorkStore()
