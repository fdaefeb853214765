/** What is not known looks unknown, what is old says since when, and both come right by themselves. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page, Route } from 'playwright-core'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, Summary } from '../../src/lib/types'
import { percent, settled, useBrowser, whole } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 4000, seed: 1 }))
})
afterAll(() => server.stop())
const { open, drawing } = useBrowser(server)
const fetched = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T

const headline = (page: Page) => page.getByRole('region', { name: 'Tiến độ' })
const FIGURES = /\/api\/v1\/(summary|series|progress)/

/** Holds figures back until they are let go. */
async function held(page: Page) {
  const waiting: Route[] = []
  let open = false
  await page.route(FIGURES, (route) => (open ? route.continue() : void waiting.push(route)))
  return async () => {
    open = true
    await Promise.all(waiting.map((route) => route.continue()))
  }
}

/** The names of the pictures that gauges have. */
const gauges = (page: Page) =>
  page.evaluate(() => {
    const map = window.__matbang?.map
    const state = map?.getGlobalState() as { gauges?: Record<string, string> } | undefined
    return { known: Object.keys(state?.gauges ?? {}), images: map?.listImages() ?? [] }
  })

it('before the first answer no figure stands anywhere, and no gauge reads zero', async () => {
  const { page } = await drawing.open('about:blank')
  const free = await held(page)
  await page.goto(`${server.url}/`)
  await headline(page).waitFor()
  await page.waitForFunction(() => {
    const map = window.__matbang?.map
    return map?.queryRenderedFeatures({ layers: ['project-gauge'] }).length
  })
  for (const name of ['Tiến độ', 'Thửa đất theo bước'])
    expect(await page.getByRole('region', { name }).innerText()).not.toMatch(/\d/)
  const counts = await page.getByRole('region', { name: 'Dự án', exact: true }).locator('strong')
  for (const text of await counts.allInnerTexts()) expect(text).not.toMatch(/\d/)
  const before = await gauges(page)
  expect(before.known).toEqual([])
  const drawn = before.images.filter((name) => name.startsWith('gauge'))
  expect(drawn).toEqual(['gauge|light|progress|?|-1'])

  await free()
  const { total, projects } = await fetched<Summary>('/api/v1/summary')
  await headline(page).getByText(percent(total.share), { exact: true }).waitFor()
  await settled(page)
  expect((await gauges(page)).known.length).toBe(projects.length)
})

it('with the server gone another filter has no figure, and it comes by itself when the server is back', async () => {
  const { total } = await fetched<Summary>('/api/v1/summary')
  const visited = await open()
  const { page } = visited
  await settled(page)
  await headline(page).getByText(percent(total.share), { exact: true }).waitFor()
  await page.route('**/api/v1/**', (route) => route.abort())
  await page.getByLabel('Loại dự án').selectOption('road')
  await headline(page).getByText('Chưa có số liệu cho bộ lọc này').waitFor()
  expect(await headline(page).innerText()).not.toMatch(/\d/)
  expect(await page.getByRole('region', { name: 'Dòng thời gian' }).innerText()).not.toContain(
    percent(total.share),
  )
  await page.unrouteAll()
  const roads = await fetched<Summary>('/api/v1/summary?kind=road')
  await headline(page).getByText(percent(roads.total.share), { exact: true }).waitFor()
  await headline(page).getByText('Chưa có số liệu').waitFor({ state: 'detached' })
  expect(visited.trouble.every((line) => line.includes('ERR_FAILED'))).toBe(true)
  visited.trouble.length = 0
})

it('figures that cannot be asked for anew say of which time they are', async () => {
  const visited = await open()
  const { page } = visited
  await settled(page)
  const { total } = await fetched<Summary>('/api/v1/summary')
  await page.route(FIGURES, (route) => route.abort())
  // An event of somebody else makes the page ask again.
  const { parcels } = await fetched<{
    parcels: { id: number; version: number; project: string }[]
  }>('/api/v1/work?limit=1')
  const [parcel] = parcels
  const recorded = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({
      parcel: parcel?.id,
      version: parcel?.version,
      kind: 'blocker_opened',
      blocker: 'price',
      date: new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10),
    }),
  })
  expect(recorded.status, await recorded.text()).toBeLessThan(300)
  await headline(page)
    .getByText(/Số liệu lúc \d\d:\d\d/)
    .waitFor()
  expect(await headline(page).innerText()).toContain(percent(total.share))
  await page.unrouteAll()
  await headline(page)
    .getByText(/Số liệu lúc/)
    .waitFor({ state: 'detached' })
  visited.trouble.length = 0
})

it('while time plays the panel has figures of the day shown, or none', async () => {
  const { first_day, today } = await fetched<Catalog>('/api/v1/catalog')
  const { total } = await fetched<Summary>('/api/v1/summary')
  const { page } = await open()
  await settled(page)
  const free = await held(page)
  const day = Math.round((first_day + today) / 2)
  await page.getByRole('slider', { name: 'Ngày xem số liệu' }).fill(String(day))
  // The curve knows the area of any day; the rest waits for its answer.
  const shown = page.getByRole('region', { name: 'Dòng thời gian' }).locator('.date span')
  const share = (await shown.innerText()).match(/[\d,]+\s?%/)?.[0] ?? 'none'
  expect(share).not.toBe(percent(total.share))
  const text = await headline(page).innerText()
  expect(text).toContain(share)
  expect(text).not.toContain(whole(total.measures.parcels.done))
  const legend = await page.getByRole('region', { name: 'Thửa đất theo bước' }).innerText()
  expect(legend).not.toMatch(/\d/)
  await free()
  const asOf = new Date(day * 86_400_000).toISOString().slice(0, 10)
  const then = await fetched<Summary>(`/api/v1/summary?as_of=${asOf}`)
  const { done } = then.total.measures.parcels
  await headline(page).getByText(whole(done), { exact: true }).waitFor()
})

for (const query of ['room=data', 'room=data&duty=to_decide'])
  it(`what is waited for is seen to be waited for: ${query}`, async () => {
    const { page } = await open('about:blank')
    const waiting: Route[] = []
    await page.route(/\/api\/v1\/(table|duties)/, (route) => void waiting.push(route))
    await page.goto(`${server.url}/?${query}`)
    const bar = page.locator('.content .skeleton > div').first()
    await bar.waitFor()
    const { width, shade } = await bar.evaluate((one) => ({
      width: one.getBoundingClientRect().width,
      shade: getComputedStyle(one).backgroundColor,
    }))
    expect(width).toBeGreaterThan(200)
    // A veil of ink over whatever lies below it, not the colour of that ground itself.
    expect(shade).toMatch(/[,/] ?0\.09\)?$/)
    await Promise.all(waiting.map((route) => route.continue()))
    await bar.waitFor({ state: 'detached' })
  })
