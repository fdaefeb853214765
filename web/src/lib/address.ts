/** The whole state of the app as a query string, so that a link shows the other person the same thing. */
import { dayOfIso, isoOfDay } from './days'
import { noFilter, type ColourMode, type Filter } from './filter'
import type { Lang } from './format'
import type { Theme } from './palette'

export interface View {
  zoom: number
  lng: number
  lat: number
}

export type Ring = [lng: number, lat: number][]

export type Selection =
  | { type: 'project'; code: string }
  | { type: 'parcel'; id: number }
  | { type: 'place'; lng: number; lat: number }
  | { type: 'area'; ring: Ring }

/** What the screen is for; each has a key of its own, by its place in this list. */
export const rooms = ['map', 'present', 'data', 'board', 'update', 'import', 'keep'] as const
export type Room = (typeof rooms)[number]

/** What progress is measured by. */
export const measures = ['area', 'parcels', 'holders', 'money', 'length'] as const
export type MeasureName = (typeof measures)[number]

/** Groups of map layers, from the ground up. */
export const layerGroups = ['basemap', 'units', 'projects', 'parcels', 'chainage'] as const
export type LayerGroup = (typeof layerGroups)[number]

export interface Address {
  view: View | null
  filter: Filter
  /** Null follows today. */
  date: number | null
  selection: Selection | null
  lang: Lang
  /** Null follows the system. */
  theme: Theme | null
  colour: ColourMode
  /** Null follows the width of the window. */
  panel: boolean | null
  table: boolean
  room: Room
  measure: MeasureName
  /** A second day beside the first, for comparing; null when none is. */
  compare: number | null
  /** Layer groups that are drawn, from the ground up. */
  layers: readonly LayerGroup[]
  /** Columns that rows are sorted by, as the server takes them. */
  sort: string
  /** What rows are put together by. */
  group: string | null
  /** Columns of the table; null shows the usual ones. */
  columns: readonly string[] | null
  /** List of what is to be done; null shows rows or charts. */
  duty: string | null
  /** Whether the data room shows charts instead of rows. */
  charts: boolean
  /** A state of the ledger that everything is of; null follows the newest. */
  at: number | null
  /** A saved briefing. */
  briefing: string | null
  /** Slide of a deck, from 0. */
  slide: number
}

const oneOf = <T extends string>(all: readonly T[], text: string | null, usual: T): T =>
  all.find((one) => one === text) ?? usual

function readLayers(text: string | null): readonly LayerGroup[] {
  if (text === null) return layerGroups
  return list(text).flatMap((name) => layerGroups.filter((group) => group === name))
}

const flags = ['key', 'blocked', 'overdue', 'late'] as const
const texts = ['kind', 'body'] as const
const lists = {
  project: 'projects',
  unit: 'units',
  stage: 'stages',
  use: 'uses',
  blocker: 'blockers',
} as const

const listNames = Object.keys(lists) as (keyof typeof lists)[]

const list = (text: string | null) => (text ? text.split(',').filter(Boolean) : [])

