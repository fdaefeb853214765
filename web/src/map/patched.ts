/** Whether the map shows patches of parcels, for who tells what its colours mean. */
import type { Map as MapLibre } from 'maplibre-gl'
import { stage } from '../stores/stage.svelte'
import { PARCEL_ZOOM } from './layers'
import { NEAR } from './patches'

/** Looks whenever the map has come to rest whether patches are in sight. */
export function keepPatches(map: MapLibre): void {
  map.on('idle', () => {
    const zoom = map.getZoom()
    const none = zoom < PARCEL_ZOOM || zoom >= NEAR || !map.getLayer('patch-fill')
    stage.patched = !none && map.queryRenderedFeatures({ layers: ['patch-fill'] }).length > 0
    stage.dense ||= stage.patched
  })
}
