/** What a role may not do is not offered: the server would refuse it. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, ParcelDetail, Work } from '../../src/lib/types'
import { settled, useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const UNIT = '13591'
const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const common = { role: 'officer', password: PASSWORD }
  const accounts = [
    { name: 'xa', fullName: 'Cán Bộ Xã', unit: UNIT, ...common },
    { name: 'tinh', fullName: 'Cán Bộ Tỉnh', ...common },
    { name: 'xem', fullName: 'Người Xem', ...common, role: 'viewer' },
  ]
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

/** The app as somebody; what the browser says of the first refusal is expected. */
async function as(name: string): Promise<Page> {
  const visit = await open()
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  visit.trouble.splice(0)
  return page
}
async function asked<T>(page: Page, path: string): Promise<T> {
  const response = await page.request.get(`${server.url}/api/v1/${path}`)
  expect(response.status(), path).toBe(200)
  return (await response.json()) as T
}

/** Whether the sheet of a parcel leads to its form. */
async function leads(page: Page, id: number): Promise<boolean> {
  await page.goto(`${server.url}/?sel=parcel:${String(id)}`)
  const sheet = page.getByRole('complementary', { name: 'Thửa đất' })
  await sheet.getByRole('heading', { name: /^Tờ / }).waitFor()
  await settled(page)
  await page.waitForLoadState('networkidle')
  return (await sheet.getByRole('button', { name: 'Cập nhật' }).count()) > 0
}

it('the way to the form is offered on land of one’s own units, and the server says the same', async () => {
  const page = await as('xa')
  const { parcels } = await asked<Work>(page, 'work?limit=500')
  expect(new Set(parcels.map(({ unit }) => unit))).toEqual(new Set([UNIT]))
  const mine = parcels[0]?.id ?? 0
  const all = Array.from({ length: 1000 }, (_, place) => place + 1)
  const other = all.find((id) => !parcels.some((one) => one.id === id)) ?? 0
  const { unit } = await asked<ParcelDetail>(page, `parcels/${String(other)}`)
  expect(unit).not.toBe(UNIT)
  expect(await leads(page, mine)).toBe(true)
  expect(await leads(page, other)).toBe(false)
}, 120_000)

it('who records everywhere is offered it everywhere, who only looks nowhere', async () => {
  const officer = await as('tinh')
  expect(await leads(officer, 1)).toBe(true)
  const viewer = await as('xem')
  expect(await leads(viewer, 1)).toBe(false)
  expect(await viewer.getByRole('button', { name: 'Cập nhật' }).count()).toBe(0)
}, 120_000)

it('an officer’s form has what the server takes from an officer: no plan of a whole project is among it', async () => {
  const page = await as('xa')
  const { parcels } = await asked<Work>(page, 'work?limit=1')
  const [parcel] = parcels
  if (!parcel) throw new Error('nothing to do')
  await page.goto(`${server.url}/?room=update&sel=parcel:${String(parcel.id)}`)
  const what = page.getByRole('dialog').getByLabel('Nội dung')
  await what.waitFor()
  const offered = await what
    .locator('option:not([disabled])')
    .evaluateAll((options) => options.map((one) => (one as HTMLOptionElement).value))
  expect(offered).not.toContain('plan_changed')
  const { csrf } = await asked<{ csrf: string }>(page, 'session')
  const { today } = await asked<Catalog>(page, 'catalog')
  const date = new Date(today * 86_400_000).toISOString().slice(0, 10)
  const refused: string[] = []
  for (const choice of offered.filter(Boolean)) {
    const act = /^act:(.*)$/.exec(choice)?.[1]
    const event = { parcel: parcel.id, date, ...(act ? { stage: act, kind: 'stage_reached' } : {}) }
    const own = { blocker: 'graves', amount: 1_000_000, plot: 'A1', planned: date }
    const needs: Record<string, (keyof typeof own)[]> = {
      blocker_opened: ['blocker'],
      blocker_closed: ['blocker'],
      money_approved: ['amount'],
      money_paid: ['amount'],
      resettlement_assigned: ['plot'],
      planned_date_changed: ['planned'],
    }
    const fields = Object.fromEntries((needs[choice] ?? []).map((name) => [name, own[name]]))
    const body = act ? event : { ...event, kind: choice, ...fields }
    const response = await page.request.post(`${server.url}/api/v1/events?dry_run=true`, {
      data: body,
      headers: { 'x-csrf-token': csrf },
    })
    if ((await response.text()).includes('outside_units')) refused.push(choice)
  }
  expect(offered.length).toBeGreaterThan(5)
  expect(refused).toEqual([])
}, 120_000)
