/** What the main jobs of rooms need a drawn map for: its picture on paper, a place that is gone to, a file seen before it is stored. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { ParcelDetail, Summary } from '../../src/lib/types'
import { percent, settled, useBrowser, whole } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
const folder = mkdtempSync(join(tmpdir(), 'matbang-maps-'))
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 4000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
const { open } = useBrowser(server).drawing
const fetched = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T

it('on paper every slide has its map, also when P is pressed at once', async () => {
  const { page } = await open('?room=present')
  await page.evaluate(() => {
    window.print = () => (document.body.dataset.printed = 'yes')
  })
  await page.locator('article h2').waitFor()
  await page.keyboard.press('p')
  // A dozen maps are drawn for it.
  await page.waitForFunction(() => document.body.dataset.printed === 'yes', null, {
    timeout: 90_000,
  })
  const pages = await page.evaluate(() =>
    [...document.querySelectorAll('.paper > section')].map((one) => ({
      title: one.querySelector('h2')?.textContent,
      picture: one.querySelector('img')?.src.slice(0, 16),
      number: one.querySelector('.number')?.textContent,
      legend: one.querySelector('ul')?.innerText.trim(),
    })),
  )
  expect(pages.length).toBeGreaterThan(5)
  expect(new Set(pages.map(({ title }) => title)).size).toBe(pages.length)
  const last = String(pages.length)
  for (const [place, { picture, number }] of pages.entries()) {
    expect(picture).toBe('data:image/jpeg;')
    expect(number).toBe(`${String(place + 1)}/${last}`)
  }
  // The same count stands below the slides on the screen.
  await page.getByText(`1 / ${last}`, { exact: true }).waitFor()

  // As it goes on paper: each map whole, with its legend on it, each page as large as its sheet, nothing over the number.
  await page.emulateMedia({ media: 'print' })
  const sheets = await page.evaluate(() =>
    [...document.querySelectorAll('.paper > section')].map((one) => {
      const box = (selector: string) => one.querySelector(selector)?.getBoundingClientRect()
      const [sheet, map, legend, number] = [
        one.getBoundingClientRect(),
        box('img'),
        box('.map ul'),
        box('.number'),
      ]
      const within = (inner?: DOMRect, outer?: DOMRect) =>
        inner && outer
          ? inner.width > 0 &&
            inner.left >= outer.left - 1 &&
            inner.top >= outer.top - 1 &&
            inner.right <= outer.right + 1 &&
            inner.bottom <= outer.bottom + 1
          : false
      const picture = one.querySelector('img')
      return {
        drawn: (picture?.naturalWidth ?? 0) > 0,
        fit: picture && getComputedStyle(picture).objectFit,
        map: within(map, sheet),
        legend: within(legend, map),
        number: within(number, sheet),
        text: [...one.querySelectorAll('article, article *')].every((part) => {
          const { bottom } = part.getBoundingClientRect()
          return bottom <= (box('.number')?.top ?? 0)
        }),
        wide: Math.round(sheet.width),
      }
    }),
  )
  const asOnScreen = {
    drawn: true,
    fit: 'contain',
    map: true,
    legend: true,
    number: true,
    text: true,
  }
  // 297 mm in pixels of 1/96 inch.
  for (const sheet of sheets) expect(sheet).toEqual({ ...asOnScreen, wide: 1123 })
}, 120_000)

it('the map room is one page: title with filter and selection, figures, the whole legend, the source; by day', async () => {
  const { features } = await fetched<{ features: { id: number }[] }>(
    "/ogc/collections/parcels/items?limit=1&filter=blocked = TRUE AND project = 'DA01'",
  )
  const id = features[0]?.id ?? 0
  const { point, sheet, parcel } = await fetched<ParcelDetail>(`/api/v1/parcels/${String(id)}`)
  if (!point) throw new Error(`parcel ${String(id)} has no place`)
  const view = `16/${String(point[1])}/${String(point[0])}`
  const { page } = await open(`?kind=road&theme=dark&sel=parcel:${String(id)}&v=${view}`, {
    viewport: { width: 1440, height: 900 },
  })
  await settled(page)
  let printed = ''
  await page.exposeFunction('paper', (ground: string) => (printed = ground))
  await page.evaluate(() => {
    window.print = () => {
      window.dispatchEvent(new Event('beforeprint'))
      void (window as unknown as { paper: (ground: string) => void }).paper(
        String(window.__matbang?.map.getPaintProperty('outside', 'background-color')),
      )
    }
  })
  const night = await page.evaluate(() =>
    window.__matbang?.map.getPaintProperty('outside', 'background-color'),
  )
  await page.getByRole('button', { name: 'In', exact: true }).click()
  await expect.poll(() => printed).not.toBe('')
  // It was night on the screen, and is again.
  expect(printed).not.toBe(night)
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')

  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString(
    'latin1',
  )
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
  await page.emulateMedia({ media: 'print' })
  const paper = page.locator('.map-paper')
  const said = await paper.innerText()
  const { total } = await fetched<Summary>('/api/v1/summary?kind=road')
  for (const part of [
    'Đường giao thông',
    `Tờ ${String(sheet)}, thửa ${String(parcel)}`,
    percent(total.share),
    whole(total.measures.parcels.total),
    'Thửa đất theo bước',
    'Đã bàn giao mặt bằng',
    'Đang vướng mắc',
    'Quá hạn luật định',
    'Nguồn: Matbang',
  ])
    expect(said).toContain(part)
  const cutOff = await paper.evaluate((one) => {
    const { bottom, right } = one.getBoundingClientRect()
    const foot = one.querySelector('footer')?.getBoundingClientRect().top ?? 0
    return [...one.querySelectorAll('aside *, header *')]
      .filter((part) => {
        const box = part.getBoundingClientRect()
        return box.right > right + 1 || box.bottom > Math.min(bottom, foot) + 1
      })
      .map((part) => part.textContent)
  })
  expect(cutOff).toEqual([])
})

it('a row of the table and its parcel on the map are one selection', async () => {
  const { page } = await open('?room=data&sort=-area')
  await settled(page)
  const { rows } = await fetched<{ rows: { id: number }[] }>('/api/v1/table?sortby=-area&limit=1')
  await page.locator('tbody tr button').first().click()
  await page.waitForURL((url) => url.searchParams.get('sel') === `parcel:${String(rows[0]?.id)}`)
  await settled(page)
  expect(await page.evaluate(() => window.__matbang?.map.getZoom())).toBeGreaterThan(14)
})

/** Two squares of 20 m in EPSG:5897, in a Shapefile that claims another zone. */
function wrongShapefile(): string[] {
  const [east, north] = [593_654.305, 2_272_288.187]
  const square = (shift: number) => {
    const x = east + shift
    const corners = [
      [x, north],
      [x + 20, north],
      [x + 20, north + 20],
      [x, north + 20],
      [x, north],
    ]
    return `"POLYGON((${corners.map((corner) => corner.join(' ')).join(',')}))"`
  }
  const rows = [0, 30].map((shift, row) => `77,${String(9001 + row)},LUC,${square(shift)}`)
  const csv = join(folder, 'thua.csv')
  writeFileSync(csv, ['so_to,so_thua,loai_dat,WKT', ...rows].join('\n'))
  const shp = join(folder, 'thua.shp')
  const words = ['-oo', 'GEOM_POSSIBLE_NAMES=WKT', '-oo', 'KEEP_GEOM_COLUMNS=NO']
  execFileSync('ogr2ogr', ['-f', 'ESRI Shapefile', shp, csv, ...words, '-a_srs', 'EPSG:5899'])
  return ['shp', 'shx', 'dbf', 'prj'].map((ending) => join(folder, `thua.${ending}`))
}

