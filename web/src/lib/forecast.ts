/** The shapes of the answers about what lies ahead: where one can build, and when a project will be done. */
import type { ParcelName } from './types'

/** A parcel that is in the way. */
export interface FrontParcel extends ParcelName {
  area: number | null
  stage: string | null
  blocked: boolean
  overdue: boolean
}

/** Part of an alignment, by its chainage. */
interface Stretch {
  from: string
  to: string
  from_m: number
  to_m: number
  length_m: number
}

/** So many parcels whose clearance opens the most. */
export interface Best {
  clear: number
  gain_m: number
  workable_m: number
  parcels: FrontParcel[]
  /** What can be built on then. */
  stretches: Stretch[]
}

export interface LinearFronts {
  kind: 'linear'
  least_length_m: number
  length_m: number
  workable_m: number
  workable_share: number
  longest: { from: string; to: string; length_m: number } | null
  best: Best[]
  /** The whole alignment, piece by piece. */
  stretches: (Stretch & { state: string; parcels: FrontParcel[] })[]
}
interface ArealFronts {
  kind: 'areal'
  least_area: number
  area: number
  workable_area: number
  workable_share: number
  best: { gain: number; parcel: ParcelName }[]
}
/** Where one can build, and what opens the most. */
export type Fronts = { project: string } & (LinearFronts | ArealFronts)

interface ForecastBand {
  p10: string | null
  p50: string | null
  p90: string | null
}
interface Done {
  state: 'done'
  done_on: string | null
}
interface NotEnoughHistory {
  state: 'not_enough_history'
  stage: string
}
interface Expected {
  state: 'expected'
  /** Dates; null = beyond the four years that a forecast reaches. */
  completion: ForecastBand
  cleared_95_percent: ForecastBand
  on_time: number | null
  /** m² handed over by a day: one in ten, half, nine in ten of the futures stay below. */
  cleared: { day: number; p10: number; p50: number; p90: number }[]
  drivers: { parcel: ParcelName; share: number }[]
}
/** When a project will be done. */
export type Forecast = { project: string; required_on: string | null } & (
  Done | NotEnoughHistory | Expected
)
