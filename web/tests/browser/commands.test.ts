/** The palette of commands: from anywhere to any room, project, commune or action, without a mouse. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Summary } from '../../src/lib/types'
import { answer, useBrowser, whole } from './harness'

const { open } = useBrowser()

const field = (page: Page) => page.getByRole('combobox', { name: /^Gõ tên phòng/ })

async function run(page: Page, text: string) {
  await page.keyboard.press('Control+k')
  await field(page).fill(text)
  await page.keyboard.press('Enter')
  await field(page).waitFor({ state: 'detached' })
}

it('commands are found without marks, heard by name, and lead where they say', async () => {
  const { page } = await open('?room=data')
  const total = page.getByText(/thửa khớp bộ lọc/)
  await total.waitFor()
  const export_ = page.getByRole('button', { name: 'Tải về' })
  await export_.focus()
  await page.keyboard.press('Control+k')
  await field(page).fill('nhan ha')
  const option = page.getByRole('option', { name: /^Xã Nhân Hà/ })
  expect(await option.getAttribute('aria-selected')).toBe('true')
  const id = await option.getAttribute('id')
  expect(await field(page).getAttribute('aria-activedescendant')).toBe(id)
  await page.keyboard.press('Escape')
  await field(page).waitFor({ state: 'detached' })
  expect(await export_.evaluate((one) => one === document.activeElement)).toBe(true)

  await run(page, 'nhan ha')
  await page.waitForURL(/unit=/)
  const unit = new URL(page.url()).searchParams.get('unit') ?? ''
  const expected = await answer<Summary>(`/api/v1/summary?unit=${unit}`)
  const { parcels } = expected.total.measures
  await page.getByText(`${whole(parcels.total)} thửa khớp bộ lọc`).waitFor()
  expect(await export_.evaluate((one) => one === document.activeElement)).toBe(true)

  await run(page, 'tai so lieu')
  await page.getByRole('dialog', { name: 'Tải số liệu về' }).waitFor()
  await page.keyboard.press('Escape')
  await run(page, 'giao dien toi')
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  await run(page, 'truc phia dong')
  await page.waitForURL(/sel=project:DA01/)
  await page.getByRole('complementary', { name: 'Dự án' }).getByText('DA01').first().waitFor()
  await run(page, 'thi dua')
  await page.waitForURL(/room=board/)
})

it('charts stand in the address, and a period that has not begun is not offered', async () => {
  const { page } = await open('?room=data')
  await page.getByRole('button', { name: 'Biểu đồ' }).click()
  await page.waitForURL(/charts=1/)
  await page.reload()
  await page.getByRole('region', { name: 'Thời gian ở từng bước' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Bảng', exact: true, pressed: true }).waitFor()

  const board = await open('?room=board')
  const periods = board.page.getByLabel('Kỳ')
  await periods.waitFor()
  const codes = await periods.getByRole('option').allInnerTexts()
  const { as_of } = await answer<Summary>('/api/v1/summary')
  const quarter = Math.ceil(Number(as_of.slice(5, 7)) / 3)
  expect(codes[0]).toBe(`${as_of.slice(0, 4)}-Q${String(quarter)}`)
})
