/**
 * One filter, told five times: by the server's parameters, in CQL2, by the map on its tiles, by the browser on what
 * it has, and by the table. Whatever is chosen, all mean the same parcels.
 */
import { featureFilter } from '@maplibre/maplibre-gl-style-spec'
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { expect, inject, it } from 'vitest'
import { asked, matchingProjects, passes } from '../../src/lib/conditions'
import { cql2 } from '../../src/lib/cql2'
import { noFilter, type Filter } from '../../src/lib/filter'
import { filterParameters } from '../../src/lib/query'
import type { Catalog } from '../../src/lib/types'
import { parcelMatch, type Look } from '../../src/map/layers'
import { answer } from './harness'

const ZOOM = 13
const CASES = 40

interface Item {
  id: number
  properties: Record<string, unknown>
}

/** The same row of numbers each time. */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const items = (query: URLSearchParams) =>
  answer<{ features: Item[] }>(
    `/ogc/collections/parcels/items?limit=10000&${query.toString()}`,
  ).then(({ features }) => features)

/** All parcels of the tiles that cover a rectangle, by number. */
async function tiled([west, south, east, north]: readonly number[]) {
  const side = 2 ** ZOOM
  const column = (lng = 0) => Math.floor(((lng + 180) / 360) * side)
  const row = (lat = 0) =>
    Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side)
  const all = new Map<number, Record<string, unknown>>()
  for (let x = column(west); x <= column(east); x += 1)
    for (let y = row(north); y <= row(south); y += 1) {
      const path = `/tiles/parcels/${String(ZOOM)}/${String(x)}/${String(y)}`
      const response = await fetch(inject('url') + path)
      expect([200, 204], path).toContain(response.status)
      const layer = new VectorTile(new PbfReader(await response.arrayBuffer())).layers['parcels']
      for (let n = 0; n < (layer?.length ?? 0); n += 1) {
        const feature = layer?.feature(n)
        if (feature?.id !== undefined) all.set(feature.id, feature.properties)
      }
    }
  return all
}

/** A filter of what occurs, with some conditions. */
function made(roll: (below: number) => number, parcels: Item[]): Filter {
  const filter: Filter = { ...noFilter }
  const one = (name: string) => String(parcels[roll(parcels.length)]?.properties[name] ?? '')
  const some = (name: string) => [...new Set([one(name), one(name), one(name)])].filter(Boolean)
  if (roll(4) === 0) filter.projects = some('project')
  if (roll(4) === 0) filter.units = some('unit')
  if (roll(5) === 0) filter.kind = one('kind')
  if (roll(5) === 0) filter.body = one('body') || null
  if (roll(6) === 0) filter.key = true
  if (roll(3) === 0) filter.stages = some('stage')
  if (roll(4) === 0) filter.uses = some('use')
  if (roll(6) === 0) filter.blocked = true
  if (roll(6) === 0) filter.overdue = true
  if (roll(6) === 0) filter.late = true
  return filter
}

it('whatever is chosen, parameters, CQL2, tiles and the browser mean the same parcels', async () => {
  const catalog = await answer<Catalog>('/api/v1/catalog')
  const properties = 'project,unit,kind,body,key,stage,use,blocked,overdue,late'
  const parcels = await items(new URLSearchParams({ properties }))
  const edges = catalog.projects.flatMap(({ bbox }) => (bbox ? [bbox] : []))
  const edge = (place: number, most: typeof Math.min) =>
    most(...edges.map((bbox) => bbox[place] ?? 0))
  const tiles = await tiled([
    edge(0, Math.min),
    edge(1, Math.min),
    edge(2, Math.max),
    edge(3, Math.max),
  ])
  const known = new Set(parcels.map(({ id }) => id))
  expect([...known].filter((id) => !tiles.has(id))).toEqual([])

  const roll = dice(17)
  let found = 0
  for (let round = 0; round < CASES; round += 1) {
    const filter = made(roll, parcels)
    const members = roll(5) === 0 ? catalog.projects.slice(0, 9).map(({ code }) => code) : null
    const told = JSON.stringify({ filter, members })
    const here = parcels.filter((parcel) => passes(parcel.properties, asked(filter, members)))
    const right = here.map(({ id }) => id)
    found += Number(right.length > 0)

    const text = cql2(filter, members)
    const chosen = await items(new URLSearchParams(text ? { filter: text } : {}))
    expect(
      chosen.map(({ id }) => id),
      told,
    ).toEqual(right)

    const query = filterParameters(filter, members)
    const { total } = await answer<{ total: number }>(`/api/v1/table?limit=0&${query.toString()}`)
    expect(total, told).toBe(right.length)

    const look = {
      catalog,
      filter,
      projects: matchingProjects(catalog, filter, members),
      chosen: null,
      today: true,
    } as Look
    const drawn = featureFilter(parcelMatch(look), 'layers[0].filter', { day: catalog.today })
    const shown = [...tiles].filter(([id, properties]) =>
      drawn.filter({ zoom: 15 }, { type: 3, id, properties: properties as Record<string, never> }),
    )
    const numbers = shown.map(([id]) => id).filter((id) => known.has(id))
    expect(
      numbers.sort((a, b) => a - b),
      told,
    ).toEqual(right)
  }
  expect(found).toBeGreaterThan(CASES / 3)
})
