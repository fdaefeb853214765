import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, ParcelRecord, Work, WorkParcel } from '../../src/lib/types'
import { goOffline, phone, upToApproval, useBrowser } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 2000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

async function asked<T>(path: string): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as T
}
const todo = async () =>
  upToApproval(
    (await asked<Work>('work?limit=500')).parcels.filter(({ blockers }) => !blockers.length),
    await asked<Catalog>('catalog'),
  )
const eventsOf = async (id: number) =>
  (await asked<ParcelRecord>(`parcels/${String(id)}/record`)).events

/** The form of a parcel, opened from the list. */
async function formOf(page: Page, { sheet, parcel, project }: WorkParcel) {
  const found = page.waitForResponse((answer) => answer.url().includes('/api/v1/work?q='))
  await page.getByLabel('Số tờ, số thửa, dự án').fill(`${sheet} ${parcel} ${project}`)
  await found
  await page
    .getByRole('button', { name: `Tờ ${sheet}, thửa ${parcel}` })
    .first()
    .click()
  return page.getByRole('dialog', { name: `Tờ ${sheet}` })
}

async function target(place: number): Promise<WorkParcel & { act: string }> {
  const found = (await todo())[place]
  if (!found) throw new Error('nothing to do')
  return found
}

it('nothing that a person must choose is chosen for them: the form asks, at the field', async () => {
  const { page } = await open('?room=update', phone)
  const one = await target(0)
  const before = (await eventsOf(one.id)).length
  const form = await formOf(page, one)
  await form.getByLabel('Nội dung').selectOption('blocker_opened')
  const blocker = form.getByLabel('Vướng mắc')
  expect(await blocker.inputValue()).toBe('')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await form.getByText('Hãy chọn vướng mắc.').waitFor()
  expect(await blocker.getAttribute('aria-invalid')).toBe('true')
  await expect.poll(() => blocker.evaluate((field) => field === document.activeElement)).toBe(true)
  expect(await eventsOf(one.id)).toHaveLength(before)
  await blocker.selectOption('graves')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  expect((await eventsOf(one.id)).at(-1)?.what).toMatchObject({ blocker: 'graves' })
})

/** The colour of the message at a field, and what the page has for trouble. */
const red = (page: Page, message: string) =>
  page.getByText(message).evaluate((one) => {
    const probe = document.body.appendChild(document.createElement('i'))
    probe.style.color = 'var(--late)'
    const late = getComputedStyle(probe).color
    probe.remove()
    return [getComputedStyle(one).color, late, getComputedStyle(document.body).color]
  })

