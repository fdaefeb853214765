import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { AccountEntry, ParcelRecord, Work } from '../../src/lib/types'
import { undo, useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const admin = { name: 'quan.tri', fullName: 'Lê Quản Trị', role: 'administrator' }
const an = { name: 'an.nguyen', fullName: 'Nguyễn Văn An', role: 'officer' }
const binh = { name: 'binh.tran', fullName: 'Trần Thị Bình', role: 'officer' }
/** A name of the office's own network: what comes from it by http is no secure context. */
const OFFICE = 'matbang.test'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [admin, an, binh].map((one) => ({ ...one, password: PASSWORD }))
  const started = await serveDemo({ parcels: 1000, seed: 1, accounts })
  Object.assign(server, started, { url: started.url.replace('127.0.0.1', OFFICE) })
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server, [`--host-resolver-rules=MAP ${OFFICE} 127.0.0.1`])

async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
}
const ask = <T>(page: Page, path: string): Promise<T> =>
  page.evaluate(async (asked) => (await (await fetch(asked)).json()) as T, path)

/** The form of the most pressing parcel. */
async function formOf(page: Page) {
  await page.locator('main li button').first().click()
  const form = page.getByRole('dialog', { name: /^Tờ / })
  await form.getByLabel('Ghi chú').waitFor()
  return form
}

it('a session that ends leads to signing in over the form; by plain http too, what was typed is recorded', async () => {
  const visit = await open('?room=update')
  const { page } = visit
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() === 401) refused.push(answer.url())
  })
  await signIn(page, an.name)
  await page.getByText('Trang mở qua http').waitFor()
  expect(await page.evaluate(() => [isSecureContext, 'caches' in window])).toEqual([false, false])
  // Browsers tell such a page no place.
  await page.getByRole('button', { name: 'Gần tôi' }).click()
  await page.getByText('trình duyệt chỉ cho biết khi trang mở qua https').waitFor()
  const [first] = (await ask<Work>(page, '/api/v1/work?limit=1')).parcels
  const form = await formOf(page)
  await form.getByLabel('Ghi chú').fill('viết dở')
  await page.context().clearCookies()
  await form.getByLabel('Ghi chú').fill('viết xong')
  const over = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' })
  await over.waitFor()
  expect(await over.getByLabel('Tên đăng nhập').inputValue()).toBe(an.name)
  const before = refused.length
  // What the outbox does every 15 seconds.
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await page.evaluate(() => fetch('/api/v1/session'))
  expect(refused).toHaveLength(before)
  await over.getByLabel('Mật khẩu').fill(PASSWORD)
  await over.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await over.waitFor({ state: 'detached' })
  expect(await form.getByLabel('Ghi chú').inputValue()).toBe('viết xong')
  await form.getByRole('button', { name: 'Ghi sổ' }).click()
  await page.getByText('Đã ghi sổ').waitFor()
  const path = `/api/v1/parcels/${String(first?.id)}/record`
  const { events } = await ask<ParcelRecord>(page, path)
  expect(events.at(-1)).toMatchObject({ author: an.name, note: 'viết xong' })
  visit.trouble.splice(0)
})

it('who signs in instead neither sees nor sends what the other was writing', async () => {
  const visit = await open('?room=update')
  const { page } = visit
  await signIn(page, an.name)
  const form = await formOf(page)
  await form.getByLabel('Ghi chú').fill('của An')
  await page.context().clearCookies()
  await form.getByLabel('Ghi chú').fill('của An, chưa gửi')
  const over = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' })
  await over.getByLabel('Tên đăng nhập').fill(binh.name)
  await over.getByLabel('Mật khẩu').fill(PASSWORD)
  await over.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await over.waitFor({ state: 'detached' })
  await page.getByText('1 mục của Nguyễn Văn An đang chờ người đó đăng nhập').waitFor()
  await form.getByLabel('Ghi chú').waitFor()
  expect(await form.getByLabel('Ghi chú').inputValue()).toBe('')
  visit.trouble.splice(0)
})

