// Takes the pictures of docs/screens from the real program with the
// illustrative province. `node scripts/screens.mjs [URL [PART]]` takes them from a server that
// already runs, and only those whose name has the part in it; `-` starts a server.
import { mkdir, writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import {
  dress,
  enter,
  folder,
  openPage,
  picture,
  pictureName,
  province,
  rooms,
  sizes,
  still,
  themes,
} from './pictures.mjs'
import { chromiumOptions, serveDemo } from './served.mjs'

const LARGEST = 250_000
const REACH = 0.0022

const answer = async (url, path) => (await fetch(url + path)).json()

/** The blocked parcel with the best mixture around it: cleared, pending, overdue and blocked side by side. */
async function mixedParcel(url, bbox) {
  const { features } = await answer(
    url,
    `/ogc/collections/parcels/items?limit=10000&bbox=${bbox.join(',')}`,
  )
  const parcels = features.map(({ id, geometry, properties }) => {
    const [lng, lat] = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2)[0]
    return { id, lng, lat, ...properties }
  })
  const kinds = ['cleared', 'blocked', 'overdue', 'late']
  const score = (one) => {
    const near = parcels.filter(
      (other) => Math.hypot(other.lng - one.lng, other.lat - one.lat) < REACH,
    )
    const counts = kinds.map((kind) => near.filter((other) => other[kind]).length)
    return Math.min(...counts, near.filter((other) => !other.cleared).length)
  }
  const candidates = parcels.filter(({ blocked, overdue }) => blocked && overdue)
  return candidates.sort((a, b) => score(b) - score(a) || a.id - b.id)[0]
}

/** What is shown beside the rooms themselves: a name and the address that leads there. */
async function scenes(url) {
  const catalog = await answer(url, '/api/v1/catalog')
  const project = (code) => catalog.projects.find((one) => one.code === code)
  const park = await mixedParcel(url, project('DA09').bbox)
  const view = (zoom, { lng, lat }) => `v=${zoom}/${lat.toFixed(5)}/${lng.toFixed(5)}`
  const [west, south, east, north] = project('DA01').bbox
  const { parcels: work } = await answer(url, '/api/v1/work?limit=1')
  const [todo] = work
  const road = { lng: (west + east) / 2, lat: (south + north) / 2 }
  return {
    project: 'sel=project:DA01',
    road: `${view(13.6, road)}`,
    parcels: view(16.2, park),
    'parcels-dark': `${view(16.2, park)}&theme=dark`,
    parcel: `sel=parcel:${park.id}`,
    entry: `room=update&sel=parcel:${todo.id}`,
    compare: 'compare=2026-01-01',
    holders: 'measure=holders',
  }
}

async function keep(page, name) {
  const bytes = await picture(page)
  await writeFile(`${folder}${name}.png`, bytes)
  console.log(`${name}.png ${Math.round(bytes.length / 1000)} kB`)
  if (bytes.length > LARGEST) throw new Error(`${name}.png is larger than ${LARGEST} bytes`)
}

async function takeRoom(browser, url, room, size) {
  const page = await openPage(browser, size)
  await enter(page, url, room, size)
  for (const theme of themes) {
    await dress(page, theme)
    await still(page, rooms[room].mapped.includes(size))
    await keep(page, pictureName(room, theme, size))
  }
  await page.context().close()
}

async function takeScene(browser, url, name, query, size) {
  const page = await openPage(browser, size)
  await page.goto(`${url}/?${query}`)
  const mapped = !query.includes('room=update')
  if (!mapped) await page.getByRole('dialog').getByText('Lịch sử').waitFor()
  await still(page, mapped)
  // As a reader of the sheet would.
  if (query.startsWith('sel=')) await page.getByRole('button', { name: 'Phóng tới' }).click()
  await still(page, mapped)
  await keep(page, `${name}-${size}`)
  await page.context().close()
}

/** What an officer sees without a network, and when it is there again. */
async function offline(browser, url) {
  const page = await openPage(browser, 'phone')
  await page.goto(`${url}/?room=update`)
  const entry = page.locator('main li button').nth(1)
  await entry.waitFor()
  await page.context().setOffline(true)
  await entry.tap()
  await page.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await keep(page, 'offline-phone')
  await page.context().setOffline(false)
  await page.getByText('1 ghi chép chờ gửi').waitFor({ state: 'detached' })
  await keep(page, 'online-again-phone')
  await page.context().close()
}

/** The pictures by name, those that change the store last. */
async function albums(browser, url) {
  const all = []
  for (const room of Object.keys(rooms))
    for (const size of Object.keys(sizes))
      all.push([`${room}-${size} ${room}-dark-${size}`, () => takeRoom(browser, url, room, size)])
  for (const [name, query] of Object.entries(await scenes(url)))
    for (const size of ['desktop', 'phone'])
      all.push([`${name}-${size}`, () => takeScene(browser, url, name, query, size)])
  all.push(['offline-phone online-again-phone', () => offline(browser, url)])
  return all
}

const [, , running = '-', part = ''] = process.argv
const server =
  running === '-' ? await serveDemo(province) : { url: running, stop: () => Promise.resolve() }
const browser = await chromium.launch(chromiumOptions)
try {
  await mkdir(folder, { recursive: true })
  for (const [names, take] of await albums(browser, server.url))
    if (names.includes(part)) await take()
} finally {
  await browser.close()
  await server.stop()
}
