/**
 * One answer of the server as a reactive value. The value is always the answer to the question that
 * is asked now: as soon as another is asked it is unknown, and it stays unknown until the server has
 * answered. What could not be had for want of a server is asked for again until it is there.
 */
import { Problem } from '../lib/api'

/** How soon a server that could not answer is asked again. */
export const AGAIN = 4000

/** Whether the same question may be answered later. */
export const passes = ({ kind }: Problem): boolean => kind === 'unreachable' || kind === 'busy'

/** Those that nobody signed in was refused. */
let refused: Resource<unknown>[] = []

/** Somebody has signed in again: what was refused is asked once more, in whatever room. */
export function askRefusedAgain(): void {
  for (const resource of refused) resource.retry()
}

export class Resource<T> {
  /** The answer to what is asked now; null until it is known. */
  value = $state.raw<T | null>(null)
  /** The last answer to any question: only for what says itself what it is of. */
  last = $state.raw<T | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  /** When the value came, in milliseconds. */
  since = $state(0)
  /** Known, but asking for it anew has failed. */
  readonly stale = $derived(this.value !== null && this.problem !== null)
  #question: string | null = null
  #abort: AbortController | null = null
  #again: (() => Promise<void>) | null = null
  #later: ReturnType<typeof setTimeout> | undefined

  /** Asks `question` unless it has been asked already; an older one still on its way is dropped. */
  ask(question: string, fetcher: (signal: AbortSignal) => Promise<T>): void {
    if (question === this.#question) return
    this.#question = question
    this.value = null
    this.problem = null
    this.#again = () => this.#run(fetcher)
    void this.#again()
  }

  /** Asks the last question once more; what is known of it stays until then. */
  retry(): void {
    void this.#again?.()
  }

  /** Asks the last question once more and waits for the answer. */
  async renewed(): Promise<void> {
    await this.#again?.()
  }

  /** Forgets question and answer, for instance when nothing is selected any more. */
  clear(): void {
    this.#abort?.abort()
    clearTimeout(this.#later)
    refused = refused.filter((one) => one !== this)
    this.#question = null
    this.#again = null
    this.value = null
    this.last = null
    this.problem = null
    this.loading = false
  }

  async #run(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    clearTimeout(this.#later)
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    refused = refused.filter((one) => one !== this)
    try {
      const value = await fetcher(abort.signal)
      if (abort.signal.aborted) return
      this.value = this.last = value
      this.since = Date.now()
      this.problem = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
      if (this.problem.kind === 'unsigned') refused = [...refused, this as Resource<unknown>]
      if (passes(this.problem))
        this.#later = setTimeout(() => {
          this.retry()
        }, AGAIN)
    }
    this.loading = false
  }
}
