/** What an act says beside its day, in words, and what may be chosen for it. */
import { dateText, lands, signers } from './lawful'
import { t, type Key } from './index'
import type { Said, SaidField } from '../lib/types'

/** What each field is called. */
export const fields: Record<SaidField, Key> = {
  sent: 'said.sent',
  effect: 'said.effect',
  until: 'said.until',
  received: 'said.received',
  planned: 'said.planned',
  handover_by: 'said.handoverBy',
  signer: 'said.signer',
  land: 'said.land',
  resettlement: 'said.resettlement',
  condition: 'said.condition',
  path: 'said.path',
  places: 'said.places',
  agree: 'said.agree',
  disagree: 'said.disagree',
  total: 'said.total',
  farm_total: 'said.farmTotal',
  refused: 'said.refused',
}

export const dayFields: readonly SaidField[] = [
  'sent',
  'effect',
  'until',
  'received',
  'planned',
  'handover_by',
]
export const countFields: readonly SaidField[] = ['agree', 'disagree', 'total', 'farm_total']
export const yesFields: readonly SaidField[] = ['resettlement', 'refused']

/** What may be chosen, by the codes of entries. */
export const choices: Partial<Record<SaidField, Record<string, Key>>> = {
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

function valueText(field: SaidField, value: Said[SaidField]): string {
  if (Array.isArray(value)) return value.map((one) => nameIn(places, one)).join(', ')
  if (typeof value === 'boolean') return t(value ? 'said.yes' : 'said.no')
  if (typeof value === 'number') return String(value)
  if (dayFields.includes(field)) return dateText(value ?? null)
  return nameIn(choices[field], value ?? '')
}

/** All that was said, in the order of the fields. */
export const saidText = (said: Said): string =>
  (Object.keys(fields) as SaidField[])
    .filter((field) => said[field] !== undefined)
    .map((field) => `${t(fields[field])}: ${valueText(field, said[field])}`)
    .join('; ')
