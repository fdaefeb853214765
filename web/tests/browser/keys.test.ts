/** Security keys, with the authenticator that Chromium itself plays: the page is opened by a name, as keys need it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveStore } from '../../scripts/served.mjs'
import type { Session } from '../../src/lib/types'
import { device } from './device'
import { phone, useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const binary =
  process.env.MATBANG_BIN ?? join(import.meta.dirname, '../../../target/release/matbang')

const folder = mkdtempSync(join(tmpdir(), 'matbang-'))
const store = join(folder, 'keys.gpkg')
const secrets = join(folder, 'secrets.key')
const server = { url: '', stop: () => Promise.resolve() }
const matbang = (words: string[], input?: string) =>
  execFileSync(binary, ['--data', store, ...words], { input, stdio: ['pipe', 'pipe', 'ignore'] })

/** Serves the store; people come by the name of this machine. */
async function serve(options: string[]) {
  const { url, stop } = await serveStore(store, options)
  Object.assign(server, { url: url.replace('127.0.0.1', 'localhost'), stop })
}

beforeAll(async () => {
  matbang(['demo', '--parcels', '500', '--seed', '1'])
  for (const [name, full] of [
    ['an.nguyen', 'Nguyễn Văn An'],
    ['chi.le', 'Lê Thị Chi'],
  ] as const) {
    const who = ['user', 'add', name, '--full-name', full, '--role', 'viewer']
    matbang([...who, '--password-stdin'], `${PASSWORD}\n`)
  }
  matbang(['key', secrets])
  await serve(['--secrets-key', secrets])
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
const { open } = useBrowser(server)

async function enter(page: Page, name: string) {
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
}

async function openOwn(page: Page) {
  await page.getByRole('button', { name: 'Tài khoản của tôi' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('heading', { name: 'Khóa bảo mật' }).waitFor()
  return dialog
}

async function sessionOf(page: Page): Promise<Session> {
  return (await (await page.request.get(`${server.url}/api/v1/session`)).json()) as Session
}

/** A key in the socket of this machine, which somebody touches at once. */
async function plugIn(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const options = {
    protocol: 'ctap2',
    transport: 'usb',
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options })
  return { cdp, authenticatorId }
}

async function noFaults(page: Page) {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)
  })
  expect(found).toEqual([])
}

