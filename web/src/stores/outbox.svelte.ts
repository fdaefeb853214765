/**
 * Sends what was entered, in order, as soon as the server can be reached; nothing is lost meanwhile.
 * What somebody else made in this browser is counted, and neither shown, sent nor dropped.
 */
import { attach, Problem, recordEvent } from '../lib/api'
import { isOwn, isSame, isUnclaimed, othersOf, recordedAs, type Author } from '../lib/authors'
import { dropEntry, entries, keepEntry, type Entry } from '../lib/outbox'
import type { RowMark } from '../lib/law'
import type { EventDraft, WorkParcel } from '../lib/types'
import { session } from './session.svelte'

/** How often a server that could not be reached is tried again. */
const AGAIN = 15_000

class Outbox {
  /** Everything that waits in this browser. */
  #all = $state.raw<Entry[]>([])
  #author = $state.raw<Author | null>(null)
  #watching = false
  sending = $state(false)
  /** Counts what was recorded: lists follow it. */
  recorded = $state(0)
  /** What the law says against what was recorded last. */
  told = $state.raw<RowMark[]>([])

  readonly list = $derived(this.#all.filter((entry) => isOwn(entry, this.#author)))
  readonly unclaimed = $derived(this.#all.filter((entry) => isUnclaimed(entry, this.#author)))
  readonly others = $derived(othersOf(this.#all, this.#author))
  readonly waiting = $derived(this.list.filter(({ state }) => state === 'waiting').length)
  readonly stuck = $derived(this.list.length - this.waiting)

  /** Takes up what `author` left waiting here. */
  async enter(author: Author): Promise<void> {
    this.#author = author
    const all = await entries()
    if (!isSame(this.#author, author)) return
    this.#all = all
    this.#watch()
    await this.send()
  }

  /** Nobody is signed in: everything waits. */
  leave(): void {
    this.#author = null
    this.#all = []
  }

  #watch(): void {
    if (this.#watching) return
    this.#watching = true
    window.addEventListener('online', () => void this.send())
    setInterval(() => void this.send(), AGAIN)
  }

  async add(parcel: WorkParcel, event: EventDraft, photos: Blob[]): Promise<void> {
    const author = this.#author
    // Nothing is kept of which nobody would know whose it is.
    if (!author) throw new Problem('unsigned', '')
    const { id, sheet, parcel: number, project } = parcel
    const entry: Entry = {
      id: crypto.randomUUID(),
      made: Date.now(),
      author,
      parcel: { id, sheet, parcel: number, project },
      event,
      photos,
      state: 'waiting',
      errors: [],
      conflict: null,
    }
    await keepEntry(entry)
    this.#all = [...this.#all, entry]
    await this.send()
  }

  async drop(id: string): Promise<void> {
    const found = this.#all.find((entry) => entry.id === id)
    if (!found || !(isOwn(found, this.#author) || isUnclaimed(found, this.#author))) return
    await dropEntry(id)
    this.#all = this.#all.filter((entry) => entry.id !== id)
  }

  /** Takes an entry of which nobody knows whose it is for one's own. */
  async claim(entry: Entry): Promise<void> {
    const author = this.#author
    if (!author || !isUnclaimed(entry, author)) return
    await this.#keep({ ...entry, author })
    await this.send()
  }

  /** Sends an entry once more, on what the parcel is now, with what is right about it. */
  async again(entry: Entry, right: Partial<EventDraft> = {}): Promise<void> {
    if (!isOwn(entry, this.#author)) return
    const version = entry.conflict?.version ?? entry.event.version
    const event = { ...entry.event, ...right, ...(version !== undefined && { version }) }
    await this.drop(entry.id)
    const next: Entry = {
      ...entry,
      id: crypto.randomUUID(),
      event,
      state: 'waiting',
      errors: [],
      conflict: null,
    }
    await keepEntry(next)
    this.#all = [...this.#all, next]
    await this.send()
  }

  async send(): Promise<void> {
    if (this.sending || !navigator.onLine) return
    this.sending = true
    try {
      for (let next = this.#next(); next; next = this.#next()) if (!(await this.#one(next))) break
    } finally {
      this.sending = false
    }
  }

  #next(): Entry | undefined {
    return this.list.find(({ state }) => state === 'waiting')
  }

  async #keep(entry: Entry): Promise<void> {
    await keepEntry(entry)
    this.#all = this.#all.map((other) => (other.id === entry.id ? entry : other))
  }

  /** Sends one entry; false when it cannot be sent now. */
  async #one(given: Entry): Promise<boolean> {
    let entry = given
    const { author } = entry
    if (!author) return false
    try {
      for (let photo = entry.photos[0]; photo; photo = entry.photos[0]) {
        const attachments = [...(entry.event.attachments ?? []), await attach(photo)]
        entry = { ...entry, photos: entry.photos.slice(1), event: { ...entry.event, attachments } }
        await this.#keep(entry)
      }
      // Who signed in meanwhile is somebody else.
      if (!isOwn(entry, this.#author)) return false
      const { events, marks } = await recordEvent(entry.event, entry.id, recordedAs(author))
      await dropEntry(entry.id)
      this.#all = this.#all.filter(({ id }) => id !== entry.id)
      await this.#follow(entry, events.at(-1)?.version)
      this.told = marks ?? []
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
    await this.#keep(
      conflict ? { ...entry, state: 'conflict', conflict } : { ...entry, state: 'refused', errors },
    )
  }

  /** Later entries for the same parcel were made knowing this one: they see what it made of the parcel. */
  async #follow(sent: Entry, version: number | undefined): Promise<void> {
    if (version === undefined) return
    for (const other of this.list)
      if (other.parcel.id === sent.parcel.id && other.event.version === sent.event.version)
        await this.#keep({ ...other, event: { ...other.event, version } })
  }
}

export const outbox = new Outbox()
