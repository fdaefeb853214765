/** The areas and lines of the map, from the ground up, as functions of what is looked at. */
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import type { LayerGroup } from '../lib/address'
import { asked, type Asked } from '../lib/conditions'
import type { Filter } from '../lib/filter'
import type { Palette, Theme } from '../lib/palette'
import type { Catalog } from '../lib/types'
import {
  cleared,
  ended,
  projectColour,
  shareColour,
  standingColour,
  standingPlace,
} from './expressions'
import { hatchName } from './images'

/** Zoom from which parcels are drawn. */
export const PARCEL_ZOOM = 13
/**
 * Zoom from which parcels have outlines of a width of their own. Before that a hundred thousand may
 * be in view, and lines take most of the time: there the fill's own hairline does.
 */
const EDGE_ZOOM = 14.5
/** Zoom from which each parcel has a border of its own. */
const BORDER_ZOOM = 16.5
export interface Look {
  catalog: Catalog
  colours: Palette
  theme: Theme
  mode: 'progress' | 'plan'
  filter: Filter
  /** Codes of the projects that pass the filter; null when all do. */
  projects: string[] | null
  /** Parcels that pass what tiles know nothing of; null when nothing of that kind is asked. */
  chosen: readonly number[] | null
  /** Whether the day is today: blocked and overdue are known for today only. */
  today: boolean
  selectedProject: string | null
  selectedParcel: number | null
  /** How far away it is read: on a wall names are larger by `scale`, and parcels are of three kinds only. */
  far: boolean
  scale: number
  /** Whether names beside what lies at the edge would run out of the map: they stand above or below. */
  slim: boolean
  /** Numbers of the parcels that are near enough to be read. */
  numbers?: GeoJSON.Feature[]
  /** Lines that are pointed out. */
  stretch?: GeoJSON.Feature[]
  /** Places that a text beside the map numbers. */
  spots?: GeoJSON.Feature[]
  /** Whether tiles hold every parcel, however many, instead of patches. */
  each: boolean
  /** Layer groups that are drawn, from the ground up. */
  layers: readonly LayerGroup[]
  /** Position of the ledger that tiles are of; null = now. */
  at: number | null
}

/** A map that is narrower, in pixels, has no room for names at its sides; 0 is not known yet. */
export const isSlim = (width: number) => width > 0 && width < 640

/** All of the conditions that are set. */
export const all = (...parts: (ExpressionSpecification | null)[]) =>
  ['all', ...parts.filter((part) => part !== null)] as unknown as FilterSpecification

export const oneOf = (property: string, values: readonly (string | number)[]) =>
  ['in', ['get', property], ['literal', [...values]]] as ExpressionSpecification

/** Whether a feature is one of many: a `match` finds it without going through them. */
const isOneOf = (ids: readonly number[]) =>
  (ids.length
    ? ['match', ['id'], [...ids], true, false]
    : ['==', ['id'], -1]) as ExpressionSpecification

const isTrue = (property: string) => ['==', ['get', property], true] as ExpressionSpecification

/** A corridor is narrower than its own outline when seen from afar: there its alignment stands for it. */
const wideEnough: ExpressionSpecification = [
  'any',
  ['!=', ['get', 'linear'], true],
  ['>=', ['zoom'], 12.5],
]

/** The condition that a project passes the filter; null when every project does. */
export const projectMatch = ({ projects }: Look) => (projects ? oneOf('code', projects) : null)

const units = { source: 'units', 'source-layer': 'units' }

/** The ground: what lies outside, and the land. */
export function groundLayers({ colours }: Look): LayerSpecification[] {
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': colours.outside } },
    {
      id: 'land',
      type: 'fill',
      ...units,
      paint: { 'fill-color': colours.land, 'fill-antialias': false },
    },
  ]
}

/** Boundaries of communes. */
export function unitLayers({ colours }: Look): LayerSpecification[] {
  const communes: FilterSpecification = ['==', ['get', 'level'], 'commune']
  return [
    {
      id: 'unit-boundary',
      type: 'line',
      ...units,
      filter: communes,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colours.boundary,
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 13, 1.4, 16, 2],
      },
    },
  ]
}

