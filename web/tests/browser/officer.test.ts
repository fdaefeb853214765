import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, ParcelDetail, ParcelRecord, Work, WorkParcel } from '../../src/lib/types'
import { goOffline, phone, upToApproval, useBrowser } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 4000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

/** A photograph of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

async function asked<T>(path: string): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as T
}

const work = async (): Promise<WorkParcel[]> => (await asked<Work>('work?limit=500')).parcels

const todo = async () => upToApproval(await work(), await asked<Catalog>('catalog'))

const sheetOf = (id: number) => asked<ParcelDetail>(`parcels/${String(id)}`)
const stageOf = async (id: number) => (await sheetOf(id)).stage

const named = ({ sheet, parcel }: WorkParcel) => `Tờ ${sheet}, thửa ${parcel}`

it('an officer records the next stage with one thumb', async () => {
  const { page } = await open('?room=update', phone)
  const [first] = await todo()
  if (!first) throw new Error('nothing to do')
  await page
    .getByRole('button', { name: named(first) })
    .first()
    .tap()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Số văn bản').fill('12/BB-GPMB')
  await dialog.getByLabel('Ghi chú').fill('Đã ký biên bản')
  await dialog
    .getByLabel('Ảnh, bản quét')
    .setInputFiles({ name: 'anh.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') })
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  expect(await stageOf(first.id)).toBe(first.act)
  const answer = await fetch(`${server.url}/api/v1/parcels/${String(first.id)}/record`)
  const written = ((await answer.json()) as ParcelRecord).events.at(-1)
  expect(written).toMatchObject({ document: '12/BB-GPMB', note: 'Đã ký biên bản' })
  const photo = await fetch(`${server.url}/api/v1/attachments/${written?.attachments[0] ?? ''}`)
  expect(photo.headers.get('content-type')).toBe('image/png')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})

it('without a network an entry waits, survives a reload, and is sent when there is one again', async () => {
  const visit = await open('?room=update', phone)
  const { page } = visit
  const target = (await todo())[3]
  if (!target) throw new Error('nothing to do')
  await page
    .getByRole('button', { name: named(target) })
    .first()
    .waitFor()
  // The app is kept for working offline once its worker runs and has its files.
  await page.waitForFunction(async () => {
    const cache = await caches.open('matbang-shell-1')
    return (await cache.keys()).some(({ url }) => url.includes('/assets/'))
  })
  await goOffline(page)
  await page
    .getByRole('button', { name: named(target) })
    .first()
    .tap()
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.reload()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.getByText('danh sách đã lưu trên máy này').waitFor()
  expect(await stageOf(target.id)).toBe(target.stage)
  await page.context().setOffline(false)
  await expect.poll(() => stageOf(target.id), { timeout: 10_000 }).toBe(target.act)
  await page.getByText('ghi chép chờ gửi').waitFor({ state: 'detached' })
  // Requests that fail without a network are what is tested here.
  visit.trouble.splice(0)
})

it('a parcel that has changed meanwhile is a conflict that the officer decides', async () => {
  const visit = await open('?room=update', phone)
  const { page } = visit
  const target = (await todo()).filter(({ blockers }) => !blockers.length)[5]
  if (!target) throw new Error('nothing to do')
  await page.getByLabel('Số tờ, số thửa, dự án').fill(`${target.sheet} ${target.parcel}`)
  await page
    .getByRole('button', { name: named(target) })
    .first()
    .tap()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Ghi sổ' }).waitFor()
  await goOffline(page)
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  // As long as the form is open, a conflict would be told there.
  await dialog.waitFor({ state: 'detached' })
  const catalog = await fetch(`${server.url}/api/v1/catalog`)
  const { today } = (await catalog.json()) as { today: number }
  const date = new Date(today * 86_400_000).toISOString().slice(0, 10)
  const event = { parcel: target.id, kind: 'blocker_opened', blocker: 'graves', date }
  await fetch(`${server.url}/api/v1/events`, { method: 'POST', body: JSON.stringify(event) })
  await page.context().setOffline(false)
  await page.getByText('Thửa đã thay đổi trong lúc đó').waitFor()
  // Who did what, and when.
  await page.getByText(/local đã ghi “Phát sinh vướng mắc: .*” lúc \d+/).waitFor()
  expect(await stageOf(target.id)).toBe(target.stage)
  await page.getByRole('button', { name: 'Gửi lại' }).tap()
  await expect.poll(() => stageOf(target.id)).toBe(target.act)
  visit.trouble.splice(0)
})

it('a pasted table is shown with its faults before anything is recorded', async () => {
  const { page } = await open('?room=update')
  const target = (await todo())[9]
  if (!target) throw new Error('nothing to do')
  const row = (number: string) =>
    [target.project, target.unit, target.sheet, number, target.act, '24/11/2026'].join('\t')
  const header = 'Dự án\tXã\tSố tờ\tSố thửa\tBước\tNgày'
  await page.getByRole('button', { name: 'Dán từ bảng tính' }).click()
  const dialog = page.getByRole('dialog')
  const area = dialog.getByRole('textbox')
  await area.fill([header, row(target.parcel), row('không có')].join('\n'))
  await dialog.getByRole('button', { name: 'Kiểm tra' }).click()
  await dialog.getByText('Đọc 2 dòng, 1 dòng sai').waitFor()
  await dialog.getByText('Không tìm thấy thửa đất này').waitFor()
  expect(await dialog.getByRole('button', { name: 'Ghi sổ tất cả' }).isDisabled()).toBe(true)
  await area.fill([header, row(target.parcel)].join('\n'))
  await dialog.getByRole('button', { name: 'Kiểm tra' }).click()
  await dialog.getByText('Hợp lệ').waitFor()
  await dialog.getByRole('button', { name: 'Ghi sổ tất cả' }).click()
  await page.getByText('Đã ghi sổ 1 ghi chép').waitFor()
  expect(await stageOf(target.id)).toBe(target.act)
})

it('an amount that can be read in two ways is asked about, and recorded as it was meant', async () => {
  const { page, trouble } = await open('?room=update')
  const target = (await todo())[12]
  if (!target) throw new Error('nothing to do')
  await page
    .getByRole('button', { name: named(target) })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Nội dung').selectOption('money_approved')
  await dialog.getByLabel('Số tiền (đồng)').fill('500.000')
  await dialog.getByRole('button', { name: 'Ghi sổ' }).click()
  await dialog.getByText('có thể đọc là 500000 hoặc 500;').waitFor()
  await dialog.getByRole('button', { name: 'Đọc là 500.000' }).click()
  await dialog.getByRole('button', { name: 'Ghi sổ' }).click()
  await expect
    .poll(async () => {
      const answer = await fetch(`${server.url}/api/v1/parcels/${String(target.id)}/record`)
      return ((await answer.json()) as ParcelRecord).events.at(-1)?.what
    })
    .toMatchObject({ kind: 'money_approved', amount: 500_000 })
  // The browser itself tells of the refusal.
  expect(trouble.splice(0).every((line) => line.includes('422'))).toBe(true)
})

/** The form of a parcel, found by its numbers. */
async function formOf(page: Page, target: WorkParcel) {
  await page.getByLabel('Số tờ, số thửa, dự án').fill(`${target.sheet} ${target.parcel}`)
  await page
    .getByRole('button', { name: named(target) })
    .first()
    .tap()
  return page.getByRole('dialog')
}