/** The middle of what the preview draws. */
const previewed = (page: Page) =>
  page.evaluate(() => {
    const { lng, lat } = window.__matbang?.map.getCenter() ?? { lng: 0, lat: 0 }
    return [lng, lat] as const
  })

it('an administrator mends the CRS of a Shapefile in the preview, imports it and takes it back', async () => {
  const files = wrongShapefile()
  const { page, trouble } = await open('?room=import')
  await page.locator('input[type=file]').setInputFiles(files)
  const form = page.getByRole('form', { name: 'Cách hiểu tệp' })
  await form.getByLabel('Dự án thu hồi').selectOption('DA01')
  const commit = page.getByRole('button', { name: /^Nhập \d/ })
  // Read in the zone that the file claims, the parcels lie elsewhere: no commune holds them.
  await page
    .getByText(/Từ chối|rơi ra ngoài/)
    .first()
    .waitFor()
  expect(await commit.isDisabled()).toBe(true)
  // The browser complains about the server's refusal; nothing else may be wrong.
  const complaints = trouble.splice(0)
  expect(complaints.filter((line) => !line.includes('422'))).toEqual([])

  await form.getByLabel('Hệ tọa độ').selectOption('EPSG:5897')
  await page.getByRole('button', { name: 'Nhập 2 đối tượng' }).waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  const [lng, lat] = await previewed(page)
  expect(Math.hypot(lng - 105.9, lat - 20.54)).toBeLessThan(0.01)
  expect((await fetched<Summary>('/api/v1/summary')).total.measures.parcels.total).toBe(4000)

  await commit.click()
  await page.getByText(/Đã nhập 2 đối tượng/).waitFor()
  const after = await fetched<Summary>('/api/v1/summary')
  expect(after.total.measures.parcels.total).toBe(4002)

  await page.getByRole('button', { name: 'Hoàn tác' }).first().click()
  await page.getByRole('button', { name: 'Rút mọi thửa của tệp này' }).click()
  await page.getByText('Đã hoàn tác').waitFor()
  const back = await fetched<Summary>('/api/v1/summary')
  expect(back.total.measures.parcels.total).toBe(4000)
})
