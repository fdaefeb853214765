/** What somebody wrote into a file so that a spreadsheet would run it is a text in what is taken away. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import { useBrowser } from './harness'
import { samples, serveNew } from './newstore'
import { cells } from './workbook'

/** Names of projects that a spreadsheet would take for formulas. */
const names = ['=1+1', '+84 912', '-2+3', '@SUM(A1)', '=HYPERLINK("http://x","y")']

const folder = mkdtempSync(join(tmpdir(), 'matbang-harmless-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Drawn {
  features: { properties: Record<string, unknown>; geometry: unknown }[]
}
const sample = (file: string) => JSON.parse(readFileSync(join(samples, file), 'utf8')) as Drawn

const server = serveNew((run) => {
  const [project] = sample('2-projects.geojson').features
  const parcels = sample('3-parcels.geojson').features
  const code = (place: number) => `DA${String(place)}`
  const files = {
    projects: names.map((name, place) => ({
      ...project,
      type: 'Feature',
      properties: { ...project?.properties, code: code(place), name },
    })),
    parcels: names.map((_, place) => ({
      ...parcels[place],
      properties: { ...parcels[place]?.properties, project: code(place) },
    })),
  }
  run(['import', 'units', join(samples, '1-units.csv')])
  for (const [kind, features] of Object.entries(files)) {
    const file = join(folder, `${kind}.geojson`)
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }))
    run(['import', kind, file])
  }
})
const { open } = useBrowser(server)

/** The table as somebody takes it away who reads it in a spreadsheet. */
async function taken(page: Page, name: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Tải số liệu về' })
  const link = dialog.getByRole('link', { name, exact: true }).first()
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  const file = join(folder, download.suggestedFilename())
  await download.saveAs(file)
  return file
}

it('texts that would run as formulas are harmless in Excel and in CSV for people', async () => {
  const { page } = await open('?room=data')
  await page
    .getByText(`${String(names.length)} thửa`)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Tải về' }).click()
  const { rows, formulas } = cells(await taken(page, 'Excel (XLSX)'))
  const head = rows.findIndex((row) => row.includes('Tên dự án'))
  const column = rows[head]?.indexOf('Tên dự án') ?? -1
  const told = rows.slice(head + 1, -1).map((row) => row[column])
  // Each stands in a cell that is a text, as it was written; the sheet has no formula at all.
  expect(told.toSorted()).toEqual(names.toSorted())
  expect(formulas).toEqual([])
  // Text alone has no kinds of cells: there a sign in front says that it is a text.
  const csv = readFileSync(await taken(page, 'CSV'), 'utf8')
  for (const name of names)
    expect(csv.includes(`'${name}`) || csv.includes(`'${name.replaceAll('"', '""')}`)).toBe(true)
  expect(csv).not.toMatch(/(^|[;,])"?[=+@]/m)
})
