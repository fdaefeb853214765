/** A name stands once, though tiles cut what it names into pieces. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { answer, useBrowser, settled } from './harness'

const { open } = useBrowser().drawing

interface Parcel {
  id: number
  bbox: [number, number, number, number]
  number: string
}

/** The deepest tiles that the server draws parcels for. */
const TILES = 2 ** 16
const column = (longitude: number) => ((longitude + 180) / 360) * TILES

async function parcels(): Promise<Parcel[]> {
  const { features } = await answer<{
    features: {
      id: number
      geometry: { coordinates: number[][][] | number[][][][] }
      properties: { sheet: string; parcel: string }
    }[]
  }>('/ogc/collections/parcels/items?limit=10000&properties=sheet,parcel')
  return features.map(({ id, geometry, properties: { sheet, parcel } }) => {
    const flat = geometry.coordinates.flat(3) as number[]
    const [lng, lat] = [0, 1].map((odd) => flat.filter((_, place) => place % 2 === odd))
    if (!lng || !lat) throw new Error('no place')
    const bbox: Parcel['bbox'] = [
      Math.min(...lng),
      Math.min(...lat),
      Math.max(...lng),
      Math.max(...lat),
    ]
    return { id, bbox, number: `${sheet}/${parcel}` }
  })
}

/** How much of a parcel lies on the smaller side of a seam between two tiles, in tiles. */
function beyondSeam({ bbox: [west, , east] }: Parcel): number {
  const seam = Math.floor(column(east))
  return Math.min(seam - column(west), column(east) - seam)
}

/** Texts of a layer, as often as they stand on the screen. */
const labels = (page: Page, layer: string) =>
  page.evaluate((id) => {
    const map = window.__matbang?.map
    return (map?.queryRenderedFeatures({ layers: [id] }) ?? []).map(({ properties: told }) =>
      String(told.name ?? told.number ?? [told.sheet, told.parcel].join('/')),
    )
  }, layer)

const repeated = (texts: string[]) => texts.filter((text, place) => texts.indexOf(text) !== place)

it('a parcel that two tiles share bears its number once, as do its neighbours', async () => {
  const all = await parcels()
  const [cut] = all.toSorted((a, b) => beyondSeam(b) - beyondSeam(a))
  if (!cut) throw new Error('no parcel')
  expect(beyondSeam(cut)).toBeGreaterThan(0)
  const [west, south, east, north] = cut.bbox
  const at = [18, (south + north) / 2, (west + east) / 2].join('/')
  const { page } = await open(`?v=${at}&panel=0`, { deviceScaleFactor: 1 })
  await settled(page)
  await expect.poll(() => labels(page, 'parcel-label')).toContain(cut.number)
  const texts = await labels(page, 'parcel-label')
  expect(texts.length).toBeGreaterThan(2)
  // Sheets of other communes may have the same numbers; on so small a piece of land none has.
  expect(repeated(texts)).toEqual([])
})

it('from afar no name of a commune or a project stands twice', async () => {
  for (const [view, layers] of [
    ['', ['unit-label', 'project-label', 'road-label', 'gauge-label']],
    ['?v=12/20.55/105.95', ['unit-label', 'project-label', 'road-label', 'gauge-label']],
  ] as const) {
    const { page } = await open(view)
    await settled(page)
    for (const layer of layers) {
      const name = (await labels(page, layer)).toSorted()
      expect(repeated(name), layer).toEqual([])
    }
  }
})

/** How far two colours are apart, 0 to 255. */
const apart = (one: number[], other: number[]) =>
  Math.max(...one.map((part, place) => Math.abs(part - (other[place] ?? 0))))

for (const theme of ['light', 'dark'] as const)
  it(`from near every parcel has an edge that can be seen, between equal neighbours, too (${theme})`, async () => {
    const { parcels: most } = await answer<{ parcels: { id: number; point: [number, number] }[] }>(
      '/api/v1/work?stage=handed_over&limit=40',
    )
    const [one] = most.slice(20)
    if (!one) throw new Error('nothing is handed over')
    const { bbox } = await answer<Parcel>(`/api/v1/parcels/${String(one.id)}`)
    const at = [18, (bbox[1] + bbox[3]) / 2, (bbox[0] + bbox[2]) / 2].join('/')
    const options = { deviceScaleFactor: 1, colorScheme: theme }
    const { page } = await open(`?v=${at}&panel=0`, options)
    await settled(page)
    // Corners of what is drawn, in pixels: between two of them runs an edge.
    const rings = await page.evaluate(() => {
      const map = window.__matbang?.map
      const found = map?.queryRenderedFeatures({ layers: ['parcel-border'] }) ?? []
      return found.flatMap(({ geometry }) =>
        geometry.type === 'Polygon'
          ? geometry.coordinates.slice(0, 1).map((ring) =>
              ring.map((corner) => {
                const { x, y } = map?.project(corner as [number, number]) ?? { x: -1, y: -1 }
                return [x, y] as const
              }),
            )
          : [],
      )
    })
    const { data, info } = await sharp(await page.screenshot())
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const colour = (x: number, y: number) => {
      const from = (Math.round(y) * info.width + Math.round(x)) * 3
      return [...data.subarray(from, from + 3)]
    }
    const inside = (x: number, y: number) => x > 450 && x < 1300 && y > 120 && y < 680
    let [looked, seen] = [0, 0]
    for (const ring of rings)
      for (const [place, [x0, y0]] of ring.entries()) {
        const [x1, y1] = ring[place + 1] ?? [x0, y0]
        const length = Math.hypot(x1 - x0, y1 - y0)
        const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2]
        if (length < 30 || !inside(x, y)) continue
        // Across the edge: the land on both sides, and the strongest that stands between.
        const [dx, dy] = [-(y1 - y0) / length, (x1 - x0) / length]
        const line = [-2, -1, 0, 1, 2].map((step) => colour(x + dx * step, y + dy * step))
        const sides = [colour(x + dx * 10, y + dy * 10), colour(x - dx * 10, y - dy * 10)]
        looked += 1
        if (line.some((one) => sides.every((side) => apart(one, side) > 24))) seen += 1
      }
    expect(looked).toBeGreaterThan(10)
    // Numbers and signs lie over some of the edges.
    expect(seen / looked).toBeGreaterThan(0.9)
  })
