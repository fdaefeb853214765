/** The planner's third job from start to end: what is overdue in one commune, as an Excel that its head reads. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { dateOfDay } from '../../src/lib/days'
import type { Catalog } from '../../src/lib/types'
import { answer, settled, useBrowser, whole } from './harness'
import { cells } from './workbook'

const { open } = useBrowser()
const folder = mkdtempSync(join(tmpdir(), 'matbang-overdue-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Overdue {
  id: number
  unit: string
  sheet: string
  parcel: string
  area: number
  overdue_days: number
}

/** What is overdue by more than 90 days, by the server's own answer. */
async function overdue(): Promise<Overdue[]> {
  const asked = new URLSearchParams({
    filter: 'overdue_days > 90',
    properties: 'unit,sheet,parcel,area,overdue_days',
    limit: '10000',
  })
  const { features } = await answer<{ features: { id: number; properties: Overdue }[] }>(
    `/ogc/collections/parcels/items?${asked.toString()}`,
  )
  return features.map(({ id, properties }) => ({ ...properties, id }))
}

it('parcels overdue by more than 90 days in a commune become an Excel that its head reads', async () => {
  const catalog = await answer<Catalog>('/api/v1/catalog')
  const all = await overdue()
  const of = (code: string) => all.filter(({ unit }) => unit === code)
  const [code = ''] = all.map(({ unit }) => unit).toSorted((a, b) => of(b).length - of(a).length)
  const expected = of(code)
  expect(expected.length).toBeGreaterThan(3)
  expect(expected.length).toBeLessThan(all.length)
  const commune = catalog.units.find((unit) => unit.code === code && unit.valid_to === null)?.name
  if (commune === undefined) throw new Error(`no unit ${code}`)

  const { page } = await open('?room=data')
  await page.getByRole('button', { name: 'Xã, phường: Tất cả' }).click()
  await page.getByRole('textbox', { name: 'Tìm trong danh sách' }).fill(commune)
  await page.getByRole('checkbox', { name: commune, exact: true }).check()
  await page.keyboard.press('Escape')
  await page.getByText('Thêm điều kiện').click()
  await page.getByLabel('Quá hạn luật định trên (ngày)').fill('90')
  await page.keyboard.press('Tab')
  await page.getByText(`${whole(expected.length)} thửa khớp bộ lọc`).waitFor()
  await settled(page)
  const heads = await page.getByRole('columnheader').allInnerTexts()
  expect(heads.length).toBeGreaterThan(5)

  await page.getByRole('button', { name: 'Tải về' }).click()
  const dialog = page.getByRole('dialog', { name: 'Tải số liệu về' })
  await dialog.getByText(`${whole(expected.length)} thửa đúng như bảng đang lọc`).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('link', { name: 'Excel (XLSX)' }).first().click(),
  ])
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
  const file = join(folder, 'overdue.xlsx')
  await download.saveAs(file)
  const { title, rows } = cells(file)
  expect(title).toBe('Thửa đất thu hồi')

  // Above the table: what it is, of whom, from how many days on, for which day, from which state of the ledger.
  const at = rows.findIndex((row) => row.includes('Số thửa'))
  const above = rows.slice(0, at).map(([first]) => String(first))
  console.log(above.join(' | '))
  const said = above.join(' | ')
  expect(above[0]).toBe('Thửa đất thu hồi')
  expect(said).toContain(commune)
  expect(said).toMatch(/quá hạn luật định.*90/i)
  expect(said).toContain(`Tính đến ngày ${dateOfDay(catalog.today)}`)
  expect(said).toContain(`vị trí trong sổ sự kiện ${String(catalog.at)}`)
  expect(said).toContain('Số liệu minh họa')

  const head = (rows[at] ?? []).map(String)
  for (const name of ['Tên dự án', 'Tên đơn vị hành chính', 'Hạn theo luật', 'Vướng mắc'])
    expect(head).toContain(name)
  // No column bears the name that programs call it by.
  expect(head.filter((name) => /^[a-z_]+$/.test(name))).toEqual([])
  const body = rows.slice(at + 1, -1)
  const column = (name: string) => body.map((row) => row[head.indexOf(name)])
  expect(body.length).toBe(expected.length)
  expect(new Set(column('Tên đơn vị hành chính'))).toEqual(new Set([commune]))
  const days = column('Số ngày quá hạn luật định').map(Number)
  expect(Math.min(...days)).toBeGreaterThan(90)
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b)
  expect(sorted(days)).toEqual(sorted(expected.map(({ overdue_days: late }) => late)))
  const named = (sheet: unknown, parcel: unknown) => `${String(sheet)}/${String(parcel)}`
  const numbers = column('Số tờ bản đồ').map((sheet, row) => named(sheet, column('Số thửa')[row]))
  expect(numbers.toSorted()).toEqual(
    expected.map(({ sheet, parcel }) => named(sheet, parcel)).toSorted(),
  )

  const total = rows.at(-1) ?? []
  expect(total[0]).toBe(`Cộng số dòng: ${String(expected.length)}`)
  const area = expected.reduce((sum, parcel) => sum + parcel.area, 0)
  expect(Number(total[head.indexOf('Diện tích thu hồi (m²)')])).toBeCloseTo(area, 0)
})
