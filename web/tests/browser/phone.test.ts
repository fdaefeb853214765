import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Catalog } from '../../src/lib/types'
import { answer, gaugeOf, phone, settled, useBrowser } from './harness'

const { visit } = useBrowser().drawing
const HEIGHT = 844
const WIDTH = 390
/** WCAG 2.2, 2.5.8: the least size of what a finger has to hit. */
const TARGET = 24

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox()
  if (!box) throw new Error('not on screen')
  return box
}

/** What a finger would hit in the middle of a control is that control. */
async function reachable(locator: Locator): Promise<boolean> {
  const box = await boxOf(locator)
  expect(box.width).toBeGreaterThanOrEqual(TARGET)
  expect(box.height).toBeGreaterThanOrEqual(TARGET)
  return locator.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    const hit = document.elementFromPoint(left + width / 2, top + height / 2)
    return hit !== null && (element === hit || element.contains(hit))
  })
}

async function freeOfSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(WIDTH)
}

it('the map comes first; the panel opens over its lower part and closes again', async () => {
  const { page } = await visit('', phone)
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  expect(await headline.isVisible()).toBe(false)
  const toggle = page.getByRole('button', { name: 'Ẩn hoặc hiện bảng số liệu, bộ lọc' })
  expect(await reachable(toggle)).toBe(true)
  await toggle.tap()
  await headline.waitFor()
  const panel = await boxOf(page.locator('#panel-body'))
  expect(panel.y).toBeGreaterThan(HEIGHT * 0.3)
  expect(panel.y + panel.height).toBeLessThanOrEqual(HEIGHT)
  const last = page.getByRole('button', { name: /^Chậm kế hoạch/ })
  await last.scrollIntoViewIfNeeded()
  expect(await reachable(last)).toBe(true)
  await freeOfSidewaysScroll(page)
  await page.getByRole('button', { name: 'Đóng', exact: true }).tap()
  await headline.waitFor({ state: 'hidden' })
})

it('a tap on the map opens the sheet; the map stays in sight above it', async () => {
  const { page } = await visit('', phone)
  const { projects } = await answer<Catalog>('/api/v1/catalog')
  const code = projects.find(({ code: one }) => one === 'DA01')?.code ?? ''
  const gauge = await gaugeOf(page, code)
  await page.touchscreen.tap(gauge.x, gauge.y)
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('heading', { level: 2 }).waitFor()
  await settled(page)
  const box = await boxOf(sheet)
  expect(box.y).toBeGreaterThan(HEIGHT * 0.4)
  expect(box.y + box.height).toBeLessThanOrEqual(HEIGHT)
  expect(box.width).toBeLessThanOrEqual(WIDTH)
  await page.waitForFunction(
    ([wanted, edge]) => {
      const map = window.__matbang?.map
      const found = map
        ?.queryRenderedFeatures({ layers: ['project-gauge'] })
        .find(({ properties }) => properties.code === wanted)
      if (!map || found?.geometry.type !== 'Point') return false
      return map.project(found.geometry.coordinates as [number, number]).y < Number(edge)
    },
    [code, box.y] as const,
  )
  const close = sheet.getByRole('button', { name: 'Đóng và bỏ chọn' })
  expect(await reachable(close)).toBe(true)
  await freeOfSidewaysScroll(page)
  await close.tap()
  await sheet.waitFor({ state: 'detached' })
})

it('every control that shows can be hit', async () => {
  const { page } = await visit('', phone)
  for (const button of await page.getByRole('button').all())
    if (await button.isVisible())
      expect(await reachable(button), await button.innerHTML()).toBe(true)
})
