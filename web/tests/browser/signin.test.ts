import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { useBrowser } from './harness'

const NAME = 'an.nguyen'
const PASSWORD = 'mat-khau-thu-nghiem'
/** An account that comes by the provider: its name is the address that the provider has verified. */
const ADDRESS = 'binh.tran@example.vn'

const server = { url: '', stop: () => Promise.resolve() }
const http = createServer()

/** A provider of identities as an office would run it; whoever signs in there is who they say. */
function provider(issuer: string, redirect: string): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'matbang',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirect],
        application_type: 'native',
      },
    ],
    claims: { email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: `number-of-${id}`, email: id, email_verified: true }),
    }),
    cookies: { keys: ['a key for tests'] },
  })
}

beforeAll(async () => {
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`
  const options = ['--oidc-issuer', issuer, '--oidc-client', 'matbang', '--oidc-name', 'Tỉnh']
  const account = { name: NAME, fullName: 'Nguyễn Văn An', role: 'manager', password: PASSWORD }
  const byProvider = { name: ADDRESS, fullName: 'Trần Thị Bình', role: 'manager' }
  const invited = { ...account, name: 'chi.le', fullName: 'Lê Thị Chi', role: 'officer' }
  const keeper = { ...account, name: 'admin', fullName: 'Quản Trị', role: 'administrator' }
  const accounts = [account, byProvider, invited, keeper]
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1, accounts, options }))
  const answer = provider(issuer, `${server.url}/api/v1/oidc/callback`).callback()
  http.on('request', answer as RequestListener)
})
afterAll(async () => {
  await server.stop()
  http.close()
})
const { open } = useBrowser(server)

it('with name and password to the place that was asked for, and out again', async () => {
  const visit = await open('?sel=project:DA01')
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(NAME)
  await page.getByLabel('Mật khẩu').fill('wrong-password')
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByText('Tên hoặc mật khẩu không đúng').waitFor()
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('complementary', { name: 'Dự án' }).waitFor()
  await page.getByRole('button', { name: /Đăng xuất/ }).click()
  await page.getByLabel('Tên đăng nhập').waitFor()
  // The browser itself tells of the refused sign-in.
  expect(visit.trouble.splice(0).every((line) => line.includes('401'))).toBe(true)
})

it('with OpenID Connect by way of the provider', async () => {
  const visit = await open('?sel=project:DA01')
  const { page } = visit
  await page.getByRole('link', { name: 'Đăng nhập bằng Tỉnh' }).click()
  await page.getByPlaceholder('Enter any login').fill(ADDRESS)
  await page.getByPlaceholder('and password').fill('anything')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('complementary', { name: 'Dự án' }).waitFor()
  expect(page.url().startsWith(`${server.url}/?`)).toBe(true)
  await page.getByRole('button', { name: /Đăng xuất \(Trần Thị Bình\)/ }).waitFor()
  // The way led over another server: that is the point of it.
  visit.trouble.splice(0)
})

it('who comes by the provider is told that the password is there, not here', async () => {
  const visit = await open()
  const { page } = visit
  await page.getByRole('link', { name: 'Đăng nhập bằng Tỉnh' }).click()
  await page.getByPlaceholder('Enter any login').fill(ADDRESS)
  await page.getByPlaceholder('and password').fill('anything')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Tài khoản của tôi' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/Tài khoản này đăng nhập qua Tỉnh/).waitFor()
  for (const name of ['Đổi mật khẩu', 'Bật xác minh hai bước'])
    expect(await dialog.getByRole('button', { name }).count()).toBe(0)
  visit.trouble.splice(0)
})

it('nobody gets in by the provider without an account here', async () => {
  const visit = await open()
  const { page } = visit
  await page.getByRole('link', { name: 'Đăng nhập bằng Tỉnh' }).click()
  await page.getByPlaceholder('Enter any login').fill('nobody')
  await page.getByPlaceholder('and password').fill('anything')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('nobody here has an account').waitFor()
  visit.trouble.splice(0)
})

it('by an invitation, once; what was linked is unlinked, and who was in is out', async () => {
  const keeper = await open('?room=keep')
  const { page } = keeper
  await page.getByLabel('Tên đăng nhập').fill('admin')
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  const row = page.getByRole('row', { name: /chi\.le/ })
  await row.getByText('Chưa nối với Tỉnh').waitFor()
  await row.getByRole('button', { name: 'Mời đăng nhập' }).click()
  const dialog = page.getByRole('dialog', { name: 'Mời Lê Thị Chi đăng nhập' })
  await dialog.getByRole('button', { name: 'Tạo liên kết mời' }).click()
  const link = await dialog.getByLabel('Liên kết mời').inputValue()
  expect(link.startsWith(`${server.url}/api/v1/oidc/start?invitation=`)).toBe(true)
  await dialog.getByText(/Chỉ dùng được một lần, đến .*\d\d\/20\d\d/).waitFor()
  await dialog.getByRole('button', { name: 'Đóng' }).click()

  const guest = await open()
  await guest.page.goto(link)
  await guest.page.getByPlaceholder('Enter any login').fill('who-chi-is')
  await guest.page.getByPlaceholder('and password').fill('anything')
  await guest.page.getByRole('button', { name: 'Sign-in' }).click()
  await guest.page.getByRole('button', { name: 'Continue' }).click()
  await guest.page.getByRole('button', { name: /Đăng xuất \(Lê Thị Chi\)/ }).waitFor()

  await page.reload()
  await row.getByText('Đã nối với Tỉnh').waitFor()
  expect(await row.getByRole('button', { name: 'Mời đăng nhập' }).count()).toBe(0)
  await row.getByRole('button', { name: 'Gỡ nối' }).click()
  const question = page.getByRole('dialog', { name: 'Gỡ nối tài khoản của Lê Thị Chi' })
  await question.getByText(/không vào được qua Tỉnh nữa/).waitFor()
  await question.getByRole('button', { name: 'Gỡ nối' }).click()
  await row.getByText('Chưa nối với Tỉnh').waitFor()
  const session = await guest.page.request.get(`${server.url}/api/v1/session`)
  expect(((await session.json()) as { signed_in: boolean }).signed_in).toBe(false)
  for (const visit of [keeper, guest]) visit.trouble.splice(0)
}, 90_000)
