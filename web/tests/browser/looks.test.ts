/** Every room at a desk, on a wall and on a phone, by day and by night: nothing sticks out, nothing is unreadable. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { contrast } from '../unit/vision'
import { useBrowser } from './harness'

const { open } = useBrowser()

const sizes = { desk: [1440, 900], wall: [1920, 1080], phone: [390, 844] } as const
const rooms = ['map', 'present', 'data', 'board', 'update', 'import', 'keep']

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

for (const room of rooms)
  it(`the room ${room} holds together at every size, by day and by night`, async () => {
    const { page } = await open(`?room=${room}`)
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
    for (const [name, [width, height]] of Object.entries(sizes))
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme })
        await page.waitForFunction(
          (theme) => document.documentElement.dataset.theme === theme,
          colorScheme,
        )
        const where = `${name}, ${colorScheme}`
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(wide, where).toBeLessThanOrEqual(width)
        expect(await outside(page), where).toEqual([])
        const { ink, ground } = await colours(page)
        expect(contrast(ink, ground), where).toBeGreaterThanOrEqual(4.5)
      }
  })