it('a key is added in the dialog, signs in, and is taken away', async () => {
  const visit = await open('', phone)
  const { page } = visit
  const { cdp, authenticatorId } = await plugIn(page)
  await enter(page, 'an.nguyen')
  const dialog = await openOwn(page)
  await dialog.getByRole('button', { name: 'Thêm khóa bảo mật' }).click()
  const next = dialog.getByRole('button', { name: 'Tiếp tục' })
  await next.click()
  await dialog.getByText('Hãy đặt tên cho khóa.').waitFor()
  await dialog.getByText('Hãy ghi mật khẩu hiện nay.').waitFor()
  await noFaults(page)
  await dialog.getByLabel('Tên khóa').fill('Khóa USB')
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  await next.click()
  await dialog.getByRole('listitem').nth(9).waitFor()
  const codes = await dialog.getByRole('listitem').allTextContents()
  await dialog.getByRole('button', { name: 'Tôi đã cất các mã này' }).click()
  const row = dialog.getByRole('row', { name: /Khóa USB/ })
  await row.getByText('Chưa dùng').waitFor()
  await dialog.getByText('Đang bật; còn 10 mã dự phòng.').waitFor()
  await noFaults(page)

  // The password, and then the key: it is at hand for the keyboard.
  await dialog.getByRole('button', { name: 'Đăng xuất' }).click()
  await enter(page, 'an.nguyen')
  const use = page.getByRole('button', { name: 'Dùng khóa bảo mật' })
  await page.getByText(/dùng khóa bảo mật, hoặc nhập mã/).waitFor()
  await expect.poll(() => use.evaluate((one) => one === document.activeElement)).toBe(true)
  await noFaults(page)
  await page.keyboard.press('Enter')
  await openOwn(page)
  await expect.poll(() => row.getByText('Chưa dùng').count()).toBe(0)

  // The same key is not added twice: first it says who asks, then that it is known.
  await dialog.getByRole('button', { name: 'Thêm khóa bảo mật' }).click()
  await dialog.getByLabel('Tên khóa').fill('Khóa hai')
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  await next.click()
  await dialog.getByText(/dùng khóa bảo mật, hoặc nhập mã/).waitFor()
  await use.click()
  await dialog.getByText('Khóa này đã có trong tài khoản của bạn.').waitFor()
  await dialog.getByRole('button', { name: 'Thôi' }).click()

  // A device without the key: the page says so, and a recovery code leads in.
  await cdp.send('WebAuthn.clearCredentials', { authenticatorId })
  await dialog.getByRole('button', { name: 'Đăng xuất' }).click()
  await enter(page, 'an.nguyen')
  await use.click()
  await page.getByText(/trên thiết bị này không có khóa nào của tài khoản/).waitFor()
  await page.getByLabel('Mã dự phòng').fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await openOwn(page)
  await row.getByRole('button', { name: 'Gỡ khóa “Khóa USB”' }).click()
  await dialog.getByText(/là khóa cuối cùng/).waitFor()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  const remove = dialog.getByRole('button', { name: 'Gỡ khóa bảo mật' })
  await remove.click()
  await dialog.getByLabel('Mã dự phòng').fill(codes[1] ?? '')
  await remove.click()
  await page.getByText('Đã gỡ khóa “Khóa USB”; các phiên khác đã hết').waitFor()
  await dialog.getByText(/Đang tắt/).waitFor()
  expect((await sessionOf(page)).second_factor).toBe(false)
  visit.trouble.splice(0)
}, 120_000)

it('by an address no key is offered, and the page says why', async () => {
  const visit = await open()
  const { page } = visit
  await page.goto(server.url.replace('localhost', '127.0.0.1'))
  await enter(page, 'chi.le')
  const dialog = await openOwn(page)
  await dialog.getByText(/hãy mở trang bằng tên máy chủ qua HTTPS/).waitFor()
  expect(await dialog.getByRole('button', { name: 'Thêm khóa bảo mật' }).count()).toBe(0)
  visit.trouble.splice(0)
})

it('a server that lacks the key to secrets says that codes can’t be checked', async () => {
  const begin = await open()
  const { page } = begin
  await enter(page, 'chi.le')
  const dialog = await openOwn(page)
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  await dialog.getByLabel('Mật khẩu hiện nay').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Tiếp tục' }).click()
  const code = device((await dialog.locator('code').textContent())?.replaceAll(' ', '') ?? '')
  await dialog.getByLabel('Mã sáu số trên thiết bị').fill(await code())
  await dialog.getByRole('button', { name: 'Bật xác minh hai bước' }).click()
  await dialog.getByRole('listitem').nth(9).waitFor()
  const [recovery] = await dialog.getByRole('listitem').allTextContents()
  begin.trouble.splice(0)

  await server.stop()
  await serve([])
  const visit = await open()
  await enter(visit.page, 'chi.le')
  await visit.page.getByLabel(/Mã trên thiết bị/).fill(await code())
  const submit = visit.page.getByRole('button', { name: 'Đăng nhập', exact: true })
  await submit.click()
  await visit.page.getByText(/Máy chủ đang thiếu khóa nên không kiểm tra được mã/).waitFor()
  await visit.page.getByLabel(/Mã trên thiết bị/).fill(recovery ?? '')
  await submit.click()
  await visit.page.getByRole('button', { name: 'Tài khoản của tôi' }).waitFor()
  for (const { trouble } of [begin, visit]) trouble.splice(0)
}, 90_000)
