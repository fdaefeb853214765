/** The main job of each person, from start to end, in the room that is theirs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, Duties, Fronts, LawBook, ProjectDetail, Summary } from '../../src/lib/types'
import { desktop, percent, settled, useBrowser, whole } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
const folder = mkdtempSync(join(tmpdir(), 'matbang-rooms-'))
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 4000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
const { open } = useBrowser(server)
const fetched = async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T

it('a planner finds the parcels that block the longest stretch and opens one', async () => {
  const project = await fetched<ProjectDetail>('/api/v1/projects/DA01')
  const fronts = await fetched<Fronts>('/api/v1/fronts?project=DA01')
  if (fronts.kind !== 'linear') throw new Error('DA01 is a road')
  const [best] = fronts.best.filter(({ gain_m }) => gain_m > 0)
  const [first] = best?.parcels ?? []
  if (!best || !first) throw new Error('nothing to clear')

  const { page } = await open()
  await settled(page)
  await page.keyboard.press('/')
  await page.keyboard.type('Đường trục phía Đông')
  await page.getByRole('option', { name: project.name }).waitFor()
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByText('Gỡ những thửa này').waitFor()
  expect(await sheet.innerText()).toContain(`+${whole(Math.round(best.gain_m))} m`)
  await sheet
    .getByRole('button', { name: `tờ ${first.sheet} thửa ${first.parcel}` })
    .first()
    .click()
  await page
    .getByRole('complementary', { name: 'Thửa đất' })
    .getByRole('heading', { name: `Tờ ${first.sheet}, thửa ${first.parcel}` })
    .waitFor()
  expect(new URL(page.url()).searchParams.get('sel')).toBe(`parcel:${String(first.id)}`)
})

it('a leader runs a briefing of five slides by keyboard, saves it, and the link shows the same', async () => {
  const summary = await fetched<Summary>('/api/v1/summary')
  const { page } = await open('?room=present', { viewport: { width: 1920, height: 1080 } })
  const title = page.locator('article h2')
  await title.getByText('Tỉnh Ninh Bình').waitFor()
  expect(await page.locator('article .big').innerText()).toContain(percent(summary.total.share))
  const titles = [await title.innerText()]
  for (let slide = 1; slide < 5; slide += 1) {
    const before = await title.innerText()
    await page.keyboard.press(slide % 2 ? 'ArrowRight' : 'Space')
    await page.waitForFunction(
      (old) => document.querySelector('article h2')?.textContent !== old,
      before,
    )
    titles.push(await title.innerText())
  }
  expect(new Set(titles).size).toBe(5)
  await page.getByText('5 /').waitFor()
  await page.keyboard.press('b')
  await page.getByRole('button', { name: 'Màn hình đen' }).waitFor()
  await page.keyboard.press('b')
  await page.keyboard.press('Home')
  await title.getByText('Tỉnh Ninh Bình').waitFor()

  await page.keyboard.press('o')
  const outline = page.getByRole('dialog')
  await outline.getByLabel('Ghi chú cho Tỉnh Ninh Bình').fill('Hỏi về ba dự án chậm')
  await outline.getByLabel('Tên bản trình chiếu').fill('Giao ban tháng')
  await page.keyboard.press('Enter')
  await page.waitForURL(/briefing=/)
  await page.keyboard.press('Escape')
  const seal = page.locator('.seal')
  await seal.waitFor()
  const code = await seal.innerText()
  expect(code).toMatch(/^[0-9A-F]{4}(-[0-9A-F]{4}){3}$/)
  const big = await page.locator('article .big').innerText()

  const again = await open(new URL(page.url()).search)
  await again.page.locator('.seal').waitFor()
  await again.page.locator('article h2').getByText('Tỉnh Ninh Bình').waitFor()
  expect(await again.page.locator('.seal').innerText()).toBe(code)
  expect(await again.page.locator('article .big').innerText()).toBe(big)
  await again.page.keyboard.press('n')
  await again.page.getByText('Hỏi về ba dự án chậm').waitFor()
})

interface Rows {
  features: { id: number; properties: { project: string } }[]
}

it('an analyst filters, groups and takes the same rows away as the API has', async () => {
  const { page } = await open('?room=data')
  await page.getByRole('combobox', { name: 'Loại dự án' }).selectOption('road')
  await page.getByRole('button', { name: /^Đang vướng mắc/ }).click()
  await page.waitForURL(/blocked=1/)
  const table = page.getByRole('region', { name: 'Bảng thửa đất' })
  await settled(page)
  const expected = await fetched<{ total: number; rows: { id: number }[] }>(
    '/api/v1/table?kind=road&blocked=true&limit=1000',
  )
  await page.getByText(`${whole(expected.total)} thửa khớp bộ lọc`).waitFor()
  expect(Number(await table.getByRole('table').getAttribute('aria-rowcount'))).toBe(
    expected.total + 1,
  )
  await page.getByLabel('Nhóm theo').selectOption('unit')
  await table.getByRole('rowheader').first().waitFor()

  await page.getByRole('button', { name: 'Tải về' }).click()
  const link = page.getByRole('dialog').getByRole('link', { name: 'GeoJSON', exact: true })
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  const file = join(folder, 'rows.geojson')
  await download.saveAs(file)
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as Rows
  const ids = (list: { id: number }[]) => list.map(({ id }) => id).sort((a, b) => a - b)
  expect(ids(features)).toEqual(ids(expected.rows))
  const { projects } = await fetched<Catalog>('/api/v1/catalog')
  const roads = projects.filter(({ kind }) => kind === 'road').map(({ code }) => code)
  for (const { properties } of features) expect(roads).toContain(properties.project)
})

it('the address holds the columns of the table: Back undoes a choice, a link shows the same', async () => {
  const { page } = await open('?room=data')
  const table = page.getByRole('region', { name: 'Bảng thửa đất' })
  const heads = (of: typeof page) =>
    of.getByRole('region', { name: 'Bảng thửa đất' }).getByRole('columnheader').allInnerTexts()
  await table.getByRole('columnheader', { name: 'Diện tích' }).waitFor()
  const usual = await heads(page)
  await page.getByText('Cột (11)').click()
  await page.getByRole('checkbox', { name: /^Diện tích/ }).uncheck()
  await page.waitForURL(/cols=/)
  await page.getByRole('checkbox', { name: /^Loại dự án/ }).check()
  await page.waitForURL(/cols=[^&]*kind/)
  const chosen = await heads(page)
  expect(chosen.join()).not.toBe(usual.join())
  expect(chosen.some((head) => head.startsWith('Diện tích'))).toBe(false)
  expect(chosen.some((head) => head.startsWith('Loại dự án'))).toBe(true)

  const other = await open(new URL(page.url()).search)
  await other.page.getByRole('columnheader', { name: 'Loại dự án' }).waitFor()
  expect(await heads(other.page)).toEqual(chosen)

  await page.goBack()
  await table.getByRole('columnheader', { name: 'Loại dự án' }).waitFor({ state: 'detached' })
  await page.goBack()
  await table.getByRole('columnheader', { name: 'Diện tích' }).waitFor()
  expect(await heads(page)).toEqual(usual)
  expect(page.url()).not.toContain('cols=')
})

for (const lang of ['vi', 'en'] as const)
  it(`the map covers no column of the table, in ${lang}: at 1920 all are beside it, at 1440 the last is scrolled to`, async () => {
    for (const width of [1920, 1440]) {
      const { page } = await open(`?room=data&sort=-area&lang=${lang}`, {
        viewport: { width, height: 1080 },
      })
      const table = page.getByRole('region', {
        name: lang === 'vi' ? 'Bảng thửa đất' : 'Table of parcels',
      })
      const heads = table.getByRole('columnheader')
      await table.getByRole('row').nth(5).waitFor()
      const map = await page
        .getByRole('region', { name: lang === 'vi' ? 'Bản đồ' : 'Map', exact: true })
        .boundingBox()
      expect(map?.width).toBeGreaterThanOrEqual(280)
      expect(await heads.count()).toBe(11)
      if (width < 1920)
        await table.evaluate((box) => {
          box.scrollLeft = box.scrollWidth
        })
      const last = await heads.last().boundingBox()
      expect((last?.x ?? Infinity) + (last?.width ?? 0)).toBeLessThanOrEqual((map?.x ?? 0) + 1)
      const cut = await heads.evaluateAll((all) =>
        all
          .map((one) => one.querySelector('button') ?? one)
          .filter((one) => one.scrollWidth > one.clientWidth)
          .map((one) => one.textContent.trim()),
      )
      expect(cut).toEqual([])
    }
  })

it('the board shows the rank of the server and the cases behind a point', async () => {
  const { campaigns } = await fetched<{ campaigns: { code: string }[] }>('/api/v1/campaigns')
  const code = campaigns[0]?.code ?? ''
  const board = await fetched<{
    groups: {
      rows: { name: string; rank: number | null; criteria: { points: number | null }[] }[]
    }[]
  }>(`/api/v1/board?campaign=${code}`)
  const first = board.groups.flatMap(({ rows }) => rows).find(({ rank }) => rank === 1)
  const { page } = await open('?room=board')
  const row = page.getByRole('row', { name: first?.name ?? 'none' }).first()
  await row.waitFor()
  expect(await row.innerText()).toMatch(/^1/)
  await row.getByRole('button').first().click()
  await page.getByRole('dialog').getByText('điểm:').waitFor()
})

it('the board is signed off as PDF and Excel of the period that is shown', async () => {
  const { page } = await open('?room=board')
  const group = page.getByRole('group', { name: 'Văn bản để ký' })
  await group.waitFor()
  const period = await page.getByLabel('Kỳ').inputValue()
  for (const [name, format, start] of [
    ['PDF', 'pdf', '%PDF'],
    ['Excel', 'xlsx', 'PK'],
  ] as const) {
    const asked = page.waitForRequest(/board\/report/)
    const saved = page.waitForEvent('download')
    await group.getByRole('button', { name: `Tải bảng thi đua dạng ${name}` }).click()
    const query = new URL((await asked).url()).searchParams
    expect([query.get('period'), query.get('format')]).toEqual([period, format])
    const file = await saved
    expect(file.suggestedFilename()).toMatch(new RegExp(`${period}\\.${format}$`))
    expect(
      readFileSync(await file.path())
        .subarray(0, start.length)
        .toString(),
    ).toBe(start)
  }
})

it('an administrator sees the campaigns with their time, criteria and weights', async () => {
  const { campaigns } = await fetched<{
    campaigns: {
      name: { vi: string }
      period: string
      criteria: { name: { vi: string }; weight: number }[]
    }[]
  }>('/api/v1/campaigns')
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Phong trào thi đua' }).click()
  const panel = page.getByRole('tabpanel')
  for (const { name, period, criteria } of campaigns) {
    await panel.getByRole('heading', { name: name.vi }).waitFor()
    expect(await panel.innerText()).toContain(period)
    for (const one of criteria) {
      const row = panel.getByRole('row', { name: one.name.vi })
      expect(await row.getByRole('cell').first().innerText()).toBe(whole(one.weight))
    }
  }
})

it('the law stands in the keeper’s room with its articles and its caveat', async () => {
  const law = await fetched<LawBook>('/api/v1/procedures')
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Trình tự, thời hạn' }).click()
  const panel = page.getByRole('tabpanel')
  await panel.getByText(law.caveat.vi).waitFor()
  await panel.getByText(`Thời hạn và thời gian chờ (${String(law.clocks.length)})`).waitFor()
  await panel.getByText('Điều 87.5a Luật Đất đai 31/2024/QH15').first().waitFor()
  await panel.getByText(`Các bước, giấy tờ, cơ quan thực hiện`).click()
  for (const { name } of law.acts)
    await panel.getByRole('rowheader', { name: name.vi }).first().waitFor()
})

it('a list of duties has its count, its groups and leads to the parcel', async () => {
  const { page } = await open('?room=data')
  await page.getByRole('button', { name: 'Việc phải làm' }).click()
  await page.waitForURL(/duty=to_decide/)
  const lists = page.getByRole('group', { name: 'Danh sách việc' })
  const late = await fetched<Duties>('/api/v1/duties?list=late_payment&by=unit&limit=100')
  await lists.getByRole('button', { name: /Chi trả quá hạn luật định/ }).click()
  await page.waitForURL(/duty=late_payment/)
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  expect(
    await lists.getByRole('button', { name: /Chi trả quá hạn luật định/ }).innerText(),
  ).toContain(whole(late.total))
  const [first] = late.parcels
  if (!first) throw new Error('nobody waits for his money')
  const title = `Tờ ${first.sheet}, thửa ${first.parcel}`
  await page.getByRole('button', { name: title, exact: true }).first().click()
  const sheet = page.getByRole('complementary', { name: 'Thửa đất' })
  await sheet.getByRole('heading', { name: title, exact: true }).waitFor()
  await page.goBack()
  await page.waitForURL(/duty=late_payment/)
})

it('digits lead from room to room, and every room fits its window', async () => {
  const { page } = await open('', { viewport: desktop })
  await settled(page)
  const headings = {
    2: 'Trình chiếu',
    3: 'Số liệu',
    4: 'Thi đua',
    5: 'Cập nhật',
    6: 'Nhập dữ liệu',
    7: 'Quản trị',
  }
  for (const [digit, name] of Object.entries(headings)) {
    await page.keyboard.press(digit)
    await page.getByRole('heading', { level: 1, name }).waitFor({ state: 'attached' })
    // In a briefing digits do nothing: it is left by Esc.
    if (digit === '2') await page.keyboard.press('Escape')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide, name).toBeLessThanOrEqual(desktop.width)
  }
  await page.keyboard.press('1')
  await page.getByRole('region', { name: 'Dòng thời gian' }).waitFor()
})
