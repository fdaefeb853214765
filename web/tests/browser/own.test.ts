/** What people do with their own accounts, on the page and against the real server. */
import { readFile } from 'node:fs/promises'
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import decode from 'qr/decode.js'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { AccountEntry, Session } from '../../src/lib/types'
import { device } from './device'
import { useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const ANOTHER = 'sáu con trâu lội sông'
const admin = { name: 'quan.tri', fullName: 'Lê Quản Trị', role: 'administrator' }
const an = { name: 'an.nguyen', fullName: 'Nguyễn Văn An', role: 'viewer' }
const chi = { name: 'chi.le', fullName: 'Lê Thị Chi', role: 'viewer' }
const dung = { name: 'dung.pham', fullName: 'Phạm Văn Dũng', role: 'manager' }

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [admin, an, chi, dung].map((one) => ({ ...one, password: PASSWORD }))
  Object.assign(server, await serveDemo({ parcels: 500, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

async function enter(page: Page, name: string, password = PASSWORD) {
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(password)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
}

/** Signs in and opens one's own account. */
async function openOwn(page: Page, name: string, password = PASSWORD) {
  await enter(page, name, password)
  await page.getByRole('button', { name: 'Tài khoản của tôi' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(name).waitFor()
  return dialog
}

const told = (dialog: Locator, text: string | RegExp) => dialog.getByText(text).waitFor()

async function sessionOf(page: Page): Promise<Session> {
  return (await (await page.request.get(`${server.url}/api/v1/session`)).json()) as Session
}

async function noFaults(page: Page) {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)
  })
  expect(found).toEqual([])
}

it('a password is changed with the old one, refused at its field, and other sessions end', async () => {
  const visit = await open()
  const other = await open()
  await enter(other.page, an.name)
  await other.page.getByRole('button', { name: 'Tài khoản của tôi' }).waitFor()
  const { page } = visit
  const dialog = await openOwn(page, an.name)
  await told(dialog, 'Người xem · Toàn tỉnh')
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await told(dialog, /các phiên khác của bạn hết ngay/)
  await told(dialog, /Ít nhất 12 ký tự/)
  const old = dialog.getByLabel('Mật khẩu hiện nay')
  const fresh = dialog.getByLabel('Mật khẩu mới')
  const submit = () => dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  const wrong = async (field: Locator, text: string | RegExp) => {
    await told(dialog, text)
    expect(await field.getAttribute('aria-invalid')).toBe('true')
  }
  await fresh.fill('mười một ký')
  await submit()
  await wrong(old, 'Hãy ghi mật khẩu hiện nay.')
  await wrong(fresh, 'Mật khẩu phải có ít nhất 12 ký tự.')
  await old.fill('con-voi-ba-chan')
  await fresh.fill(ANOTHER)
  await submit()
  await wrong(old, 'Mật khẩu hiện nay không đúng.')
  await old.fill(PASSWORD)
  await fresh.fill('an.nguyen.2026')
  await submit()
  await wrong(fresh, /Mật khẩu này dễ đoán/)
  await fresh.fill(PASSWORD)
  await submit()
  await wrong(fresh, 'Mật khẩu mới phải khác mật khẩu hiện nay.')
  await fresh.fill(ANOTHER)
  await submit()
  await page.getByText('Đã đổi mật khẩu; các phiên khác đã hết').waitFor()
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).waitFor()
  expect((await sessionOf(page)).signed_in).toBe(true)
  expect((await sessionOf(other.page)).signed_in).toBe(false)
  await dialog.getByRole('button', { name: 'Đăng xuất' }).click()
  await enter(page, an.name, ANOTHER)
  await page.getByRole('button', { name: 'Tài khoản của tôi' }).waitFor()
  for (const { trouble } of [visit, other]) trouble.splice(0)
})

it('a second factor is switched on by the picture, asked for, and switched off', async () => {
  const visit = await open('', { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = visit
  const dialog = await openOwn(page, chi.name)
  await told(dialog, /Đang tắt/)
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  const password = dialog.getByLabel('Mật khẩu hiện nay')
  await password.fill('con-voi-ba-chan')
  await dialog.getByRole('button', { name: 'Tiếp tục' }).click()
  await told(dialog, 'Mật khẩu hiện nay không đúng.')
  await password.fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Tiếp tục' }).click()

  // Three ways to the device say the same: picture, link, key in fours.
  const image = dialog.getByRole('img', { name: /Mã QR/ })
  const shot = sharp(await image.screenshot({ scale: 'css' })).ensureAlpha()
  const { data, info } = await shot.raw().toBuffer({ resolveWithObject: true })
  const uri = decode({ data, width: info.width, height: info.height })
  expect(uri).toMatch(/^otpauth:\/\/totp\/Matbang:chi\.le\?secret=/)
  const link = dialog.getByRole('link', { name: /mở bằng ứng dụng/ })
  expect(await link.getAttribute('href')).toBe(uri)
  const typed = await dialog.locator('code').textContent()
  expect(typed).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  expect(typed?.replaceAll(' ', '')).toBe(secret)
  const code = device(secret)
  const field = dialog.getByLabel('Mã sáu số trên thiết bị')
  await field.fill('000000x')
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  await told(dialog, 'Mã không đúng hoặc đã dùng rồi; chờ mã tiếp theo.')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect((await sessionOf(page)).second_factor).toBe(false)
  await field.fill(await code())
  await field.press('Enter')

  // What is told once is left by its own button only.
  await dialog.getByRole('listitem').nth(9).waitFor()
  const codes = await dialog.getByRole('listitem').allTextContents()
  expect(new Set(codes).size).toBe(10)
  await page.evaluate(() => {
    const box = document.querySelector('dialog[open]')
    box?.addEventListener('close', () => (box.className += ' was-closed'))
  })
  for (const key of ['Enter', 'Escape', 'Escape', 'Escape']) await page.keyboard.press(key)
  expect(await dialog.getByRole('button', { name: 'Đóng' }).count()).toBe(0)
  expect(await page.locator('.was-closed').count()).toBe(0)
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual(codes)
  await dialog.getByRole('button', { name: 'Sao chép' }).click()
  await page.getByText('Đã sao chép').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Lưu thành tệp' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('matbang-ma-du-phong.txt')
  const saved = await readFile(await file.path(), 'utf8')
  for (const text of [copied, saved]) {
    expect(text).toMatch(/^Mã dự phòng của Lê Thị Chi \(chi\.le\), 127\.0\.0\.1:\d+, ngày \d\d\//)
    for (const one of codes) expect(text).toContain(one)
  }
  await page.emulateMedia({ media: 'print' })
  const printed = await page.evaluate(() => document.body.innerText)
  expect(printed).toContain(codes[9])
  expect(printed).not.toMatch(/Dự án|Tôi đã cất/)
  await page.emulateMedia({ media: 'screen' })
  await dialog.getByRole('button', { name: 'Tôi đã cất các mã này' }).click()
  await told(dialog, 'Đang bật; còn 10 mã dự phòng.')
  // Nothing of it stays on this machine.
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))
  for (const one of [secret, ...codes]) expect(kept).not.toContain(one)

  await dialog.getByRole('button', { name: 'Đăng xuất' }).click()
  await enter(page, chi.name)
  await page.getByText(/cần bước xác minh thứ hai/).waitFor()
  await page.getByLabel(/Mã trên thiết bị/).fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('button', { name: 'Tài khoản của tôi' }).click()
  await told(dialog, 'Đang bật; còn 9 mã dự phòng.')

  // A new password wants a code too.
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  await dialog.getByLabel('Mật khẩu mới').fill(ANOTHER)
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await told(dialog, 'Hãy ghi mã mà thiết bị của bạn đang hiện.')
  await dialog.getByLabel(/Mã trên thiết bị/).fill(codes[0] ?? '')
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await told(dialog, 'Mã không đúng hoặc đã dùng rồi; chờ mã tiếp theo.')
  await dialog.getByLabel(/Mã trên thiết bị/).fill(await code())
  await dialog.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await page.getByText('Đã đổi mật khẩu; các phiên khác đã hết').waitFor()

  await dialog.getByRole('button', { name: 'Tắt xác minh hai bước' }).click()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(ANOTHER)
  await dialog.getByLabel(/Mã trên thiết bị/).fill(await code())
  await dialog.getByRole('button', { name: 'Tắt xác minh hai bước' }).click()
  await told(dialog, /Đang tắt/)
  expect((await sessionOf(page)).second_factor).toBe(false)
  visit.trouble.splice(0)
}, 120_000)

it('ten wrong codes, and the page tells how long to wait; an administrator takes the factor away', async () => {
  const keeper = await open('?room=keep')
  const { page } = keeper
  await enter(page, admin.name)
  const row = page.getByRole('row', { name: new RegExp(admin.name) })
  await row.waitFor()
  expect(await row.getByText('Có xác minh hai bước').count()).toBe(0)
  // The administrator's own, in a room without tools: the commands lead there.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /^Gõ tên phòng/ }).fill('tai khoan cua toi')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Tiếp tục' }).click()
  const secret = (await dialog.locator('code').textContent())?.replaceAll(' ', '') ?? ''
  await dialog.getByLabel('Mã sáu số trên thiết bị').fill(await device(secret)())
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  await page.getByRole('button', { name: 'Tôi đã cất các mã này' }).click()
  await dialog.getByRole('button', { name: 'Tắt xác minh hai bước' }).click()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  const field = dialog.getByLabel(/Mã trên thiết bị/)
  const submit = dialog.getByRole('button', { name: 'Tắt xác minh hai bước' })
  for (let tries = 0; tries < 10; tries += 1) {
    await field.fill('111111x')
    const [answer] = await Promise.all([page.waitForResponse(/remove$/), submit.click()])
    expect(answer.status()).toBe(403)
    await expect.poll(() => field.inputValue()).toBe('')
  }
  await field.fill('111111x')
  await submit.click()
  await told(dialog, /Thử quá nhiều lần; \d+ phút nữa mới thử lại được/)
  // What was typed is still there.
  expect(await dialog.getByLabel('Mật khẩu hiện nay').inputValue()).toBe(PASSWORD)
  await page.keyboard.press('Escape')

  await page.reload()
  await row.getByText('Có xác minh hai bước').waitFor()
  await row.getByRole('button', { name: 'Gỡ xác minh hai bước' }).click()
  const question = page.getByRole('dialog', { name: 'Gỡ xác minh hai bước của Lê Quản Trị' })
  await question.getByText(/phải đăng nhập lại/).waitFor()
  await question.getByRole('button', { name: 'Thôi' }).click()
  expect((await sessionOf(page)).second_factor).toBe(true)
  await row.getByRole('button', { name: 'Gỡ xác minh hai bước' }).click()
  await question.getByRole('button', { name: 'Gỡ xác minh hai bước' }).click()
  const again = page.getByRole('dialog', { name: 'Phiên làm việc đã hết' })
  await again.getByLabel('Mật khẩu').fill(PASSWORD)
  await again.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await again.waitFor({ state: 'detached' })
  await expect.poll(() => row.getByText('Có xác minh hai bước').count()).toBe(0)
  const listed = await page.request.get(`${server.url}/api/v1/accounts`)
  const { accounts } = (await listed.json()) as { accounts: AccountEntry[] }
  expect(accounts.find(({ name }) => name === admin.name)?.second_factor).toBe(false)

  // A password that the server refuses is refused at its field, in the words of the page.
  await page
    .getByRole('row', { name: /an\.nguyen/ })
    .getByRole('button', { name: 'Đặt lại mật khẩu' })
    .click()
  const resetting = page.getByRole('dialog', { name: /Đặt lại mật khẩu/ })
  await resetting.getByLabel('Mật khẩu mới').fill('matkhau123456')
  await resetting.getByRole('button', { name: 'Đặt lại mật khẩu' }).click()
  await resetting.getByText(/Mật khẩu này dễ đoán/).waitFor()
  keeper.trouble.splice(0)
}, 120_000)

it('holds together on a small phone, in both languages, by day and by night, by axe', async () => {
  const small = { viewport: { width: 360, height: 740 } }
  const visit = await open('?lang=en&theme=dark', { ...small, colorScheme: 'dark' })
  const { page } = visit
  await page.getByLabel('Name').fill(dung.name)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'My account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Manager · Everywhere').waitFor()
  const isWithin = async () => {
    const over = await dialog.evaluate((box) =>
      [...box.querySelectorAll('*')]
        .filter((one) => !one.closest('.hidden, .toasts'))
        .filter((one) => one.getBoundingClientRect().right > box.getBoundingClientRect().right)
        .map((one) => one.outerHTML),
    )
    expect(over).toEqual([])
    await noFaults(page)
  }
  await isWithin()
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await isWithin()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.getByRole('button', { name: 'Switch on two-step verification' }).click()
  await dialog.getByLabel('Present password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Go on' }).click()
  await dialog.getByRole('img').waitFor()
  await isWithin()
  const secret = (await dialog.locator('code').textContent())?.replaceAll(' ', '') ?? ''
  await dialog.getByLabel('Six digits of the device').fill(await device(secret)())
  await dialog.getByRole('button', { name: 'Switch on two-step verification' }).click()
  await dialog.getByRole('listitem').nth(9).waitFor()
  await isWithin()
  visit.trouble.splice(0)
}, 90_000)
