import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Catalog, Summary } from '../../src/lib/types'
import { useBrowser } from './harness'
import { samples, serveNew } from './newstore'

const server = serveNew((run) => {
  run(['import', 'units', join(samples, '1-units.csv')])
})
const { open } = useBrowser(server)
const asked = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as T

it('an empty store shows the way in every room, and nothing that is not so', async () => {
  const { page } = await open()
  for (const name of ['Bản đồ', 'Trình chiếu', 'Số liệu', 'Thi đua', 'Cập nhật']) {
    await page.getByRole('button', { name, exact: true }).first().click()
    await page.getByRole('heading', { name: 'Bắt đầu với dữ liệu của bạn' }).waitFor()
  }
  for (const name of ['Nhập dữ liệu', 'Quản trị']) {
    await page.getByRole('button', { name, exact: true }).first().click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
    expect(await page.locator('body').innerText()).not.toMatch(/null|undefined|NaN|01\/01\/1970/)
  }
  expect(await page.title()).not.toContain('null')
})

it('from an empty store to a first map by the samples, without a shell', async () => {
  const { page } = await open()
  for (const [file, kind] of [
    ['2-projects.geojson', 'projects'],
    ['3-parcels.geojson', 'parcels'],
  ] as const) {
    const sample = await page.request.get(`${server.url}/samples/${file}`)
    expect(sample.ok()).toBe(true)
    const step = page.locator('[aria-current=step]')
    await step.getByRole('link', { name: new RegExp(file) }).waitFor()
    const buffer = Buffer.from(await sample.body())
    const chosen = { name: file, mimeType: 'application/geo+json', buffer }
    await step.locator('input[type=file]').setInputFiles(chosen)
    const target = page.getByLabel('Nhập thành')
    await target.waitFor()
    expect(await target.inputValue()).toBe(kind)
    await page.getByText('Có hiệu lực từ ngày').waitFor()
    if (kind === 'parcels') {
      await page.getByText('Thửa được ghi là đưa vào dự án từ ngày này').waitFor()
      await page.getByLabel('Có hiệu lực từ ngày', { exact: true }).fill('01/03/2026')
    }
    const commit = page.getByRole('button', { name: /^Nhập \d+ đối tượng/ })
    await expect.poll(() => commit.isEnabled(), { timeout: 20_000 }).toBe(true)
    await commit.click()
    await page.getByText(/Đã nhập \d+ đối tượng/).waitFor()
  }
  await page.getByRole('button', { name: 'Bản đồ', exact: true }).first().click()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  const { projects } = await asked<Catalog>('catalog')
  expect(projects.map(({ code }) => code)).toEqual(['MAU-01'])
  expect((await asked<Summary>('summary')).total.measures.parcels?.total).toBe(12)
  // What happened before the day of the import is taken.
  const event = { parcel: 1, kind: 'stage_reached', stage: 'notice', date: '2026-03-10' }
  const body = JSON.stringify(event)
  const answer = await fetch(`${server.url}/api/v1/events`, { method: 'POST', body })
  expect(answer.status).toBe(201)
}, 180_000)
