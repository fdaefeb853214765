/** What the fields of an import are called. */
import { t, type Key } from '../i18n'

const names: Record<string, Key> = {
  sheet: 'field.sheet',
  number: 'field.number',
  land_use: 'field.landUse',
  declared_area: 'field.declared',
  total_area: 'field.total',
  recovered_area: 'field.recovered',
  unit: 'field.unit',
  project: 'field.project',
  holder: 'field.holder',
  planned_day: 'field.planned',
  code: 'field.code',
  name: 'field.name',
  kind: 'field.kind',
  key: 'field.key',
  investor: 'field.investor',
  body: 'field.body',
  procedure: 'field.procedure',
  required_day: 'field.required',
  plan: 'field.plan',
  level: 'field.level',
  parent_code: 'field.parent',
  valid_from: 'field.from',
  valid_to: 'field.to',
  predecessor_codes: 'field.predecessors',
  successor_codes: 'field.successors',
}

/** The field's name on screen; its code where it has none. */
export function fieldTitle(field: string): string {
  const key = names[field]
  return key ? t(key) : field
}
