/** Links and paper: what is sent or printed shows what was on the screen, and of when it is. */
import { expect, it } from 'vitest'
import type { Summary } from '../../src/lib/types'
import { answer, percent, useBrowser, whole } from './harness'

const { open, drawing } = useBrowser()

it('a link pins day and position when asked; the view says so and leads back to now', async () => {
  const { page } = await open('', { permissions: ['clipboard-read', 'clipboard-write'] })
  const now = await answer<Summary>('/api/v1/summary')
  await page
    .getByRole('region', { name: 'Tiến độ' })
    .getByText(percent(now.total.share), { exact: true })
    .waitFor()
  await page.getByRole('button', { name: 'Sao chép liên kết' }).click()
  await page.getByRole('button', { name: 'Ghim ngày và số liệu' }).click()
  await page.getByText(/Đã sao chép liên kết ghim ngày/).waitFor()
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  expect(link.searchParams.get('at')).toBe(String(now.at))
  expect(link.searchParams.get('date')).toBe(now.as_of)
})

it('a pinned view has the figures and tiles of its position, everywhere', async () => {
  const then = await answer<Summary>('/api/v1/summary?at=20000&as_of=2026-05-01')
  const { page, requests } = await drawing.visit('?date=2026-05-01&at=20000')
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  await headline.getByText(percent(then.total.share), { exact: true }).waitFor()
  const note = page.getByRole('status').filter({ hasText: 'Số liệu ghim' })
  expect(await note.innerText()).toContain('ngày 01/05/2026, sổ theo dõi #20.000')
  const asked = requests.filter((url) => /\/api\/v1\/(summary|series|catalog)|\/tiles\//.test(url))
  expect(asked.filter((url) => new URL(url).searchParams.get('at') !== '20000')).toEqual([])
  await note.getByRole('button', { name: 'Về hiện tại' }).click()
  await page.waitForURL((url) => !url.searchParams.has('at') && !url.searchParams.has('date'))
  const now = await answer<Summary>('/api/v1/summary')
  await headline.getByText(percent(now.total.share), { exact: true }).waitFor()
})

it('the map room is one page of A4 with title, filter, map, legend, figures and source', async () => {
  const { page } = await drawing.visit('?kind=road&key=1')
  const { total, at } = await answer<Summary>('/api/v1/summary?kind=road&key=true')
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(1)
  const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? []
  expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([842, 595])

  await page.emulateMedia({ media: 'print' })
  const paper = page.locator('.map-paper')
  const text = await paper.innerText()
  for (const part of [
    'Đường giao thông',
    'Dự án trọng điểm',
    percent(total.share),
    `${whole(total.measures.parcels.done)} / ${whole(total.measures.parcels.total)}`,
    '80–100\u202f%',
    `sổ theo dõi #${whole(at)}`,
  ])
    expect(text).toContain(part)
  const colours = await paper.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {}
    return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size
  })
  expect(colours).toBeGreaterThan(20)
  expect(await page.locator('.panel').isVisible()).toBe(false)
})

it('decisions are pinned on the slide’s map by their numbers; one without a place has no pin', async () => {
  const { page } = await drawing.open('?room=data')
  const { decisions } = await answer<{ decisions: object[] }>('/api/v1/decisions')
  expect(decisions.length).toBeGreaterThan(1)
  const placed = decisions.map((one, place) => ({
    ...one,
    point: place === 0 ? null : [105.95 + place * 0.02, 20.55],
  }))
  await page.route('**/api/v1/decisions*', async (route) => {
    const response = await route.fetch()
    const body = { ...((await response.json()) as object), decisions: placed }
    await route.fulfill({ response, json: body })
  })
  // Keys are heard once the room stands.
  await page.getByRole('button', { name: 'Bản đồ', exact: true }).first().waitFor()
  await page.keyboard.press('2')
  await page.locator('article ol li').nth(1).waitFor()
  await page.waitForFunction(() => window.__matbang?.map.getLayer('spot') !== undefined)
  await page.waitForFunction(
    () => (window.__matbang?.map.queryRenderedFeatures({ layers: ['spot'] }).length ?? 0) > 0,
  )
  const numbers = await page.evaluate(() =>
    window.__matbang?.map
      .queryRenderedFeatures({ layers: ['spot'] })
      .map(({ properties }) => String(properties.number)),
  )
  expect([...new Set(numbers)].sort()).toEqual(
    placed.flatMap(({ point }, place) => (point ? [String(place + 1)] : [])),
  )
})
