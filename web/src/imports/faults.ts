/** What is wrong with features of a file, in words of the page: equal faults are told once. */
import { t } from '../i18n'
import { dateText } from '../i18n/lawful'
import { decimal } from '../lib/format'
import { address } from '../stores/address.svelte'
import { fieldTitle } from './fields'
import { rules } from './rules'
import { systemName } from './systems'
import type { ImportReport } from '../lib/types'

/** Features that have one and the same fault. */
export interface Fault {
  title: string
  /** The features, each with what is its own. */
  features: string[]
}

const isNumber = (text: string) => /^[+-]?\d+(\.\d+)?$/.test(text)

function valueText(name: string, value: string): string {
  const { lang } = address.now
  if (['day', 'from', 'to'].includes(name) && /^\d{4}-\d\d-\d\d$/.test(value))
    return dateText(value)
  if (name === 'field') return fieldTitle(value)
  if (name === 'crs') return systemName(value)
  if (!['percent', 'n', 'drawn'].includes(name) || !isNumber(value)) return value
  const digits = value.split('.')[1]?.length ?? 0
  const text = decimal(Number(value), digits, lang)
  return value.startsWith('+') ? `+${text}` : text
}

/** A sentence of the server's in words of the page; itself where it is of no known form. */
export function faultText(sentence: string): { title: string; own: string } {
  for (const { is, key, own } of rules) {
    const found = is.exec(sentence)
    if (!found) continue
    const values = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [
        name,
        // A group that the sentence leaves out has no value.
        (value as string | undefined) === undefined ? '' : valueText(name, value),
      ]),
    )
    return { title: t(key, values), own: own ? t(own, values) : '' }
  }
  return { title: sentence, own: '' }
}

/** A feature as its owner knows it. */
export function featureText(name: string): string {
  const parcel = /^(?<feature>.*) \(sheet (?<sheet>.*), parcel (?<number>.*)\)$/.exec(name)?.groups
  if (parcel) return t('feature.parcel', parcel)
  const face = /^face (?<n>\d+) at (?<at>.*)$/.exec(name)?.groups
  if (face) return t('feature.face', face)
  const stored = /^(?<project>\S+) (?<parcel>.*) \(in the store\)$/.exec(name)?.groups
  if (stored) return t('feature.stored', stored)
  return t('feature.number', { n: name })
}

const inStore = (name: string) => name.endsWith('(in the store)')

/** Puts features with the same fault together, the most frequent first. */
function together(all: readonly { title: string; feature: string }[]): Fault[] {
  const found = new Map<string, string[]>()
  for (const { title, feature } of all) {
    const features = found.get(title)
    if (features) features.push(feature)
    else found.set(title, [feature])
  }
  return [...found]
    .map(([title, features]) => ({ title, features }))
    .sort((a, b) => b.features.length - a.features.length)
}

const joined = (...parts: string[]) => parts.filter(Boolean).join(' · ')

export const remarks = (
  all: readonly { feature: string; field?: string | null; reason: string }[],
) =>
  together(
    all.map(({ feature, field, reason }) => {
      const { title, own } = faultText(reason)
      return {
        title: field ? `${fieldTitle(field)}: ${title}` : title,
        feature: joined(featureText(feature), own),
      }
    }),
  )

export const overlaps = (all: ImportReport['overlaps']) =>
  together(
    all.map(({ a, b, area_m2 }) => ({
      title: t(inStore(b) ? 'fault.overStored' : 'fault.overFile'),
      feature: `${featureText(a)} × ${featureText(b)}: ${decimal(area_m2, 1, address.now.lang)} m²`,
    })),
  )

const areas = { declared_area: 'report.declared', recovered_area: 'report.recovered' } as const

export const differences = (all: ImportReport['area_differences']) =>
  together(
    all.map(({ feature, field, declared_m2, computed_m2, percent }) => {
      const number = (value: number) => decimal(value, 1, address.now.lang)
      return {
        title: t('fault.areaOff', { field: t(areas[field]) }),
        feature: joined(
          featureText(feature),
          t('fault.areaOwn', {
            stated: number(declared_m2),
            drawn: number(computed_m2),
            percent: `${percent > 0 ? '+' : ''}${number(percent)}`,
          }),
        ),
      }
    }),
  )

/** What is to be known about the whole file; what has a notice of its own is not said again. */
export const warnings = (all: readonly string[]): Fault[] =>
  all
    .filter((text) => !/^the parcels lie \d+ km from /.test(text))
    .map((text) => ({ title: faultText(text).title, features: [] }))