it('where the law goes several ways none is chosen for a person; without one the form refuses, in red', async () => {
  const { page } = await open('?room=update', phone)
  const one = await target(8)
  const before = (await eventsOf(one.id)).length
  // Nothing follows by itself any more: what comes is one of several branches.
  await page.route('**/api/v1/work*', async (route) => {
    const work = (await (await route.fetch()).json()) as Work
    const parcels = work.parcels.map((parcel) =>
      parcel.id === one.id ? { ...parcel, next: [], clock: null } : parcel,
    )
    await route.fulfill({ json: { ...work, parcels } })
  })
  await page.reload()
  const form = await formOf(page, one)
  const what = form.getByLabel('Nội dung')
  expect(await what.inputValue()).toBe('')
  for (const branch of ['Quyết định kiểm đếm bắt buộc', 'Quyết định cưỡng chế thu hồi đất'])
    expect(await what.locator('option', { hasText: branch }).count(), branch).toBe(1)
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await form.getByText('Hãy chọn nội dung cần ghi.').waitFor()
  expect(await what.getAttribute('aria-invalid')).toBe('true')
  const [colour, late, ink] = await red(page, 'Hãy chọn nội dung cần ghi.')
  expect(colour).toBe(late)
  expect(colour).not.toBe(ink)
  expect(await eventsOf(one.id)).toHaveLength(before)

  // What an act may say of its branch is not said for anybody either.
  await what.selectOption('act:mandatory_inventory')
  expect(await form.getByLabel('Người ký').inputValue()).toBe('')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  const written = (await eventsOf(one.id)).at(-1)?.what
  expect(written).toMatchObject({ kind: 'step_taken', step: 'mandatory_inventory' })
  expect(JSON.stringify(written)).not.toContain('signer')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

it('what the server refuses is red at its field; the form stays, and nothing says it was saved', async () => {
  const visit = await open('?room=update', phone)
  const { page } = visit
  const one = await target(1)
  const form = await formOf(page, one)
  await form.getByLabel('Nội dung').selectOption('money_paid')
  await form.getByLabel('Số tiền (đồng)').fill('12 con trâu')
  await form.getByLabel('Ghi chú').fill('theo biên bản')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await form.getByText('“Số tiền” không phải là số').waitFor()
  expect(await form.getByLabel('Số tiền (đồng)').getAttribute('aria-invalid')).toBe('true')
  expect(await form.getByLabel('Ghi chú').inputValue()).toBe('theo biên bản')
  expect(await page.getByText('sẽ gửi khi có mạng').count()).toBe(0)
  await form.getByLabel('Ngày', { exact: true }).fill('31/02/2026')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await form.getByText('Không phải là ngày; viết như 24/11/2026.').waitFor()
  await form.getByLabel('Ngày', { exact: true }).fill('20/11/2026')
  await form.getByLabel('Số tiền (đồng)').fill('1,5 triệu')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  expect((await eventsOf(one.id)).at(-1)).toMatchObject({
    date: '2026-11-20',
    note: 'theo biên bản',
    what: { kind: 'money_paid', amount: 1_500_000 },
  })
  // The browser itself tells of the refusal.
  expect(visit.trouble.splice(0).every((line) => line.includes('422'))).toBe(true)
})

it('a draft survives Back, a reload and another room, and goes when it is recorded', async () => {
  const { page } = await open('?room=update', phone)
  const one = await target(2)
  let form = await formOf(page, one)
  await form.getByLabel('Số văn bản').fill('77/BB')
  await page.goBack()
  await page.getByText('1 bản đang ghi dở').waitFor()
  form = await formOf(page, one)
  expect(await form.getByLabel('Số văn bản').inputValue()).toBe('77/BB')
  await form.getByLabel('Ghi chú').fill('chờ chữ ký')
  await page.waitForFunction(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const asking = indexedDB.open('matbang')
      asking.onsuccess = () => {
        resolve(asking.result)
      }
    })
    const kept = await new Promise<{ typed?: { note: string } }[]>((resolve) => {
      const asking = database.transaction('entries').objectStore('entries').getAll()
      asking.onsuccess = () => {
        resolve(asking.result as { typed?: { note: string } }[])
      }
    })
    database.close()
    return kept.some(({ typed }) => typed?.note === 'chờ chữ ký')
  })
  await page.reload()
  await form.getByLabel('Ghi chú').waitFor()
  expect(await form.getByLabel('Ghi chú').inputValue()).toBe('chờ chữ ký')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Bản đồ', exact: true }).first().tap()
  await page.getByRole('button', { name: 'Cập nhật' }).first().tap()
  await page.getByRole('button', { name: 'Ghi tiếp' }).tap()
  expect(await form.getByLabel('Số văn bản').inputValue()).toBe('77/BB')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  await page.getByText('bản đang ghi dở').waitFor({ state: 'detached' })
  expect((await eventsOf(one.id)).at(-1)).toMatchObject({ document: '77/BB', note: 'chờ chữ ký' })
})

it('an entry that waits can be edited, tried again, dropped and taken back', async () => {
  const visit = await open('?room=update', phone)
  const { page } = visit
  const one = await target(3)
  const form = await formOf(page, one)
  await form.getByLabel('Số văn bản').fill('1/BB')
  await goOffline(page)
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.getByRole('button', { name: 'Bỏ', exact: true }).tap()
  await page.getByText('ghi chép chờ gửi').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Hoàn tác' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.getByRole('button', { name: 'Sửa', exact: true }).tap()
  expect(await form.getByLabel('Số văn bản').inputValue()).toBe('1/BB')
  await form.getByLabel('Số văn bản').fill('2/BB')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.context().setOffline(false)
  await page.getByText('ghi chép chờ gửi').waitFor({ state: 'detached' })
  await expect
    .poll(async () => (await eventsOf(one.id)).map(({ document }) => document))
    .toContain('2/BB')
  expect((await eventsOf(one.id)).map(({ document }) => document)).not.toContain('1/BB')
  visit.trouble.splice(0)
})

