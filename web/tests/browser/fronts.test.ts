/** Where one can build, in a form that can be acted on. */
import { expect, it } from 'vitest'
import { answer, useBrowser, whole } from './harness'
import type { Fronts } from '../../src/lib/types'

const { open } = useBrowser().drawing

it('the number of parcels is chosen, each is named with its place, and the stretch is shown', async () => {
  const fronts = await answer<Fronts>('/api/v1/fronts?project=DA01')
  if (fronts.kind !== 'linear') throw new Error('DA01 is a road')
  const two = fronts.best.find(({ clear }) => clear === 2)
  if (!two) throw new Error('nothing to clear')
  const { page } = await open('?sel=project:DA01')
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByLabel('Nếu gỡ được nhiều nhất').selectOption('2')
  await sheet.getByText(`+${whole(two.gain_m)} m`).waitFor()
  for (const { id, sheet: number, parcel } of two.parcels) {
    await sheet
      .getByRole('button', { name: `tờ ${number} thửa ${parcel}` })
      .first()
      .waitFor()
    const place = fronts.stretches.find(({ parcels }) => parcels.some((one) => one.id === id))
    await sheet
      .getByText(`${String(place?.from)} – ${String(place?.to)}`)
      .first()
      .waitFor()
  }
  await sheet.getByRole('button', { name: 'Xem đoạn được mở' }).click()
  await page.waitForFunction(() =>
    Boolean(window.__matbang?.map.queryRenderedFeatures({ layers: ['stretch'] }).length),
  )
  expect(await sheet.innerText()).toContain('Đơn vị thực hiện: ')
})
