/** Briefings that are kept: their links, who may remove them, and what a slide says about ground that one can't build on. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { undo, useBrowser, whole } from './harness'
import type { Fronts } from '../../src/lib/types'

const PASSWORD = 'mat-khau-thu-nghiem'
const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [
    { name: 'admin', fullName: 'Quản Trị', role: 'administrator', password: PASSWORD },
    { name: 'an', fullName: 'Nguyễn Văn An', role: 'leader', password: PASSWORD },
    { name: 'binh', fullName: 'Trần Thị Bình', role: 'leader', password: PASSWORD },
  ]
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

/** The briefing room as somebody has it; what the browser says of the first refusal is expected. */
async function as(name: string, query = '?room=present'): Promise<Page> {
  const visit = await open(query, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.locator('article h2').waitFor()
  visit.trouble.splice(0)
  return page
}

async function keep(page: Page, title: string): Promise<string> {
  await page.keyboard.press('o')
  await page.getByRole('dialog').getByLabel('Tên bản trình chiếu').fill(title)
  await page.keyboard.press('Enter')
  await page.waitForURL(/briefing=/)
  await page.locator('.seal').waitFor()
  return new URL(page.url()).searchParams.get('briefing') ?? ''
}

it('the link of a briefing is copied, and shows the same to who gets it', async () => {
  const page = await as('an')
  const code = await keep(page, 'Giao ban của An')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Sao chép liên kết trang này' }).click()
  await page.getByText('Đã sao chép').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(new URL(link).searchParams.get('briefing')).toBe(code)
  const other = await as('binh', new URL(link).search)
  await other.locator('.seal').waitFor()
  expect(await other.locator('.seal').innerText()).toBe(await page.locator('.seal').innerText())
})

it('a briefing is removed by its author and by who administers; to others that is not offered', async () => {
  const page = await as('an')
  await keep(page, 'Chỉ của An')
  const remove = (one: Page) => one.getByRole('button', { name: 'Xóa bản Chỉ của An' })
  await remove(page).waitFor()
  const other = await as('binh')
  await other.keyboard.press('o')
  await other.getByRole('button', { name: 'Chỉ của An' }).first().waitFor()
  expect(await remove(other).count()).toBe(0)
  const admin = await as('admin')
  await admin.keyboard.press('o')
  await remove(admin).click()
  await admin.getByRole('button', { name: 'Xóa', exact: true }).click()
  await remove(admin).waitFor({ state: 'detached' })
  await admin.getByText('Đã xóa bản Chỉ của An').waitFor()
})

it('a briefing that was removed comes back under the same code, with its seal', async () => {
  const page = await as('an')
  const code = await keep(page, 'Lỡ tay')
  const seal = await page.locator('.seal').innerText()
  await page.getByRole('button', { name: 'Xóa bản Lỡ tay' }).click()
  await page.getByRole('button', { name: 'Xóa', exact: true }).click()
  await page.waitForURL((url) => !url.searchParams.has('briefing'))
  await undo(page, 'Đã xóa bản Lỡ tay')
  await page.waitForURL((url) => url.searchParams.get('briefing') === code)
  await page.getByRole('button', { name: 'Xóa bản Lỡ tay' }).waitFor()
  expect(await page.locator('.seal').innerText()).toBe(seal)
})

it('beside the kilometres that cannot be built on stands the rule by which that is so', async () => {
  const page = await as('an', '?room=present&project=DA01&slide=1')
  const fronts = (await (
    await page.request.get(`${server.url}/api/v1/fronts?project=DA01`)
  ).json()) as Fronts
  if (fronts.kind !== 'linear') throw new Error('DA01 is a road')
  const blocked = ((fronts.length_m - fronts.workable_m) / 1000).toFixed(2).replace('.', ',')
  const least = whole(fronts.least_length_m)
  expect(least).toBe('500')
  await page
    .locator('article')
    .getByText(`${blocked} km chưa thi công được vì chưa thành đoạn thông từ ${least} m trở lên`)
    .waitFor()
  await page.goto(`${server.url}/?sel=project:DA01`)
  await page
    .getByRole('complementary', { name: 'Dự án' })
    .getByText(`Tính các đoạn thông từ ${least} m trở lên.`)
    .waitFor()
})