/** Project areas and alignments, coloured by legend step. */
export function projectLayers(look: Look): LayerSpecification[] {
  const { colours, mode } = look
  const matching = projectMatch(look)
  const areas = { source: 'projects', 'source-layer': 'projects' }
  const lines = { source: 'projects', 'source-layer': 'alignments' }
  const stretches = { source: 'projects', 'source-layer': 'fronts' }
  const width = (extra: number): ExpressionSpecification => [
    'interpolate',
    ['linear'],
    ['zoom'],
    8,
    3 + extra,
    11,
    6 + extra,
    13,
    8 + extra,
  ]
  const unset = mode === 'progress' ? shareColour(colours) : colours.unknown
  const dim: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 12.6, 0.92, 13.2, 0.1]
  const layers: LayerSpecification[] = [
    {
      id: 'project-fill',
      type: 'fill',
      ...areas,
      filter: all(matching),
      paint: { 'fill-color': projectColour(colours, mode, unset), 'fill-opacity': dim },
    },
    {
      id: 'alignment-selected',
      type: 'line',
      ...lines,
      maxzoom: 12.5,
      filter: ['==', ['get', 'code'], look.selectedProject ?? ''],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.accent, 'line-width': width(8) },
    },
    {
      id: 'alignment-casing',
      type: 'line',
      ...lines,
      maxzoom: PARCEL_ZOOM + 0.4,
      filter: all(matching),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.casing, 'line-width': width(2) },
    },
    {
      id: 'alignment',
      type: 'line',
      ...lines,
      maxzoom: PARCEL_ZOOM + 0.4,
      filter: all(matching),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': projectColour(colours, mode, colours.unknown),
        'line-width': width(0),
      },
    },
    {
      // Hollow where one can't build: pending parcels, or clear land between them that is too short.
      id: 'alignment-gap',
      type: 'line',
      ...stretches,
      minzoom: 9.5,
      maxzoom: PARCEL_ZOOM + 0.4,
      filter: all(
        ['!=', ['get', 'state'], 'workable'],
        look.projects ? oneOf('project', look.projects) : null,
      ),
      layout: { visibility: look.today ? 'visible' : 'none' },
      paint: { 'line-color': colours.land, 'line-width': width(-2.5) },
    },
  ]
  return layers
}

/** Outlines of project areas: firm where they pass the filter, faint elsewhere; above the parcels. */
export function projectEdges(look: Look): LayerSpecification[] {
  const { colours, projects } = look
  const areas = { source: 'projects', 'source-layer': 'projects' }
  return [
    {
      id: 'project-edge',
      type: 'line',
      ...areas,
      filter: all(wideEnough),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colours.projectEdge,
        'line-opacity': projects ? ['case', oneOf('code', projects), 1, 0.3] : 1,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.7, 13, 1.6],
      },
    },
  ]
}

/** What tiles say of today only. */
const OF_TODAY: readonly string[] = ['blocked', 'overdue', 'late']

/** A condition as tiles can answer it; null where the projects that pass stand for it, or on another day. */
function tiled({ name, values }: Asked, { catalog, today }: Look): ExpressionSpecification | null {
  if (values === true) return today && OF_TODAY.includes(name) ? isTrue(name) : null
  if (name === 'unit' || name === 'use') return oneOf(name, values)
  if (name !== 'stage') return null
  const places = catalog.standings.flatMap(({ code }, place) =>
    values.includes(code) ? [place] : [],
  )
  return ['in', standingPlace(catalog), ['literal', places]] as ExpressionSpecification
}

/** The condition that a parcel passes the filter. */
export function parcelMatch(look: Look): FilterSpecification {
  const { filter, projects, chosen } = look
  return all(
    projects ? oneOf('project', projects) : null,
    ...asked(filter, null).map((one) => tiled(one, look)),
    chosen && isOneOf(chosen),
  )
}

