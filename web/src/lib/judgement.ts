/**
 * What the law would say if an act came on a day, by what the server told about the parcel: the
 * server has the rules, here its days are only compared. With a network it is asked itself.
 */
import { dayOfIso } from './days'
import type { LawBook, Mark, Outlook, ActDetails } from './types'

export interface Finding {
  /** early, edge, late, expired, sameDay, missing, signer; else the code of a mark. */
  kind: string
  /** The first lawful day, or the last one in time. */
  bound: number | null
  days: number | null
  article: string | null
  /** Of each list one act has to come first. */
  missing?: string[][]
}

const day = (iso: string | null) => (iso === null ? null : dayOfIso(iso))
const REISSUED = 'notice_reissued'

/** The heaviest first. */
export function judge(outlook: Outlook, date: string, details: ActDetails = {}): Finding[] {
  const on = dayOfIso(date)
  if (on === null) return []
  const expiry = day(outlook.expires)
  const expired = expiry !== null && on > expiry
  const missing = outlook.missing.filter((acts) => !acts.includes(REISSUED) || expiry === null)
  return [
    ...bounded(outlook, on),
    ...(expired ? [finding('expired', expiry, on)] : []),
    ...(missing.length
      ? [{ kind: 'missing', bound: null, days: null, article: null, missing }]
      : []),
    ...(signsWrongly(outlook, details)
      ? [{ kind: 'signer', bound: null, days: null, article: null }]
      : []),
  ]
}

const signsWrongly = ({ signers }: Outlook, { signer }: ActDetails) =>
  signer !== undefined && signers !== null && signers.length > 0 && !signers.includes(signer)

const finding = (kind: string, bound: number, on: number): Finding => ({
  kind,
  bound,
  days: Math.abs(bound - on),
  article: null,
})

function bounded(outlook: Outlook, on: number): Finding[] {
  const floor = day(outlook.earliest) ?? day(outlook.not_before)
  const last = day(outlook.latest)
  const because = (bound: number, isLast: boolean) =>
    outlook.why.find((reason) => reason.last === isLast && day(reason.on) === bound)?.article ??
    null
  if (floor !== null && on < floor) {
    const kind = on === day(outlook.edge) ? 'edge' : 'early'
    return [{ ...finding(kind, floor, on), article: because(floor, false) }]
  }
  if (last === null || on <= last) return []
  const term = outlook.floor_over_max ? day(outlook.term) : last
  return [{ ...finding('late', last, on), article: because(term ?? last, true) }]
}

/** A mark of the server in the same words; the law's clocks tell what its rule counts. */
export function findingOf(mark: Mark, clocks: LawBook['clocks'] = []): Finding {
  const [bound, on] = [day(mark.bound), day(mark.on)]
  const own = { bound, days: mark.days, article: mark.article }
  if (mark.code === 'EDGE') return { kind: 'edge', ...own }
  if (mark.code === 'L') return { kind: 'late', ...own }
  if (mark.code === 'A') return { kind: 'signer', ...own }
  if (mark.code === 'V' && bound !== null && on !== null) {
    if (on < bound) return { kind: 'early', ...own }
    const sameDay = clocks.some(({ id, kind }) => id === mark.rule && kind === 'same_day')
    return { kind: sameDay ? 'sameDay' : 'expired', ...own }
  }
  // The act came before one that it has to follow; the first of all follows the day of the listing.
  if (mark.code === 'P' && bound !== null && on !== null && on < bound)
    return { kind: mark.act === 'meeting' ? 'unlisted' : 'before', ...own }
  if (mark.missing?.length) return { kind: 'missing', missing: [mark.missing], ...own }
  return { kind: mark.code, ...own }
}

/** Whether it puts the act at risk, or only wants to be seen. */
export const isHeavy = ({ kind }: Finding) =>
  ['early', 'late', 'expired', 'sameDay', 'missing', 'signer', 'V'].includes(kind)
