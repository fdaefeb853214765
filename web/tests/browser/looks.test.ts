/** Every room at a desk, on a wall and on a phone, by day and by night: as pictured, nothing sticks out, nothing is unreadable. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  dress,
  pictureName,
  province,
  rooms,
  still,
  themes,
  type PicturedRoom,
  type Size,
} from '../../scripts/pictures.mjs'
import { serveDemo } from '../../scripts/served.mjs'
import { contrast } from '../unit/vision'
import { useBrowser } from './harness'
import { unlike } from './likeness'

const server = { url: '', stop: () => Promise.resolve() }
beforeAll(async () => {
  Object.assign(server, await serveDemo(province))
})
afterAll(() => server.stop())
const { pictured } = useBrowser(server)

/** What of the page's own controls lies outside the window, without a scroller that would bring it in. */
const outside = (page: Page) =>
  page.evaluate(() => {
    const scrolls = (element: Element | null): boolean => {
      if (!element || element === document.documentElement) return false
      const { overflowX, overflowY } = getComputedStyle(element)
      const moves = [overflowX, overflowY].some((value) => value === 'auto' || value === 'scroll')
      return moves || scrolls(element.parentElement)
    }
    const controls = [...document.querySelectorAll('button, a, input:not([hidden]), select, h1')]
    return controls.flatMap((element) => {
      const { left, right, top, bottom, width, height } = element.getBoundingClientRect()
      const shown = width > 1 && height > 1 && getComputedStyle(element).visibility !== 'hidden'
      const inside = left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1
      if (!shown || inside || scrolls(element.parentElement)) return []
      return [`${element.tagName} ${element.textContent.trim() || (element.ariaLabel ?? '')}`]
    })
  })

/** The colour of text and of the ground under it, as #rrggbb. */
const colours = (page: Page) =>
  page.evaluate(() => {
    const hex = (text: string) =>
      `#${[...text.matchAll(/\d+/g)]
        .slice(0, 3)
        .map(([part]) => Number(part).toString(16).padStart(2, '0'))
        .join('')}`
    const main = document.querySelector('main')
    const ground = document.querySelector('.card, header, article') ?? document.body
    let under: Element | null = ground
    while (under && getComputedStyle(under).backgroundColor === 'rgba(0, 0, 0, 0)')
      under = under.parentElement
    return {
      ink: hex(getComputedStyle(main ?? document.body).color),
      ground: hex(getComputedStyle(under ?? document.body).backgroundColor),
    }
  })

const sizes: Size[] = ['desktop', 'wall', 'phone']

for (const room of Object.keys(rooms) as PicturedRoom[])
  for (const size of sizes)
    it(`the room ${room} on a ${size} is as pictured and holds together`, async () => {
      const { page } = await pictured(room, size)
      for (const theme of themes) {
        await dress(page, theme)
        await still(page, rooms[room].mapped.includes(size))
        expect(await unlike(pictureName(room, theme, size), await page.screenshot())).toBeNull()
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(wide, theme).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
        expect(await outside(page), theme).toEqual([])
        const { ink, ground } = await colours(page)
        expect(contrast(ink, ground), theme).toBeGreaterThanOrEqual(4.5)
      }
    })
