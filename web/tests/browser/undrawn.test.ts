/** A browser without WebGL: remote desktops and old machines have none. */
import { expect, it } from 'vitest'
import { answer, percent, useBrowser } from './harness'

const { visit } = useBrowser()
const note =
  'Trình duyệt này không vẽ được bản đồ (thiếu WebGL 2). Số liệu, bảng và các phòng khác vẫn dùng được.'

it('where no map can be drawn the app says so, shows its figures, and offers nothing that needs the map', async () => {
  const { page } = await visit()
  await page.getByText(note).waitFor()
  const { total } = await answer<{ total: { share: number } }>('/api/v1/summary')
  await page
    .getByText(percent(total.share), { exact: true })
    .filter({ visible: true })
    .first()
    .waitFor()
  for (const name of [
    'Phóng to',
    'Thu nhỏ',
    'Xem toàn tỉnh',
    'Vẽ vùng để tính tổng',
    'Đo khoảng cách, diện tích',
    'Lưu ảnh bản đồ (PNG)',
    'In',
  ])
    expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(0)
  expect(await page.getByText('Vẽ vùng để lọc').count()).toBe(0)
  await page.getByRole('button', { name: 'Bảng dự án' }).first().click()
  await page.getByRole('dialog').getByRole('table').waitFor()
})

it('slides go on without their maps', async () => {
  const { page } = await visit('?room=present')
  await page.getByText(note).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByText(/^2 \/ \d+$/).waitFor()
})
