/**
 * A base map below the projects, where the operator names one. Vector tiles are
 * drawn plainly, by what both common schemas (OpenMapTiles, Protomaps) call water,
 * woods, buildings and roads: it is a ground to find one's way on, not a second map.
 */
import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl'
import type { Look } from './layers'

const SOURCE = 'basemap'

interface Archive {
  kind: 'raster' | 'vector'
}
let archive: Archive | null = null

/** Opens the operator's archive, if there is one; to be called before the first style is made. */
export async function openBasemap({ catalog }: Pick<Look, 'catalog'>): Promise<void> {
  if (catalog.basemap?.kind !== 'archive' || archive) return
  const { PMTiles, Protocol, TileType } = await import('pmtiles')
  const protocol = new Protocol()
  const opened = new PMTiles(location.origin + catalog.basemap.url)
  protocol.add(opened)
  addProtocol('pmtiles', protocol.tile)
  const { tileType } = await opened.getHeader()
  archive = { kind: tileType === TileType.Mvt || tileType === TileType.Mlt ? 'vector' : 'raster' }
}

/** What kind of tiles the base map has; null when there is none, or it is not open yet. */
function kindOf({ catalog: { basemap } }: Look): 'raster' | 'vector' | null {
  if (!basemap) return null
  return basemap.kind === 'archive' ? (archive?.kind ?? null) : basemap.kind
}

export function basemapSource(look: Look): Record<string, SourceSpecification> {
  const { basemap } = look.catalog
  const kind = kindOf(look)
  if (!basemap || !kind) return {}
  if (basemap.kind === 'archive')
    return { [SOURCE]: { type: kind, url: `pmtiles://${location.origin}${basemap.url}` } }
  return {
    [SOURCE]:
      kind === 'raster'
        ? { type: 'raster', tiles: [basemap.url], tileSize: 256 }
        : { type: 'vector', tiles: [basemap.url], maxzoom: 14 },
  }
}

export function basemapLayers(look: Look): LayerSpecification[] {
  const kind = kindOf(look)
  if (!kind) return []
  if (kind === 'raster')
    return [{ id: 'basemap', type: 'raster', source: SOURCE, paint: { 'raster-opacity': 0.7 } }]
  const { colours } = look
  const fill = (id: string, layer: string, colour: string, opacity = 1): LayerSpecification => ({
    id: `basemap-${id}`,
    type: 'fill',
    source: SOURCE,
    'source-layer': layer,
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': colour, 'fill-opacity': opacity },
  })
  const line = (id: string, layer: string): LayerSpecification => ({
    id: `basemap-${id}`,
    type: 'line',
    source: SOURCE,
    'source-layer': layer,
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: {
      'line-color': colours.boundary,
      'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 8, 0.4, 14, 2, 18, 10],
    },
  })
  return [
    fill('wood', 'landcover', colours.surfaceSoft),
    fill('water', 'water', colours.water),
    fill('building', 'building', colours.boundary, 0.4),
    fill('buildings', 'buildings', colours.boundary, 0.4),
    line('transportation', 'transportation'),
    line('roads', 'roads'),
  ]
}
