/** The server, seen from the browser: one function a question, errors as problems (RFC 9457). */
import type {
  Answer,
  Bbox,
  Catalog,
  Conflict,
  EventDraft,
  Forecast,
  Fronts,
  HeadAt,
  HolderResult,
  Judged,
  LawBook,
  Measured,
  ParcelDetail,
  ParcelRecord,
  ProblemDocument,
  ProjectDetail,
  Recorded,
  RowRefusal,
  SearchResult,
  SecondFactorAsked,
  Series,
  Session,
  Summary,
  TablePreview,
  Totals,
  Work,
  WorkParcel,
} from './types'
import { parseAddress, type Ring } from './address'
import { fetchAgain, isAborted } from './again'
import type { KeyAnswer } from './keys'

/** What went wrong: the server's own words, or that it could not be reached. */
export class Problem extends Error {
  constructor(
    readonly kind: 'unreachable' | 'missing' | 'refused' | 'unsigned' | 'busy',
    readonly detail: string,
    /** Rows that the server refuses, and why. */
    readonly errors: RowRefusal[] = [],
    /** Parcels that have changed since they were seen. */
    readonly conflicts: Conflict[] = [],
    /** The kind of error in one word, where the server gives one. */
    readonly code: string | null = null,
    /** Seconds after which it may be tried again, where the server says so. */
    readonly wait: number | null = null,
    /** What may be given beside the password, where that is what is missing. */
    readonly asked: SecondFactorAsked | null = null,
  ) {
    super(detail)
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const document = (await response.json().catch(() => ({}))) as Partial<ProblemDocument>
  const detail = document.detail ?? document.title ?? response.statusText
  const { errors, conflicts, code, retry_after: wait, second_factor: asked } = document
  const [kind, more] = [
    kindOf(response.status),
    [code ?? null, wait ?? null, asked ?? null] as const,
  ]
  return new Problem(kind, detail, errors, conflicts, ...more)
}

function kindOf(status: number): Problem['kind'] {
  if (status === 401) return 'unsigned'
  if (status === 404) return 'missing'
  // The server or its disk cannot now; the same request may go through later.
  return status === 429 || status >= 500 ? 'busy' : 'refused'
}

const SESSION = '/api/v1/session'

/** The answer, whatever it says; a problem where there is none. */
async function reached(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetchAgain(path, init)
  } catch (error) {
    if (isAborted(error)) throw error
    throw new Problem('unreachable', '')
  }
}

export async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reached(path, init)
  return answerOf<T>(response, init.method !== undefined && path !== SESSION)
}

async function answerOf<T>(response: Response, isWish: boolean): Promise<T> {
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.kind === 'unsigned') guard.ended(isWish)
    throw problem
  }
  // Nothing to say is said with 204.
  return (response.status === 204 ? null : await response.json()) as T
}

/** An answer that is plain text. */
export async function askText(path: string, init: RequestInit = {}): Promise<string> {
  const response = await reached(path, init)
  if (response.ok) return response.text()
  const problem = await problemOf(response)
  if (problem.kind === 'unsigned') guard.ended(false)
  throw problem
}

/** Has the server make a file and gives it to the browser to keep. */
export async function download(path: string, name: string, signal: AbortSignal): Promise<void> {
  const response = await reached(path, { signal })
  if (!response.ok) throw await problemOf(response)
  save(await response.blob(), name)
}

/** Gives the browser a file to keep. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Sends a file and tells meanwhile how many bytes of it have gone: `fetch` does not tell. */
export function upload<T>(
  method: 'POST' | 'PUT',
  path: string,
  file: Blob,
  onsent: (bytes: number) => void,
  type = file.type,
): Promise<T> {
  return new Promise<Response>((answered, failed) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    request.setRequestHeader('content-type', type)
    request.setRequestHeader('x-csrf-token', guard.csrf)
    request.upload.onprogress = ({ loaded }) => {
      onsent(loaded)
    }
    request.onerror = request.onabort = () => {
      failed(new Problem('unreachable', ''))
    }
    request.onload = () => {
      const { status, statusText } = request
      answered(new Response(status === 204 ? null : request.responseText, { status, statusText }))
    }
    request.send(file)
  }).then((response) => answerOf<T>(response, true))
}

/** A query with more parameters; empty ones are left out. */
export function withMore(
  query: URLSearchParams,
  more: Record<string, string | null>,
): URLSearchParams {
  const all = new URLSearchParams(query)
  for (const [name, value] of Object.entries(more)) if (value) all.set(name, value)
  return all
}

