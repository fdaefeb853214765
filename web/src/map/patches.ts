/**
 * Patches: where a tile would hold too many parcels to be told apart, the server makes patches of them. A patch stands
 * where at least half of its land stands, so that it is drawn as a parcel is.
 */
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import { asked } from '../lib/conditions'
import { cleared, standingColour } from './expressions'
import { hatchName } from './images'
import { all, oneOf, PARCEL_ZOOM, type Look } from './layers'

/** Zoom from which tiles hold parcels, however many. */
export const NEAR = 16
/** What a patch can be asked for; any other condition is asked of each parcel. */
const OF_PATCHES: readonly string[] = ['project', 'unit', 'kind', 'body', 'key']

/** Whether the filter asks for what only each parcel knows: the map must have them all then. */
export const asksEach = ({ filter, chosen }: Pick<Look, 'filter' | 'chosen'>) =>
  chosen !== null || asked(filter, null).some(({ name }) => !OF_PATCHES.includes(name))

/** The condition that a patch passes the filter. */
function patchMatch({ filter, projects }: Look): FilterSpecification {
  const { units } = filter
  return all(
    projects ? oneOf('project', projects) : null,
    units.length ? oneOf('unit', units) : null,
  )
}

const half = (count: string): ExpressionSpecification => [
  '>=',
  ['*', 2, ['get', count]],
  ['get', 'parcels'],
]

/** Patches by stage; hatched or outlined where at least half of the parcels are blocked or overdue. */
export function patchLayers(look: Look): LayerSpecification[] {
  const { catalog, colours, theme, today, far } = look
  const source = {
    source: 'parcels',
    'source-layer': 'patches',
    minzoom: PARCEL_ZOOM,
    maxzoom: NEAR,
  }
  const matching = patchMatch(look)
  const everything = (matching as unknown[]).length === 1
  const done = cleared(catalog, catalog.today)
  return [
    {
      id: 'patch-ghost',
      type: 'fill',
      ...source,
      layout: { visibility: everything ? 'none' : 'visible' },
      paint: { 'fill-color': colours.unknown, 'fill-opacity': 0.25, 'fill-antialias': false },
    },
    {
      id: 'patch-fill',
      type: 'fill',
      ...source,
      filter: matching,
      paint: {
        'fill-color': far
          ? ['case', done, colours.stages[9], colours.stages[1]]
          : standingColour(catalog, colours, catalog.today),
        'fill-antialias': false,
      },
    },
    {
      id: 'patch-blocked',
      type: 'fill',
      ...source,
      filter: all(matching as ExpressionSpecification, half('blocked_parcels')),
      layout: { visibility: today ? 'visible' : 'none' },
      paint: { 'fill-pattern': hatchName(theme) },
    },
    {
      id: 'patch-overdue',
      type: 'line',
      ...source,
      filter: all(matching as ExpressionSpecification, half('overdue_parcels')),
      layout: { visibility: today && !far ? 'visible' : 'none' },
      paint: { 'line-color': colours.alert, 'line-width': 1 },
    },
  ]
}
