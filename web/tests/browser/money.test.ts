/** Money, for who may not look up households: rounded and marked so, or kept back with the reason. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Measured, Summary } from '../../src/lib/types'
import { percent, settled, useBrowser, whole } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [
    { name: 'admin', fullName: 'Quản Trị', role: 'administrator', password: PASSWORD },
    { name: 'xem', fullName: 'Người Xem', role: 'viewer', password: PASSWORD },
  ]
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

const AREA = '105.85,20.5;105.95,20.5;105.95,20.6;105.85,20.6'

/** The app at an address, as somebody; what the browser says of the first refusal is expected. */
async function as(name: string, query: string): Promise<Page> {
  const visit = await open(query)
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  await settled(page)
  visit.trouble.splice(0)
  return page
}
async function asked<T>(page: Page, path: string): Promise<T> {
  const answer = await page.request.get(`${server.url}/api/v1/${path}`)
  expect(answer.status(), path).toBe(200)
  return (await answer.json()) as T
}

it('a viewer sees rounded money as such, and no more digits of its share than are known', async () => {
  const page = await as('xem', '?measure=money')
  const { total } = await asked<Summary>(page, 'summary')
  const { money } = total.measures
  if (!money?.rounded_to) throw new Error('the server does not round')
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  const share = Math.round((money.paid / money.approved) * 100)
  await headline.getByText(`≈ ${String(share)}\u202f%`, { exact: true }).waitFor()
  await headline.getByText(/Số tiền làm tròn đến tỷ đồng/).waitFor()
  expect(await headline.getByText(/\d,\d\s?%/).count()).toBe(0)
})

it('an administrator sees exact money, with a decimal and without a mark', async () => {
  const page = await as('admin', '?measure=money')
  const { total } = await asked<Summary>(page, 'summary')
  const { money } = total.measures
  expect(money?.rounded_to).toBe(null)
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  const share = (money?.paid ?? 0) / (money?.approved ?? 1)
  await headline.getByText(percent(share), { exact: true }).waitFor()
  expect(await headline.getByText(/≈|làm tròn/).count()).toBe(0)
})

it('the sheet of a project marks rounded sums; of a set put together by hand money is kept back, and that is said', async () => {
  const page = await as('xem', '?sel=project:DA01')
  const { rows } = await asked<{ rows: Measured[] }>(page, 'progress?by=project')
  const money = rows.find(({ code }) => code === 'DA01')?.measures.money
  if (!money?.rounded_to) throw new Error('the server does not round')
  const list = page.getByRole('region', { name: 'Năm thước đo' })
  await list.getByText(`≈ ${whole(money.paid / 1e9)}`, { exact: true }).waitFor()
  await list.getByText(`/ ≈ ${whole(money.approved / 1e9)} tỷ đồng`).waitFor()
  await list.getByText(/Số tiền làm tròn đến tỷ đồng/).waitFor()

  const answered = page.waitForResponse((one) => /\/summary\?.*filter=/.test(one.url()))
  await page.goto(`${server.url}/?measure=money&area=${AREA}`)
  await settled(page)
  const { total } = (await (await answered).json()) as Summary
  expect(total.measures.money).toBe(null)
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  await headline.getByText(/Không nêu số tiền khi/).waitFor()
  expect(await headline.getByText(/không áp dụng/).count()).toBe(0)
  expect(await headline.locator('.share strong').textContent()).toMatch(/^\s*–\s*$/)
}, 120_000)
