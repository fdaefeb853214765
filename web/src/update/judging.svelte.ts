/**
 * What the law says about an entry before it is sent: by the parcel's sheet, which serves without a
 * network where it was seen before, and by the server itself where it can be asked.
 */
import { fetchParcel, Problem, tryEvent } from '../lib/api'
import { recordedAs } from '../lib/authors'
import { findingOf, judge, type Finding } from '../lib/judgement'
import { keepCase, keptCase } from '../lib/outbox'
import type {
  CaseLaw,
  EventDraft,
  Outlook,
  RowMark,
  RowRefusal,
  ActDetails,
  WorkParcel,
} from '../lib/types'
import { law as book } from '../stores/law.svelte'
import { session } from '../stores/session.svelte'

/** Milliseconds after the last change. */
const AFTER = 350
/** Milliseconds until a network that answers nothing is taken for none. */
const PATIENCE = 10_000

export class Judging {
  law = $state.raw<CaseLaw | null>(null)
  /** What the server would refuse. */
  refusals = $state.raw<RowRefusal[]>([])
  #marks = $state.raw<{ question: string; marks: RowMark[] } | null>(null)
  #question = $state('')
  #timer: ReturnType<typeof setTimeout> | null = null

  /** Takes up a parcel; `signal` ends it. */
  async enter({ id, version }: WorkParcel, signal: AbortSignal): Promise<void> {
    try {
      const { law } = await fetchParcel(id, null, signal)
      if (signal.aborted) return
      this.law = law
      await keepCase(id, version, law)
    } catch {
      // Without a network what was seen before has to do.
      const kept = await keptCase(id, version).catch(() => null)
      if (!signal.aborted) this.law = kept
    }
  }

  outlook(act: string): Outlook | null {
    return this.law?.next.find((one) => one.act === act) ?? null
  }

  /** Asks the server about an entry, once nothing has changed for a moment. */
  ask(event: EventDraft): void {
    const question = JSON.stringify(event)
    if (question === this.#question) return
    this.#question = question
    this.refusals = []
    if (this.#timer) clearTimeout(this.#timer)
    if (!event.date || !navigator.onLine) return
    this.#timer = setTimeout(() => void this.#try(event, question), AFTER)
  }

  /** Nothing to be judged. */
  rest(): void {
    this.#question = ''
    this.refusals = []
    if (this.#timer) clearTimeout(this.#timer)
  }

  /**
   * Judges an entry before it is kept or sent: what the server says against it, null where nothing,
   * or where it cannot be asked now.
   */
  async last(event: EventDraft): Promise<Problem | null> {
    this.rest()
    const { author } = session
    if (!author || !navigator.onLine) return null
    try {
      await tryEvent(event, recordedAs(author), AbortSignal.timeout(PATIENCE))
      return null
    } catch (error) {
      if (!(error instanceof Problem)) return null
      if (error.kind === 'unreachable' || error.kind === 'busy') return null
      this.refusals = error.errors
      return error
    }
  }

  /** The server's word if it has spoken about this very entry, else by the sheet. */
  findings(act: string, date: string, details: ActDetails): Finding[] {
    if (this.#marks?.question === this.#question)
      return this.#marks.marks.map((mark) => findingOf(mark, book.book?.clocks))
    const outlook = this.outlook(act)
    return outlook ? judge(outlook, date, details) : []
  }

  async #try(event: EventDraft, question: string): Promise<void> {
    const { author } = session
    if (!author) return
    try {
      // What the law says does not hang on the version: a parcel that has changed is told by itself.
      const { marks } = await tryEvent({ ...event, version: undefined }, recordedAs(author))
      if (question === this.#question && marks) this.#marks = { question, marks }
    } catch (error) {
      if (question === this.#question && error instanceof Problem) this.refusals = error.errors
    }
  }
}
