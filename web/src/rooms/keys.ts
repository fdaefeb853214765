/** Keys of the map room. Letters typed into a field stay letters. */
import type { Catalog } from '../lib/types'
import { address } from '../stores/address.svelte'
import { stage } from '../stores/stage.svelte'
import { surroundings } from '../stores/surroundings.svelte'
import { timeline } from '../stores/timeline.svelte'
import { leaveSelection } from '../stores/undo'
import { typing } from './doors'

const WEEK = 7

function focusSearch(): void {
  document.querySelector<HTMLInputElement>('[role=combobox]')?.focus()
}

function toggleTheme(): void {
  address.go({ theme: surroundings.theme === 'dark' ? 'light' : 'dark' }, 'replace')
}

/** The action of each key; `help` opens the list of keys. */
function actions(catalog: Catalog, help: () => void): Record<string, () => void> {
  return {
    '?': help,
    '/': focusSearch,
    '+': () => {
      stage.zoomBy(1)
    },
    '=': () => {
      stage.zoomBy(1)
    },
    '-': () => {
      stage.zoomBy(-1)
    },
    '0': () => {
      stage.fit(catalog.bbox)
    },
    '[': () => {
      address.go({ panel: !surroundings.panel }, 'replace')
    },
    t: () => {
      address.go({ table: true })
    },
    d: () => {
      stage.drawing = true
    },
    m: () => {
      stage.measuring = true
    },
    v: () => {
      const day = Math.max(catalog.first_day, timeline.day - 365)
      address.go({ compare: address.now.compare === null ? day : null })
    },
    n: toggleTheme,
    l: () => {
      address.go({ lang: address.now.lang === 'vi' ? 'en' : 'vi' }, 'replace')
    },
    c: () => {
      const { colour, filter } = address.now
      address.go({
        colour: colour === 'plan' ? 'progress' : 'plan',
        filter: { ...filter, step: null },
      })
    },
    ' ': () => {
      if (timeline.playing) timeline.pause()
      else timeline.play()
    },
    ',': () => {
      timeline.go(timeline.day - WEEK)
    },
    '.': () => {
      timeline.go(timeline.day + WEEK)
    },
    h: () => {
      timeline.go(timeline.today)
    },
    Escape: () => {
      if (address.now.selection) leaveSelection()
    },
  }
}

/** Runs the action of a key unless it belongs to a field, a dialog or the browser. */
export function handleKey(event: KeyboardEvent, catalog: Catalog, help: () => void): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (document.querySelector('dialog[open]') || stage.drawing || stage.measuring) return
  if (typing(event)) return
  const target = event.target instanceof HTMLElement ? event.target : null
  if (event.key === ' ' && target?.closest('button, a, summary, input')) return
  const action = actions(catalog, help)[event.key]
  if (!action) return
  event.preventDefault()
  action()
}
