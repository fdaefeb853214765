import { readFileSync } from 'node:fs'
import type { AxeResults, RunOptions } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Catalog, Work } from '../../src/lib/types'
import { dress } from '../../scripts/pictures.mjs'
import { answer, phone, settled, useBrowser } from './harness'

const { visit, open, drawing } = useBrowser()
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

interface Axe {
  run: (options: RunOptions) => Promise<AxeResults>
}

/** What axe finds, as one line a place; of what passes nothing need be told. */
async function findings(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate((values) => {
    const { axe } = window as unknown as { axe: Axe }
    const only = values && { runOnly: { type: 'rule' as const, values } }
    return axe.run({ resultTypes: ['violations'], ...only })
  }, rules)
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  )
}

/** By night the same page has other colours, and nothing else is other. */
async function byNight(page: Page): Promise<string[]> {
  await dress(page, 'dark')
  return findings(page, ['color-contrast', 'link-in-text-block'])
}

const { projects } = await answer<Catalog>('/api/v1/catalog')
const code = projects.find(({ kind }) => kind === 'road')?.code ?? ''

interface Screen {
  query: string
  shows: [role: 'complementary' | 'dialog' | 'region', name: RegExp]
  options?: BrowserContextOptions
  /** Where the map with its tools is looked at too. */
  draws?: boolean
  night?: boolean
}

const screens: Record<string, Screen> = {
  'the first screen': { query: '', shows: ['region', /^Tiến độ$/], draws: true, night: true },
  'the first screen in English': { query: '?lang=en', shows: ['region', /^Progress$/] },
  'colours by plan': { query: '?colour=plan', shows: ['region', /^Dự án$/] },
  'a project': {
    query: `?sel=project:${code}`,
    shows: ['complementary', /^Dự án$/],
    draws: true,
    night: true,
  },
  'a parcel': {
    query: '?sel=parcel:1234',
    shows: ['complementary', /^Thửa đất$/],
    night: true,
  },
  'the table': { query: '?table=1', shows: ['dialog', /^Bảng dự án/], night: true },
  'a phone': {
    query: '',
    shows: ['region', /^Dòng thời gian$/],
    options: phone,
    draws: true,
  },
  'a phone with its panel': { query: '?panel=1', shows: ['region', /^Tiến độ$/], options: phone },
  'a phone with a project': {
    query: `?sel=project:${code}`,
    shows: ['complementary', /^Dự án$/],
    options: phone,
  },
}

for (const [name, { query, shows, options, draws, night }] of Object.entries(screens))
  it(`axe finds nothing on ${name}${night ? ', by night too' : ''}`, async () => {
    const { page } = await (draws ? drawing.visit : visit)(query, options)
    const [role, label] = shows
    await page.getByRole(role, { name: label }).waitFor()
    await settled(page)
    expect(await findings(page)).toEqual([])
    if (night) expect(await byNight(page)).toEqual([])
  })

const rooms = ['present', 'data', 'board', 'update', 'import', 'keep']
/** Those with a map at a desk. */
const mapped = ['present', 'data']
for (const room of rooms)
  for (const [name, options] of [
    ['a desk, by night too', {}],
    ['a phone', phone],
  ] as const)
    it(`axe finds nothing in the room ${room} on ${name}`, async () => {
      const draws = mapped.includes(room) && options !== phone
      const { page } = await (draws ? drawing.open : open)(`?room=${room}`, options)
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
      await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
      expect(await findings(page)).toEqual([])
      if (options !== phone) expect(await byNight(page)).toEqual([])
    })

it('axe finds nothing on the form of a parcel, the law and the duties', async () => {
  const { parcels } = await answer<Work>('/api/v1/work?limit=1')
  const { page } = await open(`?room=update&sel=parcel:${String(parcels[0]?.id)}`, phone)
  await page.getByRole('dialog').getByRole('button', { name: 'Ghi sổ' }).waitFor()
  expect(await findings(page)).toEqual([])
  const keeper = await open('?room=keep')
  await keeper.page.getByRole('tab', { name: 'Trình tự, thời hạn' }).click()
  await keeper.page.getByText('Thời hạn và thời gian chờ').waitFor()
  expect(await findings(keeper.page)).toEqual([])
  const data = await open('?room=data&duty=to_decide')
  await data.page.getByRole('group', { name: 'Danh sách việc' }).waitFor()
  await settled(data.page)
  expect(await findings(data.page)).toEqual([])
})

it('axe finds nothing on charts, export and the outline of a briefing', async () => {
  const { page } = await open('?room=data')
  await page.getByRole('button', { name: 'Biểu đồ' }).click()
  await page.getByRole('region', { name: 'Thời gian ở từng bước' }).waitFor()
  expect(await findings(page)).toEqual([])
  await page.getByRole('button', { name: 'Tải về' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await findings(page)).toEqual([])
  const deck = await open('?room=present')
  await deck.page.locator('article h2').waitFor()
  await deck.page.keyboard.press('o')
  await deck.page.getByRole('dialog').waitFor()
  expect(await findings(deck.page)).toEqual([])
})

it('axe finds nothing on the list of keys', async () => {
  const { page } = await visit()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Phím tắt' }).waitFor()
  expect(await findings(page)).toEqual([])
})
