import { expect, it } from 'vitest'
import type { Catalog } from '../../src/lib/types'
import { answer, goOffline, settled, useBrowser } from './harness'

const { visit, open } = useBrowser()
const entryOf = async (kind: string) => {
  const { projects } = await answer<Catalog>('/api/v1/catalog')
  const found = projects.find((project) => project.kind === kind)
  if (!found) throw new Error(`no project of kind ${kind}`)
  return found
}

it('a copied address shows the same in another browser, and Back undoes a step', async () => {
  const { code, name } = await entryOf('industrial_park')
  const first = (await visit()).page
  await first.getByLabel('Loại dự án').selectOption('industrial_park')
  const search = first.getByRole('combobox', { name: 'Tìm dự án' })
  await search.fill(name)
  await first.getByRole('option', { name }).first().click()
  const slider = first.getByRole('slider', { name: 'Ngày xem số liệu' })
  await slider.press('PageDown')
  await first.waitForURL(/date=/)
  await settled(first)

  const second = (await visit(new URL(first.url()).search)).page
  for (const page of [first, second])
    await page
      .getByRole('complementary', { name: 'Dự án' })
      .getByRole('heading', { name })
      .waitFor()
  const headlines = [first, second].map((page) =>
    page.getByRole('region', { name: 'Tiến độ' }).first().innerText(),
  )
  const [mine, theirs] = await Promise.all(headlines)
  expect(theirs).toBe(mine)
  expect(await second.getByLabel('Loại dự án').inputValue()).toBe('industrial_park')
  expect(new URL(second.url()).search).toBe(new URL(first.url()).search)

  expect(new URL(first.url()).searchParams.get('sel')).toBe(`project:${code}`)
  await first.goBack()
  await first.getByRole('complementary', { name: 'Dự án' }).waitFor({ state: 'detached' })
  expect(await first.getByLabel('Loại dự án').inputValue()).toBe('industrial_park')
  await first.goBack()
  await first.waitForURL((url) => !url.searchParams.has('kind'))
  expect(await first.getByLabel('Loại dự án').inputValue()).toBe('')
})

it('the language changes all words and the writing of numbers', async () => {
  const { page } = await visit()
  await page.getByRole('button', { name: 'Chuyển sang tiếng Anh' }).click()
  const headline = page.getByRole('region', { name: 'Progress' })
  await headline.waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  expect(await headline.innerText()).toMatch(/\d\.\d%/)
  await page.getByRole('button', { name: 'Switch to Vietnamese' }).click()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
})

it('search says so when nothing is found', async () => {
  const { page } = await visit()
  await page.getByRole('combobox', { name: 'Tìm dự án' }).fill('không có gì như vậy')
  await page.getByText(/Không tìm thấy “không có gì như vậy”/).waitFor()
})

it('keys: ? lists them, Esc leaves step by step, T opens the table', async () => {
  const { code, name } = await entryOf('road')
  const { page } = await visit(`?sel=project:${code}`)
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('heading', { name }).waitFor()

  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Phím tắt' })
  await keys.waitFor()
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'detached' })
  expect(await sheet.isVisible()).toBe(true)

  await page.keyboard.press('t')
  const table = page.getByRole('dialog', { name: /^Bảng dự án/ })
  await table.waitFor()
  const { projects } = await answer<Catalog>('/api/v1/catalog')
  await table.getByRole('row').nth(projects.length).waitFor()
  expect(await table.getByRole('row').count()).toBe(projects.length + 1)
  await page.keyboard.press('Escape')
  await table.waitFor({ state: 'detached' })

  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
})

it('a filter that nothing passes says so and offers the way out', async () => {
  const { page } = await visit('?kind=road&use=XXX')
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  await headline.getByText('Không có thửa đất nào khớp bộ lọc.').waitFor()
  await headline.getByRole('button', { name: 'Xóa bộ lọc' }).click()
  await headline.getByLabel('Thước đo tiến độ').waitFor()
})

it('a lost connection is told, and its return too', async () => {
  const { page } = await visit()
  await goOffline(page)
  const alert = page.getByRole('alert').getByText('Mất kết nối mạng')
  await alert.waitFor()
  await page.context().setOffline(false)
  await alert.waitFor({ state: 'hidden' })
})

it('a worker that the network broke off is asked for again', async () => {
  const { page } = await open()
  await page.addInitScript(() => {
    const workers = navigator.serviceWorker
    const asked: boolean[] = []
    Object.assign(window, { asked })
    workers.register = () => {
      asked.push(navigator.onLine)
      return Promise.reject(new TypeError('the network is gone'))
    }
  })
  await page.reload()
  const asked = () => page.evaluate(() => (window as unknown as { asked: boolean[] }).asked.length)
  await expect.poll(asked).toBe(1)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(asked).toBe(2)
})

it('a server that refuses is quoted, and is asked again by itself', async () => {
  const quiet = await visit()
  const { page } = quiet
  await page.route('**/api/v1/summary*kind=road*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Busy', detail: 'the atlas is being loaded' }),
    }),
  )
  await page.getByLabel('Loại dự án').selectOption('road')
  const alert = page.getByRole('alert').getByText('the atlas is being loaded')
  await alert.waitFor()
  await page.getByRole('alert').getByRole('button', { name: 'Thử lại' }).waitFor()
  await page.unrouteAll()
  await alert.waitFor({ state: 'hidden' })
  expect(quiet.trouble.length).toBeGreaterThan(0)
  expect(quiet.trouble.every((line) => line.includes('503'))).toBe(true)
  quiet.trouble.length = 0
})

it('before the ledger can be read the screen says why', async () => {
  // Without the worker that would open it from what it kept.
  const visited = await open('?v=not-a-view', { serviceWorkers: 'block' })
  const { page } = visited
  await settled(page)
  await page.route('**/api/v1/catalog', (route) => route.abort())
  await page.reload()
  await page.getByRole('alert').filter({ hasText: 'Chưa mở được sổ theo dõi' }).waitFor()
  await page.getByRole('button', { name: 'Thử lại' }).waitFor()
  await page.unrouteAll()
  await page.getByRole('region', { name: 'Tiến độ' }).waitFor()
  await settled(page)
  expect(visited.trouble.every((line) => line.includes('ERR_FAILED'))).toBe(true)
  visited.trouble.length = 0
})
