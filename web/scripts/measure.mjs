// How long a planner waits with many parcels in view: `node scripts/measure.mjs STORE [zoom/lat/lng]`.
// Starts the program on the store, opens the map in Chromium with nothing cached, and prints
// milliseconds until the map has drawn all of it: at first, after the date moved a month,
// after a stage was chosen; and what the tiles of the first view took on the wire. Each is the middle of ROUNDS rounds, five if not set.
import { chromium } from 'playwright-core'
import { chromiumOptions, serveStore } from './served.mjs'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const MONTH = 30
const [, , store, view = '13/20.42/105.84'] = process.argv
if (!store) throw new Error('name a store: node scripts/measure.mjs STORE [zoom/lat/lng]')

/** Until the map has nothing more to draw, milliseconds from `begin`. */
const untilIdle = (page, begin) =>
  page.evaluate(async (from) => {
    const { map } = window.__matbang
    await new Promise((done) => {
      map.once('idle', done)
      map.triggerRepaint()
    })
    return performance.now() - from
  }, begin)
const now = (page) => page.evaluate(() => performance.now())
const middle = (all) => Math.round([...all].sort((a, b) => a - b)[Math.floor(all.length / 2)])

const server = await serveStore(store)
const browser = await chromium.launch(chromiumOptions)
try {
  const times = { first: [], slide: [], filter: [] }
  let [seen, bytes] = [0, 0]
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    const sizes = []
    page.on('requestfinished', (request) => {
      if (request.url().includes('/tiles/')) sizes.push(request.sizes())
    })
    await page.goto(`${server.url}/?v=${view}`)
    await page.waitForFunction(() => window.__matbang?.map.loaded())
    times.first.push(await untilIdle(page, 0))
    bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size.responseBodySize, 0)
    // Each parcel, and each patch with the number of its parcels, once.
    seen = await page.evaluate(() => {
      const layers = ['parcel-fill', 'patch-fill']
      const found = window.__matbang.map.queryRenderedFeatures({ layers })
      const each = new Map(
        found.map(({ id, layer, properties }) => [`${layer.id} ${id}`, properties]),
      )
      return [...each.values()].reduce((sum, { parcels }) => sum + Number(parcels ?? 1), 0)
    })
    const slider = page.getByRole('slider', { name: 'Ngày xem số liệu' })
    const day = Number(await slider.inputValue())
    let begin = await now(page)
    await slider.fill(String(day - MONTH))
    times.slide.push(await untilIdle(page, begin))
    await slider.fill(String(day))
    await untilIdle(page, 0)
    begin = await now(page)
    await page
      .getByRole('region', { name: 'Thửa đất theo bước' })
      .getByRole('button')
      .first()
      .click()
    times.filter.push(await untilIdle(page, begin))
    await context.close()
  }
  const kilobytes = Math.round(bytes / 1000)
  console.log(
    `${seen} parcels in view, 1440 × 900, nothing cached, median of ${ROUNDS}; tiles ${kilobytes} kB`,
  )
  for (const [name, all] of Object.entries(times)) console.log(`  ${name}: ${middle(all)} ms`)
} finally {
  await browser.close()
  await server.stop()
}