/** Parcels by stage, with what must be told without colour: pending outline, hatch, dots. */
export function parcelLayers(look: Look): LayerSpecification[] {
  const { catalog, colours, theme, today, far } = look
  const done = cleared(catalog, catalog.today)
  const source = { source: 'parcels', 'source-layer': 'parcels', minzoom: PARCEL_ZOOM }
  const matching = parcelMatch(look)
  const also = (condition: ExpressionSpecification) =>
    all(matching as ExpressionSpecification, condition)
  const visibility = today ? 'visible' : 'none'
  const everything = (matching as unknown[]).length === 1
  const pending = ['case', done, 'transparent', colours.parcelEdge] as ExpressionSpecification
  const hairline = today
    ? (['case', isTrue('overdue'), colours.alert, pending] as ExpressionSpecification)
    : pending
  // From afar outlines and dots of thousands of parcels are noise.
  const fine = far ? 'none' : 'visible'
  return [
    {
      // What does not pass the filter.
      id: 'parcel-ghost',
      type: 'fill',
      ...source,
      layout: { visibility: everything ? 'none' : 'visible' },
      paint: { 'fill-color': colours.unknown, 'fill-opacity': 0.25, 'fill-antialias': false },
    },
    {
      id: 'parcel-fill',
      type: 'fill',
      ...source,
      filter: matching,
      paint: {
        // Withdrawn, split or merged by then: it stands nowhere any more.
        'fill-color': [
          'case',
          ended,
          colours.withdrawn,
          far
            ? ['case', done, colours.stages[9], colours.stages[1]]
            : standingColour(catalog, colours, catalog.today),
        ],
        'fill-antialias': !far && ['step', ['zoom'], true, EDGE_ZOOM, false],
        'fill-outline-color': hairline,
      },
    },
    {
      id: 'parcel-blocked',
      type: 'fill',
      ...source,
      filter: also(isTrue('blocked')),
      layout: { visibility },
      paint: { 'fill-pattern': hatchName(theme) },
    },
    {
      id: 'parcel-edge',
      type: 'line',
      ...source,
      minzoom: EDGE_ZOOM,
      filter: matching,
      layout: { visibility: fine },
      paint: {
        'line-color': colours.parcelEdge,
        'line-width': ['interpolate', ['linear'], ['zoom'], EDGE_ZOOM, 1, 16, 1.6, 18, 5],
        'line-opacity': ['case', done, 0, 1],
      },
    },
    {
      // Near enough every parcel has its border, whatever its neighbours' colour; the light outline of
      // what is pending stands inside it.
      id: 'parcel-border',
      type: 'line',
      ...source,
      minzoom: BORDER_ZOOM,
      filter: matching,
      layout: { visibility: fine },
      paint: {
        'line-color': colours.projectEdge,
        'line-width': ['interpolate', ['linear'], ['zoom'], BORDER_ZOOM, 1, 18, 1.5],
        'line-opacity': [
          'interpolate',
          ['linear'],
          ['zoom'],
          BORDER_ZOOM,
          0,
          BORDER_ZOOM + 0.5,
          0.85,
        ],
      },
    },
    {
      id: 'parcel-overdue',
      type: 'line',
      ...source,
      minzoom: EDGE_ZOOM,
      filter: also(isTrue('overdue')),
      layout: { visibility: today ? fine : 'none', 'line-cap': 'round' },
      paint: {
        'line-color': colours.alert,
        'line-width': ['interpolate', ['linear'], ['zoom'], EDGE_ZOOM, 2, 16, 3],
        'line-dasharray': [0.01, 2],
      },
    },
  ]
}

/** What the pointer is over and what is selected. */
export function highlightLayers(look: Look): LayerSpecification[] {
  const { colours, selectedProject, selectedParcel } = look
  const areas = { source: 'projects', 'source-layer': 'projects' }
  const parcels = { source: 'parcels', 'source-layer': 'parcels', minzoom: PARCEL_ZOOM }
  // As the edges are, so that they share what is made of the shapes.
  const hoverable = {
    ...parcels,
    minzoom: EDGE_ZOOM,
    filter: parcelMatch(look),
    layout: { visibility: look.far ? 'none' : 'visible' } as const,
  }
  const hover: ExpressionSpecification = [
    'case',
    ['boolean', ['feature-state', 'hover'], false],
    1,
    0,
  ]
  const chosen = (id: string, source: object, filter: FilterSpecification) =>
    [
      {
        id: `${id}-halo`,
        type: 'line',
        ...source,
        filter,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colours.halo, 'line-width': 6 },
      },
      {
        id,
        type: 'line',
        ...source,
        filter,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colours.accent, 'line-width': 3 },
      },
    ] as LayerSpecification[]
  const project: FilterSpecification = ['==', ['get', 'code'], selectedProject ?? '']
  const parcel: FilterSpecification = ['==', ['id'], selectedParcel ?? -1]
  const hovered = { 'line-color': colours.ink, 'line-width': 2, 'line-opacity': hover }
  return [
    { id: 'project-hover', type: 'line', ...areas, filter: all(wideEnough), paint: hovered },
    { id: 'parcel-hover', type: 'line', ...hoverable, paint: hovered },
    ...chosen('project-selected', areas, all(wideEnough, project as ExpressionSpecification)),
    ...chosen('parcel-selected', parcels, parcel),
  ]
}
