// How long a planner waits with many parcels in view: `node scripts/measure.mjs STORE [zoom/lat/lng]`.
// Starts the program on the store, opens the map in Chromium with nothing cached, and prints
// milliseconds until the map has drawn all of it: at first, after the date moved a month,
// after a stage was chosen. Each is the middle of ROUNDS rounds, five if not set.
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
  let seen = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.goto(`${server.url}/?v=${view}`)
    await page.waitForFunction(() => window.__matbang?.map.loaded())
    times.first.push(await untilIdle(page, 0))
    seen = await page.evaluate(() => {
      const features = window.__matbang.map.queryRenderedFeatures({ layers: ['parcel-fill'] })
      return new Set(features.map(({ id }) => id)).size
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
  console.log(`${seen} parcels in view, 1440 × 900, nothing cached, median of ${ROUNDS}`)
  for (const [name, all] of Object.entries(times)) console.log(`  ${name}: ${middle(all)} ms`)
} finally {
  await browser.close()
  await server.stop()
}