const shown = (iso: string) => iso.split('-').reverse().join('/')

it('a decision that comes too early is told before it is saved, recorded, and marked', async () => {
  const { page } = await open('?room=update', phone)
  const { parcels } = await asked<Work>('work?stage=plan_approved&limit=50')
  const lawfulOn = async ({ id }: WorkParcel) =>
    (await sheetOf(id)).law.next.find(({ act }) => act === 'recovery_decided')?.earliest
  const days = await Promise.all(parcels.map(lawfulOn))
  const place = days.findIndex((day) => day)
  const [target, lawful] = [parcels[place], days[place]]
  if (!target || !lawful) throw new Error('no recovery may be decided')
  const day = (Date.parse(lawful) / 86_400_000 - 3) * 86_400_000
  const dialog = await formOf(page, target)
  await dialog.getByLabel('Nội dung').selectOption('Quyết định thu hồi đất')
  await dialog.getByLabel('Ngày', { exact: true }).fill(new Date(day).toISOString().slice(0, 10))
  await dialog.getByText(`Sớm 3 ngày: đúng luật từ ${shown(lawful)}`).waitFor()
  await dialog.getByText('Vẫn ghi được').waitFor()
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ, bị đánh dấu').waitFor()
  const after = await sheetOf(target.id)
  expect(after.stage).toBe('recovery_decided')
  expect(after.law.marks).toContainEqual(
    expect.objectContaining({ code: 'V', act: 'recovery_decided', bound: lawful, days: 3 }),
  )
})

it('an act beside the nine takes what the law asks for', async () => {
  const { page } = await open('?room=update', phone)
  const target = (await todo()).filter(({ stage }) => stage === 'plan_posted')[1]
  if (!target) throw new Error('no plan is posted')
  const dialog = await formOf(page, target)
  await dialog.getByLabel('Nội dung').selectOption('Họp lấy ý kiến về phương án')
  await dialog.getByLabel('Số đồng ý').fill('30')
  await dialog.getByLabel('Số không đồng ý').fill('1')
  await dialog.getByLabel('Tổng số').fill('31')
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  const { events } = await asked<ParcelRecord>(`parcels/${String(target.id)}/record`)
  expect(events.at(-1)?.what).toMatchObject({
    kind: 'step_taken',
    step: 'consulted',
    details: { agree: 30, disagree: 1, total: 31 },
  })
  expect(await stageOf(target.id)).toBe('plan_posted')
})

it('what cannot be is refused in its place, before it is saved', async () => {
  const { page, trouble } = await open('?room=update', phone)
  const target = (await todo()).filter(({ stage }) => stage === 'plan_posted')[2]
  if (!target) throw new Error('no plan is posted')
  const dialog = await formOf(page, target)
  await dialog.getByLabel('Nội dung').selectOption('Họp lấy ý kiến về phương án')
  await dialog.getByLabel('Số đồng ý').fill('30')
  await dialog.getByLabel('Tổng số').fill('20')
  await dialog.getByText('nhiều hơn tổng số').waitFor()
  // The browser itself tells of the refusal.
  expect(trouble.splice(0).every((line) => line.includes('422'))).toBe(true)
})
