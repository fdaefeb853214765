/** Where a tile would hold too many parcels to be told apart, patches stand for them, and say so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MapGeoJSONFeature } from 'maplibre-gl'
import { afterAll, expect, it } from 'vitest'
import { settled, useBrowser } from './harness'
import { samples, serveNew } from './newstore'

/** Parcels a side: 12 100 in one tile of zoom 13, more than are shown one by one. */
const SIDE = 110
const STEP = 0.000_17
const [WEST, SOUTH] = [105.876, 20.48]
const MIDDLE = [SOUTH + (SIDE * STEP) / 2, WEST + (SIDE * STEP) / 2]

const folder = mkdtempSync(join(tmpdir(), 'matbang-patches-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const square = (west: number, south: number) => {
  const [east, north] = [west + STEP, south + STEP]
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
}

function many(): string {
  const features = Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [column, row] = [at % SIDE, Math.floor(at / SIDE)]
    const ring = square(WEST + column * STEP, SOUTH + row * STEP)
    return {
      type: 'Feature',
      properties: { sheet: String(row + 1), parcel: String(column + 1), use: 'LUC' },
      geometry: { type: 'Polygon', coordinates: [ring] },
    }
  })
  const file = join(folder, 'many.geojson')
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }))
  return file
}

const server = serveNew((run) => {
  run(['import', 'units', join(samples, '1-units.csv')])
  run(['import', 'projects', join(samples, '2-projects.geojson')])
  run([
    'import',
    'parcels',
    many(),
    '--project',
    'MAU-01',
    '--unit',
    '13285',
    '--day',
    '2025-08-01',
  ])
})
const { drawing } = useBrowser(server)
const at = (zoom: number) => `?v=${String(zoom)}/${MIDDLE.map((n) => n.toFixed(5)).join('/')}`

it('patches are drawn, told of, and open into parcels; a condition on parcels shows each', async () => {
  const { page, requests } = await drawing.visit(at(13))
  const drawn = (layer: string) =>
    page.evaluate(
      (layer) =>
        (window.__matbang?.map.queryRenderedFeatures({ layers: [layer] }) ?? []).map(
          ({ id, properties }: MapGeoJSONFeature) => ({ id, properties }),
        ),
      layer,
    )
  const patches = await drawn('patch-fill')
  expect(patches.length).toBeGreaterThan(200)
  expect(patches.length).toBeLessThan((SIDE * SIDE) / 8)
  expect(await drawn('parcel-fill')).toEqual([])
  expect(requests.some((url) => url.includes('/tiles/overview/13/'))).toBe(true)
  await page.getByText('bản đồ gộp thành mảng').waitFor()

  const size = page.viewportSize() ?? { width: 0, height: 0 }
  const middle = { x: size.width / 2, y: size.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  const card = page.locator('.card strong', { hasText: 'Mảng gồm' })
  await card.waitFor()
  expect(await card.innerText()).toMatch(/^Mảng gồm \d+ thửa$/)
  expect(await page.locator('.card').first().innerText()).toContain('0 thửa vướng')

  const zoom = () => page.evaluate(() => window.__matbang?.map.getZoom())
  await page.mouse.click(middle.x, middle.y)
  await expect.poll(zoom).toBeCloseTo(14, 1)

  // Each of the parcels is asked: they must all be there.
  await page.goto(`${server.url}/${at(13)}&stage=listed`)
  await settled(page)
  await expect
    .poll(async () => (await drawn('parcel-fill')).length)
    .toBeGreaterThan(SIDE * SIDE - 1)
  expect(await drawn('patch-fill')).toEqual([])
})
