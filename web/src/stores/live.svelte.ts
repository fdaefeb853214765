/** What happens on the server, as it happens: the browser's own event source, which resumes by itself. */
import type { LiveEvent } from '../lib/types'
import { session } from './session.svelte'

type Hear = (event: LiveEvent) => void

/** After a refusal the browser gives up; we ask again. */
const AGAIN = 10_000

class Live {
  state = $state<'off' | 'live' | 'waiting'>('off')
  /** When the server was last heard of before it fell silent, in milliseconds. */
  lost = $state(0)
  #source: EventSource | null = null
  #last = ''
  /** Position of what the page has loaded. */
  #shown = Number.POSITIVE_INFINITY
  #hear = new Set<Hear>()
  #reload = new Set<() => void>()

  /** Calls `hear` for each event and `reload` when everything may be another, until the result is called. */
  listen(hear: Hear, reload: () => void): () => void {
    this.#hear.add(hear)
    this.#reload.add(reload)
    if (!this.#source) this.#open()
    return () => {
      this.#hear.delete(hear)
      this.#reload.delete(reload)
      if (this.#hear.size > 0) return
      this.#source?.close()
      this.#source = null
      this.state = 'off'
    }
  }

  /** The page shows what was known at this position. */
  shows(at: number): void {
    this.#shown = at
  }

  #open(): void {
    const query = this.#last ? `?last_event_id=${this.#last}` : ''
    const source = new EventSource(`/api/v1/live${query}`)
    this.#source = source
    source.onopen = () => (this.state = 'live')
    source.onmessage = (message: MessageEvent<string>) => {
      this.#last = message.lastEventId
      const event = JSON.parse(message.data) as LiveEvent
      for (const hear of this.#hear) hear(event)
    }
    // Where the server stands when the stream begins: what came between loading the page and listening is loaded
    // again, and a break before the first event is resumed from here.
    source.addEventListener('position', (message) => {
      const { lastEventId } = message as MessageEvent<string>
      const behind = this.#last === '' && Number(lastEventId) > this.#shown
      this.#last = lastEventId
      if (behind) for (const reload of this.#reload) reload()
    })
    source.addEventListener('reload', (message) => {
      this.#last = (message as MessageEvent<string>).lastEventId
      for (const reload of this.#reload) reload()
    })
    source.onerror = () => {
      if (this.state !== 'waiting') this.lost = Date.now()
      this.state = 'waiting'
      if (source.readyState !== EventSource.CLOSED) return
      // The source does not tell why it was refused: the session does.
      void session.load()
      setTimeout(() => {
        if (this.#source === source && !session.ended) this.#open()
      }, AGAIN)
    }
  }

  /** Somebody signed in again: what was refused is asked for once more. */
  again(): void {
    if (this.#source?.readyState === EventSource.CLOSED) this.#open()
  }
}

export const live = new Live()