/** The state of the ledger that the page was opened at; it stays so until it is opened anew. */
export const pinned = parseAddress(typeof location === 'undefined' ? '' : location.search).at

/** What can be asked of another state of the ledger than the newest. */
const readable =
  /^\/(api\/v1\/(catalog|summary|series|progress|clocks|duties|fronts|forecast|decisions|board|projects|parcels\/\d+$|search|totals|table|dwells)|ogc\/)/

export function at(path: string, query: URLSearchParams, asOf?: string | null): string {
  const all = new URLSearchParams(query)
  if (asOf) all.set('as_of', asOf)
  if (pinned !== null && !all.has('at') && readable.test(path)) all.set('at', String(pinned))
  const text = all.toString()
  return text ? `${path}?${text}` : path
}

export const none = new URLSearchParams()
export const queryOf = (text: string) => new URLSearchParams(text)

/** Where the map looks while there is nothing to look at. */
const VIETNAM: Bbox = [102.1, 8.3, 109.6, 23.4]

export async function fetchCatalog(signal: AbortSignal): Promise<Catalog> {
  const catalog = await ask<Answer<'/api/v1/catalog'>>(at('/api/v1/catalog', none), { signal })
  return { ...catalog, bbox: catalog.bbox ?? VIETNAM, province: catalog.province ?? '' }
}

export const fetchLaw = (signal: AbortSignal) => ask<LawBook>('/api/v1/procedures', { signal })

export const fetchSummary = (query: URLSearchParams, asOf: string | null, signal: AbortSignal) =>
  ask<Summary>(at('/api/v1/summary', query, asOf), { signal })

/** Numbers of the parcels that pass a condition in CQL2, for a map that cannot tell by itself. */
export async function fetchNumbers(
  filter: string,
  asOf: string | null,
  signal: AbortSignal,
  position: string | null = null,
): Promise<number[]> {
  const wanted = { f: 'csv', geom: 'none', properties: 'project', filter, at: position }
  const path = at('/ogc/collections/parcels/items', withMore(none, wanted), asOf)
  const text = await askText(path, { signal })
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',', 1)[0]))
}

/** The five measures of each project. */
export async function fetchMeasures(asOf: string | null, signal: AbortSignal): Promise<Measured[]> {
  const query = withMore(none, { by: 'project' })
  const { rows } = await ask<Answer<'/api/v1/progress'>>(at('/api/v1/progress', query, asOf), {
    signal,
  })
  return rows ?? []
}

export const fetchSeries = (query: URLSearchParams, signal: AbortSignal) =>
  ask<Series>(at('/api/v1/series', query), { signal })

export const fetchProject = (code: string, asOf: string | null, signal: AbortSignal) =>
  ask<ProjectDetail>(at(`/api/v1/projects/${encodeURIComponent(code)}`, none, asOf), { signal })

const ofProject = (code: string) => new URLSearchParams({ project: code })

export const fetchFronts = (code: string, asOf: string | null, signal: AbortSignal) =>
  ask<Fronts>(at('/api/v1/fronts', ofProject(code), asOf), { signal })

/** The pieces of a project's alignment, with their shapes. */
export const fetchStretches = (code: string, signal: AbortSignal) =>
  ask<GeoJSON.FeatureCollection<GeoJSON.LineString, { from_m: number; to_m: number }>>(
    at('/ogc/collections/fronts/items', new URLSearchParams({ project: code, limit: '5000' })),
    { signal },
  )

export const fetchForecast = (code: string, asOf: string | null, signal: AbortSignal) =>
  ask<Forecast>(at('/api/v1/forecast', ofProject(code), asOf), { signal })

export const fetchParcel = (id: number, asOf: string | null, signal: AbortSignal) =>
  ask<ParcelDetail>(at(`/api/v1/parcels/${String(id)}`, none, asOf), { signal })

