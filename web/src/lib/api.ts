/** The server, seen from the browser: one function a question, errors as problems (RFC 9457). */
import type {
  Catalog,
  ParcelDetail,
  ProjectDetail,
  SearchResult,
  Series,
  Summary,
  Totals,
} from './types'
import type { Ring } from './address'

/** What went wrong: the server's own words, or that it could not be reached. */
export class Problem extends Error {
  constructor(
    readonly kind: 'unreachable' | 'missing' | 'refused',
    readonly detail: string,
  ) {
    super(detail)
  }
}

interface ProblemDocument {
  title?: string
  detail?: string
}

async function problemOf(response: Response): Promise<Problem> {
  const document = (await response.json().catch(() => ({}))) as ProblemDocument
  const detail = document.detail ?? document.title ?? response.statusText
  return new Problem(response.status === 404 ? 'missing' : 'refused', detail)
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem('unreachable', '')
  }
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as T
}

function at(path: string, query: URLSearchParams, asOf?: string | null): string {
  const all = new URLSearchParams(query)
  if (asOf) all.set('as_of', asOf)
  const text = all.toString()
  return text ? `${path}?${text}` : path
}

const none = new URLSearchParams()

export const fetchCatalog = (signal: AbortSignal) => ask<Catalog>('/api/v1/catalog', { signal })

export const fetchSummary = (query: URLSearchParams, asOf: string | null, signal: AbortSignal) =>
  ask<Summary>(at('/api/v1/summary', query, asOf), { signal })

export const fetchSeries = (query: URLSearchParams, signal: AbortSignal) =>
  ask<Series>(at('/api/v1/series', query), { signal })

export const fetchProject = (code: string, asOf: string | null, signal: AbortSignal) =>
  ask<ProjectDetail>(at(`/api/v1/projects/${encodeURIComponent(code)}`, none, asOf), { signal })

export const fetchParcel = (id: number, asOf: string | null, signal: AbortSignal) =>
  ask<ParcelDetail>(at(`/api/v1/parcels/${String(id)}`, none, asOf), { signal })

/** Searches by name, number or coordinates; at most `limit` results. */
export async function search(
  text: string,
  signal: AbortSignal,
  limit = 10,
): Promise<SearchResult[]> {
  const query = new URLSearchParams({ q: text, limit: String(limit) })
  const answer = await ask<{ results: SearchResult[] }>(at('/api/v1/search', query), { signal })
  return answer.results
}

/** Figures of the parcels whose inside point lies in the drawn ring. */
export function fetchTotals(
  ring: Ring,
  query: URLSearchParams,
  asOf: string | null,
  signal: AbortSignal,
): Promise<Totals> {
  const [first] = ring
  const polygon = { type: 'Polygon', coordinates: [first ? [...ring, first] : ring] }
  return ask<Totals>(at('/api/v1/totals', query, asOf), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(polygon),
    signal,
  })
}
