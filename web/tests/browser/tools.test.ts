/** Tools of the map room: measures, comparing days, measuring, pictures, layers. */
import { expect, it } from 'vitest'
import { isoOfDay } from '../../src/lib/days'
import { signedCount, signedHectares } from '../../src/lib/format'
import type { Catalog, Summary } from '../../src/lib/types'
import { answer, drawn, percent, settled, useBrowser } from './harness'

const { visit, drawing } = useBrowser()

it('each of the five measures gives its own share', async () => {
  const { total } = await answer<Summary>('/api/v1/summary')
  const { parcels, holders, money, length } = total.measures
  const shares = {
    parcels: parcels.done / parcels.total,
    holders: holders.done / holders.total,
    money: (money?.paid ?? 0) / (money?.approved ?? 1),
    length: (length?.done ?? 0) / (length?.total ?? 1),
  }
  const { page } = await drawing.visit()
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  for (const [name, share] of Object.entries(shares)) {
    await page.getByLabel('Thước đo tiến độ').selectOption(name)
    await headline.getByText(percent(share), { exact: true }).waitFor()
  }
  // Only roads and the like have a length.
  const gauges = await drawn(page, 'project-gauge', 'code')
  expect(gauges.length).toBeGreaterThan(0)
})

it('several projects of one legend step are asked for together', async () => {
  const { projects } = await answer<Summary>('/api/v1/summary')
  const low = projects.filter(({ share }) => share < 0.2)
  expect(low.length).toBeGreaterThan(1)
  const { page } = await visit()
  await page.getByRole('button', { name: /^0–20 / }).click()
  await settled(page)
  const expected = await answer<Summary>(
    `/api/v1/summary?project=${low.map(({ code }) => code).join(',')}`,
  )
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  await headline.getByText(percent(expected.total.share), { exact: true }).waitFor()
})

it('a second day is drawn beside the first and can be moved', async () => {
  const { page } = await drawing.visit('?compare=2026-01-15')
  const cut = page.getByRole('slider', { name: 'Vạch chia hai ngày' })
  await cut.waitFor()
  await page.waitForFunction(
    () => document.querySelectorAll('.maplibregl-canvas').length === 2,
    null,
    { timeout: 60_000 },
  )
  const clip = () => page.locator('.half').evaluate((half) => getComputedStyle(half).clipPath)
  const before = await clip()
  await cut.fill('20')
  expect(await clip()).not.toBe(before)
  await page.getByRole('button', { name: 'Thôi so sánh' }).click()
  await page.waitForFunction(() => document.querySelectorAll('.maplibregl-canvas').length === 1)
  expect(new URL(page.url()).searchParams.has('compare')).toBe(false)
}, 120_000)

it('two days are compared in figures too, project by project, over 7, 30 or 90 days', async () => {
  const { page } = await drawing.visit()
  await page.getByRole('button', { name: 'So sánh hai ngày' }).click()
  await page.getByRole('button', { name: '90 ngày trước' }).click()
  await page.waitForURL(/compare=/)
  const day = new URL(page.url()).searchParams.get('compare') ?? ''
  const { today } = await answer<Catalog>('/api/v1/catalog')
  expect(day).toBe(isoOfDay(today - 90))
  const [now, before] = await Promise.all([
    answer<Summary>('/api/v1/summary'),
    answer<Summary>(`/api/v1/summary?as_of=${day}`),
  ])
  const table = page.getByRole('region', { name: 'Thay đổi theo dự án' })
  const cells = (name: string) => table.getByRole('row', { name }).getByRole('cell').allInnerTexts()
  const row = ({ projects }: Summary) => projects.find(({ code }) => code === 'DA01')
  const [later, earlier] = [row(now), row(before)]
  const ofProject = [
    signedHectares((later?.cleared_area ?? 0) - (earlier?.cleared_area ?? 0), 'vi'),
    signedCount((later?.cleared_parcels ?? 0) - (earlier?.cleared_parcels ?? 0), 'vi'),
    signedCount((later?.blocked ?? 0) - (earlier?.blocked ?? 0), 'vi'),
  ]
  await table.waitFor()
  expect(await cells('Đường trục phía Đông')).toEqual(ofProject)
  expect(await cells('Cộng')).toEqual([
    signedHectares(now.total.measures.area.done - before.total.measures.area.done, 'vi'),
    signedCount(now.total.measures.parcels.done - before.total.measures.parcels.done, 'vi'),
    signedCount(now.blocked.parcels - before.blocked.parcels, 'vi'),
  ])
})

it('the ruler tells the length of a line as the sphere has it', async () => {
  const { page } = await drawing.visit()
  await page.getByRole('button', { name: 'Đo khoảng cách' }).click()
  await page.mouse.click(700, 400)
  await page.mouse.click(1000, 400)
  await page.mouse.move(1000, 400)
  const expected = await page.evaluate(() => {
    const map = window.__matbang?.map
    return map?.unproject([700, 400]).distanceTo(map.unproject([1000, 400])) ?? 0
  })
  const text = await page
    .getByRole('status')
    .getByText(/km$|km ·/)
    .innerText()
  const kilometres = Number(text.split(' km')[0]?.replace('.', '').replace(',', '.'))
  expect(Math.abs(kilometres - expected / 1000)).toBeLessThan(0.02)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Thôi đo' }).waitFor({ state: 'detached' })
})

it('a picture of the map is twice as fine as the screen', async () => {
  const { page } = await drawing.visit('?kind=road&date=2026-06-30')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Lưu ảnh bản đồ' }).click(),
  ])
  // The file says what it shows, and of which day.
  expect(download.suggestedFilename()).toBe('matbang-duong-giao-thong-30-06-2026.png')
  const bytes = await (await download.createReadStream()).toArray()
  const png = Buffer.concat(bytes as Buffer[])
  // Width stands in bytes 16 to 19 of the header (PNG, 11.2.2).
  expect(png.readUInt32BE(16)).toBe(2 * 1440)
})

it('layers are put away and change places', async () => {
  const { page } = await drawing.visit()
  await page.locator('summary[aria-label="Lớp bản đồ"]').click()
  await page.locator('.menu').getByLabel('Dự án', { exact: true }).uncheck()
  await page.waitForURL(/layers=/)
  await settled(page)
  expect(
    await page.evaluate(() => window.__matbang?.map.getLayer('project-fill') === undefined),
  ).toBe(true)
  await page.getByRole('button', { name: 'Đưa lớp Ranh giới xã, phường lên trên' }).click()
  await page.waitForURL(
    (url) => url.searchParams.get('layers')?.startsWith('basemap,parcels') ?? false,
  )
})

it('the menu of layers closes by Esc, which gives the focus back to its button and leaves the selection', async () => {
  const { page } = await drawing.visit('?sel=project:DA01')
  const button = page.locator('summary[aria-label="Lớp bản đồ"]')
  await button.focus()
  await page.keyboard.press('Enter')
  const first = page.locator('.menu').getByRole('checkbox').first()
  await first.waitFor()
  await first.focus()
  await page.keyboard.press('Escape')
  await first.waitFor({ state: 'hidden' })
  expect(await button.evaluate((one) => one === document.activeElement)).toBe(true)
  expect(new URL(page.url()).searchParams.get('sel')).toBe('project:DA01')
})