/** Searches by name, number or coordinates; at most `limit` results. */
export async function search(
  text: string,
  signal: AbortSignal,
  limit = 10,
): Promise<SearchResult[]> {
  const query = new URLSearchParams({ q: text, limit: String(limit) })
  const answer = await ask<Answer<'/api/v1/search'>>(at('/api/v1/search', query), { signal })
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

/** Set by the session store. */
export const guard = {
  /** Sent back with whatever changes something; empty where nobody is signed in. */
  csrf: '',
  /** Nobody is signed in where somebody has to be; with `isWish`, for something that was wished. */
  ended: (isWish: boolean): void => void isWish,
}

export function send<T>(
  path: string,
  body: BodyInit,
  type: string,
  headers: Record<string, string> = {},
): Promise<T> {
  const all = { 'content-type': type, 'x-csrf-token': guard.csrf, ...headers }
  return ask<T>(path, { method: 'POST', headers: all, body })
}

export const fetchSession = () => ask<Session>(SESSION, {})

/** What is given beside a password, where that is asked for. */
export interface Given {
  code?: string | undefined
  key?: KeyAnswer | undefined
}

/** As it is sent: what is not given is left out. */
export const given = ({ code, key }: Given) => ({ ...(key ? { key } : code && { code }) })

/** Without what is asked for beside the password, the problem's code is `second_factor`, and it tells what may be given. */
export const signIn = (name: string, password: string, beside: Given) =>
  send<Session>(SESSION, JSON.stringify({ name, password, ...given(beside) }), 'application/json')

export const signOut = () => change<null>('DELETE', SESSION)

/** The code of the ledger's chain at a position. */
export const fetchHead = (position: number) => ask<HeadAt>(`/api/v1/heads/${position}`, {})

/** The parcels that the account may write about, most pressing first. */
export const fetchWork = (query: URLSearchParams, signal: AbortSignal) =>
  ask<Work>(at('/api/v1/work', query), { signal })

/** A parcel of the officer's by its number, wherever it is in the list; null where it is not the officer's. */
export async function findWork(id: number, signal: AbortSignal): Promise<WorkParcel | null> {
  return workOf(await fetchParcel(id, null, signal), signal)
}

/** A parcel in the list of who asks; null where it is not theirs. */
export async function workOf(
  { id, sheet, parcel, project }: Pick<ParcelDetail, 'id' | 'sheet' | 'parcel' | 'project'>,
  signal: AbortSignal,
): Promise<WorkParcel | null> {
  const query = new URLSearchParams({ q: `${String(sheet)} ${String(parcel)}`, project })
  const { parcels } = await fetchWork(query, signal)
  return parcels.find((one) => one.id === id) ?? null
}

/** All that was recorded about a parcel. */
export const fetchRecord = (parcel: number, signal?: AbortSignal) =>
  ask<ParcelRecord>(
    `/api/v1/parcels/${String(parcel)}/record`,
    signal === undefined ? {} : { signal },
  )

/**
 * Records an event as `author`, and as nobody else: the server refuses it when another account is
 * signed in. The same key is recorded once, however often it is sent.
 */
export const recordEvent = (event: EventDraft, key: string, author: string) =>
  send<Recorded>('/api/v1/events', JSON.stringify({ ...event, author }), 'application/json', {
    'idempotency-key': key,
  })

/**
 * What the law would say against an event, and what is refused; nothing is recorded. With a version
 * it is refused too where the parcel has changed.
 */
export const tryEvent = (event: EventDraft, author: string, signal?: AbortSignal) =>
  ask<Judged>('/api/v1/events?dry_run=true', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': guard.csrf },
    body: JSON.stringify({ ...event, author }),
    signal: signal ?? null,
  })

/** Keeps a photograph or scan; gives its id. */
export async function attach(file: Blob, onshare: (share: number) => void): Promise<string> {
  const { id } = await upload<Answer<'/api/v1/attachments', 'post'>>(
    'POST',
    '/api/v1/attachments',
    file,
    (bytes) => {
      onshare(file.size > 0 ? bytes / file.size : 0)
    },
  )
  return id
}

const tabs = 'text/plain'

/** A table as it was pasted, or as a spreadsheet has kept it. */
type Table = string | File

export const previewTable = (table: Table) =>
  send<TablePreview>('/api/v1/events/table?dry_run=true', table, tabs)

export const recordTable = (table: Table, key: string) =>
  send<Recorded>('/api/v1/events/table', table, tabs, { 'idempotency-key': key })

export const json = 'application/json'

/** Changes something with another method than POST, or sends what is not JSON. */
export function change<T>(method: string, path: string, body?: BodyInit, type = json): Promise<T> {
  const headers = { 'content-type': type, 'x-csrf-token': guard.csrf }
  return ask<T>(path, { method, headers, ...(body === undefined ? {} : { body }) })
}

/** Parcels by who holds them; each one found is noted in the log of looks. */
export async function searchHolders(text: string): Promise<HolderResult[]> {
  const query = new URLSearchParams({ q: text })
  return (await ask<Answer<'/api/v1/holders'>>(at('/api/v1/holders', query), {})).results
}
