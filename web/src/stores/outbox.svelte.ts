/**
 * Sends what was entered, in order, as soon as the server can be reached; nothing is lost meanwhile.
 * What somebody else made in this browser is counted, and neither shown, sent nor dropped. Drafts
 * lie beside what waits, and are sent by nobody.
 */
import { attach, Problem, recordEvent } from '../lib/api'
import { isOwn, isSame, isUnclaimed, othersOf, recordedAs, type Author } from '../lib/authors'
import { randomId } from '../lib/ids'
import { dropEntry, entries, keepEntry, type Entry, type Typed } from '../lib/outbox'
import type { EventDraft, RowMark, WorkParcel } from '../lib/types'
import { session } from './session.svelte'

/** How often a server that could not be reached is tried again. */
const AGAIN = 15_000
/** How long what was left here is waited for. */
const PATIENCE = 3000

/** What became of an entry: recorded, still waiting, or refused. */
export type Outcome =
  | { state: 'recorded'; marks: RowMark[] }
  | { state: 'waiting' }
  | { state: 'refused'; entry: Entry }

class Outbox {
  /** Everything that waits in this browser. */
  #all = $state.raw<Entry[]>([])
  #author = $state.raw<Author | null>(null)
  #watching = false
  #run: Promise<void> | null = null
  /** Whether what was left here has been read. */
  ready = $state(false)
  /** This browser lets nothing be kept: what waits is lost with the page. */
  forgetful = $state(false)
  sending = $state(false)
  /** Which photograph is on its way, of how many, and the share of it that has gone. */
  progress = $state.raw<{ photo: number; of: number; share: number } | null>(null)
  /** Counts what was recorded: lists follow it. */
  recorded = $state(0)
  /** What the law says against what was recorded, by the entry. */
  #told = new Map<string, RowMark[]>()

