/** Keeps the map up with the ledger: the parcel's colour at once, stretches of roads and figures a moment later. */
import type { Map as MapLibre } from 'maplibre-gl'
import type { Catalog } from '../lib/types'
import { figures } from '../stores/figures.svelte'
import { live } from '../stores/live.svelte'
import { recolour, repaint } from './recolour'

/** Stretches of a road change over their whole length; once a second is soon enough. */
const FRONTS_AFTER = 1000

/** Where no map is drawn the figures follow all the same; gives what ends it. */
export function followFigures(): () => void {
  return live.listen(
    (event) => {
      figures.renew(event)
    },
    () => {
      figures.renew(null)
    },
  )
}

/** Begins to follow; gives what ends it. */
export function followEvents(map: MapLibre, catalog: Catalog): () => void {
  let due: ReturnType<typeof setTimeout> | null = null
  function renewFronts(code: string): void {
    const linear = catalog.projects.some((project) => project.code === code && project.linear)
    if (!linear || due !== null) return
    due = setTimeout(() => {
      due = null
      map.refreshTiles('projects')
    }, FRONTS_AFTER)
  }
  const end = live.listen(
    (event) => {
      const received = Date.now()
      recolour(map, event, catalog, () => {
        const detail = { at: event.at, parcel: event.parcel, received, painted: Date.now() }
        window.dispatchEvent(new CustomEvent('matbang:live', { detail }))
      })
      figures.renew(event)
      renewFronts(event.project)
    },
    () => {
      repaint(map)
      figures.renew(null)
    },
  )
  return () => {
    if (due !== null) clearTimeout(due)
    end()
  }
}
