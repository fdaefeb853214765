/** A project that came from a table without shapes: nobody knows where it lies, who is its investor and who clears it. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Catalog, ParcelDetail } from '../../src/lib/types'
import { answer, useBrowser } from './harness'
import { samples, serveNew } from './newstore'

const server = serveNew((run) => {
  run(['import', 'units', join(samples, '1-units.csv')])
  run(['import', 'projects', join(samples, '2-projects.geojson')])
  run(['import', 'parcels', join(samples, '3-parcels.geojson')])
  run(['import', 'projects', join(import.meta.dirname, 'nowhere.csv')])
})
const { open } = useBrowser(server)
const illustration = useBrowser()

it('is found, and what is not known of it is a dash: there is no place to go to', async () => {
  const { projects } = (await (await fetch(`${server.url}/api/v1/catalog`)).json()) as Catalog
  expect(projects.find(({ code }) => code === 'T01')).toMatchObject({
    bbox: null,
    investor: null,
    body: null,
  })
  const { page } = await open()
  await page.getByRole('combobox', { name: 'Tìm dự án' }).fill('Đường thử')
  await page.getByRole('option', { name: 'Đường thử' }).first().waitFor()
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('heading', { name: 'Đường thử' }).waitFor()
  for (const name of ['Chủ đầu tư', 'Đơn vị thực hiện'])
    expect(await sheet.locator(`dt:text-is("${name}") + dd`).innerText()).toBe('–')
  expect(await sheet.getByRole('button', { name: 'Phóng tới' }).count()).toBe(0)
  const told = await sheet.innerText()
  expect(told).not.toContain('null')
  // A share of nothing is none: neither at the head nor beside any measure.
  expect(told.match(/.*%.*/g)).toBeNull()
  expect(await sheet.locator('.share strong').innerText()).toBe('–')
})

it('a parcel that was on no list yet stands nowhere, and has the colour of no stage', async () => {
  const { stage } = await answer<ParcelDetail>('/api/v1/parcels/1234?as_of=2020-01-01')
  expect(stage).toBeNull()
  const { page } = await illustration.open('?sel=parcel:1234&date=2020-01-01')
  const state = page.getByRole('complementary', { name: 'Thửa đất' }).locator('.state')
  await expect.poll(() => state.innerText()).toBe('–')
  expect(await state.locator('.swatch').count()).toBe(0)
})
