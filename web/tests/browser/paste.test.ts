/** A table as spreadsheets give it: pasted, or kept as text in one of their encodings. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Catalog, TablePreview, Work } from '../../src/lib/types'
import { answer, upToApproval, useBrowser } from './harness'

const { open } = useBrowser()

const headings = ['Dự án', 'Xã', 'Số tờ', 'Số thửa', 'Bước', 'Ngày']

/** A name without the word for what kind of unit it is. */
const short = (name: string) => name.replace(/^(Xã|Phường|Thị trấn|Thị xã|Huyện|Thành phố) /, '')

/** A parcel with an act that may come, in a commune "Xã …" whose name no other unit has or had. */
async function sample() {
  const catalog = await answer<Catalog>('/api/v1/catalog')
  const { parcels } = await answer<Work>('/api/v1/work?limit=500')
  const communes = new Map(catalog.units.map(({ code, name }) => [code, name]))
  const names = catalog.units.map(({ name }) => short(name))
  const isClear = (name: string) =>
    name.startsWith('Xã ') && names.filter((one) => one === short(name)).length === 1
  const parcel = upToApproval(parcels, catalog).find(
    ({ unit, blockers }) => isClear(communes.get(unit) ?? '') && !blockers.length,
  )
  const project = catalog.projects.find(({ code }) => code === parcel?.project)?.name
  const act = catalog.stages.find(({ code }) => code === parcel?.act)?.name.vi
  if (!parcel || !project || !act) throw new Error('nothing to record')
  const [year, month, day] = new Date(catalog.today * 86_400_000)
    .toISOString()
    .slice(0, 10)
    .split('-')
  const [date, commune] = [[day, month, year].join('/'), communes.get(parcel.unit) ?? '']
  return { catalog, parcel, project, act, date, commune }
}
type Sample = Awaited<ReturnType<typeof sample>>

/** One row as people write it: names, not codes. */
const row = ({ parcel, project, act, date, commune }: Sample, own: Record<string, string> = {}) =>
  [project, own.commune ?? commune, parcel.sheet, parcel.parcel, own.act ?? act, date] as string[]
const lines = (rows: string[][], by = '\t') => rows.map((cells) => cells.join(by)).join('\r\n')

async function dialogOf(page: Page) {
  await page.getByRole('button', { name: 'Dán từ bảng tính' }).click()
  return page.getByRole('dialog', { name: 'Dán bảng ghi chép' })
}

/** Gives a table to the app and has it checked; the answer of the server beside what stands there. */
async function check(page: Page, table: string | Buffer) {
  const dialog = await dialogOf(page)
  if (typeof table === 'string') await dialog.getByRole('textbox').fill(table)
  else {
    const file = { name: 'bang.txt', mimeType: 'text/plain', buffer: table }
    await dialog.locator('input[type=file]').setInputFiles(file)
    await dialog.getByText('bang.txt').waitFor()
  }
  const answered = page.waitForResponse((one) => one.url().includes('/events/table?dry_run'))
  await dialog.getByRole('button', { name: 'Kiểm tra' }).click()
  const preview = (await (await answered).json()) as TablePreview
  await dialog.getByText(`Đọc ${String(preview.rows)} dòng`).waitFor()
  return { dialog, preview }
}

/** The table's one row is the parcel and may be recorded. */
async function isGood(page: Page, table: string | Buffer, { parcel, act }: Sample) {
  const { dialog } = await check(page, table)
  await dialog.getByText('Đọc 1 dòng, 0 dòng sai').waitFor()
  const cells = await dialog.locator('tbody td').allInnerTexts()
  expect(cells.slice(1, 3)).toEqual([`${parcel.sheet}/${parcel.parcel}`, act])
  expect(cells.at(-1)).toBe('Hợp lệ')
  expect(await dialog.getByRole('button', { name: 'Ghi sổ tất cả' }).isEnabled()).toBe(true)
}

