/** A name stands once, though tiles cut what it names into pieces. */
import type { Page } from 'playwright-core'
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