function number(text: string | undefined | null): number | null {
  if (text === undefined || text === null || text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

function readView(text: string | null): View | null {
  const [zoom, lat, lng] = (text ?? '').split('/').map(number)
  if (zoom == null || lat == null || lng == null) return null
  if (Math.abs(lat) > 85 || Math.abs(lng) > 180 || zoom < 0 || zoom > 22) return null
  return { zoom, lng, lat }
}

function readPoints(text: string): Ring {
  return text.split(';').flatMap((pair): Ring => {
    const [lng, lat] = pair.split(',').map(number)
    return lng == null || lat == null ? [] : [[lng, lat]]
  })
}

function readRing(text: string | null): Ring | null {
  const ring = readPoints(text ?? '')
  return ring.length >= 3 ? ring : null
}

function readSelection(text: string | null): Selection | null {
  const colon = text?.indexOf(':') ?? -1
  if (!text || colon < 0) return null
  const value = text.slice(colon + 1)
  switch (text.slice(0, colon)) {
    case 'project':
      return value ? { type: 'project', code: value } : null
    case 'parcel': {
      const id = number(value)
      return id === null ? null : { type: 'parcel', id }
    }
    case 'place': {
      const [point] = readPoints(value)
      return point ? { type: 'place', lng: point[0], lat: point[1] } : null
    }
    case 'area': {
      const ring = readRing(value)
      return ring && { type: 'area', ring }
    }
    default:
      return null
  }
}

function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = { ...noFilter }
  for (const name of listNames) filter[lists[name]] = list(query.get(name))
  for (const name of texts) filter[name] = query.get(name)
  for (const name of flags) filter[name] = query.get(name) === '1'
  filter.step = number(query.get('step'))
  const days = number(query.get('overdue_days'))
  filter.overdueDays = days !== null && days >= 0 ? Math.trunc(days) : null
  filter.area = readRing(query.get('area'))
  return filter
}

function readPosition(query: URLSearchParams): number | null {
  const at = number(query.get('at'))
  return at !== null && Number.isInteger(at) && at >= 0 ? at : null
}

/** Reads a query string; whatever makes no sense falls back to the default. */
export function parseAddress(search: string): Address {
  const query = new URLSearchParams(search)
  const theme = query.get('theme')
  const panel = query.get('panel')
  return {
    view: readView(query.get('v')),
    filter: readFilter(query),
    date: dayOfIso(query.get('date') ?? ''),
    selection: readSelection(query.get('sel')),
    lang: query.get('lang') === 'en' ? 'en' : 'vi',
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    colour: query.get('colour') === 'plan' ? 'plan' : 'progress',
    panel: panel === null ? null : panel === '1',
    table: query.get('table') === '1',
    room: oneOf(rooms, query.get('room'), 'map'),
    measure: oneOf(measures, query.get('measure'), 'area'),
    compare: dayOfIso(query.get('compare') ?? ''),
    layers: readLayers(query.get('layers')),
    sort: query.get('sort') ?? '',
    group: query.get('group'),
    columns: query.has('cols') ? list(query.get('cols')) : null,
    duty: query.get('duty'),
    charts: query.get('charts') === '1',
    at: readPosition(query),
    briefing: query.get('briefing'),
    slide: Math.max(0, Math.trunc(number(query.get('slide')) ?? 0)),
  }
}

const fixed = (value: number, digits: number) => String(Number(value.toFixed(digits)))
const pair = ([lng, lat]: [number, number]) => `${fixed(lng, 5)},${fixed(lat, 5)}`

function writeSelection(selection: Selection): string {
  switch (selection.type) {
    case 'project':
      return `project:${selection.code}`
    case 'parcel':
      return `parcel:${String(selection.id)}`
    case 'place':
      return `place:${pair([selection.lng, selection.lat])}`
    case 'area':
      return `area:${selection.ring.map(pair).join(';')}`
  }
}

/** Writes the query string of an address, defaults left out; empty when all is default. */
export function writeAddress(address: Address): string {
  const query = new URLSearchParams()
  const { view, filter, date, selection, lang, theme, colour, panel, table, room } = address
  if (view) query.set('v', [fixed(view.zoom, 2), fixed(view.lat, 5), fixed(view.lng, 5)].join('/'))
  for (const name of texts) if (filter[name]) query.set(name, filter[name])
  for (const name of flags) if (filter[name]) query.set(name, '1')
  for (const name of listNames)
    if (filter[lists[name]].length) query.set(name, filter[lists[name]].join(','))
  if (filter.overdueDays !== null) query.set('overdue_days', String(filter.overdueDays))
  if (filter.area) query.set('area', filter.area.map(pair).join(';'))
  if (filter.step !== null) query.set('step', String(filter.step))
  if (date !== null) query.set('date', isoOfDay(date))
  if (selection) query.set('sel', writeSelection(selection))
  if (lang !== 'vi') query.set('lang', lang)
  if (theme) query.set('theme', theme)
  if (colour !== 'progress') query.set('colour', colour)
  if (panel !== null) query.set('panel', panel ? '1' : '0')
  if (table) query.set('table', '1')
  if (room !== 'map') query.set('room', room)
  if (address.measure !== 'area') query.set('measure', address.measure)
  if (address.compare !== null) query.set('compare', isoOfDay(address.compare))
  if (address.layers.join() !== layerGroups.join()) query.set('layers', address.layers.join(','))
  if (address.sort) query.set('sort', address.sort)
  if (address.group) query.set('group', address.group)
  if (address.columns) query.set('cols', address.columns.join(','))
  if (address.duty) query.set('duty', address.duty)
  if (address.charts) query.set('charts', '1')
  if (address.at !== null) query.set('at', String(address.at))
  if (address.briefing) query.set('briefing', address.briefing)
  if (address.slide > 0) query.set('slide', String(address.slide))
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text ? `?${text}` : ''
}
