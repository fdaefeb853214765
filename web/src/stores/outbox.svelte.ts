/** Sends what was entered, in order, as soon as the server can be reached; nothing is lost meanwhile. */
import { attach, Problem, recordEvent } from '../lib/api'
import { dropEntry, entries, keepEntry, type Entry } from '../lib/outbox'
import type { EventDraft, WorkParcel } from '../lib/types'

/** How often a server that could not be reached is tried again. */
const AGAIN = 15_000

class Outbox {
  list = $state.raw<Entry[]>([])
  sending = $state(false)
  /** Counts what was recorded: lists follow it. */
  recorded = $state(0)

  readonly waiting = $derived(this.list.filter(({ state }) => state === 'waiting').length)
  readonly stuck = $derived(this.list.length - this.waiting)

  async start(): Promise<void> {
    this.list = await entries()
    window.addEventListener('online', () => void this.send())
    setInterval(() => void this.send(), AGAIN)
    await this.send()
  }

  async add(parcel: WorkParcel, event: EventDraft, photos: Blob[]): Promise<void> {
    const { id, sheet, parcel: number, project } = parcel
    const entry: Entry = {
      id: crypto.randomUUID(),
      made: Date.now(),
      parcel: { id, sheet, parcel: number, project },
      event,
      photos,
      state: 'waiting',
      errors: [],
      conflict: null,
    }
    await keepEntry(entry)
    this.list = [...this.list, entry]
    await this.send()
  }

  async drop(id: string): Promise<void> {
    await dropEntry(id)
    this.list = this.list.filter((entry) => entry.id !== id)
  }

  /** Sends an entry once more, on what the parcel is now. */
  async again(entry: Entry): Promise<void> {
    const version = entry.conflict?.version ?? entry.event.version
    const event = version === undefined ? entry.event : { ...entry.event, version }
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
    this.list = [...this.list, next]
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
    this.list = this.list.map((other) => (other.id === entry.id ? entry : other))
  }

  /** Sends one entry; false when the server cannot be reached now. */
  async #one(given: Entry): Promise<boolean> {
    let entry = given
    try {
      for (let photo = entry.photos[0]; photo; photo = entry.photos[0]) {
        const attachments = [...(entry.event.attachments ?? []), await attach(photo)]
        entry = { ...entry, photos: entry.photos.slice(1), event: { ...entry.event, attachments } }
        await this.#keep(entry)
      }
      const { events } = await recordEvent(entry.event, entry.id)
      await this.drop(entry.id)
      await this.#follow(entry, events.at(-1)?.version)
      this.recorded += 1
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.kind === 'unreachable' || error.kind === 'busy' || error.kind === 'unsigned')
        return false
      const [conflict] = error.conflicts
      const errors = error.errors.length
        ? error.errors
        : [{ row: 1, parcel: null, code: 'other', detail: error.detail }]
      await this.#keep(
        conflict
          ? { ...entry, state: 'conflict', conflict }
          : { ...entry, state: 'refused', errors },
      )
      return true
    }
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
