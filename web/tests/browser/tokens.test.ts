/** Keys by which programs come in. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const admin = { name: 'quan.tri', fullName: 'Lê Quản Trị', role: 'administrator' }
const an = { name: 'an.nguyen', fullName: 'Nguyễn Văn An', role: 'officer' }
const binh = { name: 'binh.tran', fullName: 'Trần Thị Bình', role: 'officer' }
const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [admin, an, binh].map((one) => ({ ...one, password: PASSWORD }))
  Object.assign(server, await serveDemo({ parcels: 500, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

it('a key for programs says whose it is', async () => {
  const visit = await open('?room=keep')
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(admin.name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('tab', { name: 'Khóa cho chương trình' }).click()
  const form = page.getByRole('form', { name: 'Tạo khóa' })
  // Whose it is has to be said: nobody stands there beforehand.
  expect(await form.getByLabel('Tài khoản').inputValue()).toBe('')
  for (const [owner, use] of [
    [an, 'Bảng tính của An'],
    [binh, 'Bảng tính của Bình'],
  ] as const) {
    await form.getByLabel('Tài khoản').selectOption(owner.name)
    await form.getByLabel('Dùng cho').fill(use)
    await form.getByRole('button', { name: 'Tạo khóa' }).click()
    const row = page.getByRole('row', { name: use })
    await row.waitFor()
    const cells = await row.getByRole('cell').allInnerTexts()
    expect(cells).toContain(`${owner.fullName} (${owner.name})`)
  }
  await page.getByRole('columnheader', { name: 'Của ai' }).waitFor()
  // What the browser says of the first refusal.
  expect(visit.trouble.splice(0).every((line) => line.includes('401'))).toBe(true)
})
