/** The conditions that planners ask for hold in the address, figures, table, files, map and slides alike. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Catalog, Summary } from '../../src/lib/types'
import { answer, drawn, onScreen, settled, useBrowser, whole } from './harness'

const { open, drawing } = useBrowser()

const UNITS = ['13591', '13291']
const OVERDUE = `unit IN ('13591', '13291') AND overdue_days > 30`
const parcelsOf = async (filter: string) =>
  (await answer<Summary>(`/api/v1/summary?filter=${encodeURIComponent(filter)}`)).total.measures
    .parcels.total
const headline = (page: Page) => page.getByRole('region', { name: 'Tiến độ' })

it('several communes and days overdue are chosen in the form and go to table and files', async () => {
  const { units } = await answer<Catalog>('/api/v1/catalog')
  const names = UNITS.map(
    (code) => units.find((unit) => unit.code === code && unit.parcels > 0)?.name ?? '',
  )
  const expected = await parcelsOf(OVERDUE)
  expect(expected).toBeGreaterThan(0)

  const { page } = await open('?room=data')
  await page.getByRole('button', { name: 'Xã, phường: Tất cả' }).click()
  for (const name of names) {
    await page.getByRole('textbox', { name: 'Tìm trong danh sách' }).fill(name)
    await page.getByRole('group', { name: 'Xã, phường' }).getByLabel(name, { exact: true }).check()
  }
  await page.keyboard.press('Escape')
  const button = page.getByRole('button', { name: 'Xã, phường: 2 đã chọn' })
  expect(await button.evaluate((one) => one === document.activeElement)).toBe(true)
  await page.getByText('Thêm điều kiện').click()
  await page.getByLabel('Quá hạn luật định trên (ngày)').fill('30')
  await page.keyboard.press('Enter')
  await page.waitForURL(/overdue_days=30/)
  await page.getByText(`${whole(expected)} thửa khớp bộ lọc`).waitFor()

  await page.getByRole('button', { name: 'Tải về' }).click()
  const link = await page.getByRole('link', { name: 'CSV' }).first().getAttribute('href')
  const { pathname, search } = new URL(link ?? '')
  const csv = await (await fetch(new URL(page.url()).origin + pathname + search)).text()
  expect(csv).toContain(`Cộng số dòng: ${String(expected)}`)
})

it('projects, kinds of blockers and land uses narrow the same figure everywhere', async () => {
  const filter = `project IN ('DA01', 'DA02') AND use IN ('LUC', 'LUK', 'ONT') AND (blockers LIKE '%price%' OR blockers LIKE '%graves%')`
  const expected = await parcelsOf(filter)
  expect(expected).toBeGreaterThan(0)
  const query = 'project=DA01,DA02&use=LUC,LUK,ONT&blocker=price,graves'
  const { page } = await open(`?room=data&${query}`)
  await page.getByText(`${whole(expected)} thửa khớp bộ lọc`).waitFor()
  await headline(page).getByText(whole(expected), { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Dự án: 2 đã chọn' }).waitFor()

  const slides = await open(`?room=present&${query}`)
  await slides.page.locator('article .big').getByText(whole(expected), { exact: true }).waitFor()
  const words = await slides.page.locator('article header').innerText()
  expect(words).toContain('Vướng mắc: Đơn giá bồi thường, Mồ mả')
  expect(words).toContain('Loại đất: ')
})

it('the map shows just the parcels that pass what its tiles know nothing of', async () => {
  const { page } = await drawing.visit('?project=DA02&overdue_days=0&v=14/20.65200/105.95700')
  await page.waitForFunction(
    () =>
      (window.__matbang?.map.queryRenderedFeatures({ layers: ['parcel-fill'] }).length ?? 0) > 0,
  )
  await settled(page)
  const numbers = await page.evaluate(() => {
    const found = window.__matbang?.map.queryRenderedFeatures({ layers: ['parcel-fill'] }) ?? []
    return [...new Set(found.map(({ id }) => Number(id)))]
  })
  const passing = await answer<{ features: { id: number }[] }>(
    `/ogc/collections/parcels/items?limit=1000&filter=${encodeURIComponent("project = 'DA02' AND overdue_days > 0")}`,
  )
  const codes = passing.features.map(({ id }) => id)
  expect(numbers.filter((id) => !codes.includes(id))).toEqual([])
  expect(await drawn(page, 'parcel-fill', 'overdue')).toEqual(['true'])
})

it('an area is drawn to filter by; parcels that touch it are left, and it can be left again', async () => {
  const { page } = await drawing.visit('?v=13/20.56300/106.08000')
  await page.getByText('Thêm điều kiện').click()
  await page.getByRole('button', { name: 'Vẽ vùng để lọc' }).click()
  for (const [lng, lat] of [
    [106.07, 20.555],
    [106.09, 20.555],
    [106.09, 20.572],
    [106.07, 20.572],
  ] as const) {
    const { x, y } = await onScreen(page, [lng, lat])
    await page.mouse.click(x, y)
  }
  await page.keyboard.press('Enter')
  await page.waitForURL(/area=/)
  const ring = (new URL(page.url()).searchParams.get('area') ?? '').split(';')
  expect(ring.length).toBe(4)
  const points = [...ring, ring[0] ?? ''].map((point) => point.replace(',', ' ')).join(', ')
  const expected = await parcelsOf(`S_INTERSECTS(geometry, POLYGON((${points})))`)
  const all = (await answer<Summary>('/api/v1/summary')).total.measures.parcels.total
  expect(expected).toBeLessThan(all)
  await headline(page)
    .getByText(new RegExp(`/ ${whole(expected).replace('.', '\\.')}$`))
    .waitFor()
  await page.getByRole('button', { name: 'Bỏ lọc theo vùng' }).click()
  await headline(page)
    .getByText(new RegExp(`/ ${whole(all).replace('.', '\\.')}$`))
    .waitFor()
  expect(page.url()).not.toContain('area=')
})
