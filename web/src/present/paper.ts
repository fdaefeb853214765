/** The slides on paper: each is shown once, and taken with its map. */
import { tick } from 'svelte'
import { deck } from './deck.svelte'
import type { Facts } from './facts'

export interface Page {
  facts: Facts
  /** None where the browser draws no maps. */
  picture: string | null
  /** Whether the map is near enough to show parcels: its legend is another then. */
  parcels: boolean
}

/** Looks again after this many milliseconds whether a slide's figures have come. */
const AGAIN = 50
/** Looks at most so often: a server that does not answer must not hold the paper up for ever. */
const LOOKS = 400

async function arrived(): Promise<Facts | null> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { value, loading, problem } = deck.facts
    if (problem) return null
    if (!loading && value && value.slide.code === deck.slide?.code) return value
    await new Promise((done) => setTimeout(done, AGAIN))
  }
  return null
}

/** Goes through all slides; `picture` gives the map once it has drawn. Ends where it began. */
export async function takePaper(picture: () => Promise<Omit<Page, 'facts'>>): Promise<Page[]> {
  const here = deck.index
  const pages: Page[] = []
  for (let index = 0; index < deck.slides.length; index += 1) {
    deck.go(index)
    await tick()
    const facts = await arrived()
    await tick()
    if (facts) pages.push({ facts, ...(await picture()) })
  }
  deck.go(here)
  return pages
}
