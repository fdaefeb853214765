/** What happened before the day on which a parcel was listed, mostly the day of the import, and nobody says so. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Catalog, ParcelDetail } from '../../src/lib/types'
import { phone, useBrowser } from './harness'
import { samples, serveNew } from './newstore'

/** A photograph of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const server = serveNew((run) => {
  for (const [kind, file] of [
    ['units', '1-units.csv'],
    ['projects', '2-projects.geojson'],
    ['parcels', '3-parcels.geojson'],
  ] as const)
    run(['import', kind, join(samples, file)])
})
const { open } = useBrowser(server)
const asked = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as T

it('an officer who records what came before the listing is told what that day is, and what to do', async () => {
  const { today } = await asked<Catalog>('catalog')
  const listed = new Date(today * 86_400_000).toISOString().slice(0, 10)
  const { page } = await open('?room=update&sel=parcel:3', phone)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Nội dung').selectOption('Họp phổ biến trước thông báo')
  await dialog.getByLabel('Ngày', { exact: true }).fill('10/03/2026')
  const shown = listed.split('-').reverse().join('/')
  await dialog.getByText(`Trước ngày ${shown}, ngày thửa được đưa vào dự án.`).waitFor()
  await dialog
    .getByText(/hoàn tác lần nhập rồi nhập lại với “Có hiệu lực từ ngày” sớm hơn/)
    .waitFor()
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText(/Đã ghi sổ, bị đánh dấu/).waitFor()
  const { stages, law } = await asked<ParcelDetail>('parcels/3')
  expect(stages.find(({ stage }) => stage === 'meeting')?.day).toBe(
    Date.parse('2026-03-10') / 86_400_000,
  )
  expect(law.marks).toContainEqual(
    expect.objectContaining({ code: 'P', act: 'meeting', on: '2026-03-10', bound: listed }),
  )
})

it('while a photograph is on its way the officer is told which, and how much of it is there', async () => {
  const { page } = await open('?room=update&sel=parcel:4', phone)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Nội dung').selectOption('blocker_opened')
  await dialog.getByLabel('Vướng mắc').selectOption('graves')
  let pass: () => void = () => {
    throw new Error('nothing is held')
  }
  const held = new Promise<void>((done) => {
    pass = done
  })
  await page.route('**/api/v1/attachments', async (route) => {
    await held
    await route.continue()
  })
  const buffer = Buffer.from(PIXEL, 'base64')
  const photos = ['1.png', '2.png'].map((name) => ({ name, mimeType: 'image/png', buffer }))
  await dialog.getByLabel('Ảnh, bản quét').setInputFiles(photos)
  await dialog.getByText('2.png').waitFor()
  await dialog.getByRole('button', { name: 'Ghi sổ' }).tap()
  await dialog.getByText(/^Đang gửi ảnh 1\/2: \d+,\d\u202f%$/).waitFor()
  pass()
  await page.getByText('Đã ghi sổ').waitFor()
})