it('a role is asked about, revoked, undone and given; without one the account is told so', async () => {
  const visit = await open('?room=keep')
  const { page } = visit
  await signIn(page, admin.name)
  const grants = async () => {
    const { accounts } = await ask<{ accounts: AccountEntry[] }>(page, '/api/v1/accounts')
    return accounts.find(({ name }) => name === binh.name)?.grants
  }
  const given = [{ role: 'officer', unit: null }]
  const row = page.getByRole('row', { name: new RegExp(binh.name) })
  await row.getByRole('button', { name: /Thu hồi vai trò/ }).click()
  const question = page.getByRole('dialog', { name: 'Thu hồi vai trò' })
  await question.getByText(/vai trò duy nhất của Trần Thị Bình/).waitFor()
  await question.getByRole('button', { name: 'Thôi' }).click()
  expect(await grants()).toEqual(given)
  await row.getByRole('button', { name: /Thu hồi vai trò/ }).click()
  await question.getByRole('button', { name: 'Thu hồi', exact: true }).click()
  await row.getByText('Chưa có vai trò').waitFor()
  expect(await grants()).toEqual([])

  const roleless = await open('?room=update')
  await signIn(roleless.page, binh.name)
  await roleless.page.getByText('chưa được giao vai trò nào').waitFor()
  roleless.trouble.splice(0)

  await page.getByRole('button', { name: 'Hoàn tác' }).click()
  await row.getByRole('button', { name: /Thu hồi vai trò/ }).waitFor()
  expect(await grants()).toEqual(given)

  await row.getByRole('button', { name: 'Giao vai trò' }).click()
  const giving = page.getByRole('dialog', { name: 'Giao vai trò cho Trần Thị Bình' })
  await giving.getByRole('button', { name: 'Giao vai trò' }).click()
  await giving.getByText('Hãy chọn vai trò.').waitFor()
  await giving.getByLabel('Vai trò').selectOption('leader')
  await giving.getByLabel('Địa bàn').selectOption('*')
  await giving.getByRole('button', { name: 'Giao vai trò' }).click()
  await giving.waitFor({ state: 'detached' })
  expect(await grants()).toContainEqual({ role: 'leader', unit: null })
  await undo(page, 'Đã giao Lãnh đạo')
  await expect.poll(grants).toEqual(given)
  // This server has no provider of identities: nothing here leads to one.
  expect(await page.getByRole('button', { name: /Mời đăng nhập|Gỡ nối/ }).count()).toBe(0)

  await row.getByRole('button', { name: 'Đặt lại mật khẩu' }).click()
  const resetting = page.getByRole('dialog', { name: /Đặt lại mật khẩu/ })
  await resetting.getByText(/mọi khóa cho chương trình của họ bị thu hồi/).waitFor()
  const secret = resetting.getByLabel('Mật khẩu mới')
  expect(await secret.getAttribute('type')).toBe('password')
  await secret.fill('ngắn')
  await resetting.getByRole('button', { name: 'Đặt lại mật khẩu' }).click()
  await resetting.getByText('Mật khẩu phải có ít nhất 12 ký tự').waitFor()
  await resetting.getByRole('button', { name: 'Hiện' }).click()
  expect(await secret.getAttribute('type')).toBe('text')
  await secret.fill('mat-khau-moi-cua-binh')
  await resetting.getByRole('button', { name: 'Đặt lại mật khẩu' }).click()
  await page.getByText('Đã đặt mật khẩu mới').waitFor()
  visit.trouble.splice(0)
}, 180_000)

it('who signs in again over a room finds what it asked for, in rooms beside the map too', async () => {
  const visit = await open('?room=keep', { viewport: { width: 360, height: 740 } })
  const { page } = visit
  const back = async () => {
    const over = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' })
    await over.getByLabel('Mật khẩu').fill(PASSWORD)
    await over.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
    await over.waitFor({ state: 'detached' })
  }
  await signIn(page, admin.name)
  await page.getByRole('row', { name: new RegExp(an.name) }).waitFor()
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('main, main *')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
      .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
      .map((one) => one.className)
      .filter((name) => !name.startsWith('tabs')),
  )
  expect(wide).toEqual([])
  await page.context().clearCookies()
  await page.getByRole('tab', { name: 'Tình trạng' }).click()
  await back()
  await page.getByText('Vị trí sổ theo dõi').waitFor()

  await page.goto(`${server.url}/?room=board`)
  await page.getByRole('heading', { name: /Đẩy nhanh tiến độ/ }).waitFor()
  await page.context().clearCookies()
  const first = page.getByLabel('Kỳ').locator('option').last()
  const code = (await first.getAttribute('value')) ?? ''
  await page.getByLabel('Kỳ').selectOption(code)
  await back()
  await page.getByRole('heading', { name: /Đẩy nhanh tiến độ/ }).waitFor()
  expect(await page.locator('main [role=alert]').count()).toBe(0)
  visit.trouble.splice(0)
}, 120_000)

it('what is told lies above the veil of a dialog', async () => {
  const visit = await open('?room=keep')
  const { page } = visit
  await signIn(page, admin.name)
  const row = page.getByRole('row', { name: new RegExp(binh.name) })
  await row.getByRole('button', { name: 'Khóa', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Khóa', exact: true }).click()
  await page.getByText('Đã khóa tài khoản').waitFor()
  await row.getByRole('button', { name: 'Giao vai trò' }).click()
  await page.getByRole('dialog', { name: /Giao vai trò/ }).waitFor()
  const isAbove = await page.evaluate(() => {
    const box = document.querySelector('.toasts')
    const dialog = document.querySelector('dialog')
    // The top layer has no query of its own: of two in it the later opened lies above.
    return box?.matches(':popover-open') === true && dialog?.matches(':modal') === true
  })
  expect(isAbove).toBe(true)
  visit.trouble.splice(0)
})
