/**
 * Where a parcel stands, on the one scale of map, tables and figures. Payment and the recovery
 * decision run side by side after the plan's approval: a parcel may have either, or both.
 */
import type { Catalog, Coded, WorkParcel } from './types'

/** The acts that must have come for a parcel to stand there. */
export const actsOf = (standing: string): readonly string[] =>
  standing === 'paid_and_decided' ? ['paid', 'recovery_decided'] : [standing]

/** The furthest place of the scale whose acts have come; the first one when none has. */
export function standingOf(scale: readonly Coded[], came: (act: string) => boolean): string {
  const furthest = scale.findLast(({ code }) => actsOf(code).every(came))
  return (furthest ?? scale[0])?.code ?? ''
}

/** Whether a parcel that stands at `place` has come as far as `step`, or past it. */
export function hasReached(scale: readonly Coded[], place: string, step: string): boolean {
  const at = (code: string) => scale.findIndex((one) => one.code === code)
  const aside = (code: string) => actsOf('paid_and_decided').includes(code)
  return at(place) >= at(step) && !(aside(place) && aside(step) && place !== step)
}

/** The place of a standing, or of the act that brings a parcel there, which is also that of its colour. */
export const placeOf = ({ standings }: Catalog, code: string | null): number =>
  Math.max(
    0,
    standings.findIndex((one) => one.code === code),
  )

/** The act that is due next: the one whose term runs, else the first that has not come. */
export function nextAct(
  { standings }: Pick<Catalog, 'standings'>,
  { stage, next, clock }: Pick<WorkParcel, 'stage' | 'next' | 'clock'>,
): string | null {
  // Acts that may come again are offered too: they are not what is waited for.
  const open = next.filter((act) => stage === null || !hasReached(standings, stage, act))
  return open.find((act) => act === clock?.stage) ?? open[0] ?? null
}
