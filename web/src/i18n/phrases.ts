/** Sentences that several parts of the screen share. */
import { count, hectares, kilometres, percent, squareMetres } from '../lib/format'
import { address } from '../stores/address.svelte'
import type { MeasureName } from '../lib/address'
import { t, type Key } from './index'

/** A share of `total`; a share of nothing is none. */
export const shareText = (share: number, total: number): string =>
  total > 0 ? percent(share, address.now.lang) : t('none')

/** How far ahead of or behind the plan, in words. */
export function aheadText(days: number | null): string {
  if (days === null) return t('plan.none')
  const n = count(Math.abs(days), address.now.lang)
  if (days === 0) return t('plan.onTime')
  return days < 0 ? t('plan.behind', { n, days: -days }) : t('plan.ahead', { n, days })
}

/** The class of a figure that is behind or ahead; neither when on time or without a plan. */
export const aheadClass = (days: number | null) =>
  days === null || days === 0 ? '' : days < 0 ? 'late' : 'ahead'

/** Days until a deadline, in words. */
export function leftText(days: number): string {
  const n = count(Math.abs(days), address.now.lang)
  if (days === 0) return t('clock.today')
  return days < 0 ? t('clock.over', { n, days: -days }) : t('clock.left', { n, days })
}

/** Hectares with the unit. */
export const inHectares = (value: number) => `${hectares(value, address.now.lang)} ha`

/** Square metres with the unit. */
export const inSquareMetres = (value: number) => `${squareMetres(value, address.now.lang)} m²`

/** A count of parcels with the word. */
export const parcelCount = (parcels: number) =>
  t('parcels.count', { n: count(parcels, address.now.lang), parcels })

/** What the five measures are called. */
export const measureNames: Record<MeasureName, Key> = {
  area: 'measure.area',
  parcels: 'measure.parcels',
  holders: 'measure.holders',
  money: 'measure.money',
  length: 'measure.length',
}

/** How far away a place is: metres to the nearest ten below a kilometre. */
export function distanceText(metres: number): string {
  const { lang } = address.now
  return metres < 1000
    ? t('near.metres', { n: count(Math.round(metres / 10) * 10, lang) })
    : t('near.kilometres', { n: kilometres(metres, lang) })
}
