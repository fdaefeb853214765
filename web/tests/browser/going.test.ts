/** Ways of the map room that end on the map: its colours by night, where a search leads. */
import { expect, it } from 'vitest'
import type { Catalog } from '../../src/lib/types'
import { answer, settled, useBrowser } from './harness'

const { visit, drawing } = useBrowser()

it('dark mode reaches the page and the map, and the link keeps it', async () => {
  const { page } = await drawing.visit()
  const ground = () =>
    page.evaluate(() => ({
      page: getComputedStyle(document.body).backgroundColor,
      map: window.__matbang?.map.getPaintProperty('outside', 'background-color'),
    }))
  const light = await ground()
  await page.getByRole('button', { name: 'Giao diện tối' }).click()
  await page.waitForURL(/theme=dark/)
  await settled(page)
  const dark = await ground()
  expect(dark.page).not.toBe(light.page)
  expect(dark.map).not.toBe(light.map)
  const second = (await visit(new URL(page.url()).search)).page
  expect(await second.locator('html').getAttribute('data-theme')).toBe('dark')
})

it('search finds a project by part of its name and goes there', async () => {
  const { projects } = await answer<Catalog>('/api/v1/catalog')
  const found = projects.find(({ kind }) => kind === 'urban_area')
  if (!found?.bbox) throw new Error('no urban area')
  const { name, bbox } = found
  const { page } = await drawing.visit()
  await page.keyboard.press('/')
  const box = page.getByRole('combobox', { name: 'Tìm dự án' })
  await page.keyboard.type(name)
  await page.getByRole('option', { name }).first().waitFor()
  expect(await box.getAttribute('aria-expanded')).toBe('true')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Dự án' }).getByRole('heading', { name }).waitFor()
  await settled(page)
  const seen = await page.evaluate(() => window.__matbang?.map.getBounds().toArray().flat())
  const [west = 0, south = 0, east = 0, north = 0] = seen ?? []
  expect(west).toBeLessThan(bbox[0])
  expect(south).toBeLessThan(bbox[1])
  expect(east).toBeGreaterThan(bbox[2])
  expect(north).toBeGreaterThan(bbox[3])
})
