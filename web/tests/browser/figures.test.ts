import { expect, it } from 'vitest'
import type { Catalog, ParcelDetail, ProjectDetail, Summary } from '../../src/lib/types'
import { answer, drawn, gaugeOf, onScreen, percent, settled, useBrowser, whole } from './harness'

const { visit, drawing } = useBrowser()
const catalog = () => answer<Catalog>('/api/v1/catalog')

/** A parcel and where it lies. */
async function placed(id: number) {
  const parcel = await answer<ParcelDetail>(`/api/v1/parcels/${String(id)}`)
  if (!parcel.point) throw new Error('a parcel without a place')
  return { parcel, place: parcel.point }
}

it('a filter changes the counts and the map alike', async () => {
  const { page } = await drawing.visit()
  const { projects } = await catalog()
  const roads = projects.filter(({ kind }) => kind === 'road').map(({ code }) => code)
  expect(roads.length).toBeGreaterThan(0)
  expect((await drawn(page, 'project-gauge', 'code')).length).toBeGreaterThan(roads.length)

  await page.getByLabel('Loại dự án').selectOption('road')
  await page.waitForURL(/kind=road/)
  await settled(page)

  const { total } = await answer<Summary>('/api/v1/summary?kind=road')
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  expect(await headline.innerText()).toContain(percent(total.share))
  expect(await headline.innerText()).toContain(`/ ${whole(total.measures.parcels.total)}`)
  expect(await drawn(page, 'project-gauge', 'code')).toEqual(roads.sort())
})

it('a legend entry narrows to its stage and keeps the counts of its neighbours', async () => {
  const { page } = await visit()
  const whole_ = await answer<Summary>('/api/v1/summary')
  const legend = page.getByRole('region', { name: 'Thửa đất theo bước' })
  const before = await legend.innerText()
  await legend.getByRole('button', { name: /Đã bàn giao mặt bằng/ }).click()
  await page.waitForURL(/stage=handed_over/)
  await settled(page)
  const handed = whole_.stages.find(({ stage }) => stage === 'handed_over')
  // Of what is chosen by its stage the parcels are counted: their share follows from the choice.
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  expect(await headline.innerText()).toContain(whole(handed?.parcels ?? -1))
  expect(await headline.innerText()).not.toContain('%')
  expect(await legend.innerText()).toBe(before)
})

it('a click on a project opens its sheet with the figures of the API', async () => {
  const { page } = await drawing.visit()
  const { projects } = await catalog()
  const code = projects.find(({ kind }) => kind === 'road')?.code ?? ''
  const gauge = await gaugeOf(page, code)
  await page.mouse.click(gauge.x, gauge.y)

  const project = await answer<ProjectDetail>(`/api/v1/projects/${code}`)
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  await sheet.getByRole('heading', { name: project.name }).waitFor()
  const text = await sheet.innerText()
  const { area, parcels, holders } = project.progress.measures
  expect(text).toContain(percent(project.progress.share))
  for (const { done, total } of [parcels, holders])
    expect(text).toContain(`${whole(done)} / ${whole(total)}`)
  expect(text).toContain(percent(area.done / area.total))
  for (const { parcels: blocked } of project.blockers)
    expect(text).toContain(`${whole(blocked)} thửa`)
})

it('a click on a parcel of the map opens that parcel', async () => {
  const summary = await answer<Summary>('/api/v1/summary')
  expect(summary.blocked.parcels).toBeGreaterThan(0)
  const { parcel, place } = await placed(1234)
  const [lng, lat] = place
  const { page } = await drawing.visit(`?v=18/${String(lat)}/${String(lng)}`)
  const point = await onScreen(page, place)
  await page.mouse.click(point.x, point.y)

  const sheet = page.getByRole('complementary', { name: 'Thửa đất' })
  const title = `Tờ ${String(parcel.sheet)}, thửa ${String(parcel.parcel)}`
  await sheet.getByRole('heading', { name: title, exact: true }).waitFor()
  expect(new URL(page.url()).searchParams.get('sel')).toBe('parcel:1234')
  const text = await sheet.innerText()
  expect(text).toContain(parcel.unit_name)
  for (const { day } of parcel.stages) {
    if (day === null) continue
    const [year, month, date] = new Date(day * 86_400_000).toISOString().slice(0, 10).split('-')
    expect(text).toContain(`${date ?? ''}/${month ?? ''}/${year ?? ''}`)
  }
})

