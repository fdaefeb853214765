/** Names and symbols of the map: everything that is text or stands at a point. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Palette } from '../lib/palette'
import { areaOfPixels } from './expressions'
import { gaugePrefix, nothingName, pinName, unknownGauge } from './images'
import { all, projectMatch, type Look } from './layers'

/** A project whose area covers a square of fewer pixels than this is shown by its gauge. */
const GAUGE_PIXELS = 40

/** Zoom from which parcels bear their numbers. */
export const NUMBER_ZOOM = 16.5

const anchors = [
  'top',
  'bottom',
  'right',
  'left',
  'top-left',
  'bottom-right',
  'top-right',
  'bottom-left',
] as const

/** A name above or below reaches half as far to a side as one beside. */
const upright = ['top', 'bottom'] as const

const REGULAR = ['Be Vietnam Pro']
const SEMIBOLD = ['Be Vietnam Pro SemiBold']

const halo = (colours: Palette) => ({
  'text-halo-color': colours.halo,
  'text-halo-width': 1.5,
})

/** Sizes of text by zoom, on a wall larger. */
const textSize = (look: Look, ...stops: number[]): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['zoom'],
  ...stops.map((stop, place) => (place % 2 ? stop * look.scale : stop)),
]

/** Names: units, chainage, parcel numbers. */
export function labelLayers(look: Look): LayerSpecification[] {
  const { colours, scale } = look
  return [
    {
      id: 'unit-label',
      type: 'symbol',
      source: 'unit-names',
      minzoom: 9.5,
      maxzoom: 15,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': REGULAR,
        'text-size': textSize(look, 9.5, 10.5, 13, 14),
        'text-letter-spacing': 0.02,
        'text-max-width': 7,
        'text-padding': 6,
      },
      paint: { 'text-color': colours.inkSoft, ...halo(colours) },
    },
    {
      id: 'parcel-label',
      type: 'symbol',
      source: 'parcel-numbers',
      minzoom: NUMBER_ZOOM,
      layout: {
        'text-field': ['get', 'number'],
        'text-font': REGULAR,
        'text-size': 11 * scale,
      },
      paint: { 'text-color': colours.ink, ...halo(colours) },
    },
    {
      id: 'chainage-dot',
      type: 'circle',
      source: 'chainage',
      'source-layer': 'chainage',
      minzoom: 12,
      filter: ['any', ['==', ['get', 'major'], true], ['>=', ['zoom'], 14]],
      paint: {
        'circle-radius': 3,
        'circle-color': colours.halo,
        'circle-stroke-color': colours.ink,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'chainage-label',
      type: 'symbol',
      source: 'chainage',
      'source-layer': 'chainage',
      minzoom: 12,
      filter: ['any', ['==', ['get', 'major'], true], ['>=', ['zoom'], 14]],
      layout: {
        'text-field': ['get', 'label'],
        'text-font': SEMIBOLD,
        'text-size': 11 * scale,
        'text-variable-anchor': ['left', 'top', 'right', 'bottom'],
        'text-radial-offset': 1.1,
        'text-justify': 'auto',
        'text-padding': 4,
      },
      paint: { 'text-color': colours.ink, ...halo(colours) },
    },
  ]
}