it('who has changed the parcel meanwhile is told with what and when, before anything is recorded', async () => {
  const visit = await open('?room=update', phone)
  const { page } = visit
  const one = await target(4)
  const form = await formOf(page, one)
  await form.getByLabel('Ghi chú').fill('đã xem')
  const event = { parcel: one.id, kind: 'blocker_opened', blocker: 'graves', date: '2026-11-20' }
  const body = JSON.stringify(event)
  await fetch(`${server.url}/api/v1/events`, { method: 'POST', body })
  const position = (await eventsOf(one.id)).at(-1)?.position
  await form.getByText('Thửa đã thay đổi trong lúc đó').waitFor()
  await form.getByText(`(#${String(position)})`).waitFor()
  await form.getByText(/local đã ghi “Phát sinh vướng mắc: /).waitFor()
  expect(await form.getByLabel('Ghi chú').inputValue()).toBe('đã xem')
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await form.getByRole('button', { name: 'Vẫn ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  expect((await eventsOf(one.id)).at(-1)).toMatchObject({ note: 'đã xem' })
  visit.trouble.splice(0)
})

it('a photograph is made small, upright, and without where it was taken', async () => {
  const { page } = await open('?room=update', phone)
  const one = await target(5)
  const form = await formOf(page, one)
  // 4000 × 3000 with the orientation "turned right" and a place in its metadata.
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 4000, height: 3000 })
    const pen = canvas.getContext('2d')
    if (!pen) throw new Error('no canvas')
    pen.fillStyle = 'green'
    pen.fillRect(0, 0, 4000, 3000)
    const blob = await new Promise<Blob | null>((drawn) => {
      canvas.toBlob(drawn, 'image/jpeg')
    })
    const plain = [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))]
    const text = (word: string) => [...word].map((letter) => letter.charCodeAt(0))
    const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 2]
    const turned = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    const place = [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]
    const gps = [0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 0x4e, 0, 0, 0, 0, 0, 0, 0]
    const exif = [...text('Exif'), 0, 0, ...tiff, ...turned, ...place, ...gps]
    return [0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...plain.slice(2)]
  })
  let sent: Buffer | null = null
  await page.route('**/api/v1/attachments', async (route) => {
    sent = route.request().postDataBuffer()
    await route.continue()
  })
  const photo = { name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) }
  await form.getByLabel('Ảnh, bản quét').setInputFiles(photo)
  await form.getByText('IMG_1.jpg').waitFor()
  await form.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('Đã ghi sổ').waitFor()
  const small = Buffer.from(sent ?? '')
  expect(small.includes('Exif')).toBe(false)
  const size = await page.evaluate(
    async (data) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data)]))
      return [picture.width, picture.height]
    },
    [...small],
  )
  expect(size).toEqual([1920, 2560])
})

for (const width of [360, 390])
  it(`at ${String(width)} px no field of the form covers another`, async () => {
    const { page } = await open('?room=update', { ...phone, viewport: { width, height: 740 } })
    const one = await target(6)
    const form = await formOf(page, one)
    // Choices that between them ask for every kind of field.
    const choices = ['money_paid', 'planned_date_changed', 'act:recovery_decided', 'act:consulted']
    for (const value of choices) {
      await form.getByLabel('Nội dung').selectOption(value)
      const covered = await form.evaluate((dialog) => {
        const controls = [
          ...dialog.querySelectorAll('form :is(input:not([type=file]), select, button, label)'),
        ].filter((one) => one.getClientRects().length)
        const boxes = controls.map((one) => one.getBoundingClientRect())
        const meets = (a: DOMRect, b: DOMRect) =>
          a.left < b.right - 1 &&
          b.left < a.right - 1 &&
          a.top < b.bottom - 1 &&
          b.top < a.bottom - 1
        const found: string[] = []
        controls.forEach((a, i) => {
          controls.slice(i + 1).forEach((b, j) => {
            const [first, second] = [boxes[i], boxes[i + 1 + j]]
            if (a.contains(b) || !first || !second) return
            if (meets(first, second)) found.push(`${a.outerHTML} ${b.outerHTML}`)
          })
        })
        if (boxes.some(({ left, right }) => left < 0 || right > innerWidth)) found.push('outside')
        return found
      })
      expect(covered, value).toEqual([])
    }
  })

it('a date is picked with the keyboard, in the language of the page, not beyond its last day', async () => {
  const { page } = await open('?room=update&lang=vi')
  const one = await target(7)
  const form = await formOf(page, one)
  const date = form.getByLabel('Ngày', { exact: true })
  await date.fill('05/03/2026')
  await form.getByRole('button', { name: 'Chọn trên lịch: Ngày', exact: true }).click()
  const calendar = page.getByRole('dialog', { name: 'Chọn trên lịch: Ngày' })
  await calendar.getByText('Tháng 3/2026').waitFor()
  await calendar.getByRole('button', { name: 'Thứ Năm, 05/03/2026' }).waitFor()
  const box = await calendar.getByRole('button', { name: 'Thứ Năm, 05/03/2026' }).boundingBox()
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(43.5)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('PageUp')
  await page.keyboard.press('Enter')
  await calendar.waitFor({ state: 'detached' })
  expect(await date.inputValue()).toBe('11/02/2026')
  // Still in the form: the calendar alone was closed.
  await form.getByRole('button', { name: 'Chọn trên lịch: Ngày', exact: true }).click()
  await page.keyboard.press('Escape')
  await calendar.waitFor({ state: 'detached' })
  await date.fill('')
  await form.getByRole('button', { name: 'Chọn trên lịch: Ngày', exact: true }).click()
  const { today } = await asked<Catalog>('catalog')
  const tomorrow = new Date((today + 1) * 86_400_000).toISOString().slice(0, 10)
  const name = new RegExp(tomorrow.split('-').reverse().join('/'))
  if (await calendar.getByRole('button', { name }).count())
    expect(await calendar.getByRole('button', { name }).isDisabled()).toBe(true)
  expect(await page.locator('input[type=date]').count()).toBe(0)
})
