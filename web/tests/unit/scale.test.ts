import { createExpression } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { palette } from '../../src/lib/palette'
import { hasReached, nextAct, placeOf, standingOf } from '../../src/lib/scale'
import type { Catalog } from '../../src/lib/types'
import { standingColour, standingPlace } from '../../src/map/expressions'

const coded = <C extends string>(code: C) => ({ code, name: { vi: code, en: code } })
const acts = [
  'listed',
  'meeting',
  'notice',
  'inventory',
  'plan_posted',
  'plan_approved',
  'paid',
  'recovery_decided',
  'handed_over',
] as const
const catalog = {
  stages: acts.map((code, number) => ({ ...coded(code), number })),
  standings: [...acts.slice(0, 8), 'paid_and_decided', 'handed_over'].map(coded),
} as Catalog

/** Days of the acts as a tile carries them, and where the parcel stands on each day. */
const cases: [days: Record<string, number>, on: Record<number, string>][] = [
  [{ d0: 1 }, { 0: 'listed', 1: 'listed' }],
  [
    { d0: 1, d2: 5 },
    { 4: 'listed', 5: 'notice' },
  ],
  [
    { d0: 1, d5: 10, d6: 20, d7: 15 },
    { 10: 'plan_approved', 15: 'recovery_decided', 20: 'paid_and_decided' },
  ],
  [
    { d0: 1, d5: 10, d6: 12, d7: 15 },
    { 12: 'paid', 15: 'paid_and_decided' },
  ],
  [
    { d0: 1, d5: 10, d6: 20, d8: 12 },
    { 12: 'handed_over', 20: 'handed_over' },
  ],
]

describe('where a parcel stands follows from the days of its acts', () => {
  for (const [days, on] of cases)
    for (const [day, standing] of Object.entries(on))
      it(`${JSON.stringify(days)} on ${day}: ${standing}`, () => {
        const came = (act: string) =>
          (days[`d${String(acts.findIndex((one) => one === act))}`] ?? 99) <= Number(day)
        expect(standingOf(catalog.standings, came)).toBe(standing)

        // The map says the same, and colours it by that place.
        const colours = palette('light')
        const seen = (expression: unknown) => {
          const made = createExpression(expression, 'layers[0].paint.fill-color')
          if (made.result !== 'success') throw new Error(JSON.stringify(made.value))
          const feature = { type: 3 as const, properties: days }
          return made.value.evaluate(
            { zoom: 15, globalState: { day: Number(day) } } as never,
            feature,
            {},
          ) as unknown
        }
        const place = placeOf(catalog, standing)
        expect(seen(standingPlace(catalog))).toBe(place)
        expect(seen(standingColour(catalog, colours, 1000))).toBe(colours.stages[place])
      })
})

it('paid does not pass for decided, nor decided for paid', () => {
  const reached = (place: string, step: string) => hasReached(catalog.standings, place, step)
  expect(reached('recovery_decided', 'paid')).toBe(false)
  expect(reached('paid', 'recovery_decided')).toBe(false)
  expect(reached('paid', 'plan_approved')).toBe(true)
  expect(reached('paid_and_decided', 'paid')).toBe(true)
  expect(reached('plan_approved', 'paid')).toBe(false)
  expect(reached('handed_over', 'paid_and_decided')).toBe(true)
})

describe('what is next', () => {
  const next = acts.slice(1)
  it('is the first act that has not come, though others may come again', () => {
    expect(nextAct(catalog, { stage: 'notice', next, clock: null })).toBe('inventory')
    expect(nextAct(catalog, { stage: 'paid', next, clock: null })).toBe('recovery_decided')
    expect(nextAct(catalog, { stage: 'recovery_decided', next, clock: null })).toBe('paid')
    expect(nextAct(catalog, { stage: 'paid_and_decided', next, clock: null })).toBe('handed_over')
    expect(nextAct(catalog, { stage: 'handed_over', next, clock: null })).toBeNull()
    expect(nextAct(catalog, { stage: null, next, clock: null })).toBe('meeting')
  })
  it('is the one whose term runs, after the approval', () => {
    const clock = { stage: 'recovery_decided' } as never
    expect(nextAct(catalog, { stage: 'plan_approved', next, clock })).toBe('recovery_decided')
  })
})
