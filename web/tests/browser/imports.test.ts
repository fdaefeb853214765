/** Files that are brought in: what is wrong with them, how far they are, where they end up. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { settled, useBrowser } from './harness'
import type { ImportReport } from '../../src/lib/types'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 2000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open, drawing } = useBrowser(server)

const WEST = 105.9
const SOUTH = 20.54
const STEP = 0.0004

/** A square of the grid; with `crossed` its boundary crosses itself. */
function ring(place: number, crossed = false): number[][] {
  const [x, y] = [WEST + (place % 10) * STEP, SOUTH + Math.floor(place / 10) * STEP]
  const side = STEP * 0.9
  const corners: [number, number][] = crossed
    ? [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
        [x + side / 100, y + side * 1.002],
        [x + side / 100, y - side / 500],
      ]
    : [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
      ]
  return [...corners, [x, y]]
}

const file = (name: string, features: object[]) => ({
  name,
  mimeType: 'application/geo+json',
  buffer: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })),
})
const parcel = (place: number, more: object, crossed = false) => ({
  type: 'Feature',
  properties: { so_to: '900', so_thua: String(place + 1), loai_dat: 'LUC', ...more },
  geometry: { type: 'Polygon', coordinates: [ring(place, crossed)] },
})

/** What the server says about the parcels. */
async function reported(body: Buffer, project: string): Promise<ImportReport> {
  const { id } = (await (
    await fetch(`${server.url}/api/v1/imports`, { method: 'POST', body: '' })
  ).json()) as { id: string }
  await fetch(`${server.url}/api/v1/imports/${id}/files/a.geojson`, {
    method: 'PUT',
    body: new Uint8Array(body),
  })
  const answer = await fetch(`${server.url}/api/v1/imports/${id}/preview`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ target: 'parcels', project }),
  })
  await fetch(`${server.url}/api/v1/imports/${id}`, { method: 'DELETE' })
  expect(answer.status).toBe(200)
  return (await answer.json()) as ImportReport
}

it('equal faults of a file are told once with their number, in the language of the page', async () => {
  const faulty = file('loi.geojson', [
    ...Array.from({ length: 12 }, (_, place) => parcel(place, { ma_xa: '99999' })),
    ...Array.from({ length: 4 }, (_, place) => parcel(20 + place, { dt_thu_hoi: 'chưa đo' })),
    ...Array.from({ length: 5 }, (_, place) => parcel(30 + place, {}, true)),
  ])
  const report = await reported(faulty.buffer, 'DA01')
  const ofUnit = report.refused.filter(({ field }) => field === 'unit')
  const ofArea = report.refused.filter(({ field }) => field === 'recovered_area')
  expect([ofUnit.length, ofArea.length, report.repaired.length]).toEqual([12, 4, 5])

  const { page } = await open('?room=import')
  await page.locator('input[type=file]').first().setInputFiles(faulty)
  const form = page.getByRole('form', { name: 'Cách hiểu tệp' })
  await form.getByLabel('Dự án thu hồi').selectOption('DA01')
  const refused = page.getByRole('region', { name: 'Từ chối' })
  const unit = refused
    .getByRole('group')
    .filter({ hasText: 'chưa có đơn vị hành chính mã “99999”' })
  await unit.waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  expect(await unit.count()).toBe(1)
  expect(await unit.locator('summary').innerText()).toContain('12 đối tượng')
  const area = refused.getByRole('group').filter({ hasText: 'không phải diện tích' })
  expect(await area.locator('summary').innerText()).toMatch(/Diện tích thu hồi:.*\s4 đối tượng/)
  const repaired = page.getByRole('region', { name: 'Đã sửa hình' })
  expect(await repaired.locator('summary').allInnerTexts()).toEqual([
    expect.stringMatching(/Ranh giới tự cắt; đã sửa\s+5 đối tượng/),
  ])
  // The features are there once somebody wants them.
  await unit.locator('summary').click()
  expect(await unit.getByRole('listitem').count()).toBe(12)
  expect(await unit.getByRole('listitem').first().innerText()).toMatch(/tờ 900, thửa 1\b/)
  const words = await page.getByRole('region', { name: 'Kết quả đọc tệp' }).innerText()
  expect(words).not.toMatch(/\b(the|feature|parcel|sheet|code|area|with|is)\b/i)
})

it('while a file is on its way the bytes are told, then what the server is at', async () => {
  const { page } = await open('?room=import')
  const gate = { open: (): void => undefined }
  const closed = new Promise<void>((resolve) => (gate.open = resolve))
  await page.route('**/api/v1/imports/*/preview', async (route) => {
    await closed
    await route.continue()
  })
  const sent = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const watch = new MutationObserver(() => {
          const text = document.querySelector('.doing p')?.textContent ?? ''
          if (text.includes('Đã gửi')) resolve(text.trim())
        })
        watch.observe(document.body, { subtree: true, childList: true, characterData: true })
      }),
  )
  const parcels = Array.from({ length: 30 }, (_, place) =>
    parcel(place, { du_an: 'DA01', ghi: 'x'.repeat(40_000) }),
  )
  const large = file('lon.geojson', parcels)
  await page.locator('input[type=file]').first().setInputFiles(large)
  const megabytes = (large.buffer.length / 1e6).toFixed(1).replace('.', ',')
  expect(await sent).toMatch(new RegExp(`^Đã gửi \\d+,\\d / ${megabytes} MB`))
  await page.getByText('Máy chủ đang đọc và kiểm tra 30 đối tượng…').waitFor()
  // What is not read yet has no number, not even none.
  const button = page.getByRole('button', { name: /^Nhập (?!dữ liệu)/ })
  expect(await button.allInnerTexts()).toEqual(['Nhập vào kho'])
  expect(await button.isDisabled()).toBe(true)
  gate.open()
  await page.getByRole('button', { name: 'Nhập 30 đối tượng' }).waitFor()
  await page.getByRole('region', { name: 'Kết quả đọc tệp' }).waitFor()
})

