/** Days are whole days since 1970-01-01, as the server counts them: days of Vietnam, whatever zone a device is set to. */

const MILLISECONDS = 86_400_000

/** Vietnam is ahead of UTC by this, in summer and winter. */
const VIETNAM = 7 * 3_600_000

/** The day that it is in Vietnam, by this device's clock. */
export const todayInVietnam = (now = Date.now()): number =>
  Math.floor((now + VIETNAM) / MILLISECONDS)

/** `20781` to `2026-11-24`. */
export function isoOfDay(day: number): string {
  return new Date(day * MILLISECONDS).toISOString().slice(0, 10)
}

/** `2026-11-24` to `20781`; null for anything that is not a date. */
export function dayOfIso(iso: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return null
  const time = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(time) ? null : Math.round(time / MILLISECONDS)
}

/** `20781` to `24/11/2026`, the way dates are written in Vietnam. */
export function dateOfDay(day: number): string {
  const [year, month, date] = isoOfDay(day).split('-')
  return `${date ?? ''}/${month ?? ''}/${year ?? ''}`
}

/** The time of day in Vietnam of a moment in milliseconds, `14:05`. */
export const timeOf = (moment: number): string =>
  new Date(moment + VIETNAM).toISOString().slice(11, 16)

/**
 * A date as people write it, `24/11/2026`, `24-11-26` or `24112026`, as `2026-11-24`; null where
 * it is no date. Only a whole date is taken: a missing year is not guessed.
 */
export function isoOfTyped(text: string): string | null {
  const typed = text.trim()
  if (dayOfIso(typed) !== null) return exact(typed)
  const parts =
    /^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})$/.exec(typed) ??
    /^(\d{2})(\d{2})(\d{4})$/.exec(typed)
  if (!parts) return null
  const [, date = '', month = '', year = ''] = parts
  const whole = year.length === 2 ? `20${year}` : year
  return exact(`${whole}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`)
}

/** The date where the calendar has it: 31 February is none. */
function exact(iso: string): string | null {
  const day = dayOfIso(iso)
  return day !== null && isoOfDay(day) === iso ? iso : null
}

/** `2026-11-24` as `24/11/2026`; what is no date stays as it is. */
export function typedOfIso(iso: string): string {
  const day = dayOfIso(iso)
  return day === null ? iso : dateOfDay(day)
}

/** An instant as the clock on the wall in Vietnam has it: `14:05, 24/11/2026`. */
export function clockOf(iso: string): string {
  const moment = Date.parse(iso)
  if (Number.isNaN(moment)) return iso
  return `${timeOf(moment)}, ${dateOfDay(Math.floor((moment + VIETNAM) / MILLISECONDS))}`
}

/** A moment in milliseconds with its seconds, for logs: `24/11/2026 14:05:09`. */
export function momentOf(moment: number): string {
  const day = Math.floor((moment + VIETNAM) / MILLISECONDS)
  return `${dateOfDay(day)} ${new Date(moment + VIETNAM).toISOString().slice(11, 19)}`
}

/** The day of a moment in milliseconds, in Vietnam: `24/11/2026`. */
export const dayOfMoment = (moment: number): string =>
  dateOfDay(Math.floor((moment + VIETNAM) / MILLISECONDS))

/** The first day of each year and quarter inside a span, for the ticks of an axis. */
export function quarterStarts(first: number, last: number): { day: number; label: string }[] {
  const starts: { day: number; label: string }[] = []
  for (let year = Number(isoOfDay(first).slice(0, 4)); ; year += 1)
    for (const month of [1, 4, 7, 10]) {
      const day = Math.round(Date.UTC(year, month - 1, 1) / MILLISECONDS)
      if (day > last) return starts
      if (day >= first)
        starts.push({ day, label: `${String(month).padStart(2, '0')}/${String(year)}` })
    }
}

/** The value of a series that holds from each of its days to the next; nothing before the first. */
export function stepAt(days: readonly number[], values: readonly number[], day: number): number {
  const after = days.findIndex((at) => at > day)
  return (after === -1 ? values.at(-1) : values[after - 1]) ?? 0
}

/**
 * The value of a daily series at a day, linear between grid points and flat
 * beyond the ends. `days` ascends; `values` is as long.
 */
export function valueAt(days: readonly number[], values: readonly number[], day: number): number {
  const after = days.findIndex((at) => at >= day)
  if (after === -1) return values.at(-1) ?? 0
  const high = values[after] ?? 0
  if (after === 0) return high
  const low = values[after - 1] ?? 0
  const from = days[after - 1] ?? day
  const to = days[after] ?? day
  return to === from ? high : low + ((high - low) * (day - from)) / (to - from)
}
