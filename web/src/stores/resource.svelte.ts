/** One answer of the server as a reactive value: keeps the last answer while the next one is on its way. */
import { Problem } from '../lib/api'

export class Resource<T> {
  value = $state.raw<T | null>(null)
  problem = $state.raw<Problem | null>(null)
  loading = $state(false)
  #question: string | null = null
  #abort: AbortController | null = null
  #again: (() => void) | null = null

  /** Asks `question` unless it has been asked already; an older one still on its way is dropped. */
  ask(question: string, fetcher: (signal: AbortSignal) => Promise<T>): void {
    if (question === this.#question) return
    this.#question = question
    this.#again = () => {
      void this.#run(fetcher)
    }
    this.#again()
  }

  /** Asks the last question once more, after a failure. */
  retry(): void {
    this.#again?.()
  }

  /** Forgets the answer, for instance when nothing is selected any more. */
  clear(): void {
    this.#abort?.abort()
    this.#question = null
    this.value = null
    this.problem = null
    this.loading = false
  }

  async #run(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    try {
      const value = await fetcher(abort.signal)
      if (abort.signal.aborted) return
      this.value = value
      this.problem = null
    } catch (error) {
      if (abort.signal.aborted) return
      this.problem = error instanceof Problem ? error : new Problem('refused', String(error))
    }
    this.loading = false
  }
}
