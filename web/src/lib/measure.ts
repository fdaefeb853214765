/** One of the five measures of progress, as a share and in words. */
import type { MeasureName } from './address'
import type { Measures } from './types'

interface Part {
  done: number
  total: number
}

/** What is done of a measure; null where it does not apply or is not told. */
export function partOf(measures: Measures, name: MeasureName): Part | null {
  switch (name) {
    case 'money':
      return measures.money && { done: measures.money.paid, total: measures.money.approved }
    case 'length':
      return measures.length
    default:
      return measures[name]
  }
}

/** A share of sums that were rounded is told where it can be off by so much at most. */
const BLUR = 0.05
/** What was rounded may look whole where it is not: a tick is not given for it. */
const ALMOST = 0.999

/** Whether the sums of a measure were rounded before they came here. */
export const isRounded = (measures: Measures, name: MeasureName): boolean =>
  name === 'money' && !!measures.money?.rounded_to

/** The share that is done, 0..1; null where the measure does not apply or can't be told. */
export function shareOf(measures: Measures, name: MeasureName): number | null {
  const part = partOf(measures, name)
  if (!part || part.total <= 0) return null
  const share = Math.min(1, part.done / part.total)
  if (!isRounded(measures, name)) return share
  const half = (measures.money?.rounded_to ?? 0) / 2
  return (half * (1 + share)) / part.total > BLUR ? null : Math.min(share, ALMOST)
}

/** The share that was planned, where there is a plan for the measure. */
export function plannedOf(measures: Measures, name: MeasureName): number | null {
  if (name === 'money' || name === 'length') return null
  const { planned, total } = measures[name]
  return planned === null || total <= 0 ? null : Math.min(1, planned / total)
}