/** Windows-1258: letters with their sign, tones behind them. */
function inWindows1258(text: string): Buffer {
  const tones = { '\u0300': 0xcc, '\u0301': 0xec, '\u0309': 0xd2, '\u0303': 0xde, '\u0323': 0xf2 }
  const letters = Object.fromEntries(
    [...'ĂÂÊÔƠƯĐăâêôơưđ'].map((letter, place) => [
      letter,
      [0xc3, 0xc2, 0xca, 0xd4, 0xd5, 0xdd, 0xd0, 0xe3, 0xe2, 0xea, 0xf4, 0xf5, 0xfd, 0xf0][place],
    ]),
  )
  // The sign of a letter belongs to it, its tone does not: each letter is put together with its sign alone.
  const signed = text
    .normalize('NFD')
    .replaceAll(/([aeouAEOU])(\u0323?)([\u0302\u0306\u031b])/g, (_, letter, dot, sign) =>
      [`${String(letter)}${String(sign)}`.normalize('NFC'), dot].join(''),
    )
  return Buffer.from(
    [...signed].map((sign) => {
      const byte = tones[sign as keyof typeof tones] ?? letters[sign] ?? sign.charCodeAt(0)
      if (byte > 255) throw new Error(`"${sign}" is not in the encoding`)
      return byte
    }),
  )
}

const cases: [string, (one: Sample) => string | Buffer][] = [
  ['names of projects, communes and steps, dd/mm/yyyy', (one) => lines([headings, row(one)])],
  ['a commune without “Xã”', (one) => lines([headings, row(one, { commune: short(one.commune) })])],
  [
    'the header “Nội dung”',
    (one) => lines([headings.map((name) => (name === 'Bước' ? 'Nội dung' : name)), row(one)]),
  ],
  [
    'lines of title above the header',
    (one) =>
      `ỦY BAN NHÂN DÂN XÃ\r\nBiểu theo dõi giải phóng mặt bằng, tháng 11\r\n\r\n${lines([headings, row(one)])}`,
  ],
  ['a first line sep=;', (one) => `sep=;\r\n${lines([headings, row(one)], ';')}`],
  [
    '“Unicode Text” (UTF-16)',
    (one) => Buffer.from(`\ufeff${lines([headings, row(one)])}\r\n`, 'utf16le'),
  ],
  ['Windows-1258', (one) => inWindows1258(`${lines([headings, row(one)], ';')}\r\n`)],
  ['UTF-8 with its mark', (one) => Buffer.from(`\ufeff${lines([headings, row(one)], ',')}\r\n`)],
]
for (const [name, table] of cases)
  it(`a table is taken with ${name}`, async () => {
    const one = await sample()
    // A comma in a name would want quotes.
    if (one.project.includes(',')) one.project = one.parcel.project
    const { page } = await open('?room=update')
    await isGood(page, table(one), one)
  })

for (const lang of ['vi', 'en'] as const)
  it(`each of the nine steps is known by the name that the app shows (${lang})`, async () => {
    const one = await sample()
    const { stages } = one.catalog
    expect(stages.length).toBe(9)
    const { page } = await open('?room=update')
    const rows = stages.map(({ name }) => row(one, { act: name[lang] }))
    const { dialog, preview } = await check(page, lines([headings, ...rows]))
    expect(preview.preview.map(({ fields }) => fields.stage)).toEqual(
      stages.map(({ code }) => code),
    )
    const shown = await dialog.locator('tbody tr td:nth-child(3)').allInnerTexts()
    expect(shown).toEqual(stages.map(({ name }) => name.vi))
  })

it('what is wrong is told in the language of the page, by the column’s own heading', async () => {
  const one = await sample()
  const visit = await open('?room=update')
  const table = lines([
    headings.map((name) => (name === 'Bước' ? 'Nội dung' : name)),
    row(one, { act: 'làm gì đó' }),
  ])
  const { dialog, preview } = await check(visit.page, table)
  expect(preview.preview[0]?.errors.length).toBeGreaterThan(0)
  const verdict = dialog.locator('tbody td').last()
  expect(await verdict.innerText()).toMatch(/“Nội dung” không hợp lệ/)
  expect(await dialog.getByRole('button', { name: 'Ghi sổ tất cả' }).isDisabled()).toBe(true)
})

it('a file that was chosen by mistake is left out again; what was pasted is still there', async () => {
  const { page } = await open('?room=update')
  const dialog = await dialogOf(page)
  await dialog.getByRole('textbox').fill('Dự án')
  const file = { name: 'sai.csv', mimeType: 'text/csv', buffer: Buffer.from('a;b') }
  await dialog.locator('input[type=file]').setInputFiles(file)
  await dialog.getByRole('textbox').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Bỏ sai.csv' }).click()
  expect(await dialog.getByRole('textbox').inputValue()).toBe('Dự án')
})
