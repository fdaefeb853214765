/** Brings the map up to what has just happened: the parcel's colour at once, then the tiles that show it. */
import type { Map as MapLibre } from 'maplibre-gl'
import type { Bbox, Catalog, LiveEvent } from '../lib/types'

const SOURCE = { source: 'parcels', sourceLayer: 'parcels' }
/** Zooms of the parcels' tiles. */
const ZOOMS = [13, 14, 15, 16]
/** What lies beyond a tile's edge is drawn in it too, as a share of the tile. */
const BUFFER = 0.02

interface TileId {
  x: number
  y: number
  z: number
}

/** The tiles of one zoom that show a box, neighbours' edges too. */
export function tilesOf([west, south, east, north]: Bbox, z: number): TileId[] {
  const size = 2 ** z
  const column = (lng: number) => ((lng + 180) / 360) * size
  const row = (lat: number) => {
    const angle = (lat * Math.PI) / 180
    return ((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * size
  }
  const [left, right] = [Math.floor(column(west) - BUFFER), Math.floor(column(east) + BUFFER)]
  const [top, bottom] = [Math.floor(row(north) - BUFFER), Math.floor(row(south) + BUFFER)]
  const tiles: TileId[] = []
  for (let x = left; x <= right; x += 1)
    for (let y = top; y <= bottom; y += 1) tiles.push({ x, y, z })
  return tiles
}

/** Recolours one parcel; `painted` is called once the new colour is on the screen. */
export function recolour(
  map: MapLibre,
  event: LiveEvent,
  catalog: Catalog,
  painted: () => void,
): void {
  const place = catalog.standings.findIndex(({ code }) => code === event.stage)
  map.once('render', () => {
    painted()
    // The colour first: tiles that are being read would hold its frame up.
    map.refreshTiles(
      SOURCE.source,
      ZOOMS.flatMap((z) => tilesOf(event.bbox, z)),
    )
  })
  map.setFeatureState({ ...SOURCE, id: event.parcel }, { live: place })
  map.triggerRepaint()
}

/** Forgets all recolouring: the tiles are asked for anew. */
export function repaint(map: MapLibre): void {
  map.removeFeatureState(SOURCE)
  for (const source of ['parcels', 'projects', 'marks', 'units', 'chainage'])
    map.refreshTiles(source)
}
