/** An empty store is filled with the illustration by a button, by who may. */
import { expect, it } from 'vitest'
import type { Catalog, Summary } from '../../src/lib/types'
import { settled, useBrowser, whole } from './harness'
import { serveNew } from './newstore'

const PASSWORD = 'mat-khau-thu-nghiem'
const server = serveNew((run) => {
  for (const [name, role] of [
    ['quan.tri', 'administrator'],
    ['phu.trach', 'manager'],
  ] as const)
    run(
      ['user', 'add', name, '--full-name', name, '--role', role, '--password-stdin'],
      `${PASSWORD}\n`,
    )
})
const { open } = useBrowser(server)

async function entered(name: string) {
  const visit = await open()
  const { page } = visit
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('heading', { name: 'Bắt đầu với dữ liệu của bạn' }).waitFor()
  // Nobody was signed in before.
  visit.trouble.splice(0)
  return page
}

it('who is not administrator is not offered the illustration', async () => {
  const page = await entered('phu.trach')
  await page.getByRole('link', { name: /1-units/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Nạp dữ liệu minh họa' }).count()).toBe(0)
})

it('the illustration is asked about, loaded, and the map opens with what the server says', async () => {
  const page = await entered('quan.tri')
  await page.getByRole('button', { name: 'Nạp dữ liệu minh họa' }).click()
  const dialog = page.getByRole('dialog', { name: 'Nạp dữ liệu minh họa' })
  await dialog.getByText('không xóa được').waitFor()
  await dialog.getByRole('button', { name: 'Thôi' }).click()
  const empty = await page.evaluate(() => fetch('/api/v1/catalog').then((one) => one.json()))
  expect((empty as Catalog).projects).toEqual([])

  const sent = page.waitForRequest((request) => request.url().endsWith('/api/v1/demo'))
  const answered = page.waitForResponse((one) => one.url().endsWith('/api/v1/demo'), {
    timeout: 150_000,
  })
  await page.getByRole('button', { name: 'Nạp dữ liệu minh họa' }).click()
  await dialog.getByRole('button', { name: 'Nạp vào kho này' }).click()
  expect((await sent).postDataJSON()).toEqual({})
  await dialog.getByText('Máy chủ đang tạo dữ liệu minh họa').waitFor()
  const answer = await answered
  expect(answer.status()).toBe(201)
  const made = (await answer.json()) as { projects: number; parcels: number }
  const told = `${whole(made.projects)} dự án, ${whole(made.parcels)} thửa`
  await page.getByText(`Đã nạp dữ liệu minh họa: ${told}`).waitFor({ timeout: 60_000 })
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  await settled(page)
  const summary = await page.evaluate(() => fetch('/api/v1/summary').then((one) => one.json()))
  expect((summary as Summary).total.measures.parcels.total).toBe(made.parcels)
  await page.locator('.illustration').waitFor()
}, 240_000)
