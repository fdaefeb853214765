/** The officer's list: why it is in this order, whose the land is, what is near. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import { metresBetween } from '../../src/lib/near'
import type { Work, WorkParcel } from '../../src/lib/types'
import { phone, useBrowser } from './harness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo({ parcels: 2000, seed: 1 }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

const work = async (query: string) =>
  ((await (await fetch(`${server.url}/api/v1/work?${query}`)).json()) as Work).parcels
const title = ({ sheet, parcel }: WorkParcel) => `Tờ ${sheet}, thửa ${parcel}`
const cards = (page: Page) => page.locator('main > ul > li')
const titles = async (page: Page, most: number) =>
  (await cards(page).locator('.what > strong').allInnerTexts()).slice(0, most)
const dateOf = (day: number) =>
  new Date(day * 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('/')

it('beside each entry stands the day that put it there, by law or by plan', async () => {
  const { page } = await open('?room=update', phone)
  const list = await work('limit=60')
  await cards(page).first().waitFor()
  expect(await titles(page, 60)).toEqual(list.map(title))
  const first = await cards(page).locator('.why .first').allInnerTexts()
  const due = ({ clock, planned_day: planned }: WorkParcel) =>
    Math.min(clock?.due_day ?? Infinity, planned ?? Infinity)
  for (const [place, parcel] of list.entries()) {
    const isLegal = parcel.clock?.due_day === due(parcel)
    expect(first[place], title(parcel)).toContain(dateOf(due(parcel)))
    expect(first[place]).toMatch(isLegal ? /hạn luật định|kế hoạch/ : /kế hoạch/)
  }
})

it('whose the land is stands in list and sheet, and each look is noted', async () => {
  const { page } = await open('?room=update', phone)
  const [known] = (await work('limit=60&holders=true')).filter(({ holder }) => holder)
  if (!known?.holder) throw new Error('nobody is known')
  const card = cards(page)
    .filter({ hasText: title(known) })
    .filter({ hasText: known.holder.name })
  await card.first().waitFor()
  await card.first().getByRole('button').click()
  const sheet = page.getByRole('dialog', { name: title(known) })
  await sheet.getByText(known.holder.name).waitFor()
  const looks = await fetch(`${server.url}/api/v1/accesses`)
  const { accesses } = (await looks.json()) as { accesses: { parcel: number; what: string }[] }
  expect(accesses).toContainEqual(expect.objectContaining({ parcel: known.id, what: 'list' }))
  // Names are not left in the browser.
  const kept = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.open('matbang')
        request.onsuccess = () => {
          const all = request.result.transaction('lists').objectStore('lists').getAll()
          all.onsuccess = () => {
            resolve(JSON.stringify(all.result))
          }
        }
      }),
  )
  expect(kept).not.toContain(known.holder.name)
})

it('a person is found by name, with all land of theirs and nothing else', async () => {
  const { page } = await open('?room=update', phone)
  const [one] = (await work('limit=60&holders=true')).filter(({ holder }) => holder)
  const name = one?.holder?.name ?? ''
  const answer = await fetch(`${server.url}/api/v1/holders?q=${encodeURIComponent(name)}`)
  const { results } = (await answer.json()) as { results: { id: number }[] }
  await page.getByRole('searchbox').fill(name)
  await page.getByRole('button', { name: /theo tên người sử dụng đất/ }).click()
  await page.getByText(`Đất của người có tên “${name}”`).waitFor()
  await expect.poll(() => cards(page).count()).toBe(results.length)
  await expect.poll(() => cards(page).locator('.holder').allInnerTexts()).toContain(name)
  await page.getByRole('searchbox').fill('Không Có Ai')
  await page.getByRole('button', { name: /theo tên người sử dụng đất/ }).click()
  await page.getByText('Không thấy ai tên “Không Có Ai”').waitFor()
})

it('near me puts the nearest first and says how far they are', async () => {
  const all = await work('limit=2000')
  const [target] = all.filter(({ point }) => point).slice(300)
  if (!target?.point) throw new Error('no place')
  const [longitude, latitude] = target.point
  const place: BrowserContextOptions = {
    ...phone,
    geolocation: { longitude, latitude },
    permissions: ['geolocation'],
  }
  const { page } = await open('?room=update', place)
  await page.getByRole('button', { name: 'Gần tôi' }).click()
  await page.getByText(/thửa, gần nhất trước/).waitFor()
  const far = ({ point }: WorkParcel) =>
    point ? metresBetween([longitude, latitude], point) : Infinity
  const nearest = all.toSorted((a, b) => far(a) - far(b)).slice(0, 10)
  await expect.poll(() => titles(page, 10)).toEqual(nearest.map(title))
  expect(await cards(page).first().locator('.why').innerText()).toContain('cách 0 m')
  await page.getByRole('button', { name: 'Gần tôi' }).click()
  await page.getByText(/thửa, gấp nhất trước/).waitFor()
})

it('a place that is refused is told plainly, with what to do', async () => {
  const { page } = await open('?room=update', phone)
  await page.getByRole('button', { name: 'Gần tôi' }).click()
  await page.getByText('trình duyệt chưa được phép').waitFor()
  await page.getByText(/thửa, gấp nhất trước/).waitFor()
})
