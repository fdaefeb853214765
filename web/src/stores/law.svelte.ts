/** The law as the server's files have it: names of acts, bodies and marks. Asked for once, kept for working without a network. */
import { fetchLaw } from '../lib/api'
import { Resource } from './resource.svelte'
import type { LawBook } from '../lib/types'

class Law {
  readonly resource = new Resource<LawBook>()

  /** Nothing until it has arrived. */
  get book(): LawBook | null {
    return this.resource.value
  }

  load(): void {
    this.resource.ask('law', fetchLaw)
  }
}

export const law = new Law()
