/** What the browser tells about itself: system theme, width, connection. */
import { address } from './address.svelte'
import type { Theme } from '../lib/palette'

function watch(query: string, set: (matches: boolean) => void): void {
  const media = matchMedia(query)
  set(media.matches)
  media.addEventListener('change', (event) => {
    set(event.matches)
  })
}

class Surroundings {
  online = $state(navigator.onLine)
  narrow = $state(false)
  #systemDark = $state(false)

  /** Something is made for paper: it is day there, whatever the screen has. */
  paper = $state(false)
  readonly theme: Theme = $derived(
    this.paper ? 'light' : (address.now.theme ?? (this.#systemDark ? 'dark' : 'light')),
  )
  /** Whether the panel is open: on phones it starts closed, so that the map is seen first. */
  readonly panel: boolean = $derived(address.now.panel ?? !this.narrow)

  constructor() {
    watch('(prefers-color-scheme: dark)', (matches) => (this.#systemDark = matches))
    watch('(max-width: 760px)', (matches) => (this.narrow = matches))
    for (const type of ['online', 'offline'])
      window.addEventListener(type, () => (this.online = navigator.onLine))
  }
}

export const surroundings = new Surroundings()
