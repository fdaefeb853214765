/** The report is one button away wherever a project, a unit or the whole is looked at. */
import { expect, it } from 'vitest'
import { answer, desktop, useBrowser } from './harness'

const { open } = useBrowser()

it('a project’s sheet gives its report as a file, pinned to a position when asked', async () => {
  const { page, requests } = await open('?sel=project:DA01', { viewport: desktop })
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('button', { name: 'Báo cáo' }).click()
  const dialog = page.getByRole('dialog', { name: 'Báo cáo' })
  await dialog.getByRole('checkbox').check()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Word' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^bao-cao-DA01-\d\d-\d\d-\d{4}\.docx$/)
  const asked = requests.find((url) => url.includes('/api/v1/report')) ?? ''
  const query = new URL(asked).searchParams
  expect(query.get('project')).toBe('DA01')
  expect(Number(query.get('at'))).toBeGreaterThan(0)
  const bytes = Buffer.concat((await (await download.createReadStream()).toArray()) as Buffer[])
  // A Word document is a ZIP archive.
  expect(bytes.subarray(0, 2).toString()).toBe('PK')
})

it('the filter’s unit and the slide’s project have theirs', async () => {
  const { page } = await open('?room=data&unit=13591')
  await page.getByRole('button', { name: 'Báo cáo Xã Nam Xang' }).click()
  await page.getByRole('dialog', { name: 'Báo cáo' }).getByText('Xã Nam Xang').waitFor()
  const slide = await open('?room=present&unit=13591')
  await slide.page.locator('article h2').getByText('Xã Nam Xang').waitFor()
  await slide.page.getByRole('button', { name: 'Báo cáo' }).click()
  await slide.page.getByRole('dialog', { name: 'Báo cáo' }).getByText('Xã Nam Xang').waitFor()
})

it('the code of a printed report is checked against the ledger', async () => {
  const { page } = await open('?sel=project:DA01', { viewport: desktop })
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('button', { name: 'Báo cáo' }).click()
  const dialog = page.getByRole('dialog', { name: 'Báo cáo' })
  await dialog.getByText('Kiểm tra mã trên bản in').click()
  const { head } = await answer<{ head: string }>('/api/v1/heads/1234')
  const check = async (position: string, code: string) => {
    await dialog.getByLabel('Vị trí sổ theo dõi', { exact: true }).fill(position)
    await dialog.getByLabel('Mã chuỗi (báo cáo)').fill(code)
    await dialog.getByRole('button', { name: 'Kiểm tra' }).click()
  }
  await check('1.234', head.slice(0, 12).toUpperCase())
  await dialog.getByText('Khớp.', { exact: true }).waitFor()
  await check('#1235', head)
  await dialog.getByText('Không khớp.').waitFor()
  await check('99999999', head)
  await dialog.getByText('Sổ này chưa đến vị trí đó').waitFor()
  // A code of slides needs no position.
  await dialog.getByLabel('Mã chuỗi (báo cáo)').fill('ABCD-0123-4567-89AB')
  expect(await dialog.getByLabel('Vị trí sổ theo dõi', { exact: true }).count()).toBe(0)
  await dialog.getByRole('button', { name: 'Kiểm tra' }).click()
  await dialog.getByText('Không có bài nào mang mã này').waitFor()
  await dialog.getByLabel('Mã chuỗi (báo cáo)').fill('xyz')
  await dialog.getByText('Mã gồm chữ số và chữ cái').waitFor()
  expect(await dialog.getByRole('button', { name: 'Kiểm tra' }).isDisabled()).toBe(true)
})
