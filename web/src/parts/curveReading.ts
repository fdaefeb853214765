/** What a progress curve says of one day, in words: for who points at it. */
import { t } from '../i18n'
import { dateOfDay, valueAt } from '../lib/days'
import { percent } from '../lib/format'
import type { Curve } from '../lib/types'
import { address } from '../stores/address.svelte'

interface Drawn {
  series: Curve
  total: number
  today: number
  band: readonly { day: number; p10: number; p90: number }[]
}

export function readingOf({ series, total, today, band }: Drawn, day: number): string {
  const { lang } = address.now
  const share = (value: number) => percent(value / total, lang)
  const parts = []
  if (day <= today)
    parts.push(`${t('timeline.actual')} ${share(valueAt(series.days, series.actual, day))}`)
  if (series.planned && day <= (series.days.at(-1) ?? day))
    parts.push(`${t('timeline.planned')} ${share(valueAt(series.days, series.planned, day))}`)
  // The band is told for the last of its days that has come: nothing is made up between them.
  const coming = day > today ? band.findLast((one) => one.day <= day) : undefined
  if (coming) parts.push(`${t('curve.forecast')} ${share(coming.p10)}–${share(coming.p90)}`)
  return [dateOfDay(day), ...parts].join(' · ')
}
