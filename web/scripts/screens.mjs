// Takes the pictures of docs/screens from the real program with the
// illustrative province. `node scripts/screens.mjs [URL]` takes them from a
// server that already runs.
import { mkdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { chromiumOptions, serveDemo } from './served.mjs'

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))
const LARGEST = 600_000
const REACH = 0.0022

const sizes = {
  wall: { viewport: { width: 1920, height: 1080 } },
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}

/** What is there once a room has its figures. */
const content = {
  present: 'article h2',
  data: 'tbody td button',
  board: 'tbody tr',
  update: 'main li',
  import: 'main li',
  keep: 'main form',
}

/** The wall shows briefings; everything else is for desks and phones. */
const suits = (size, name) => (size === 'wall') === name.startsWith('present') || size === 'phone'

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

/** What each picture shows: a name and the address that leads there. */
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
    first: '',
    project: 'sel=project:DA01',
    road: `${view(13.6, road)}`,
    parcels: view(16.2, park),
    parcel: `sel=parcel:${park.id}`,
    update: 'room=update',
    entry: `room=update&sel=parcel:${todo.id}`,
    present: 'room=present&slide=1',
    data: 'room=data&group=unit&sort=-area',
    board: 'room=board',
    import: 'room=import',
    keep: 'room=keep',
    compare: 'compare=2026-01-01',
    holders: 'measure=holders',
    'first-dark': 'theme=dark',
    'present-dark': 'room=present&slide=1&theme=dark',
    'data-dark': 'room=data&group=unit&sort=-area&theme=dark',
    'board-dark': 'room=board&theme=dark',
    'import-dark': 'room=import&theme=dark',
    'keep-dark': 'room=keep&theme=dark',
    'update-dark': 'room=update&theme=dark',
    'parcels-dark': `${view(16.2, park)}&theme=dark`,
  }
}

/** Zooms to what is selected, as a reader of the sheet would. */
async function frameSelection(page) {
  const zoom = page.getByRole('button', { name: 'Phóng tới' })
  await zoom.click()
}

async function picture(browser, url, size, name, query) {
  const context = await browser.newContext({
    ...sizes[size],
    locale: 'vi-VN',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(`${url}/?${query}`)
  const room = new URLSearchParams(query).get('room')
  if (room) await page.locator(content[room]).first().waitFor()
  if (room === 'update' && query.includes('sel='))
    await page.getByRole('dialog').getByText('Lịch sử').waitFor()
  const hasMap = !room || room === 'present' || (room === 'data' && size !== 'phone')
  if (!hasMap) {
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
    return keep(page, `${name}-${size}`)
  }
  await page.waitForFunction(() => window.__matbang?.map.loaded())
  if (query.startsWith('sel=')) await frameSelection(page)
  await page.waitForFunction(() => {
    const { map } = window.__matbang
    return map.loaded() && map.areTilesLoaded() && !map.isMoving()
  })
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  // One more frame: the map has what it needs and draws it now.
  await page.evaluate(
    () => new Promise((done) => window.__matbang.map.once('idle', done).triggerRepaint()),
  )
  await keep(page, `${name}-${size}`)
}

async function keep(page, name) {
  const path = `${folder}${name}.png`
  await page.screenshot({ path })
  await page.context().close()
  const { size: bytes } = await stat(path)
  console.log(`${name}.png ${Math.round(bytes / 1000)} kB`)
  if (bytes > LARGEST) throw new Error(`${path} is larger than ${LARGEST} bytes`)
}

/** What an officer sees without a network, and when it is there again. */
async function offline(browser, url) {
  const context = await browser.newContext({ ...sizes.phone, locale: 'vi-VN' })
  const page = await context.newPage()
  await page.goto(`${url}/?room=update`)
  const entry = page.locator('main li button').nth(1)
  await entry.waitFor()
  await context.setOffline(true)
  await entry.tap()
  await page.getByRole('button', { name: 'Ghi sổ' }).tap()
  await page.getByText('1 ghi chép chờ gửi').waitFor()
  await page.screenshot({ path: `${folder}offline-phone.png` })
  await context.setOffline(false)
  await page.getByText('1 ghi chép chờ gửi').waitFor({ state: 'detached' })
  await keep(page, 'online-again-phone')
}

const running = process.argv[2]
const server = running
  ? { url: running, stop: () => Promise.resolve() }
  : await serveDemo({ parcels: 40_000, seed: 1 })
const only = process.argv[3]
const browser = await chromium.launch(chromiumOptions)
try {
  await mkdir(folder, { recursive: true })
  for (const [name, query] of Object.entries(await scenes(server.url)))
    for (const size of Object.keys(sizes))
      if (suits(size, name) && (!only || `${name}-${size}`.includes(only)))
        await picture(browser, server.url, size, name, query)
  if (!only || 'offline'.includes(only)) await offline(browser, server.url)
} finally {
  await browser.close()
  await server.stop()
}
