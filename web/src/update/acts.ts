/** What an officer may record about a parcel: acts of the law first, then what is no act. */
import { t } from '../i18n'
import { actName } from '../i18n/names'
import { hasReached, nextAct } from '../lib/scale'
import type {
  Act,
  CaseLaw,
  Catalog,
  LawBook,
  ActDetails,
  DetailField,
  WorkParcel,
} from '../lib/types'
import { kindName, kinds } from './names'

export interface Choice {
  value: string
  name: string
}
export interface Group {
  name: string
  choices: Choice[]
}

const ACT = 'act:'
export const choiceOf = (act: string) => ACT + act
/** The act of a choice; null for what is no act. */
export const actOf = (choice: string) => (choice.startsWith(ACT) ? choice.slice(ACT.length) : null)

/** What stands in the form when it opens: the act that the list names as next, else nothing. */
export function firstChoice(catalog: Catalog, parcel: WorkParcel): string {
  const next = nextAct(catalog, parcel)
  return next ? choiceOf(next) : ''
}

/** Whether an act beside the nine has come and cannot come again. */
const isOver = ({ code, repeats }: Act, law: CaseLaw | null) =>
  !repeats && (law?.facts.some(({ act }) => act === code) ?? false)

/** Acts beside the nine, each after the one of the nine that it stands by in the law's list. */
function besides(book: LawBook, law: CaseLaw | null): Map<string, Act[]> {
  const groups = new Map<string, Act[]>()
  let stage = ''
  for (const act of book.acts)
    if (act.stage) stage = act.code
    else if (!isOver(act, law)) groups.set(stage, [...(groups.get(stage) ?? []), act])
  return groups
}

function otherKinds(parcel: WorkParcel): string[] {
  return Object.keys(kinds).filter((kind) => {
    if (kind === 'early_handover') return parcel.may_hand_over_early
    if (kind === 'blocker_closed') return parcel.blockers.length > 0
    return true
  })
}

/** All choices for a parcel: what is next, what has come and may come again, the rest by where it belongs. */
export function groupsOf(
  catalog: Catalog,
  parcel: WorkParcel,
  book: LawBook | null,
  law: CaseLaw | null,
): Group[] {
  const choice = (code: string) => ({ value: choiceOf(code), name: actName(catalog, code) })
  const came = (act: string) =>
    parcel.stage !== null && hasReached(catalog.standings, parcel.stage, act)
  const groups: Group[] = [
    {
      name: t('update.nextActs'),
      choices: parcel.next.filter((act) => !came(act)).map(choice),
    },
    ...(book
      ? [...besides(book, law)].map(([stage, acts]) => ({
          name: t('update.besides', { stage: actName(catalog, stage) }),
          choices: acts.map(({ code }) => choice(code)),
        }))
      : []),
    { name: t('update.again'), choices: parcel.next.filter(came).map(choice) },
    {
      name: t('update.otherKinds'),
      choices: otherKinds(parcel).map((kind) => ({ value: kind, name: kindName(kind) })),
    },
  ]
  return groups.filter(({ choices }) => choices.length)
}

/** What of the fields was said and belongs to the act. */
export function detailsOf(fields: ActDetails, asks: readonly DetailField[]): ActDetails {
  const details = Object.entries(fields).filter(
    ([name, value]) =>
      asks.includes(name as DetailField) &&
      value !== '' &&
      value !== null &&
      !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(details) as ActDetails
}
