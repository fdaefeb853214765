/** What stands in the form of a parcel: as it begins, as an event, and from an event that waits. */
import { t } from '../i18n'
import { dayFields } from '../i18n/details'
import { dayOfIso, isoOfDay } from '../lib/days'
import type { Typed } from '../lib/outbox'
import type { Catalog, EventDraft, DetailField, WorkParcel } from '../lib/types'
import { actOf, choiceOf, firstChoice, detailsOf } from './acts'

/** An empty form: the act that the list names as next, today. */
export const freshForm = (catalog: Catalog, parcel: WorkParcel, today: number): Typed => ({
  choice: firstChoice(catalog, parcel),
  details: {},
  own: {},
  date: isoOfDay(today),
  document: '',
  note: '',
  version: parcel.version,
})

/** Whether somebody has typed or chosen anything. */
export const isTouched = (typed: Typed, fresh: Typed): boolean =>
  JSON.stringify({ ...typed, version: 0 }) !== JSON.stringify({ ...fresh, version: 0 })

/** What an event that is no act says, by its kind. */
const ownFields: Record<string, string> = {
  blocker_opened: 'blocker',
  blocker_closed: 'blocker',
  money_approved: 'amount',
  money_paid: 'amount',
  resettlement_assigned: 'plot',
  planned_date_changed: 'planned',
}
export const ownField = (choice: string): string | null => ownFields[choice] ?? null

/** The event that the form tells. */
export function eventOf(
  typed: Typed,
  asks: readonly DetailField[],
  parcel: number,
  isStage: boolean,
  attachments: readonly string[],
): EventDraft {
  const { choice, own, date, version } = typed
  const act = actOf(choice)
  const field = ownField(choice)
  // A choice that is no act is the kind of an event.
  const what = (
    act
      ? { kind: isStage ? 'stage_reached' : 'step_taken', [isStage ? 'stage' : 'step']: act }
      : { kind: choice, ...(field !== null && own[field] && { [field]: own[field].trim() }) }
  ) as Pick<EventDraft, 'kind'>
  const more: Record<string, unknown> = {}
  if (typed.document.trim()) more.document = typed.document.trim()
  if (typed.note.trim()) more.note = typed.note.trim()
  if (attachments.length) more.attachments = attachments
  return { parcel, version, date, ...what, ...(act ? detailsOf(typed.details, asks) : {}), ...more }
}

const common = ['parcel', 'version', 'kind', 'date', 'document', 'note', 'attachments', 'author']
const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** The form that tells an event: for writing it anew. */
export function typedOf(event: EventDraft): Typed {
  const act = text(event.stage) || text(event.step)
  const rest = Object.entries(event).filter(
    ([name]) => !common.includes(name) && name !== 'stage' && name !== 'step',
  )
  return {
    choice: act ? choiceOf(act) : event.kind,
    details: act ? Object.fromEntries(rest) : {},
    own: act ? {} : Object.fromEntries(rest.map(([name, value]) => [name, String(value)])),
    date: event.date,
    document: event.document ?? '',
    note: event.note ?? '',
    version: event.version ?? 0,
  }
}

/** Fields that are wrong before anybody is asked, and why. */
export function faultsOf(
  typed: Typed,
  asks: readonly DetailField[],
  today: number,
): Record<string, string> {
  const faults: Record<string, string> = {}
  const field = ownField(typed.choice)
  const value = field === null ? '' : (typed.own[field] ?? '').trim()
  const day = dayOfIso(typed.date)
  if (!typed.choice) faults.what = t('update.chooseWhat')
  if (!typed.date) faults.date = t('date.missing')
  else if (day === null) faults.date = t('date.unreadable')
  else if (day > today) faults.date = t('refusal.future')
  if (field === 'blocker' && !value) faults.blocker = t('update.chooseBlocker')
  if (field === 'amount' && !/\d/.test(value)) faults.amount = t('update.typeAmount')
  if (field === 'plot' && !value) faults.plot = t('update.typePlot')
  if (field === 'planned' && dayOfIso(value) === null)
    faults.planned = t(value ? 'date.unreadable' : 'date.missing')
  for (const name of asks) {
    const details = typed.details[name]
    if (
      dayFields.includes(name) &&
      typeof details === 'string' &&
      details &&
      dayOfIso(details) === null
    )
      faults[name] = t('date.unreadable')
  }
  return faults
}
