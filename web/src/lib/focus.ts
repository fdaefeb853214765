/**
 * Focus is never lost. What has it may vanish: a row is removed, a dialog closes, a room is left. Then
 * the control next to it has it, or what had it before the dialog opened, or the page's main part.
 */

/** Something that had the focus, and its place among the controls of each part of the page around it. */
interface Place {
  element: HTMLElement
  around: { part: HTMLElement; index: number }[]
  /** Where the focus was before it came into the dialog or message that holds the element. */
  before: Place | null
}

const CONTROLS =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])'
/** Parts that come and go as a whole. */
const LAYERS = 'dialog, [popover]'

const isThere = (element: HTMLElement) => element.isConnected && element.checkVisibility()
const controls = (part: HTMLElement) =>
  [...part.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (one) => !one.matches(':disabled') && isThere(one),
  )
const layerOf = (element: HTMLElement) => element.closest<HTMLElement>(LAYERS)

function partsAround(element: HTMLElement): Place['around'] {
  const around: Place['around'] = []
  // What is beside it in the whole page is not next to it.
  const wholes = `aside, ${LAYERS}`
  let part = element.parentElement
  for (; part && !part.matches('main, body, #app'); part = part.parentElement) {
    around.push({ part, index: controls(part).indexOf(element) })
    if (part.matches(wholes)) break
  }
  return around
}

/** What shall have the focus in the place of what has gone. */
function nextTo(place: Place | null): HTMLElement | null {
  if (!place) return null
  if (isThere(place.element) && !place.element.matches(':disabled')) return place.element
  for (const { part, index } of place.around) {
    const found = isThere(part) ? controls(part) : []
    const next = found[Math.min(index, found.length - 1)] ?? found[0]
    if (next) return next
  }
  return nextTo(place.before)
}

/** The map, else the page's main part. */
function middle(): HTMLElement | null {
  const main = document.querySelector<HTMLElement>('main')
  const canvas = document.querySelector<HTMLElement>('main .maplibregl-canvas')
  if (!canvas && main) main.tabIndex = -1
  return canvas ?? main
}

class FocusKeeper {
  #last: Place | null = null
  #asked = false
  /** What has the focus is disabled while it works. */
  #works = false

  came = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return
    const layer = layerOf(target)
    const last = this.#last
    const inside = last !== null && layer !== null && layerOf(last.element) === layer
    const before = layer === null ? null : inside ? last.before : last
    this.#last = { element: target, around: partsAround(target), before }
  }

  /** Who points at nothing that takes the focus has left it by will. */
  pointed = (): void => {
    setTimeout(() => {
      const left = document.activeElement === document.body
      if (left && this.#last && isThere(this.#last.element)) this.#last = null
    })
  }

  changed = (): void => {
    if (this.#asked) return
    this.#asked = true
    requestAnimationFrame(() => {
      this.#asked = false
      this.#restore()
    })
  }

  #restore(): void {
    const { activeElement: here, body } = document
    const last = this.#last
    if (!last || (here !== null && here !== body && here !== last.element)) return
    const disabled = last.element.matches(':disabled')
    const worked = this.#works && !disabled
    this.#works = disabled
    if (isThere(last.element) && !(worked && here !== last.element)) return
    const modal = document.querySelector('dialog:modal')
    const next = nextTo(last) ?? (modal ? null : middle())
    next?.focus({ preventScroll: true })
  }
}

/** Watches over the focus of the page; to be called once. */
export function keepFocus(): void {
  const keeper = new FocusKeeper()
  document.addEventListener('focusin', keeper.came)
  document.addEventListener('pointerdown', keeper.pointed)
  new MutationObserver(keeper.changed).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ['hidden', 'disabled', 'open', 'class', 'inert'],
  })
}
