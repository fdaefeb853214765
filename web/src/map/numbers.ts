/**
 * Where the numbers of parcels stand. Tiles cut a parcel into pieces and each would bear the number:
 * here a parcel has one place, within its largest piece.
 */
import type { GeoJSONFeature, Map as MapLibre } from 'maplibre-gl'
import { NUMBER_ZOOM } from './labels'

type Position = GeoJSON.Position

/** Twice the area that a ring encloses. */
const extent = (ring: Position[]): number =>
  Math.abs(
    ring.reduce((sum, [x = 0, y = 0], place) => {
      const [u = 0, v = 0] = ring[(place + 1) % ring.length] ?? []
      return sum + x * v - u * y
    }, 0),
  )

/** Where the sides of rings cross a height, from left to right. */
const crossings = (rings: Position[][], height: number): number[] =>
  rings
    .flatMap((ring) =>
      ring.flatMap(([x = 0, y = 0], place) => {
        const [u = 0, v = 0] = ring[(place + 1) % ring.length] ?? []
        return y < height !== v < height ? [x + ((height - y) / (v - y)) * (u - x)] : []
      }),
    )
    .sort((a, b) => a - b)

/** A point within a polygon: in the middle of where it is widest at half its height. */
function within(rings: Position[][]): Position {
  const heights = (rings[0] ?? []).map(([, y = 0]) => y)
  const height = (Math.min(...heights) + Math.max(...heights)) / 2
  const sides = crossings(rings, height)
  let [from, to] = [0, 0]
  for (let side = 0; side + 1 < sides.length; side += 2) {
    const [left = 0, right = 0] = sides.slice(side, side + 2)
    if (right - left > to - from) [from, to] = [left, right]
  }
  return sides.length ? [(from + to) / 2, height] : (rings[0]?.[0] ?? [0, 0])
}

const polygons = ({ geometry }: GeoJSONFeature): Position[][][] => {
  if (geometry.type === 'Polygon') return [geometry.coordinates]
  return geometry.type === 'MultiPolygon' ? geometry.coordinates : []
}

/** Number and place of each parcel of which tiles are there; none from so far away that they are not read. */
function parcelNumbers(map: MapLibre): GeoJSON.Feature[] {
  if (map.getZoom() < NUMBER_ZOOM || !map.getSource('parcels')) return []
  const largest = new Map<string, { size: number; rings: Position[][]; number: string }>()
  for (const piece of map.querySourceFeatures('parcels', { sourceLayer: 'parcels' }))
    for (const rings of polygons(piece)) {
      const size = extent(rings[0] ?? [])
      const id = String(piece.id)
      if ((largest.get(id)?.size ?? 0) >= size) continue
      const { sheet, parcel } = piece.properties as Record<string, string | number>
      largest.set(id, { size, rings, number: `${String(sheet)}/${String(parcel)}` })
    }
  return [...largest].map(([id, { rings, number }]) => ({
    type: 'Feature',
    id: Number(id),
    properties: { number },
    geometry: { type: 'Point', coordinates: within(rings) },
  }))
}

/** Tells the numbers whenever the map has come to rest and they are others. */
export function keepNumbers(map: MapLibre, tell: (numbers: GeoJSON.Feature[]) => void): void {
  let told = '[]'
  map.on('idle', () => {
    const numbers = parcelNumbers(map)
    const text = JSON.stringify(numbers)
    // Drawing them makes the map idle once more.
    if (text === told) return
    told = text
    tell(numbers)
  })
}
