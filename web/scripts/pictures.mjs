// The seven rooms at three sizes, by day and by night, as they are pictured in docs/screens: taken
// by `screens.mjs`, held against by the browser tests. Both have to open a room in the same way.
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { pictureTime, pictureZone } from './served.mjs'

/** Where the pictures are. */
export const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

/** The province that they show. */
export const province = { parcels: 40_000, seed: 1, time: pictureTime }

export const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  wall: { viewport: { width: 1920, height: 1080 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
}
export const themes = ['light', 'dark']

/** For each room where it is, what is there once it has its figures, and at which sizes it has a map. */
export const rooms = {
  map: { query: '', content: '.panel', mapped: ['desktop', 'wall', 'phone'] },
  present: {
    query: 'room=present&slide=1',
    content: 'article h2',
    mapped: ['desktop', 'wall', 'phone'],
  },
  data: {
    query: 'room=data&group=unit&sort=-area',
    content: 'tbody td button',
    mapped: ['desktop', 'wall'],
  },
  board: { query: 'room=board', content: 'tbody tr', mapped: [] },
  update: { query: 'room=update', content: 'main li', mapped: [] },
  import: { query: 'room=import', content: 'main tbody tr', mapped: [] },
  keep: { query: 'room=keep', content: 'main form', mapped: [] },
}

export const pictureName = (scene, theme, size) =>
  `${scene}${theme === 'dark' ? '-dark' : ''}-${size}`

/** A page on which it is always the time of the pictures. */
export async function openPage(browser, size, options = {}) {
  const context = await browser.newContext({
    ...sizes[size],
    locale: 'vi-VN',
    timezoneId: pictureZone,
    reducedMotion: 'reduce',
    colorScheme: 'light',
    ...options,
  })
  await context.clock.setFixedTime(pictureTime)
  return context.newPage()
}

/** Puts on day or night. */
export async function dress(page, theme) {
  await page.emulateMedia({ colorScheme: theme })
  await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme)
}

/** Until nothing on the page waits for figures and its map, if it has one, has drawn all of them. */
export async function still(page, mapped) {
  const answered = () =>
    page.waitForFunction(() => !document.querySelector('[aria-busy=true]') && document.fonts.ready)
  if (!mapped) return answered()
  const drawn = () =>
    page.waitForFunction(() => {
      const map = window.__matbang?.map
      return map?.loaded() && map.areTilesLoaded() && !map.isMoving()
    })
  await drawn()
  await answered()
  await drawn()
  // One more frame: the map has what it needs and draws it now.
  await page.evaluate(
    () => new Promise((done) => window.__matbang.map.once('idle', done).triggerRepaint()),
  )
}

/** Opens a room and waits until it is as pictured. */
export async function enter(page, url, room, size) {
  const { query, content, mapped } = rooms[room]
  await page.goto(`${url}/?${query}`)
  await page.locator(content).first().waitFor()
  await still(page, mapped.includes(size))
}

/** The page as it is, in few colours: a fifth of the bytes, and nobody sees a difference. */
export async function picture(page) {
  const pixels = await page.screenshot()
  return sharp(pixels).png({ palette: true, dither: 0, effort: 10 }).toBuffer()
}
