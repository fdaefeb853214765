/**
 * Colours of the map as MapLibre expressions. The day comes from the style's
 * global state, so that moving the slider needs no request; where a parcel stands
 * comes from the days of its acts, on the scale of the catalog.
 */
import type { ExpressionSpecification } from 'maplibre-gl'
import type { Palette } from '../lib/palette'
import { actsOf } from '../lib/scale'
import type { Catalog } from '../lib/types'

type Colour = string
type Scale = Pick<Catalog, 'stages' | 'standings'>

/** A day that never comes: stands for acts that have not. */
const NEVER = 1_000_000_000

const day: ExpressionSpecification = ['global-state', 'day']

const by = (name: string): ExpressionSpecification => [
  '<=',
  ['coalesce', ['get', name], NEVER],
  day,
]

/** Whether a parcel was withdrawn, split or merged by the day of the slider. */
export const ended: ExpressionSpecification = by('ended')

/** Whether all acts that bring a parcel to a standing had come by the day of the slider. */
function reached({ stages }: Scale, standing: string): ExpressionSpecification {
  const days = actsOf(standing).flatMap((act) => {
    const stage = stages.find(({ code }) => code === act)
    return stage ? [by(`d${String(stage.number)}`)] : []
  })
  return days.length ? ['all', ...days] : (['literal', false] as unknown as ExpressionSpecification)
}

/** One value a standing, chosen by where the parcel stands on the day of the slider. */
function byStanding<T extends string | number>(
  scale: Scale,
  value: (place: number) => T,
): ExpressionSpecification {
  const branches = scale.standings
    .flatMap(({ code }, place) => (place > 0 ? [[reached(scale, code), value(place)]] : []))
    .reverse()
    .flat()
  return ['case', ...branches, value(0)] as unknown as ExpressionSpecification
}

/** The place that the live stream told, on today's map; -1 when it told none or the day is another. */
function told(today: number): ExpressionSpecification {
  return ['case', ['==', day, today], ['coalesce', ['feature-state', 'live'], -1], -1]
}

/** The colour of a parcel by where it stands on the day of the slider; what has just happened comes first. */
export function standingColour(
  scale: Scale,
  colours: Palette,
  today: number,
): ExpressionSpecification {
  const colour = (place: number): Colour => colours.stages[place] ?? colours.unknown
  const live = scale.standings.flatMap((_, place) => [place, colour(place)])
  return [
    'match',
    told(today),
    ...live,
    byStanding(scale, colour),
  ] as unknown as ExpressionSpecification
}

/** The place on the scale where a parcel stands on the day of the slider. */
export const standingPlace = (scale: Scale) => byStanding(scale, (place) => place)

/** Whether a parcel is handed over on the day of the slider. */
export function cleared(scale: Scale, today: number): ExpressionSpecification {
  const last = scale.standings.at(-1)
  if (!last) return ['literal', false] as unknown as ExpressionSpecification
  const place = scale.standings.length - 1
  return ['match', told(today), -1, reached(scale, last.code), place, true, false]
}

/** The colours of the project legend, step by step. */
export function stepColours(colours: Palette, mode: 'progress' | 'plan'): readonly Colour[] {
  return mode === 'progress' ? [...colours.progress, colours.progress[4]] : colours.plan
}

/**
 * The colour of a project by the legend step in its feature state; before the
 * first figures are there, by the share that the tile carries for today.
 */
export function projectColour(
  colours: Palette,
  mode: 'progress' | 'plan',
  unset: ExpressionSpecification | Colour,
): ExpressionSpecification {
  const steps = stepColours(colours, mode).flatMap((colour, step) => [step, colour])
  const step = ['coalesce', ['feature-state', 'step'], -2]
  return ['match', step, ...steps, -1, colours.unknown, unset] as unknown as ExpressionSpecification
}

/** The progress colour of the share in the tile. */
export function shareColour(colours: Palette): ExpressionSpecification {
  const [first, ...rest] = colours.progress
  const stops = rest.flatMap((colour, index) => [(index + 1) / 5, colour])
  return ['step', ['get', 'share'], first, ...stops] as unknown as ExpressionSpecification
}

/** Metres a pixel at zoom 0 with 512-pixel tiles, at the latitude of a place. */
const metresAtZero = (latitude: number) => 78_271.517 * Math.cos((latitude * Math.PI) / 180)

/**
 * Square metres that a square of `pixels` covers at each zoom. Exact, since the
 * area of a pixel falls by four with each zoom.
 */
export function areaOfPixels(pixels: number, latitude: number): ExpressionSpecification {
  const at = (zoom: number) => ((pixels * metresAtZero(latitude)) / 2 ** zoom) ** 2
  return ['interpolate', ['exponential', 0.25], ['zoom'], 0, at(0), 22, at(22)]
}