it('a project that came in is in every list at once, and the map shows what came in', async () => {
  const { page } = await drawing.open('?room=import')
  const project = {
    type: 'Feature',
    properties: { ma_da: 'MOI-01', ten_da: 'Khu dân cư mới', loai_da: 'đô thị' },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [WEST, SOUTH],
          [WEST + 10 * STEP, SOUTH],
          [WEST + 10 * STEP, SOUTH + 3 * STEP],
          [WEST, SOUTH + 3 * STEP],
          [WEST, SOUTH],
        ],
      ],
    },
  }
  const commit = page.getByRole('button', { name: /^Nhập \d/ })
  const input = page.locator('input[type=file]').first()
  await input.setInputFiles(file('du-an.geojson', [project]))
  const form = page.getByRole('form', { name: 'Cách hiểu tệp' })
  await form.getByLabel('Nhập thành').selectOption('projects')
  await expect.poll(() => commit.isEnabled(), { timeout: 20_000 }).toBe(true)
  await commit.click()
  await page.getByText('Đã nhập 1 đối tượng').waitFor()

  const parcels = Array.from({ length: 6 }, (_, place) => parcel(place, { du_an: 'MOI-01' }))
  await input.setInputFiles(file('thua.geojson', parcels))
  await form.getByLabel('Dự án thu hồi').selectOption('MOI-01')
  await expect.poll(() => commit.isEnabled(), { timeout: 20_000 }).toBe(true)
  await commit.click()
  await page.getByText('Đã nhập 6 đối tượng').waitFor()

  await page.getByRole('button', { name: 'Xem trên bản đồ' }).click()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  await settled(page)
  const bounds = await page.evaluate(() => window.__matbang?.map.getBounds().toArray())
  const [[west, south], [east, north]] = bounds as [[number, number], [number, number]]
  expect([west < WEST, south < SOUTH, east > WEST + 6 * STEP, north > SOUTH + STEP]).toEqual(
    Array(4).fill(true),
  )
  expect(east - west).toBeLessThan(0.05)
  await page.keyboard.press('/')
  await page.keyboard.type('Khu dân cư mới')
  await page.getByRole('option', { name: 'Khu dân cư mới' }).waitFor()
})

it('while the server is at a file its step, what it counted and the time since are told', async () => {
  const { page } = await open('?room=import')
  const steps = [
    { step: 'waiting', done: 0, of: null },
    { step: 'reading', done: 12_000, of: null },
    { step: 'checking', done: 12_000, of: 40_000 },
    null,
  ]
  let at = 0
  await page.route('**/api/v1/imports/*/work', (route) => {
    const step = steps[at]
    const work = step && { doing: 'preview', started_at: '2026-11-26T12:00:00Z', ...step }
    return route.fulfill({ json: { work } })
  })
  let answer = (): void => undefined
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/api/v1/imports/*/preview', async (route) => {
    await held
    await route.continue()
  })
  const small = file('thua.geojson', [parcel(60, {})])
  await page.locator('input[type=file]').first().setInputFiles(small)
  const doing = page.getByRole('status').filter({ hasText: '…' })
  await doing.getByText('Đang chờ đến lượt trên máy chủ…').waitFor()
  expect(await doing.getByRole('progressbar').count()).toBe(0)
  at = 1
  await doing.getByText('Đang đọc tệp…').waitFor()
  await doing.getByText('12.000 đối tượng', { exact: true }).waitFor()
  expect(await doing.getByRole('progressbar').count()).toBe(0)
  at = 2
  await doing.getByText('Đang kiểm tra các đối tượng…').waitFor()
  await doing.getByText('12.000 / 40.000', { exact: true }).waitFor()
  const bar = doing.getByRole('progressbar')
  expect(await bar.getAttribute('value')).toBe('12000')
  expect(await bar.getAttribute('max')).toBe('40000')
  // The time is that of the whole reading, not of its last step.
  const since = async () => Number(/(\d+) s/.exec((await doing.textContent()) ?? '')?.[1])
  expect(await since()).toBeGreaterThanOrEqual(3)
  at = 3
  await doing.getByText('Máy chủ đang đọc và kiểm tra 1 đối tượng…').waitFor()
  expect(await doing.getByText('40.000').count()).toBe(0)
  answer()
  await doing.waitFor({ state: 'detached' })
})

it('a server that does not tell how far it is is asked once; the step stands alone', async () => {
  const { page } = await open('?room=import')
  let asked = 0
  await page.route('**/api/v1/imports/*/work', (route) => {
    asked += 1
    return route.fulfill({ status: 404, json: { title: 'Not Found' } })
  })
  let answer = (): void => undefined
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/api/v1/imports/*/preview', async (route) => {
    await held
    await route.continue()
  })
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(file('thua.geojson', [parcel(61, {})]))
  const doing = page.getByRole('status').filter({ hasText: 'Máy chủ đang đọc và kiểm tra 1' })
  await doing.getByText(/^[4-9] s$/).waitFor()
  expect(asked).toBe(1)
  answer()
  await doing.waitFor({ state: 'detached' })
})
