/** The slides on paper: each is shown once, and taken with its map. */
import { tick } from 'svelte'
import { surroundings } from '../stores/surroundings.svelte'
import { deck } from './deck.svelte'
import type { Facts } from './facts'

export interface Page {
  facts: Facts
  /** None where the browser draws no maps. */
  picture: string | null
  /** Whether the map is near enough to show parcels: its legend is another then. */
  parcels: boolean
  /** Whether patches stand for parcels that are too many. */
  patched: boolean
}

/** Looks again after this many milliseconds whether a slide's figures have come. */
const AGAIN = 50
/** Looks at most so often: a server that does not answer must not hold the paper up for ever. */
const LOOKS = 400

/** The paper of one visit to the room of slides; what is still being made when the room is left ends with it. */
export class PaperMaker {
  pages = $state.raw<Page[] | null>(null)
  making = $state(false)
  #left = false

  /** Takes all slides and prints them; `picture` gives the map once it has drawn. */
  async print(picture: () => Promise<Omit<Page, 'facts'>>): Promise<void> {
    if (this.making) return
    surroundings.paper = this.making = true
    this.pages = await this.#take(picture)
    await tick()
    if (this.#left) return
    print()
    surroundings.paper = this.making = false
  }

  leave(): void {
    this.#left = true
    if (this.making) surroundings.paper = false
  }

  /** Goes through all slides, or as far as somebody waits for them. Ends where it began. */
  async #take(picture: () => Promise<Omit<Page, 'facts'>>): Promise<Page[]> {
    const here = deck.index
    const pages: Page[] = []
    for (let index = 0; index < deck.slides.length && !this.#left; index += 1) {
      deck.go(index)
      await tick()
      const facts = await this.#arrived()
      await tick()
      if (facts && !this.#left) pages.push({ facts, ...(await picture()) })
    }
    deck.go(here)
    return pages
  }

  async #arrived(): Promise<Facts | null> {
    for (let look = 0; look < LOOKS && !this.#left; look += 1) {
      const { value, loading, problem } = deck.facts
      if (problem) return null
      if (!loading && value && value.slide.code === deck.slide?.code) return value
      await new Promise((done) => setTimeout(done, AGAIN))
    }
    return null
  }
}
