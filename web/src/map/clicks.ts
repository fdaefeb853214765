/** What a click on the map does: selects what lies there, or opens a patch into its parcels. */
import { tick } from 'svelte'
import type { Map as MapLibre } from 'maplibre-gl'
import { address } from '../stores/address.svelte'
import { stage } from '../stores/stage.svelte'
import { pick } from './pick'

export function followClicks(map: MapLibre): void {
  map.on('click', (event) => {
    if (stage.drawing || stage.measuring) return
    const picked = pick(map, event.point)
    if (picked && !picked.selection) {
      stage.enter(event.lngLat)
      return
    }
    address.select(picked?.selection ?? null)
    // The sheet takes its room first.
    if (picked) void tick().then(() => stage.reveal(event.lngLat))
  })
}
