/** What goes at one touch comes back at one touch; what can't come back is asked about. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Campaign, Work } from '../../src/lib/types'
import { phone, settled, undo, useBrowser } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 1000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

const AREA = '105.85,20.5;105.95,20.5;105.95,20.6;105.85,20.6'
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name)

it('a filter that was cleared comes back whole, by the button and by the palette', async () => {
  const { page } = await open(`?room=data&kind=road&overdue_days=90`)
  await page.getByRole('button', { name: 'Xóa bộ lọc' }).first().click()
  await page.waitForURL((url) => !url.searchParams.has('kind'))
  await undo(page, 'Đã xóa bộ lọc')
  await page.waitForURL(/kind=road/)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('xoa bo loc')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => !url.searchParams.has('kind'))
  await undo(page, 'Đã xóa bộ lọc')
  await page.waitForURL(/kind=road/)
})

it('a drawn area that was left by Esc is drawn again', async () => {
  const { page } = await open(`?sel=area:${AREA}`)
  await page.getByRole('complementary', { name: 'Vùng đã vẽ' }).waitFor()
  await settled(page)
  const drawn = parameter(page, 'sel')
  await page.keyboard.press('Escape')
  await page.waitForURL((url) => !url.searchParams.has('sel'))
  await undo(page, 'Đã bỏ vùng đã vẽ')
  await page.waitForURL(/sel=/)
  expect(parameter(page, 'sel')).toBe(drawn)
})

it('a campaign that was ended goes on', async () => {
  const { page } = await open('?room=keep')
  const campaigns = async () => {
    const answer = await fetch(`${server.url}/api/v1/campaigns`)
    return ((await answer.json()) as { campaigns: Campaign[] }).campaigns
  }
  const before = await campaigns()
  await page.getByRole('tab', { name: 'Phong trào thi đua' }).click()
  const end = { name: 'Kết thúc hôm nay', exact: true }
  await page.getByRole('button', end).first().click()
  await page.getByRole('dialog').getByRole('button', end).click()
  await page.getByRole('status').filter({ hasText: 'Đã kết thúc' }).waitFor()
  expect((await campaigns())[0]?.to).not.toBe(before[0]?.to)
  await undo(page, 'Đã kết thúc')
  await expect.poll(campaigns, { timeout: 10_000 }).toEqual(before)
})

it('a slide that was taken out comes back; a saved briefing is deleted only after a question', async () => {
  const { page } = await open('?room=present')
  await page.locator('article h2').waitFor()
  await page.keyboard.press('o')
  const outline = page.getByRole('dialog').first()
  const slides = outline.locator('ol > li')
  const count = await slides.count()
  await outline.getByRole('button', { name: /^Bỏ: / }).nth(1).click()
  await expect.poll(() => slides.count()).toBe(count - 1)
  await undo(page, 'Đã bỏ: ')
  await expect.poll(() => slides.count()).toBe(count)

  await outline.getByLabel('Tên bản trình chiếu').fill('Giao ban')
  await page.keyboard.press('Enter')
  const remove = outline.getByRole('button', { name: 'Xóa bản Giao ban' })
  await remove.click()
  const question = page.getByRole('dialog', { name: 'Xóa bản Giao ban' })
  await question.getByRole('button', { name: 'Thôi' }).click()
  expect(await remove.count()).toBe(1)
  await remove.click()
  await question.getByRole('button', { name: 'Xóa', exact: true }).click()
  await remove.waitFor({ state: 'detached' })
})

it('an area that was taken out of the filter is in it again, and the figures with it', async () => {
  const { page } = await open(`?area=${AREA}`)
  await page.getByText('Chỉ thửa chạm vùng đã vẽ').waitFor()
  await settled(page)
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  const figure = () => headline.locator('.share, strong').first().textContent()
  const before = await figure()
  expect(before).toContain('%')
  await page.getByRole('button', { name: 'Bỏ lọc theo vùng' }).click()
  await page.waitForURL((url) => !url.searchParams.has('area'))
  await expect.poll(figure).not.toBe(before)
  await undo(page, 'Đã bỏ lọc theo vùng')
  await page.getByText('Chỉ thửa chạm vùng đã vẽ').waitFor()
  expect(parameter(page, 'area')).toBe(AREA)
  await expect.poll(figure).toBe(before)
})

it('a form that was emptied is filled again, also where it was closed meanwhile', async () => {
  const work = await fetch(`${server.url}/api/v1/work?limit=1`)
  const [parcel] = ((await work.json()) as Work).parcels
  const { page } = await open(`?room=update&sel=parcel:${String(parcel?.id)}`, phone)
  const form = page.getByRole('dialog', { name: /^Tờ / })
  const note = form.getByLabel('Ghi chú')
  await form.getByLabel('Số văn bản').fill('88/BB')
  await note.fill('đã đo ngoài thực địa')
  const clear = form.getByRole('button', { name: 'Xóa những gì đã nhập' })
  await clear.tap()
  await expect.poll(() => note.inputValue()).toBe('')
  await undo(page, 'Đã xóa những gì đã nhập')
  await expect.poll(() => note.inputValue()).toBe('đã đo ngoài thực địa')
  expect(await form.getByLabel('Số văn bản').inputValue()).toBe('88/BB')

  await clear.tap()
  await expect.poll(() => note.inputValue()).toBe('')
  await form.getByRole('button', { name: 'Đóng' }).first().tap()
  await form.waitFor({ state: 'detached' })
  await undo(page, 'Đã xóa những gì đã nhập')
  await page.getByText('1 bản đang ghi dở').waitFor()
  await page.getByRole('button', { name: 'Ghi tiếp' }).tap()
  await expect.poll(() => note.inputValue()).toBe('đã đo ngoài thực địa')
})

it('a campaign that was deleted is there again, word for word', async () => {
  const file = `${server.url}/api/v1/campaigns/cua-huyen/file`
  const campaigns = await fetch(`${server.url}/api/v1/campaigns/thi-dua-gpmb/file`)
  const text = (await campaigns.text())
    .replace('code = "thi-dua-gpmb"', 'code = "cua-huyen"')
    .replace('Đẩy nhanh tiến độ giải phóng mặt bằng (minh họa)', 'Phong trào của huyện')
  const put = { method: 'PUT', body: text, headers: { 'content-type': 'text/plain' } }
  expect((await fetch(file, put)).status).toBe(200)
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Phong trào thi đua' }).click()
  const card = page.locator('section.card').filter({ hasText: 'Phong trào của huyện' })
  await card.getByRole('button', { name: 'Xóa' }).click()
  const question = page.getByRole('dialog', { name: 'Phong trào của huyện' })
  await question.getByText(/bảng xếp hạng của nó không mở được nữa/).waitFor()
  await question.getByRole('button', { name: 'Xóa' }).click()
  await card.waitFor({ state: 'detached' })
  expect((await fetch(file)).status).toBe(404)
  await undo(page, 'Đã xóa: Phong trào của huyện')
  await card.waitFor()
  expect(await (await fetch(file)).text()).toBe(text)
})
