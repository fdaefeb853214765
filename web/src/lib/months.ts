/** Months as a calendar on the wall has them: weeks of seven days, Monday first. */
import { isoOfDay } from './days'

const DAY = 86_400_000

export interface Month {
  year: number
  /** 1 to 12. */
  month: number
}

export function monthOf(day: number): Month {
  const [year, month] = isoOfDay(day).split('-').map(Number)
  return { year: year ?? 1970, month: month ?? 1 }
}

const dayOf = (year: number, month: number, date: number) =>
  Math.round(Date.UTC(year, month - 1, date) / DAY)

/** 0 is Monday; the first day of all was a Thursday. */
export const weekdayOf = (day: number) => (((day + 3) % 7) + 7) % 7

/** Six weeks that hold the month: the grid keeps its height from month to month. */
export function weeksOf({ year, month }: Month): number[][] {
  const first = dayOf(year, month, 1)
  const start = first - weekdayOf(first)
  return [0, 1, 2, 3, 4, 5].map((week) =>
    [0, 1, 2, 3, 4, 5, 6].map((weekday) => start + 7 * week + weekday),
  )
}

/** The same date so many months on; the month's last where it has no such date. */
export function monthsOn(day: number, months: number): number {
  const { year, month } = monthOf(day)
  const date = Number(isoOfDay(day).slice(8))
  const last = dayOf(year, month + months + 1, 0)
  return Math.min(dayOf(year, month + months, date), last)
}

/** Where a key leads from a day, as calendars have it; null for other keys. */
export function moved(day: number, key: string, isShift: boolean): number | null {
  switch (key) {
    case 'ArrowLeft':
      return day - 1
    case 'ArrowRight':
      return day + 1
    case 'ArrowUp':
      return day - 7
    case 'ArrowDown':
      return day + 7
    case 'Home':
      return day - weekdayOf(day)
    case 'End':
      return day + 6 - weekdayOf(day)
    case 'PageUp':
      return monthsOn(day, isShift ? -12 : -1)
    case 'PageDown':
      return monthsOn(day, isShift ? 12 : 1)
    default:
      return null
  }
}
