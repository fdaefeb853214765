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

it('a map that is left before its letters have arrived is not begun', async () => {
  const { page } = await drawing.open('?room=board')
  const room = (name: string) => page.getByRole('button', { name, exact: true }).first()
  await room('Bản đồ').waitFor()
  await page.evaluate(() => {
    const arrive = new Promise<FontFace[]>((done) => {
      Object.assign(window, {
        arrive: () => {
          done([])
        },
      })
    })
    document.fonts.load = () => arrive
  })
  await room('Bản đồ').click()
  await page.locator('div.map').waitFor({ state: 'attached' })
  await room('Thi đua').click()
  await page.getByRole('table').first().waitFor()
  // What it does then without a place fails the test as an uncaught error.
  await page.evaluate(async () => {
    ;(window as unknown as { arrive: () => void }).arrive()
    await new Promise((done) => setTimeout(done, 100))
  })
  expect(await page.evaluate(() => window.__matbang)).toBe(undefined)
})

it('paper that is still being made ends with its room', async () => {
  const { page } = await drawing.visit('?room=present')
  await page.evaluate(() => {
    window.print = () => (document.body.dataset.printed = 'yes')
  })
  await page.keyboard.press('p')
  await page.keyboard.press('Escape')
  await page.locator('article h2').waitFor({ state: 'detached' })
  await settled(page)
  // As long as a map takes to come to rest here, twice.
  await page.waitForTimeout(3000)
  expect(await page.evaluate(() => document.body.dataset.printed)).toBe(undefined)
  expect(new URL(page.url()).searchParams.get('room')).toBe(null)
})