  readonly #own = $derived(this.#all.filter((entry) => isOwn(entry, this.#author)))
  readonly list = $derived(this.#own.filter(({ state }) => state !== 'draft'))
  readonly drafts = $derived(this.#own.filter(({ state }) => state === 'draft'))
  readonly unclaimed = $derived(this.#all.filter((entry) => isUnclaimed(entry, this.#author)))
  readonly others = $derived(othersOf(this.#all, this.#author))
  readonly waiting = $derived(this.list.filter(({ state }) => state === 'waiting').length)
  readonly stuck = $derived(this.list.length - this.waiting)

  /** Takes up what `author` left waiting here. */
  async enter(author: Author): Promise<void> {
    this.#author = author
    this.ready = false
    // A browser whose store hangs must not keep the form from opening.
    const patience = setTimeout(() => (this.ready = true), PATIENCE)
    const kept = await entries().catch(() => {
      this.forgetful = true
      return []
    })
    clearTimeout(patience)
    if (!isSame(this.#author, author)) return
    this.#all = [...kept, ...this.#all.filter(({ id }) => !kept.some((one) => one.id === id))]
    this.ready = true
    this.#watch()
    await this.send()
  }

  /** Nobody is signed in: everything waits. */
  leave(): void {
    this.#author = null
    this.#all = []
    this.ready = false
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    window.addEventListener('online', () => void this.send())
    setInterval(() => void this.send(), AGAIN)
  }

  /** The newest draft for a parcel. */
  draftOf(parcel: number): Entry | undefined {
    return this.drafts.filter((entry) => entry.parcel.id === parcel).at(-1)
  }

  /** Keeps what stands in the form of a parcel, as its author's; `id` is the draft's if there is one. */
  async keepDraft(
    id: string,
    parcel: WorkParcel,
    typed: Typed,
    photos: Blob[],
    attachments: string[],
  ): Promise<void> {
    const author = this.#author
    if (!author) return
    const event: EventDraft = { parcel: parcel.id, kind: '', date: '', attachments }
    await this.#put({ ...made(author, parcel, event, photos), id, state: 'draft', typed })
  }

  /** Puts an entry that waits back into its form. */
  async revise(entry: Entry, typed: Typed): Promise<void> {
    if (!isOwn(entry, this.#author)) return
    const { attachments = [] } = entry.event
    const event: EventDraft = { parcel: entry.parcel.id, kind: '', date: '', attachments }
    const fresh = { id: randomId(), made: Date.now(), errors: [], conflict: null }
    await this.#put({ ...entry, ...fresh, event, state: 'draft', typed }, entry.id)
  }

  /** Sends an entry, or keeps it until it can be sent; it takes the place of its `draft`. */
  async add(
    parcel: WorkParcel,
    event: EventDraft,
    photos: Blob[],
    draft: string | null = null,
  ): Promise<Outcome> {
    const author = this.#author
    // Nothing is kept of which nobody would know whose it is.
    if (!author) throw new Problem('unsigned', '')
    const entry = made(author, parcel, event, photos)
    // It is said to wait once it is kept: who closes the page then loses nothing.
    await this.#keep(entry)
    await this.#put(entry, draft)
    await this.send()
    const left = this.#all.find(({ id }) => id === entry.id)
    if (left)
      return left.state === 'waiting' ? { state: 'waiting' } : { state: 'refused', entry: left }
    const marks = this.#told.get(entry.id)
    this.#told.delete(entry.id)
    return marks ? { state: 'recorded', marks } : { state: 'waiting' }
  }

  async drop(id: string): Promise<void> {
    const found = this.#all.find((entry) => entry.id === id)
    if (!found || !(isOwn(found, this.#author) || isUnclaimed(found, this.#author))) return
    await this.#remove(id)
  }

  /** Takes back that an entry was dropped. */
  async restore(entry: Entry): Promise<void> {
    if (!isOwn(entry, this.#author) && !isUnclaimed(entry, this.#author)) return
    await this.#put(entry)
    await this.send()
  }

  /** Takes an entry of which nobody knows whose it is for one's own. */
  async claim(entry: Entry): Promise<void> {
    const author = this.#author
    if (!author || !isUnclaimed(entry, author)) return
    await this.#put({ ...entry, author })
    await this.send()
  }

  /** Sends an entry once more, on what the parcel is now, with what is right about it. */
  async again(entry: Entry, right: Partial<EventDraft> = {}): Promise<void> {
    if (!isOwn(entry, this.#author)) return
    const version = entry.conflict?.version ?? entry.event.version
    const event = { ...entry.event, ...right, ...(version !== undefined && { version }) }
    const fresh = { id: randomId(), errors: [], conflict: null }
    await this.#put({ ...entry, ...fresh, event, state: 'waiting' }, entry.id)
    await this.send()
  }

  /** Sends what waits; who asks meanwhile waits for the same. */
  send(): Promise<void> {
    // A session that has ended would refuse each of them, every time.
    if (!navigator.onLine || session.ended) return Promise.resolve()
    this.#run ??= this.#sendAll().finally(() => {
      this.#run = null
    })
    return this.#run
  }

  async #sendAll(): Promise<void> {
    this.sending = true
    try {
      for (let next = this.#next(); next; next = this.#next()) if (!(await this.#one(next))) break
    } finally {
      this.sending = false
      this.progress = null
    }
  }

  #next(): Entry | undefined {
    return this.list.find(({ state }) => state === 'waiting')
  }

  /** Keeps an entry in the browser, and in this page where the browser keeps nothing. */
  async #put(entry: Entry, instead: string | null = null): Promise<void> {
    const isKnown = this.#all.some(({ id }) => id === entry.id)
    const all = this.#all.filter(({ id }) => id !== instead)
    this.#all = isKnown
      ? all.map((other) => (other.id === entry.id ? entry : other))
      : [...all, entry]
    await this.#keep(entry)
    if (instead !== null) await this.#remove(instead)
  }

  /** Keeps an entry in the browser; a store that hangs is not waited for. */
  async #keep(entry: Entry): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE))
    await Promise.race([keepEntry(entry), patience]).catch(() => {
      this.forgetful = true
    })
  }

  async #remove(id: string): Promise<void> {
    this.#all = this.#all.filter((entry) => entry.id !== id)
    await dropEntry(id).catch(() => {
      this.forgetful = true
    })
  }

  /** Sends one entry; false when it cannot be sent now. */
  async #one(given: Entry): Promise<boolean> {
    let entry = given
    const { author } = entry
    if (!author) return false
    try {
      const of = entry.photos.length
      for (let photo = entry.photos[0]; photo; photo = entry.photos[0]) {
        const place = of - entry.photos.length + 1
        this.progress = { photo: place, of, share: 0 }
        const id = await attach(photo, (share) => (this.progress = { photo: place, of, share }))
        const attachments = [...(entry.event.attachments ?? []), id]
        entry = { ...entry, photos: entry.photos.slice(1), event: { ...entry.event, attachments } }
        await this.#put(entry)
      }
      this.progress = null
      // Who signed in meanwhile is somebody else.
      if (!isOwn(entry, this.#author)) return false
      const { events, marks } = await recordEvent(entry.event, entry.id, recordedAs(author))
      this.#told.set(entry.id, marks ?? [])
      await this.#remove(entry.id)
      await this.#follow(entry, events.at(-1)?.version)
      this.recorded += 1
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.kind === 'unreachable' || error.kind === 'busy' || error.kind === 'unsigned')
        return false
      if (error.code === 'other_author' || error.code === 'csrf') {
        // Another page of this browser signed somebody else in: see who.
        void session.load()
        return false
      }
      await this.#refused(entry, error)
      return true
    }
  }

  async #refused(entry: Entry, problem: Problem): Promise<void> {
    const [conflict] = problem.conflicts
    const errors = problem.errors.length
      ? problem.errors
      : [{ row: 1, parcel: null, code: 'other', detail: problem.detail }]
    await this.#put(
      conflict ? { ...entry, state: 'conflict', conflict } : { ...entry, state: 'refused', errors },
    )
  }

  /** Later entries for the same parcel were made knowing this one: they see what it made of the parcel. */
  async #follow(sent: Entry, version: number | undefined): Promise<void> {
    if (version === undefined) return
    for (const other of this.list)
      if (other.parcel.id === sent.parcel.id && other.event.version === sent.event.version)
        await this.#put({ ...other, event: { ...other.event, version } })
  }
}

function made(author: Author, parcel: WorkParcel, event: EventDraft, photos: Blob[]): Entry {
  const { id, sheet, parcel: number, project } = parcel
  return {
    id: randomId(),
    made: Date.now(),
    author,
    parcel: { id, sheet, parcel: number, project },
    event,
    photos,
    state: 'waiting',
    errors: [],
    conflict: null,
  }
}

export const outbox = new Outbox()