it('what was selected stays in view beside its sheet', async () => {
  const { place } = await placed(1234)
  const { page } = await drawing.visit(`?v=17/${String(place[1])}/${String(place[0])}`)
  // Pushed under where the sheet will open.
  await page.evaluate(() => window.__matbang?.map.panBy([-560, 0], { duration: 0 }))
  await settled(page)
  const before = await onScreen(page, place)
  await page.mouse.click(before.x, before.y)
  const sheet = page.getByRole('complementary', { name: 'Thửa đất' })
  await sheet.getByRole('heading', { name: /^Tờ/ }).waitFor()
  const box = await sheet.boundingBox()
  expect(before.x).toBeGreaterThan(box?.x ?? Infinity)
  await page.waitForFunction(
    ([lng, lat, edge]) => (window.__matbang?.map.project([lng, lat]).x ?? Infinity) < edge,
    [place[0], place[1], box?.x ?? 0] as const,
  )
})

it('the date changes every figure without fetching a tile', async () => {
  const { page, requests } = await drawing.visit()
  const { today } = await catalog()
  const day = today - 200
  const asOf = new Date(day * 86_400_000).toISOString().slice(0, 10)
  const past = await answer<Summary>(`/api/v1/summary?as_of=${asOf}`)
  const now = await answer<Summary>('/api/v1/summary')
  expect(percent(past.total.share)).not.toBe(percent(now.total.share))

  const before = requests.length
  await page.getByRole('slider', { name: 'Ngày xem số liệu' }).fill(String(day))
  await page.waitForURL((url) => url.searchParams.get('date') === asOf)
  const headline = page.getByRole('region', { name: 'Tiến độ' })
  await headline.getByText(percent(past.total.share), { exact: true }).waitFor()
  await settled(page)

  const timeline = page.getByRole('region', { name: 'Dòng thời gian' })
  expect(await timeline.innerText()).toContain(percent(past.total.share))
  expect(requests.slice(before).filter((url) => url.includes('/tiles/'))).toEqual([])
  expect(await page.evaluate(() => window.__matbang?.map.getGlobalState().day)).toBe(day)
})

it('today the timeline and the headline say the same', async () => {
  const { page } = await visit()
  const { total } = await answer<Summary>('/api/v1/summary')
  for (const name of ['Dòng thời gian', 'Tiến độ'])
    expect(await page.getByRole('region', { name }).innerText()).toContain(percent(total.share))
})

it('a parcel’s sheet tells the law, its terms and its marks with their articles', async () => {
  const { page } = await visit('?sel=parcel:1234')
  const { law } = await answer<ParcelDetail>('/api/v1/parcels/1234')
  const sheet = page.getByRole('complementary', { name: 'Thửa đất' })
  await sheet.getByRole('heading', { name: /^Tờ/ }).waitFor()
  await settled(page)
  const text = await sheet.innerText()
  expect(text).toContain(law.regime.name.vi)
  expect(text).toContain(law.caveat.vi)
  const dated = (iso: string) => iso.split('-').reverse().join('/')
  for (const { due_on } of law.clocks) expect(text).toContain(dated(due_on))
  const heavy = law.marks.filter(({ code, on }) => on !== null && ['V', 'A', 'L'].includes(code))
  for (const { bound } of heavy) if (bound) expect(text).toContain(dated(bound))
})

it('a day of the curve is read off by pointing at it', async () => {
  const { page } = await visit('?sel=project:DA01')
  const sheet = page.getByRole('complementary', { name: 'Dự án' })
  const chart = sheet.getByRole('img', { name: /diện tích/i }).first()
  await chart.scrollIntoViewIfNeeded()
  const box = await chart.boundingBox()
  if (!box) throw new Error('no chart')
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2)
  const told = (await sheet.getByText(/^\d\d\/\d\d\/20\d\d · Thực hiện/).textContent()) ?? ''
  const [date = '', ...shares] = told.trim().split(' · ')
  const [dd, mm, yyyy] = date.split('/')
  const day = [yyyy, mm, dd].join('-')
  const { total } = await answer<Summary>(`/api/v1/summary?project=DA01&as_of=${day}`)
  const { share, planned_share: planned } = total
  expect(shares[0]).toBe(`Thực hiện ${percent(share)}`)
  expect(shares[1]).toBe(`Kế hoạch ${percent(planned ?? -1)}`)
  await page.mouse.move(5, 5)
  await sheet.getByText(/· Thực hiện/).waitFor({ state: 'detached' })
})
