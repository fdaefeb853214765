/** Whether the map shows patches of parcels, for who tells what its colours mean. */
import type { Map as MapLibre } from 'maplibre-gl'
import { PARCEL_ZOOM } from './layers'
import { NEAR } from './patches'

/** Whether patches are in sight. */
export function seesPatches(map: MapLibre): boolean {
  const zoom = map.getZoom()
  if (zoom < PARCEL_ZOOM || zoom >= NEAR || !map.getLayer('patch-fill')) return false
  return map.queryRenderedFeatures({ layers: ['patch-fill'] }).length > 0
}

/** Tells it whenever the map has come to rest elsewhere or with other tiles; another day changes nothing of it. */
export function keepPatches(map: MapLibre, tell: (seen: boolean) => void): void {
  let changed = true
  const change = () => (changed = true)
  map.on('move', change)
  map.on('sourcedata', change)
  map.on('idle', () => {
    if (changed) tell(seesPatches(map))
    changed = false
  })
}
