/** Names and sentences of the officer's room. */
import { t, type Key } from '../i18n'
import { actName, blockerName, markName } from '../i18n/names'
import { dateOfDay, dayOfIso } from '../lib/days'
import { fields } from '../i18n/details'
import type { Catalog, RowMark, RowRefusal, DetailField } from '../lib/types'

/** What can be recorded that is no act of the law, in the order of the list. */
export const kinds: Record<string, Key> = {
  early_handover: 'kind.early',
  blocker_opened: 'kind.opened',
  blocker_closed: 'kind.closed',
  money_approved: 'kind.approved',
  money_paid: 'kind.paid',
  resettlement_assigned: 'kind.resettled',
  planned_date_changed: 'kind.planned',
  parcel_withdrawn: 'kind.withdrawn',
}

const others: Record<string, Key> = {
  stage_reached: 'kind.stage',
  step_taken: 'kind.step',
  branch_entered: 'kind.entered',
  branch_left: 'kind.left',
  correction: 'kind.correction',
  parcel_split: 'kind.split',
  parcel_merged: 'kind.merged',
  parcel_formed: 'kind.formed',
  imported: 'kind.imported',
  plan_changed: 'kind.replanned',
}

export const branches: Record<string, Key> = {
  mandatory_inventory: 'branch.inventory',
  enforcement: 'branch.enforcement',
  deposit: 'branch.deposit',
}

export function kindName(code: string): string {
  const key = kinds[code] ?? others[code]
  return key ? t(key) : code
}

export function branchName(code: string): string {
  const key = branches[code]
  return key ? t(key) : code
}

const refusals: Record<string, Key> = {
  unknown_parcel: 'refusal.parcel',
  unknown_project: 'refusal.project',
  unknown_field: 'refusal.field',
  missing_field: 'refusal.missing',
  invalid_value: 'refusal.value',
  in_future: 'refusal.future',
  stage_not_allowed: 'refusal.stage',
  already_reached: 'refusal.reached',
  ends_before_start: 'refusal.ends',
  without_its_ground: 'refusal.ground',
  counts_do_not_fit: 'refusal.counts',
  blocker_already_open: 'refusal.open',
  blocker_not_open: 'refusal.closed',
  closed_before_opened: 'refusal.order',
  branch_already_entered: 'refusal.entered',
  branch_not_entered: 'refusal.left',
  amount_not_positive: 'refusal.amount',
  not_a_number: 'refusal.number',
  not_whole: 'refusal.whole',
  below_zero: 'refusal.negative',
  too_large: 'refusal.large',
  ambiguous_number: 'refusal.ambiguous',
  two_habits: 'refusal.habits',
  parcel_ended: 'refusal.ended',
  outside_units: 'refusal.units',
  not_correctable: 'refusal.correction',
  already_corrected: 'refusal.corrected',
  number_taken: 'refusal.numberTaken',
  unknown_attachment: 'refusal.attachment',
}

const ownFields: Record<string, Key> = {
  project: 'column.project',
  unit: 'column.unit',
  sheet: 'column.sheet',
  parcel: 'column.parcel',
  kind: 'update.what',
  stage: 'update.what',
  step: 'update.what',
  branch: 'update.branches',
  date: 'update.date',
  document: 'update.document',
  note: 'update.note',
  attachments: 'update.photo',
  blocker: 'project.blockers',
  amount: 'update.amountName',
  plot: 'update.plot',
  planned: 'parcel.planned',
}

/** What a field of an entry is called. */
export function fieldName(field: string): string {
  const key = ownFields[field] ?? (field in fields ? fields[field as DetailField] : null)
  return key ? t(key) : field
}

/** The field of the form at which a refusal stands; null for what is about the whole. */
export function placeOf({ code, field }: RowRefusal): string | null {
  if (code === 'outside_units' || code === 'unknown_parcel' || field === undefined) return null
  return ['stage', 'step', 'kind', 'branch'].includes(field) ? 'what' : field
}

/**
 * Why the server refuses a row, in the reader's language; its own words when the reason is new to
 * us. In a table a field has the name of its column.
 */
export function refusalText(
  catalog: Catalog,
  refusal: RowRefusal,
  headings?: ReadonlyMap<string, string>,
): string {
  const key = refusals[refusal.code]
  if (!key) return refusal.detail
  const day = refusal.on ? dayOfIso(refusal.on) : null
  return t(key, {
    field: headings?.get(refusal.field ?? '') ?? fieldName(refusal.field ?? ''),
    one: refusal.readings?.[0] ?? '',
    other: refusal.readings?.[1] ?? '',
    stage: refusal.stage ? actName(catalog, refusal.stage) : '',
    date: day === null ? '' : dateOfDay(day),
  })
}

interface ActDetails {
  kind: string
  stage?: unknown
  step?: unknown
  blocker?: unknown
}

/** What an event of the ledger says happened: the step in words where it tells one. */
export function eventName(catalog: Catalog, what: ActDetails): string {
  const { kind, stage, step, blocker } = what
  const act = stage ?? step
  if (typeof act === 'string') return actName(catalog, act)
  if (typeof blocker === 'string') return `${kindName(kind)}: ${blockerName(catalog, blocker)}`
  return kindName(kind)
}

/** That it was recorded, and what was marked. */
export function recordedText(marks: readonly RowMark[]): string {
  const names = [...new Set(marks.map(({ code }) => markName(code)))]
  return names.length
    ? t('update.recordedMarked', { names: names.join(', ').toLowerCase() })
    : t('update.recorded')
}
