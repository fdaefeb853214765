/** Keys of a presenter; `on` does what a room has to do itself. */
import { deck } from './deck.svelte'

type Own = Record<'black' | 'print' | 'notes' | 'outline' | 'full' | 'theme' | 'leave', () => void>

export function keysOf(on: Own): Record<string, () => void> {
  const next = () => {
    deck.go(deck.index + 1)
  }
  const back = () => {
    deck.go(deck.index - 1)
  }
  return {
    ArrowRight: next,
    ArrowDown: next,
    PageDown: next,
    ' ': next,
    ArrowLeft: back,
    ArrowUp: back,
    PageUp: back,
    Home: () => {
      deck.go(0)
    },
    End: () => {
      deck.go(deck.slides.length - 1)
    },
    b: on.black,
    p: on.print,
    n: on.notes,
    o: on.outline,
    f: on.full,
    d: on.theme,
    Escape: on.leave,
  }
}
