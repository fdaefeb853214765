/** What was entered and not yet sent, and the list of parcels for reading without a network: kept in the browser. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Author } from './authors'
import type {
  CaseLaw,
  Conflict,
  EventDraft,
  RowRefusal,
  ActDetails,
  Work,
  WorkParcel,
} from './types'

/** What stands in the form of a parcel. */
export interface Typed {
  /** Empty where nothing is chosen yet. */
  choice: string
  /** What the law asks for beside the day. */
  details: ActDetails
  /** What an event says that is no act. */
  own: Record<string, string>
  /** A date, or what was typed where that is none. */
  date: string
  document: string
  note: string
  /** Version of the parcel that was looked at. */
  version: number
}

/** An entry on its way to the server, or one that is still being written. */
export interface Entry {
  /** Also the Idempotency-Key: sent twice, it is recorded once. */
  id: string
  /** Milliseconds since 1970, for the order of sending. */
  made: number
  /** Who made it and alone may send it; entries of older versions have none. */
  author?: Author
  parcel: Pick<WorkParcel, 'id' | 'sheet' | 'parcel' | 'project'>
  event: EventDraft
  /** Photographs that are not on the server yet. */
  photos: Blob[]
  state: 'draft' | 'waiting' | 'refused' | 'conflict'
  /** What stands in the form of a draft. */
  typed?: Typed
  errors: RowRefusal[]
  conflict: Conflict | null
}

/** What the law said of a parcel when it was last seen. */
interface Case {
  version: number
  law: CaseLaw
}

interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { made: number } }
  lists: { key: string; value: Work | Case }
}

let opened: Promise<IDBPDatabase<Schema>> | null = null

function open(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('matbang', 1, {
    upgrade(database) {
      database.createObjectStore('entries', { keyPath: 'id' }).createIndex('made', 'made')
      database.createObjectStore('lists')
    },
  })
  return opened
}

/** All entries, oldest first. */
export const entries = async (): Promise<Entry[]> =>
  (await open()).getAllFromIndex('entries', 'made')

export async function keepEntry(entry: Entry): Promise<void> {
  await (await open()).put('entries', entry)
}

export async function dropEntry(id: string): Promise<void> {
  await (await open()).delete('entries', id)
}

export async function keepWork(work: Work): Promise<void> {
  await (await open()).put('lists', work, 'work')
}

export const keptWork = async (): Promise<Work | undefined> =>
  (await open()).get('lists', 'work') as Promise<Work | undefined>

export async function keepCase(parcel: number, version: number, law: CaseLaw): Promise<void> {
  await (await open()).put('lists', { version, law }, `case ${String(parcel)}`)
}

/** Null when it was of another version. */
export async function keptCase(parcel: number, version: number): Promise<CaseLaw | null> {
  const kept = (await (await open()).get('lists', `case ${String(parcel)}`)) as Case | undefined
  return kept?.version === version ? kept.law : null
}

/**
 * Forgets what this browser keeps of the land: lists, answers, files of the app. What was entered
 * and not yet sent stays for who made it.
 */
export async function forget(): Promise<void> {
  localStorage.clear()
  sessionStorage.clear()
  await (await open()).clear('lists')
  // By plain http there is no such store.
  if (!('caches' in globalThis)) return
  for (const name of await caches.keys()) await caches.delete(name)
}
