/** How things are written on every screen: one way for per cent, names that say what they count, text that can be read. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Catalog, Summary, Work } from '../../src/lib/types'
import { answer, useBrowser, whole } from './harness'

const { open } = useBrowser()

/** All that is written on the page or read out with it, where a per cent sign is in it. */
const shares = (page: Page) =>
  page.evaluate(() => {
    const texts: string[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT)
    for (let one = walk.nextNode(); one; one = walk.nextNode()) {
      const element = one as HTMLElement
      if (['SCRIPT', 'STYLE'].includes(element.tagName)) continue
      const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      texts.push(own.map(({ textContent }) => textContent ?? '').join(''))
      for (const name of ['aria-label', 'title', 'aria-valuetext', 'placeholder'])
        texts.push(element.getAttribute(name) ?? '')
    }
    return texts.filter((text) => /\d\s*%/.test(text))
  })

/** What of it is written in another way than the language's. */
const strange = (texts: string[], lang: 'vi' | 'en') => {
  const form = lang === 'vi' ? /^\d{1,3}(?:,\d)?\u202f%$/ : /^\d{1,3}(?:\.\d)?%$/
  return texts
    .flatMap((text) => text.match(/\d[\d.,]*\s*%/g) ?? [])
    .filter((share) => !form.test(share))
}

for (const lang of ['vi', 'en'] as const)
  it(`per cent is written in one way in every room (${lang})`, async () => {
    const { parcels } = await answer<Work>('/api/v1/work?stage=inventory&limit=1')
    const { page } = await open()
    const found: string[] = []
    const screens: [query: string, content: string][] = [
      ['', '.panel'],
      ['sel=project:DA01', 'aside h2'],
      ['sel=project:DA03', 'aside h2'],
      ['room=present', 'article h2'],
      ['room=present&slide=1', 'article h2'],
      ['room=data&group=unit', 'tbody td button'],
      ['room=data&charts=1', 'section.chart'],
      ['room=board', 'tbody tr'],
      [`room=update&sel=parcel:${String(parcels[0]?.id)}`, 'dialog form'],
      ['room=import', 'main tbody tr'],
      ['room=keep', 'main form'],
    ]
    for (const [query, content] of screens) {
      await page.goto(new URL(`?${query}&lang=${lang}`, page.url()).href)
      await page.locator(content).first().waitFor()
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
      const texts = await shares(page)
      found.push(...texts)
      expect(strange(texts, lang), query).toEqual([])
    }
    // The walk has seen some: shares of a headline, scales of charts, targets of a campaign.
    expect(found.length).toBeGreaterThan(30)
  }, 180_000)

it('beside all parcels the keeper’s room tells how many have been handed over, each by its name', async () => {
  const { total } = await answer<Summary>('/api/v1/summary')
  const { projects } = await answer<Catalog>('/api/v1/catalog')
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Tình trạng' }).click()
  const value = (name: string) =>
    page
      .locator('dl > div')
      .filter({ has: page.locator('dt').getByText(name, { exact: true }) })
      .locator('dd')
  await value('Tổng số thửa').waitFor()
  expect(await value('Tổng số thửa').innerText()).toBe(whole(total.measures.parcels.total))
  expect(await value('Số thửa đã bàn giao').innerText()).toBe(whole(total.measures.parcels.done))
  expect(await value('Số dự án').innerText()).toBe(whole(projects.length))
})

it('the ledger’s log names what was done: the step, not the kind of entry', async () => {
  const { events } = await answer<{ events: { step: string | null }[] }>('/api/v1/ledger')
  const { stages } = await answer<Catalog>('/api/v1/catalog')
  const steps = new Map<string, string>(stages.map(({ code, name }) => [code, name.vi]))
  expect(events.some(({ step }) => step && steps.has(step))).toBe(true)
  const { page } = await open('?room=keep')
  await page.getByRole('tab', { name: 'Sổ ghi' }).click()
  const rows = page.locator('tbody tr')
  await expect.poll(() => rows.count()).toBe(events.length)
  const told = await rows.locator('td:nth-child(4)').allInnerTexts()
  for (const [place, { step }] of events.entries())
    if (step && steps.has(step)) expect(told[place]).toBe(steps.get(step))
  expect(told.join(' ')).not.toContain('Bước chính')
})

/** Contrast of two colours as "rgb(r, g, b)" (WCAG 2.2, relative luminance). */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+(?:\.\d+)?/g) ?? [])
      .map((part) => Number(part) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dim + 0.05)
}

for (const theme of ['light', 'dark'] as const)
  it(`text that is marked with the mouse can be read (${theme})`, async () => {
    const { page } = await open('?room=data', { colorScheme: theme })
    await page.locator('tbody td').first().waitFor()
    const marked = await page.evaluate(() =>
      [...document.querySelectorAll('h1, td, input, button, .soft')].map((element) => {
        const { color, backgroundColor } = getComputedStyle(element, '::selection')
        return { color, backgroundColor }
      }),
    )
    expect(marked.length).toBeGreaterThan(5)
    for (const { color, backgroundColor } of marked)
      expect(contrast(color, backgroundColor), `${color} on ${backgroundColor}`).toBeGreaterThan(
        4.5,
      )
  })
