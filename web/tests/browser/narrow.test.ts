/** Windows between a phone and a desk: nothing lies over what is to be pressed or read. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { settled, useBrowser } from './harness'

const { visit } = useBrowser().drawing

/** Parts of the map room that lie over each other, and buttons that can't be pressed at their middle. */
const troubles = (page: Page) =>
  page.evaluate(() => {
    const parts = '.panel, aside.sheet, .timeline, [role=toolbar], .bars > [role=group]'
    const boxes = [...document.querySelectorAll(parts)].flatMap((one) => {
      const box = one.getBoundingClientRect()
      const name = one.getAttribute('aria-label') ?? one.className
      return box.width > 0 ? [{ name, box }] : []
    })
    const over = boxes.flatMap(({ name, box }, at) =>
      boxes
        .slice(at + 1)
        .filter(
          ({ box: other }) =>
            box.left < other.right - 1 &&
            other.left < box.right - 1 &&
            box.top < other.bottom - 1 &&
            other.top < box.bottom - 1,
        )
        .map((other) => `${name} / ${other.name}`),
    )
    const outside = boxes
      .filter(({ box }) => box.left < 0 || box.right > innerWidth || box.bottom > innerHeight)
      .map(({ name }) => `${name} leaves the window`)
    const buttons =
      '.bars button:not(.menu *), .bars summary, .panel header button, aside.sheet > .bar button'
    const covered = [...document.querySelectorAll(buttons)].flatMap((button) => {
      const { left, top, width, height } = button.getBoundingClientRect()
      if (width === 0) return []
      const hit = document.elementFromPoint(left + width / 2, top + height / 2)
      return button.contains(hit) ? [] : [`covered: ${button.getAttribute('aria-label') ?? ''}`]
    })
    return [...over, ...outside, ...covered]
  })

const sizes = [
  [900, 600],
  [1024, 768],
  [761, 600],
  [1101, 700],
  [1280, 720],
] as const
for (const [width, height] of sizes)
  it(`at ${String(width)}×${String(height)} no part of the map room lies over another`, async () => {
    const { page } = await visit('', { viewport: { width, height } })
    expect(await troubles(page)).toEqual([])
    // As Back and Forward lead there: the map is not drawn anew.
    await page.evaluate(() => {
      history.pushState(null, '', '?sel=project:DA01')
      dispatchEvent(new PopStateEvent('popstate'))
    })
    const sheet = page.getByRole('complementary', { name: 'Dự án' })
    await sheet.waitFor()
    await settled(page)
    expect(await troubles(page)).toEqual([])
    // The filter is there again once the sheet is closed.
    await sheet.getByRole('button', { name: 'Đóng và bỏ chọn' }).click()
    await sheet.waitFor({ state: 'detached' })
    await page
      .getByRole('button', { name: 'Loại dự án' })
      .or(page.getByLabel('Loại dự án'))
      .waitFor()
    expect(await troubles(page)).toEqual([])
  })
