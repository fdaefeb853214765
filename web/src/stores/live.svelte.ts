/** What happens on the server, as it happens: the browser's own event source, which resumes by itself. */
import type { LiveEvent } from '../lib/types'

type Hear = (event: LiveEvent) => void

/** After a refusal the browser gives up; we ask again. */
const AGAIN = 10_000

class Live {
  state = $state<'off' | 'live' | 'waiting'>('off')
  #source: EventSource | null = null
  #last = ''
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
    source.addEventListener('reload', (message) => {
      this.#last = (message as MessageEvent<string>).lastEventId
      for (const reload of this.#reload) reload()
    })
    source.onerror = () => {
      this.state = 'waiting'
      if (source.readyState !== EventSource.CLOSED) return
      setTimeout(() => {
        if (this.#source === source) this.#open()
      }, AGAIN)
    }
  }
}

export const live = new Live()
