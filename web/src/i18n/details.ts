/** What an act says beside its day, in words, and what may be chosen for it. */
import { dateText, lands, signers } from './lawful'
import { t, type Key } from './index'
import type { ActDetails, DetailField } from '../lib/types'

/** What each field is called. */
export const fields: Record<DetailField, Key> = {
  sent: 'detail.sent',
  effect: 'detail.effect',
  until: 'detail.until',
  received: 'detail.received',
  planned: 'detail.planned',
  handover_by: 'detail.handoverBy',
  signer: 'detail.signer',
  land: 'detail.land',
  resettlement: 'detail.resettlement',
  condition: 'detail.condition',
  path: 'detail.path',
  places: 'detail.places',
  agree: 'detail.agree',
  disagree: 'detail.disagree',
  total: 'detail.total',
  farm_total: 'detail.farmTotal',
  refused: 'detail.refused',
}

export const dayFields: readonly DetailField[] = [
  'sent',
  'effect',
  'until',
  'received',
  'planned',
  'handover_by',
]
export const countFields: readonly DetailField[] = ['agree', 'disagree', 'total', 'farm_total']
export const yesFields: readonly DetailField[] = ['resettlement', 'refused']

/** What may be chosen, by the codes of entries. */
export const choices: Partial<Record<DetailField, Record<string, Key>>> = {
  signer: signers,
  land: lands,
  condition: {
    b: 'condition.b',
    c: 'condition.c',
    d: 'condition.d',
    đ: 'condition.plotWithHouse',
    e: 'condition.e',
    g: 'condition.g',
  },
  path: {
    normal: 'path.normal',
    agreed: 'path.agreed',
    urgent: 'path.urgent',
    before_resettlement: 'path.beforeResettlement',
    negotiated: 'path.negotiated',
  },
}

export const places: Record<string, Key> = {
  headquarters: 'place.headquarters',
  community: 'place.community',
  portal: 'place.portal',
}

const nameIn = (all: Record<string, Key> | undefined, code: string): string => {
  const key = all?.[code]
  return key ? t(key) : code
}

function valueText(field: DetailField, value: ActDetails[DetailField]): string {
  if (Array.isArray(value)) return value.map((one) => nameIn(places, one)).join(', ')
  if (typeof value === 'boolean') return t(value ? 'detail.yes' : 'detail.no')
  if (typeof value === 'number') return String(value)
  if (dayFields.includes(field)) return dateText(value ?? null)
  return nameIn(choices[field], value ?? '')
}

/** All that was said, in the order of the fields. */
export const detailsText = (details: ActDetails): string =>
  (Object.keys(fields) as DetailField[])
    .filter((field) => details[field] !== undefined)
    .map((field) => `${t(fields[field])}: ${valueText(field, details[field])}`)
    .join('; ')
