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

/** The share that is done, 0..1; null where the measure does not apply. */
export function shareOf(measures: Measures, name: MeasureName): number | null {
  const part = partOf(measures, name)
  return part && part.total > 0 ? Math.min(1, part.done / part.total) : null
}

/** The share that was planned, where there is a plan for the measure. */
export function plannedOf(measures: Measures, name: MeasureName): number | null {
  if (name === 'money' || name === 'length') return null
  const { planned, total } = measures[name]
  return planned === null || total <= 0 ? null : Math.min(1, planned / total)
}