/** Gauges and names of projects, and the pin of a searched place; on top of everything. */
export function markLayers(look: Look): LayerSpecification[] {
  const { catalog, colours, theme, mode } = look
  const latitude = (catalog.bbox[1] + catalog.bbox[3]) / 2
  const source = { source: 'marks', 'source-layer': 'project_points' }
  const small: ExpressionSpecification = [
    '<',
    ['get', 'area'],
    areaOfPixels(GAUGE_PIXELS, latitude),
  ]
  const matching = projectMatch(look)
  // The title of a slide names its project already.
  const others: ExpressionSpecification = [
    '!=',
    ['get', 'code'],
    look.far ? (look.selectedProject ?? '') : '',
  ]
  const known: ExpressionSpecification = ['object', ['global-state', 'gauges'], ['literal', {}]]
  const name: ExpressionSpecification = ['coalesce', ['get', ['get', 'code'], known], unknownGauge]
  const text = {
    'text-field': ['get', 'name'] as ExpressionSpecification,
    'text-font': SEMIBOLD,
    'text-size': textSize(look, 9, 11, 13, 14),
    'text-max-width': 9,
    'text-padding': 4,
  }
  const paint = { 'text-color': colours.ink, ...halo(colours) }
  const size = textSize(look, 8, 0.7, 10, 1)
  const linear: ExpressionSpecification = ['==', ['get', 'linear'], true]
  // Beside its own place, wherever no road lies.
  const beside = (offset: number | ExpressionSpecification) => ({
    ...text,
    'text-padding': 1,
    'text-variable-anchor': [...(look.slim ? upright : anchors)],
    'text-radial-offset': offset,
    'text-justify': 'auto' as const,
  })
  return [
    {
      id: 'project-label',
      type: 'symbol',
      ...source,
      maxzoom: 14,
      filter: all(['!', small], ['!', linear], others, matching),
      layout: text,
      paint,
    },
    {
      id: 'road-label',
      type: 'symbol',
      ...source,
      maxzoom: 14,
      filter: all(['!', small], linear, others, matching),
      layout: beside(1.1),
      paint,
    },
    {
      id: 'gauge-label',
      type: 'symbol',
      ...source,
      filter: all(small, others, matching),
      layout: {
        // Beside a road there is more room at its corners, which lie farther from the gauge.
        ...beside(['case', linear, 2.4, 1.75]),
        // On a wall those furthest behind are named first.
        'symbol-sort-key': ['-', 0, ['coalesce', ['get', look.far ? 'behind' : 'area'], 0]],
      },
      paint,
    },
    {
      id: 'gauge-selected',
      type: 'circle',
      ...source,
      filter: all(small, ['==', ['get', 'code'], look.selectedProject ?? '']),
      paint: {
        'circle-radius': textSize(look, 8, 15, 10, 20),
        'circle-color': colours.accent,
      },
    },
    {
      id: 'project-gauge',
      type: 'symbol',
      ...source,
      filter: all(small, matching),
      layout: {
        'icon-image': ['concat', gaugePrefix({ theme, mode }), name],
        'icon-allow-overlap': true,
        'icon-size': size,
        'icon-padding': 0,
        'symbol-sort-key': ['get', 'area'],
      },
    },
    {
      // Keeps names off the roads: what is placed first keeps its place.
      id: 'road-clear',
      type: 'symbol',
      source: 'projects',
      'source-layer': 'alignments',
      maxzoom: 14,
      filter: all(matching),
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 8,
        'icon-image': nothingName(theme),
        'icon-allow-overlap': true,
        'icon-padding': 0,
      },
    },
    {
      id: 'pin',
      type: 'symbol',
      source: 'pin',
      layout: {
        'icon-image': pinName(theme),
        'icon-anchor': 'bottom',
        'icon-allow-overlap': true,
      },
    },
  ]
}

/** Numbered places, as a text beside the map counts them. */
export function spotLayers({ colours, scale }: Look): LayerSpecification[] {
  return [
    {
      id: 'spot',
      type: 'circle',
      source: 'spots',
      paint: {
        'circle-radius': 12 * scale,
        'circle-color': colours.accent,
        'circle-stroke-color': colours.halo,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'spot-number',
      type: 'symbol',
      source: 'spots',
      layout: {
        'text-field': ['get', 'number'],
        'text-font': SEMIBOLD,
        'text-size': 14 * scale,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': colours.onAccent },
    },
  ]
}

/** Labels are drawn once from whatever font is there: it must have arrived. */
export const fontsArrived = () =>
  Promise.all(
    ["400 24px 'Be Vietnam Pro'", "600 24px 'Be Vietnam Pro SemiBold'"].map((font) =>
      document.fonts.load(font, 'Thửa đất ệ ữ 0123456789'),
    ),
  )
