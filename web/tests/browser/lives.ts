/** What is recorded in one browser shows in another: both on one server, or each on one of its own. */
import { expect, it } from 'vitest'
import type { Recorded, Work, WorkParcel } from '../../src/lib/types'
import { settled, type useBrowser } from './harness'

type Drawing = ReturnType<typeof useBrowser>['drawing']

const EVENTS = 50

async function work(url: string): Promise<WorkParcel[]> {
  const response = await fetch(`${url}/api/v1/work?limit=2000`)
  return ((await response.json()) as Work).parcels
}

const iso = async (url: string) => {
  const catalog = await fetch(`${url}/api/v1/catalog`)
  const { today } = (await catalog.json()) as { today: number }
  return new Date(today * 86_400_000).toISOString().slice(0, 10)
}

/** `open` is of the browser that records at `recording`, `visit` of the one that looks on. */
export function lives(
  recording: { url: string },
  open: Drawing['open'],
  visit: Drawing['visit'],
): void {
  it('what one browser records, the other shows without being asked', async () => {
    const parcel = (await work(recording.url)).find(
      ({ stage, point }) => stage === 'paid_and_decided' && point,
    )
    if (!parcel?.point) throw new Error('no parcel waits for its handover')
    const view = `v=16/${String(parcel.point[1])}/${String(parcel.point[0])}`
    const watching = await visit(`?${view}&sel=project:${parcel.project}`)
    const fill = () =>
      watching.page.evaluate((id) => {
        const map = window.__matbang?.map
        return map?.getFeatureState({ source: 'parcels', sourceLayer: 'parcels', id })
          .live as number
      }, parcel.id)
    expect(await fill()).toBeUndefined()
    const figures = watching.page.getByRole('complementary', { name: 'Dự án' })
    const before = await figures.textContent()
    const officer = await open(`?room=update&sel=parcel:${String(parcel.id)}`)
    await officer.page.getByRole('button', { name: 'Ghi sổ' }).click()
    await officer.page.getByText('Đã ghi sổ').waitFor()
    await expect.poll(fill).toBe(9)
    await expect.poll(() => figures.textContent()).not.toBe(before)
    // The tile comes anew: its own attribute says the same.
    await settled(watching.page)
    const cleared = await watching.page.evaluate((id) => {
      const map = window.__matbang?.map
      const found = map?.queryRenderedFeatures({ layers: ['parcel-fill'] })
      return found?.find((feature) => feature.id === id)?.properties.cleared as boolean
    }, parcel.id)
    expect(cleared).toBe(true)
  })

  it('the new colour is on the other map in a moment, fifty times', async () => {
    const free = (await work(recording.url)).filter(
      ({ blockers, point }) => !blockers.length && point,
    )
    const parcel = free[0]
    if (!parcel?.point) throw new Error('no parcel')
    const { page } = await visit(`?v=16/${String(parcel.point[1])}/${String(parcel.point[0])}`)
    await page.evaluate(() => {
      const heard: unknown[] = []
      Object.assign(window, { heard })
      addEventListener('matbang:live', (event) => heard.push((event as CustomEvent).detail))
    })
    interface Heard {
      at: number
      received: number
      painted: number
    }
    const heard = () =>
      page.evaluate(() => (window as unknown as { heard: Heard[] }).heard) as Promise<Heard[]>
    const date = await iso(recording.url)
    const committed = new Map<number, number>()
    for (let turn = 0; turn < EVENTS; turn += 1) {
      const kind = turn % 2 ? 'blocker_closed' : 'blocker_opened'
      const response = await fetch(`${recording.url}/api/v1/events`, {
        method: 'POST',
        body: JSON.stringify({ parcel: parcel.id, kind, blocker: 'graves', date }),
      })
      // The answer comes after the commit: what is measured from before it is an upper bound.
      const { at } = (await response.json()) as Recorded
      committed.set(at, Date.now())
      await expect.poll(async () => (await heard()).some((one) => one.at === at)).toBe(true)
    }
    const all = await heard()
    expect(all.length).toBe(EVENTS)
    const spread = (moment: (one: Heard) => number) => {
      const times = all
        .map((one) => moment(one) - (committed.get(one.at) ?? NaN))
        .sort((a, b) => a - b)
      const share = (part: number) => String(times[Math.floor(times.length * part)])
      return `p50 ${share(0.5)} ms, p95 ${share(0.95)} ms, most ${String(times.at(-1))} ms`
    }
    console.log(`answer to event heard: ${spread(({ received }) => received)}`)
    console.log(`answer to new colour painted: ${spread(({ painted }) => painted)}`)
  })
}
