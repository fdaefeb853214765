/** The report is one button away wherever a project, a unit or the whole is looked at. */
import { expect, it } from 'vitest'
import { desktop, useBrowser } from './harness'

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
