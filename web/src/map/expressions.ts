/**
 * Colours of the map as MapLibre expressions. The day comes from the style's
 * global state, so that moving the slider needs no request; the order of the
 * stages comes from the catalog, so that no rule of the law is written here.
 */
import type { ExpressionSpecification } from 'maplibre-gl'
import type { Palette } from '../lib/palette'
import type { Procedure, Stage } from '../lib/types'

type Colour = string

/** A day that never comes: stands for stages not reached. */
const NEVER = 1_000_000_000

const day: ExpressionSpecification = ['global-state', 'day']

function reached(stage: Stage): ExpressionSpecification {
  return ['<=', ['coalesce', ['get', `d${String(stage.number)}`], NEVER], day]
}

/** Whether a parcel was withdrawn, split or merged by the day of the slider. */
export const ended: ExpressionSpecification = ['<=', ['coalesce', ['get', 'ended'], NEVER], day]

/** One value a stage, chosen by the last stage in the procedure's order that the parcel has reached. */
function byStage<T extends string | number>(
  stages: Stage[],
  procedures: Procedure[],
  value: (stage: Stage) => T,
): ExpressionSpecification {
  const known = new Map(stages.map((stage) => [stage.code, stage]))
  const first = stages[0]
  if (!first) return ['literal', ''] as unknown as ExpressionSpecification
  const inOrder = (order: string[]) => {
    const branches = order
      .flatMap((code) => known.get(code) ?? [])
      .reverse()
      .filter((stage) => stage !== first)
      .flatMap((stage) => [reached(stage), value(stage)])
    return ['case', ...branches, value(first)] as unknown as ExpressionSpecification
  }
  const fallback = inOrder(stages.map((stage) => stage.code))
  const laws = procedures.flatMap((procedure) => [procedure.code, inOrder(procedure.order)])
  return ['match', ['get', 'law'], ...laws, fallback] as unknown as ExpressionSpecification
}

/** The stage that the live stream told, on today's map; -1 when it told none or the day is another. */
function told(today: number): ExpressionSpecification {
  return ['case', ['==', day, today], ['coalesce', ['feature-state', 'live'], -1], -1]
}

/** The colour of a parcel by its stage on the day of the slider; what has just happened comes first. */
export function stageColour(
  stages: Stage[],
  procedures: Procedure[],
  colours: Palette,
  today: number,
): ExpressionSpecification {
  const colour = (stage: Stage): Colour => colours.stages[stage.number] ?? colours.unknown
  const live = stages.flatMap((stage) => [stage.number, colour(stage)])
  const tile = byStage(stages, procedures, colour)
  return ['match', told(today), ...live, tile] as unknown as ExpressionSpecification
}

/** The number of the stage of a parcel on the day of the slider. */
export const stageNumber = (stages: Stage[], procedures: Procedure[]) =>
  byStage(stages, procedures, (stage) => stage.number)

/** Whether a parcel is handed over on the day of the slider. */
export function cleared(stages: Stage[], today: number): ExpressionSpecification {
  const last = stages.at(-1)
  if (!last) return ['literal', false] as unknown as ExpressionSpecification
  return ['match', told(today), -1, reached(last), last.number, true, false]
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
