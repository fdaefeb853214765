import { layerGroups } from '../../src/lib/address'
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { beforeAll, describe, expect, it } from 'vitest'
import { noFilter } from '../../src/lib/filter'
import { palette } from '../../src/lib/palette'
import type { Catalog } from '../../src/lib/types'
import type { Look } from '../../src/map/layers'
import { mapStyle } from '../../src/map/style'

const coded = <C extends string>(code: C) => ({ code, name: { vi: code, en: code } })
const stages = [
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

const catalog: Catalog = {
  at: 1,
  today: 20_600,
  illustration: true,
  basemap: null,
  province: 'Hà Nam',
  bbox: [105.8, 20.4, 106.1, 20.7],
  first_day: 20_000,
  last_day: 20_700,
  stages: stages.map((code, number) => ({ ...coded(code), number })),
  standings: [...stages.slice(0, 8), 'paid_and_decided' as const, 'handed_over' as const].map(
    (code) => coded(code),
  ),
  laws: [coded('law2024')],
  kinds: [coded('road')],
  land_uses: [coded('LUC')],
  blocker_kinds: [coded('graves')],
  bodies: ['Trung tâm phát triển quỹ đất'],
  units: [
    {
      id: 1,
      code: '13285',
      name: 'Phường Phủ Lý',
      level: 'commune',
      parent: null,
      valid_from: null,
      valid_to: null,
      bbox: [105.8, 20.4, 105.9, 20.5],
      parcels: 1,
    },
  ],
  projects: [],
}

beforeAll(() => {
  Object.assign(globalThis, { location: { origin: 'http://127.0.0.1' } })
})

describe('the style of the map keeps the rules of the MapLibre specification', () => {
  const narrow = {
    ...noFilter,
    projects: ['DA01'],
    units: ['13285', '13286'],
    blockers: ['graves'],
    overdueDays: 90,
    area: [
      [105.8, 20.4],
      [105.9, 20.4],
      [105.9, 20.5],
    ] as [number, number][],
    stages: ['paid'],
    uses: ['LUC'],
    key: true,
    blocked: true,
    late: true,
  }
  const filters = { everything: noFilter, narrow }
  for (const theme of ['light', 'dark'] as const)
    for (const mode of ['progress', 'plan'] as const)
      for (const [name, filter] of Object.entries(filters))
        for (const selected of [false, true])
          it(`${theme}, ${mode}, ${name}, ${selected ? 'selected' : 'nothing selected'}`, () => {
            const look: Look = {
              catalog,
              layers: layerGroups,
              at: null,
              each: false,
              far: theme === 'dark',
              slim: theme === 'dark',
              scale: 1,
              colours: palette(theme),
              theme,
              mode,
              filter,
              projects: name === 'narrow' ? ['DA01'] : null,
              chosen: name === 'narrow' ? [7, 8] : null,
              today: !selected,
              selectedProject: selected ? 'DA01' : null,
              selectedParcel: selected ? 7 : null,
            }
            const selection = selected
              ? ({ type: 'place', lng: 105.9, lat: 20.5 } as Parameters<typeof mapStyle>[1])
              : null
            const style = mapStyle(look, selection)
            expect(validateStyleMin(style)).toEqual([])
            expect(style.layers.length).toBeGreaterThan(10)
          })
})
