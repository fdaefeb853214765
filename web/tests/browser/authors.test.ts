import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveDemo } from '../../scripts/served.mjs'
import type { Catalog, ParcelRecord, Work } from '../../src/lib/types'
import { goOffline, upToApproval, useBrowser } from './harness'

const PASSWORD = 'mat-khau-thu-nghiem'
const an = { name: 'an.nguyen', fullName: 'Nguyễn Văn An' }
const binh = { name: 'binh.tran', fullName: 'Trần Thị Bình' }

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  const accounts = [an, binh].map((one) => ({ ...one, role: 'officer', password: PASSWORD }))
  Object.assign(server, await serveDemo({ parcels: 2000, seed: 1, accounts }))
})
afterAll(async () => {
  await server.stop()
})
const { open } = useBrowser(server)

async function signIn(page: Page, { name }: { name: string }): Promise<void> {
  await page.getByLabel('Tên đăng nhập').fill(name)
  await page.getByLabel('Mật khẩu').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
  await page.getByRole('button', { name: 'Cập nhật' }).first().click()
  await page.getByRole('heading', { name: 'Cập nhật' }).waitFor()
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Bản đồ', exact: true }).first().click()
  await page.getByRole('button', { name: /Đăng xuất/ }).click()
  await page.getByLabel('Tên đăng nhập').waitFor()
}

/** The server's answer to who is signed in on the page. */
const ask = <T>(page: Page, path: string): Promise<T> =>
  page.evaluate(async (asked) => (await (await fetch(asked)).json()) as T, path)

const todo = async (page: Page) =>
  upToApproval(
    (await ask<Work>(page, '/api/v1/work?limit=100')).parcels,
    await ask<Catalog>(page, '/api/v1/catalog'),
  )

const lastEvent = async (page: Page, id: number) =>
  (await ask<ParcelRecord>(page, `/api/v1/parcels/${String(id)}/record`)).events.at(-1)

/** What the browser keeps: lists of parcels, answers of the server, texts. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const answers: string[] = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const { url } of await cache.keys())
        if (new URL(url).pathname.startsWith('/api/'))
          answers.push((await (await cache.match(url))?.text()) ?? '')
    }
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open('matbang')
      asked.onsuccess = () => {
        resolve(asked.result)
      }
      asked.onerror = () => {
        reject(new Error('no database'))
      }
    })
    const count = (store: string) =>
      new Promise<number>((resolve) => {
        const asked = database.transaction(store).objectStore(store).count()
        asked.onsuccess = () => {
          resolve(asked.result)
        }
      })
    const found = { lists: await count('lists'), entries: await count('entries') }
    database.close()
    return { ...found, answers, texts: localStorage.length + sessionStorage.length }
  })

it('what was entered without a network is recorded as who entered it, whoever signs in next', async () => {
  const visit = await open('?room=update')
  const { page } = visit
  await signIn(page, an)
  const [target] = await todo(page)
  if (!target) throw new Error('nothing to do')
  const before = await lastEvent(page, target.id)
  await page.waitForFunction(async () => {
    const cache = await caches.open('matbang-shell-1')
    return (await cache.keys()).some(({ url }) => url.endsWith('/api/v1/catalog'))
  })
  await page.route('**/api/v1/events', (route) => route.abort())
  const card = { name: `Tờ ${target.sheet}, thửa ${target.parcel}` }
  await page.getByRole('button', card).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi sổ' }).click()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  // The list, and what the law said of the parcel if that had arrived.
  const here = await kept(page)
  expect(here.entries).toBe(1)
  expect(here.lists).toBeGreaterThan(0)

  await signOut(page)
  const left = await kept(page)
  expect(left).toMatchObject({ lists: 0, entries: 1, texts: 0 })
  // The worker may keep that nobody is signed in; of the land nothing is left.
  for (const answer of left.answers) expect(answer).toContain('"signed_in":false')

  await page.unroute('**/api/v1/events')
  await signIn(page, binh)
  const waiting = page.getByRole('region', { name: 'Ghi chép chờ gửi' })
  await waiting.getByText('1 mục của Nguyễn Văn An đang chờ người đó đăng nhập').waitFor()
  expect(await waiting.getByRole('button').count()).toBe(0)
  expect(await waiting.textContent()).not.toContain(target.parcel)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  // The server would not take it from somebody else either.
  const status = await page.evaluate(async (parcel) => {
    const { csrf } = (await (await fetch('/api/v1/session')).json()) as { csrf: string }
    const event = { parcel, kind: 'parcel_withdrawn', date: '2026-06-30', author: 'an.nguyen' }
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf }
    const body = JSON.stringify(event)
    return (await fetch('/api/v1/events', { method: 'POST', headers, body })).status
  }, target.id)
  expect(status).toBe(409)
  expect(await lastEvent(page, target.id)).toEqual(before)

  await signOut(page)
  await signIn(page, an)
  await expect
    .poll(() => lastEvent(page, target.id))
    .toMatchObject({ author: an.name, what: { stage: target.act } })
  await expect.poll(async () => (await kept(page)).entries).toBe(0)
  // Requests that were refused or failed are what is tested here.
  visit.trouble.splice(0)
})

it('an entry of which nobody knows whose it is waits until somebody says so', async () => {
  const visit = await open('?room=update')
  const { page } = visit
  await signIn(page, an)
  const target = (await todo(page))[3]
  if (!target) throw new Error('nothing to do')
  const { id, sheet, parcel, project, version, act } = target
  const date = await page.evaluate(() => new Date().toISOString().slice(0, 10))
  const event = { parcel: id, version, kind: 'stage_reached', stage: act, date }
  const old = {
    id: 'an-entry-of-an-older-version',
    made: 0,
    parcel: { id, sheet, parcel, project },
    event,
    photos: [],
    state: 'waiting',
    errors: [],
    conflict: null,
  }
  await page.evaluate(async (entry) => {
    await new Promise((resolve) => {
      const asked = indexedDB.open('matbang')
      asked.onsuccess = () => {
        asked.result.transaction('entries', 'readwrite').objectStore('entries').put(entry)
        asked.result.close()
        resolve(null)
      }
    })
  }, old)
  await page.reload()
  await page.getByText('1 mục ghi trên máy này từ trước').waitFor()
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  expect((await lastEvent(page, id))?.author).not.toBe(an.name)
  await page.getByRole('button', { name: 'Tôi ghi, gửi đi' }).click()
  await expect
    .poll(() => lastEvent(page, id))
    .toMatchObject({ author: an.name, what: { stage: act } })
  visit.trouble.splice(0)
})

it('who signs out without a network has left as soon as there is one again', async () => {
  const visit = await open('?room=update')
  const { page } = visit
  await signIn(page, an)
  await page.getByRole('button', { name: 'Bản đồ', exact: true }).first().click()
  const leave = page.getByRole('button', { name: /Đăng xuất/ })
  await leave.waitFor()
  await goOffline(page)
  await leave.click()
  await page.getByRole('button', { name: 'Thử lại' }).waitFor()
  expect(await kept(page)).toMatchObject({ lists: 0, answers: [] })
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Thử lại' }).click()
  await page.getByLabel('Tên đăng nhập').waitFor()
  expect(await ask(page, '/api/v1/session')).toMatchObject({ signed_in: false })
  visit.trouble.splice(0)
})
