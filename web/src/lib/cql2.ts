/** The filter in CQL2 text (OGC 21-065): all of it, or just what the server takes no parameter of its own for. */
import type { Ring } from './address'
import { asked, type Asked } from './conditions'
import type { Filter } from './filter'

/** What nothing passes. */
export const NOTHING = '1=2'
const AND = ' AND '

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

function among(name: string, values: readonly string[]): string {
  const [only] = values
  return values.length === 1 && only !== undefined
    ? `${name} = ${quoted(only)}`
    : `${name} IN (${values.map(quoted).join(', ')})`
}

/** Parcels of which one blocker of several is open carry the kinds in one text. */
const blockedBy = (kinds: readonly string[]) =>
  `(${kinds.map((kind) => `blockers LIKE ${quoted(`%${kind}%`)}`).join(' OR ')})`

const point = ([lng, lat]: Ring[number]) => `${lng.toFixed(5)} ${lat.toFixed(5)}`

const touching = (ring: Ring) =>
  `S_INTERSECTS(geometry, POLYGON((${ring.concat(ring.slice(0, 1)).map(point).join(', ')})))`

/** What the map's tiles know nothing of. */
export function beyondTiles({ blockers, overdueDays, area }: Filter): string[] {
  return [
    blockers.length ? blockedBy(blockers) : null,
    overdueDays === null ? null : `overdue_days > ${String(overdueDays)}`,
    area ? touching(area) : null,
  ].filter((part) => part !== null)
}

/** What goes to the figures as a `filter`, beside their parameters; empty when nothing does. */
export const besideParameters = (filter: Filter): string => beyondTiles(filter).join(AND)

function condition({ name, values }: Asked): string {
  if (values === true) return `${name} = TRUE`
  return values.length ? among(name, values) : NOTHING
}

/** The whole filter; empty when it lets everything through. */
export const cql2 = (filter: Filter, members: readonly string[] | null): string =>
  [...asked(filter, members).map(condition), ...beyondTiles(filter)].join(AND)

const matched = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, value]) => (value === undefined ? [] : [value]))

/** Reads back what `besideParameters` has written: a saved briefing keeps it. */
export function readBeside(text: string): Pick<Filter, 'blockers' | 'overdueDays' | 'area'> {
  const [days] = matched(text, /overdue_days > (\d+)/g)
  const [shape] = matched(text, /POLYGON\(\(([^)]*)\)\)/g)
  const ring = shape?.split(', ').map((pair): Ring[number] => {
    const [lng = 0, lat = 0] = pair.split(' ').map(Number)
    return [lng, lat]
  })
  return {
    blockers: matched(text, /blockers LIKE '%([^']*)%'/g),
    overdueDays: days === undefined ? null : Number(days),
    area: ring ? ring.slice(0, -1) : null,
  }
}
