/** Numbers as people here write them: decimal comma and dot for thousands in Vietnamese; dates are dd/mm/yyyy in both languages. */

export type Lang = 'vi' | 'en'

const locales: Record<Lang, string> = { vi: 'vi-VN', en: 'en-GB' }
const cache = new Map<string, Intl.NumberFormat>()

function formatter(lang: Lang, digits: number, style: 'decimal' | 'percent' = 'decimal') {
  const key = `${lang}${String(digits)}${style}`
  let format = cache.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locales[lang], {
      style,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    cache.set(key, format)
  }
  return format
}

/** A count, without decimals. */
export const count = (value: number, lang: Lang) => formatter(lang, 0).format(value)

/** A text with its per cent signs as the language has them: after a thin space in Vietnamese. */
export const perCentSigns = (text: string, lang: Lang) =>
  text.replaceAll(/(\d)\s?%/g, lang === 'vi' ? '$1\u202f%' : '$1%')

/** Per cent with so many decimals. */
const perCent = (share: number, digits: number, lang: Lang) =>
  perCentSigns(formatter(lang, digits, 'percent').format(share), lang)

/** A share 0..1 as per cent with one decimal. */
export const percent = (share: number, lang: Lang) => perCent(share, 1, lang)

/** A share that is exact as it stands, such as a mark of a scale: no decimals. */
export const wholePercent = (share: number, lang: Lang) => perCent(share, 0, lang)

/** As `percent`, of what was rounded before: no decimals that nobody knows. */
export const roughPercent = (share: number, lang: Lang) => `≈ ${wholePercent(share, lang)}`

/** Square metres in hectares, for projects: one decimal, two below ten hectares. */
export function hectares(squareMetres: number, lang: Lang): string {
  const value = squareMetres / 10_000
  return formatter(lang, Math.abs(value) < 10 && value !== 0 ? 2 : 1).format(value)
}

/** Square metres with one decimal, for parcels. */
export const squareMetres = (value: number, lang: Lang) => formatter(lang, 1).format(value)

/** Dong in billions (tỷ đồng) with one decimal. */
export const billions = (dong: number, lang: Lang) => formatter(lang, 1).format(dong / 1e9)

/** As `billions`, of what was rounded to whole ones: no more digits than are known. */
export function wholeBillions(dong: number, lang: Lang): string {
  return dong > 0 ? `≈ ${formatter(lang, 0).format(dong / 1e9)}` : '< 1'
}

/** Metres in kilometres with two decimals. */
export const kilometres = (metres: number, lang: Lang) => formatter(lang, 2).format(metres / 1000)

/** A signed hectare figure for changes, with a real minus. */
export function signedHectares(value: number, lang: Lang): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±'
  return sign + hectares(Math.abs(value), lang)
}

/** A WGS 84 coordinate with five decimals, about a metre. */
export const coordinate = (degrees: number, lang: Lang) => formatter(lang, 5).format(degrees)

/** A number with a given number of decimals. */
export const decimal = (value: number, digits: number, lang: Lang) =>
  formatter(lang, digits).format(value)

/** A signed count for changes, with a real minus. */
export const signedCount = (value: number, lang: Lang): string =>
  (value > 0 ? '+' : value < 0 ? '−' : '') + count(Math.abs(value), lang)
