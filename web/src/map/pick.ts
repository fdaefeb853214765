/** What lies under a point of the map: the parcel before the project, the gauge before the area. */
import type { Map as MapLibre, MapGeoJSONFeature, PointLike } from 'maplibre-gl'
import type { Selection } from '../lib/address'

const clickable = [
  'parcel-fill',
  'patch-fill',
  'project-gauge',
  'alignment',
  'project-fill',
  'project-label',
]

export interface Picked {
  /** None for a patch of parcels: none of them is meant. */
  selection: Selection | null
  feature: MapGeoJSONFeature
}

/** The topmost thing that can be selected, or null over bare land. */
export function pick(map: MapLibre, point: PointLike): Picked | null {
  const found = map.queryRenderedFeatures(point, {
    layers: clickable.filter((id) => map.getLayer(id)),
  })
  const rank = (feature: MapGeoJSONFeature) =>
    feature.layer.id === 'project-gauge' ? -1 : clickable.indexOf(feature.layer.id)
  const [feature] = found.sort((a, b) => rank(a) - rank(b))
  if (!feature) return null
  if (feature.sourceLayer === 'parcels')
    return { selection: { type: 'parcel', id: Number(feature.id) }, feature }
  if (feature.sourceLayer === 'patches') return { selection: null, feature }
  return { selection: { type: 'project', code: String(feature.properties.code) }, feature }
}
