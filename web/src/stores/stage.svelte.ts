/** The map on screen, for those who move it: search, sheets, keys. */
import { tick } from 'svelte'
import type { LngLatBoundsLike, LngLatLike, Map as MapLibre } from 'maplibre-gl'
import type { Bbox } from '../lib/types'
import { surroundings } from './surroundings.svelte'

const MARGIN = 28
/** Zoom from which a single parcel can be told from its neighbours. */
const READABLE = 13

/** Room taken by panels: each names the side it covers in `data-cover`. */
function padding(): Record<'left' | 'right' | 'top' | 'bottom', number> {
  const sides = { left: MARGIN, right: MARGIN, top: MARGIN, bottom: MARGIN }
  for (const panel of document.querySelectorAll<HTMLElement>('[data-cover]')) {
    const { left, right, top, bottom, width } = panel.getBoundingClientRect()
    const side = getComputedStyle(panel).getPropertyValue('--cover').trim()
    if (width === 0) continue
    if (side === 'left') sides.left = Math.max(sides.left, right + MARGIN)
    if (side === 'right') sides.right = Math.max(sides.right, innerWidth - left + MARGIN)
    if (side === 'top') sides.top = Math.max(sides.top, bottom + MARGIN / 2)
    if (side === 'bottom') sides.bottom = Math.max(sides.bottom, innerHeight - top + MARGIN / 2)
  }
  return sides
}

/** What panels leave free of the window, in pixels. */
export function free(): Record<'left' | 'top' | 'width' | 'height', number> {
  const { left, right, top, bottom } = padding()
  const inset = MARGIN / 2
  return {
    left: left - inset,
    top: top - inset,
    width: innerWidth - left - right + MARGIN,
    height: innerHeight - top - bottom + MARGIN,
  }
}

class Stage {
  #map = $state.raw<MapLibre | null>(null)
  #wanted: Bbox | null = null
  zoom = $state(0)
  drawing = $state(false)
  /** Whether what is drawn becomes a condition of the filter instead of being summed up. */
  narrows = $state(false)
  measuring = $state(false)
  /** Whether patches of parcels are in sight, which stand for parcels too small to be told apart. */
  patched = $state(false)
  /** Whether they ever were: only then do tiles of every parcel differ from those with patches. */
  dense = $state(false)
  /** Lines that are pointed out: a stretch of a road that would be opened. */
  stretch = $state.raw<GeoJSON.Feature[]>([])

  get map(): MapLibre | null {
    return this.#map
  }
  set map(map: MapLibre | null) {
    this.#map = map
    const box = this.#wanted
    if (!map || !box) return
    this.#wanted = null
    void tick().then(() => {
      this.fit(box, 18, false)
    })
  }

  /** The next map that opens shows this box: for rooms beside the map. */
  opensAt(box: Bbox): void {
    this.#wanted = box
  }

  /** Shows a box between the panels; small boxes are not blown up beyond what is readable. */
  fit([west, south, east, north]: Bbox, maxZoom = 17, animate = true): void {
    const bounds: LngLatBoundsLike = [west, south, east, north]
    const still = !animate || matchMedia('(prefers-reduced-motion: reduce)').matches
    this.map?.fitBounds(bounds, { padding: padding(), maxZoom, duration: still ? 0 : 900 })
  }

  sawPatches(seen: boolean): void {
    this.patched = seen
    this.dense ||= seen
  }

  /** Goes nearer to a place, as far as parcels are told apart. */
  enter(place: LngLatLike): void {
    const { map } = this
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (map) map.easeTo({ center: place, zoom: map.getZoom() + 1, duration: still ? 0 : 500 })
  }

  /** Moves the map so that a place which a panel covers comes to the middle of what is free. */
  reveal(place: LngLatLike): void {
    const { map } = this
    if (!map) return
    const { left, right, top, bottom } = padding()
    const { x, y } = map.project(place)
    const free = { right: innerWidth - right, bottom: innerHeight - bottom }
    if (x >= left && x <= free.right && y >= top && y <= free.bottom) return
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const middle = { x: (left + free.right) / 2, y: (top + free.bottom) / 2 }
    map.panBy([x - middle.x, y - middle.y], { duration: still ? 0 : 500 })
  }

  /** Flies to a parcel that is too small or not in sight. */
  show(bbox: Bbox, place: [number, number] | null): void {
    const { map } = this
    if (!map) return
    if (place && map.getZoom() >= READABLE && map.getBounds().contains(place)) this.reveal(place)
    else this.fit(bbox, 18)
  }

  /** Prints the map twice as fine as the screen has it, in the colours of day. */
  async print(): Promise<void> {
    const { map } = this
    const before = map?.getPixelRatio() ?? 1
    surroundings.paper = true
    await tick()
    map?.setPixelRatio(Math.max(2, before))
    map?.triggerRepaint()
    // A map whose room is left never comes to rest, and is not what was to be printed.
    if (map) await Promise.race([map.once('idle'), map.once('remove')])
    if (this.map === map) print()
    map?.setPixelRatio(before)
    surroundings.paper = false
  }

  zoomBy(steps: number): void {
    if (steps > 0) this.map?.zoomIn()
    else this.map?.zoomOut()
  }
}

export const stage = new Stage()
