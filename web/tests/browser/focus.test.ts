/** Whoever works with the keyboard always knows where he is: what has the focus may go, the focus never does. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { settled, useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const admin = { name: 'quan.tri', fullName: 'Lê Quản Trị', role: 'administrator' }
const binh = { name: 'binh.tran', fullName: 'Trần Thị Bình', role: 'officer' }

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [admin, binh].map((one) => ({ ...one, password: PASSWORD }))
  Object.assign(server, await serveDemo({ parcels: 2000, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open, drawing } = useBrowser(server)

async function enter(query: string, way = open) {
  const visit = await way(query)
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(admin.name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation').waitFor()
  return visit
}

/** What has the focus, by its name; nothing where the page's body has it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: here, body } = document
    if (!here || here === body || !here.checkVisibility()) return ''
    return here.getAttribute('aria-label') ?? (here.textContent.trim() || here.tagName)
  })

/** Waits until something has the focus that fits; tells what had it instead. */
const has = (page: Page, what: RegExp, after: string) =>
  expect.poll(() => focused(page), { message: after }).toMatch(what)

async function press(page: Page, name: string | RegExp) {
  await page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .focus()
  await page.keyboard.press('Enter')
}

it('the map room: palette, dialogs, menus, filter, sheet, each room', async () => {
  const { page } = await enter('?kind=road&sel=project:DA01', drawing.open)
  await settled(page)
  const table = page.getByRole('button', { name: 'Bảng dự án' })
  for (const [key, opened] of [
    ['Control+k', page.getByRole('combobox', { name: /^Gõ tên phòng/ })],
    ['?', page.getByRole('dialog', { name: 'Phím tắt' })],
    ['t', page.getByRole('dialog', { name: /^Bảng dự án/ })],
  ] as const) {
    await table.focus()
    await page.keyboard.press(key)
    await opened.waitFor()
    await page.keyboard.press('Escape')
    await opened.waitFor({ state: 'detached' })
    await has(page, /Bảng dự án/, key)
  }
  await page.getByLabel('Lớp bản đồ').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  await has(page, /Lớp bản đồ/, 'the menu of layers')

  await press(page, 'Đóng và bỏ chọn')
  await page.getByRole('complementary', { name: 'Dự án' }).waitFor({ state: 'detached' })
  await has(page, /Bản đồ/, 'the sheet')
  await press(page, 'Xóa bộ lọc')
  await page.waitForURL((url) => !url.searchParams.has('kind'))
  await has(page, /./, 'the filter')

  for (const room of ['3', '4', '5', '6', '7', '1']) {
    await page.locator('main button:visible').first().focus()
    await page.keyboard.press(room)
    await page.locator('main h1, main canvas').first().waitFor({ state: 'attached' })
    await has(page, /./, `room ${room}`)
  }
  await page.locator('main button:visible').first().focus()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('trinh chieu')
  await page.keyboard.press('Enter')
  await page.locator('article h2').waitFor()
  await has(page, /./, 'the briefing')
}, 120_000)

it('rows that go: a waiting entry that is dropped and brought back, a role that is revoked', async () => {
  const visit = await enter('?room=update')
  const { page } = visit
  const first = page.locator('main li button').first()
  await first.waitFor()
  await page.route('**/api/v1/events*', (route) => route.abort())
  await first.focus()
  await page.keyboard.press('Enter')
  const form = page.getByRole('dialog', { name: /^Tờ / })
  await form.getByRole('button', { name: 'Ghi sổ' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await form.waitFor({ state: 'detached' })
  await has(page, /./, 'the form')
  await press(page, 'Bỏ')
  const undo = page.getByRole('button', { name: 'Hoàn tác' })
  await undo.waitFor()
  await has(page, /./, 'the dropped entry')
  await undo.focus()
  await page.keyboard.press('Enter')
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await has(page, /./, 'the message')
  await page.unrouteAll()
  visit.trouble.splice(0)

  await page.keyboard.press('7')
  const row = page.getByRole('row', { name: new RegExp(binh.name) })
  await row.waitFor()
  await press(page, /^Thu hồi vai trò .* của Trần Thị Bình/)
  const question = page.getByRole('dialog', { name: 'Thu hồi vai trò' })
  await question.getByRole('button', { name: 'Thôi' }).focus()
  await page.keyboard.press('Enter')
  await question.waitFor({ state: 'detached' })
  await has(page, /^Thu hồi vai trò/, 'a question that was left')
  await page.keyboard.press('Enter')
  await question.getByRole('button', { name: 'Thu hồi', exact: true }).focus()
  await page.keyboard.press('Enter')
  await row.getByText('Chưa có vai trò').waitFor()
  await has(page, /Giao vai trò/, 'the role')
  await undo.focus()
  await page.keyboard.press('Enter')
  await row.getByText('Chưa có vai trò').waitFor({ state: 'detached' })
  await has(page, /./, 'the undoing')
})
