/** The whole map style as a value: MapLibre compares it with the last one and changes only what differs. */
import type {
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
  VectorSourceSpecification,
} from 'maplibre-gl'
import type { LayerGroup, Ring, Selection } from '../lib/address'
import type { Catalog } from '../lib/types'
import { basemapLayers, basemapSource } from './basemap'
import {
  groundLayers,
  highlightLayers,
  PARCEL_ZOOM,
  parcelLayers,
  projectEdges,
  projectLayers,
  unitLayers,
  type Look,
} from './layers'
import { patchLayers } from './patches'
import { labelLayers, markLayers, spotLayers } from './labels'

/** Beyond this zoom parcels are drawn from the tiles of this zoom: finer ones would add nothing. */
const DEEPEST = 16

function tiles(
  { at }: Pick<Look, 'at'>,
  layers: string,
  minzoom: number,
  maxzoom: number,
  format = '',
): VectorSourceSpecification {
  const frozen = at === null ? '' : `?at=${String(at)}`
  return {
    type: 'vector',
    tiles: [`${location.origin}/tiles/${layers}/{z}/{x}/{y}${format}${frozen}`],
    minzoom,
    maxzoom,
  }
}

/** Parcels by columns, which takes a third of the bytes. */
export const parcelTiles = (look: Pick<Look, 'at' | 'each'>): SourceSpecification => ({
  ...tiles(look, look.each ? 'parcels' : 'overview', PARCEL_ZOOM, DEEPEST, '.mlt'),
  encoding: 'mlt',
})

function points(features: GeoJSON.Feature[]): SourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features } }
}

const feature = (geometry: GeoJSON.Geometry, properties: object = {}): GeoJSON.Feature => ({
  type: 'Feature',
  properties: { ...properties },
  geometry,
})

/** Names at the middle of each unit's box: labels of tiled polygons would repeat in every tile. */
function unitNames({ units }: Catalog): GeoJSON.Feature[] {
  return units.flatMap(({ name, level, bbox, valid_to }) => {
    if (level !== 'commune' || !bbox || valid_to) return []
    const [west, south, east, north] = bbox
    return [
      feature({ type: 'Point', coordinates: [(west + east) / 2, (south + north) / 2] }, { name }),
    ]
  })
}

const polygon = (ring: Ring) =>
  feature({ type: 'Polygon', coordinates: [ring.concat(ring.slice(0, 1))] })

/** Whether a layer of names belongs to a group that is drawn. */
function labelled(id: string, layers: readonly LayerGroup[]): boolean {
  if (id.startsWith('unit')) return layers.includes('units')
  if (id.startsWith('parcel')) return layers.includes('parcels')
  return layers.includes('chainage')
}

/** The style for what is looked at; `selection` adds the drawn area and the pin. */
export function mapStyle(look: Look, selection: Selection | null): StyleSpecification {
  const { colours, catalog } = look
  const area = selection?.type === 'area' ? [polygon(selection.ring)] : []
  const pin =
    selection?.type === 'place'
      ? [feature({ type: 'Point', coordinates: [selection.lng, selection.lat] })]
      : []
  const grouped: Record<LayerGroup, LayerSpecification[]> = {
    basemap: basemapLayers(look),
    units: unitLayers(look),
    projects: projectLayers(look),
    parcels: [...patchLayers(look), ...parcelLayers(look)],
    chainage: [],
  }
  return {
    version: 8,
    state: { day: { default: catalog.today }, gauges: { default: {} } },
    transition: { duration: 150, delay: 0 },
    sources: {
      ...basemapSource(look),
      units: tiles(look, 'units', 0, 13),
      projects: tiles(look, 'projects,alignments,fronts', 0, DEEPEST),
      parcels: parcelTiles(look),
      chainage: tiles(look, 'chainage', 10, DEEPEST),
      marks: tiles(look, 'project_points', 0, 14),
      'unit-names': points(unitNames(catalog)),
      'parcel-numbers': points(look.numbers ?? []),
      area: points(area),
      within: points(look.filter.area ? [polygon(look.filter.area)] : []),
      stretch: points(look.stretch ?? []),
      pin: points(pin),
      spots: points(look.spots ?? []),
    },
    layers: [
      ...groundLayers(look),
      ...look.layers.flatMap((group) => grouped[group]),
      ...(look.layers.includes('projects') ? projectEdges(look) : []),
      ...highlightLayers(look),
      {
        id: 'area-fill',
        type: 'fill',
        source: 'area',
        paint: { 'fill-color': colours.accent, 'fill-opacity': 0.12 },
      },
      {
        id: 'area-edge',
        type: 'line',
        source: 'area',
        paint: { 'line-color': colours.accent, 'line-width': 2.5 },
      },
      {
        id: 'within-edge',
        type: 'line',
        source: 'within',
        paint: { 'line-color': colours.accent, 'line-width': 2.5, 'line-dasharray': [3, 2] },
      },
      {
        id: 'stretch-halo',
        type: 'line',
        source: 'stretch',
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': colours.halo, 'line-width': 9 },
      },
      {
        id: 'stretch',
        type: 'line',
        source: 'stretch',
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': colours.accent, 'line-width': 5 },
      },
      ...labelLayers(look).filter(({ id }) => labelled(id, look.layers)),
      ...(look.layers.includes('projects') ? markLayers(look) : []),
      ...spotLayers(look),
    ],
  }
}
