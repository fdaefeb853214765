/** The shapes of the law in the server's answers. Days are dates like `2026-11-24`; articles are told as they stand in the files. */
import type { Coded, Named } from './types'

/** What the law asks for beside the day of an act. */
export interface Said {
  sent?: string
  effect?: string
  until?: string
  received?: string
  planned?: string
  handover_by?: string
  signer?: string
  land?: string
  resettlement?: boolean
  condition?: string
  path?: string
  places?: string[]
  agree?: number
  disagree?: number
  total?: number
  /** m² of farm land that the household uses; told only to who records. */
  farm_total?: number
  refused?: boolean
}
export type SaidField = keyof Said

/** Something that the law says against an act. */
export interface Mark {
  code: string
  act?: string | null
  /** Null where the act has not come and its term has passed. */
  on: string | null
  rule: string | null
  article: string | null
  /** The first lawful day, or the last one in time. */
  bound: string | null
  days: number | null
  /** Acts of which one had to come first, and none came. */
  missing?: string[]
}
export type RowMark = Mark & { row: number; parcel: number }

/** A term that runs. */
export interface Running {
  act: string
  rule: string
  article: string
  who: string
  start_on: string
  /** Whether that day was said; else the term may end later. */
  start_said: boolean
  due_on: string
  days_left: number
  /** The term as the law counts it, where the minimum wait ends after it. */
  term_on: string | null
  floor_over_max: boolean
  to_be_confirmed: boolean
}

/** Why a day bounds an act. */
export interface Reason {
  rule: string | null
  article: string | null
  on: string
  last: boolean
  start_said: boolean
  days: number | null
  working_days: number | null
  from: string[] | null
}

/** The days within which an act would be lawful, by what is known. */
export interface Outlook {
  act: string
  /** Null while something is missing. */
  earliest: string | null
  office_day: string | null
  /** The day before that a literal reading allows. */
  edge: string | null
  not_before: string | null
  latest: string | null
  term: string | null
  floor_over_max: boolean
  /** Last day on which the notice carries a decision. */
  expires: string | null
  /** Of each list one act has to come first. */
  missing: string[][]
  why: Reason[]
  signers: string[] | null
  asks: SaidField[]
  begun: boolean
}

/** What the law says of one parcel. */
export interface CaseLaw {
  caveat: Named
  regime: Coded
  transitions: { id: string; name: Named; article: string }[]
  land: string | null
  resettlement: boolean | null
  resettlement_assumed: boolean
  notice: {
    issued_on: string
    sent_on: string | null
    reissued: boolean
    valid_until: string | null
  } | null
  marks: Mark[]
  clocks: Running[]
  next: Outlook[]
  facts: { act: string; on: string; said: Said }[]
}

/** An act as the law's files have it. */
export interface Act {
  code: string
  /** One of the nine that every parcel is followed by. */
  stage: string | null
  name: Named
  document: Named | null
  issuer: Named | null
  article: string | null
  says: SaidField[]
  repeats: boolean
}

/** The law as its files have it. */
export interface LawBook {
  caveat: Named
  laws: Coded[]
  regimes: { code: string; from: string; to: string | null; law: string; name: Named }[]
  texts: { id: string; name: Named; from: string; to: string | null; copy: Named | null }[]
  marks: { code: string; unlawful: boolean; name: Named }[]
  bodies: Coded[]
  acts: Act[]
  clocks: {
    id: string
    kind: string
    from: string[]
    to: string | null
    days: number | null
    working_days: number | null
    months: number | null
    regimes: string[]
    article: string
    who: string
    name: Named | null
  }[]
  order: {
    act: string
    after: string[]
    missing: string
    broken: string
    regimes: string[]
    article: string
  }[]
  authority: {
    acts: string[]
    signers: string[]
    delegable: boolean
    article: string
    regimes: string[]
  }[]
  transitions: { id: string; change: string; name: Named; article: string }[]
}
