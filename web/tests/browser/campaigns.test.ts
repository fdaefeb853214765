/** A campaign is made, changed and ended where those who keep the server are. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Campaign } from '../../src/board/api'
import { useBrowser } from './harness'

const CODE = 'thi-dua-gpmb'
const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

const campaigns = async () => {
  const answer = await fetch(`${server.url}/api/v1/campaigns`)
  return ((await answer.json()) as { campaigns: Campaign[] }).campaigns
}
const fileOf = async (code: string) =>
  (await fetch(`${server.url}/api/v1/campaigns/${code}/file`)).text()

it('a campaign is changed in the form; a fault stands at its place; all else stays as it was written', async () => {
  const visit = await open('?room=keep')
  const { page } = visit
  await page.getByRole('tab', { name: 'Phong trào thi đua' }).click()
  const before = await fileOf(CODE)
  await page.getByRole('button', { name: 'Sửa', exact: true }).first().click()
  const editor = page.getByRole('region', { name: 'Sửa phong trào' })
  const criterion = editor.getByRole('group', { name: 'Thửa bàn giao đúng và trước hạn' })
  expect(await criterion.getByLabel('Điểm tối đa').inputValue()).toBe('15')
  await criterion.getByLabel('Điểm tối đa').fill('-3')
  await editor.getByRole('button', { name: 'Lưu' }).click()
  await criterion.getByText('điểm của tiêu chí “on-time” phải trên 0').waitFor()
  // The browser complains about the refusal; nothing else may be wrong.
  expect(visit.trouble.splice(0).filter((line) => !line.includes('422'))).toEqual([])
  expect(await fileOf(CODE)).toBe(before)

  await criterion.getByLabel('Điểm tối đa').fill('20')
  await editor.getByLabel('Thửa đến hạn ít nhất').nth(1).fill('12')
  await editor.getByRole('button', { name: 'Lưu' }).click()
  await page.getByText('Đã lưu phong trào').waitFor()
  const [changed] = (await campaigns()).filter(({ code }) => code === CODE)
  expect(changed?.criteria.find(({ code }) => code === 'on-time')?.weight).toBe(20)
  expect(changed?.groups.map(({ least_due: due }) => due)).toEqual([10, 12, 10])
  const now = (await fileOf(CODE)).split('\n')
  const old = before.split('\n')
  expect(now).toHaveLength(old.length)
  expect(now.filter((line, place) => line !== old[place])).toEqual([
    'least_due = 12',
    'weight = 20',
  ])
})

it('a campaign is made, shown on the board, ended and deleted', async () => {
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Phong trào thi đua' }).click()
  await page.getByRole('button', { name: 'Thêm phong trào' }).click()
  const editor = page.getByRole('region', { name: 'Sửa phong trào' })
  await editor.getByLabel('Mã phong trào').fill('nuoc-rut')
  await editor.getByLabel('Tên tiếng Việt').first().fill('Nước rút quý I')
  await editor.getByLabel('Tên tiếng Anh').first().fill('Final sprint')
  await editor.getByRole('button', { name: 'Lưu' }).click()
  await page.getByRole('heading', { name: 'Nước rút quý I' }).waitFor()
  expect((await campaigns()).map(({ code }) => code)).toContain('nuoc-rut')

  const card = page.locator('section').filter({ hasText: 'Nước rút quý I' })
  await card.getByRole('button', { name: 'Kết thúc hôm nay' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Kết thúc hôm nay' }).click()
  await card.getByRole('button', { name: 'Kết thúc hôm nay' }).waitFor({ state: 'detached' })
  const ended = (await campaigns()).find(({ code }) => code === 'nuoc-rut')
  expect(Date.parse(ended?.to ?? '')).toBeLessThanOrEqual(Date.now() + 86_400_000)
  await card.getByRole('button', { name: 'Xóa' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Xóa' }).click()
  await card.waitFor({ state: 'detached' })
  expect((await campaigns()).map(({ code }) => code)).toEqual([CODE])
})
