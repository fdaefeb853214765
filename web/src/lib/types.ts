import type { CaseLaw, RowMark, Said } from './law'

/** The shapes of the server's answers. Areas are square metres, money is dong, days are whole days since 1970-01-01. */

export interface Named {
  vi: string
  en: string
}
export type Bbox = [west: number, south: number, east: number, north: number]

export interface Measures {
  area: { total: number; done: number; planned: number | null }
  parcels: { total: number; done: number; planned: number | null }
  holders: { total: number; done: number; planned: number | null }
  /**
   * Null when fewer than five holders stand behind it, or for a set of one's own whose holders one may
   * not look up; of groups that everybody asks for it is rounded then.
   */
  money: { approved: number; paid: number; rounded_to: number | null } | null
  length: { total: number; done: number } | null
}

export interface Progress {
  share: number
  planned_share: number | null
  days_ahead: number | null
  measures: Measures
}

export interface Tally {
  parcels: number
  area: number
}
export type StageTally = Tally & { stage: string }

export interface Unit {
  id: number
  code: string
  name: string
  level: 'province' | 'district' | 'commune'
  parent: string | null
  /** First and last day; null where it has none. */
  valid_from: number | null
  valid_to: number | null
  bbox: Bbox | null
  parcels: number
}

export interface ProjectEntry {
  id: number
  code: string
  name: string
  kind: string
  key: boolean
  investor: string
  body: string
  procedure: string
  required_day: number | null
  units: string[]
  bbox: Bbox
  linear: boolean
  length_m: number | null
  parcels: number
  area_m2: number
}

export interface Stage {
  code: string
  number: number
  name: Named
}
export interface Coded {
  code: string
  name: Named
}

export interface Catalog {
  at: number
  today: number
  illustration: boolean
  basemap: { kind: 'archive' | 'raster' | 'vector'; url: string } | null
  province: string
  bbox: Bbox
  first_day: number
  last_day: number
  /** The nine acts that every parcel is followed by. */
  stages: Stage[]
  /** Ten places on one scale: where a parcel stands. */
  standings: Coded[]
  laws: Coded[]
  kinds: Coded[]
  land_uses: Coded[]
  blocker_kinds: Coded[]
  bodies: string[]
  units: Unit[]
  projects: ProjectEntry[]
}

export interface Row {
  code: string
  share: number
  planned_share: number | null
  days_ahead: number | null
  parcels: number
  cleared_parcels: number
  area: number
  cleared_area: number
  blocked: number
  overdue: number
  late: number
}

/** A project's five measures. */
export interface Measured {
  code: string
  measures: Measures
}

export interface Summary {
  at: number
  as_of: string
  total: Progress
  stages: StageTally[]
  blocked: Tally
  overdue: Tally
  late: Tally
  uses: (Tally & { use: string })[]
  projects: Row[]
  units: Row[]
  kinds: (Tally & { kind: string; cleared_area: number })[]
}

export interface Curve {
  days: number[]
  actual: number[]
  planned: number[] | null
}

export interface Series extends Curve {
  at: number
  area: number
  /** On the days when something was handed over, rising; level in between. */
  projects: { code: string; id: number; area: number; days: number[]; actual: number[] }[]
  /** One curve a unit, when asked for by unit. */
  groups: { code: string; name: string; area: number; days: number[]; actual: number[] }[] | null
}

export interface ProjectDetail {
  at: number
  as_of: string
  id: number
  code: string
  name: string
  kind: string
  key: boolean
  investor: string
  body: string
  procedure: string
  required_day: number | null
  plan_start_day: number | null
  bbox: Bbox
  units: { code: string; name: string }[]
  progress: Progress
  change: { days7: number; days30: number }
  stages: StageTally[]
  series: Curve
  blockers: (Tally & { kind: string })[]
  deadlines: { stage: string; due_day: number; days_left: number; parcels: number }[]
  blocked: Tally
  overdue: Tally
  late: Tally
  alignment: { length_m: number; cleared_m: number } | null
}

/** A parcel as lists of figures name it. */
export interface ParcelName {
  id: number
  sheet: string
  parcel: string
}
export interface ParcelDetail {
  at: number
  as_of: string
  id: number
  project: string
  unit: string
  unit_name: string
  sheet: string | number
  parcel: string | number
  use: string
  area: number
  total_area: number
  declared_area: number | null
  stage: string
  cleared: boolean
  blocked: boolean
  overdue: boolean
  late: boolean
  procedure: string
  planned_day: number | null
  stages: { stage: string; day: number | null; document: string | null }[]
  clock: {
    stage: string
    due_day: number
    days_left: number
    article: string
    statutory_days: number | null
    to_be_confirmed: boolean
    floor_over_max: boolean
  } | null
  blockers: { kind: string; opened_day: number; closed_day: number | null }[]
  history: {
    position: number
    day: number
    recorded_at: string
    kind: string
    stage: string | null
    /** An act beside the nine. */
    step: string | null
    said: Said | null
    blocker: string | null
    document: string | null
    corrected_by: number | null
  }[]
  law: CaseLaw
  bbox: Bbox
  point: [lon: number, lat: number]
}

export interface SearchResult {
  type: 'project' | 'parcel' | 'unit' | 'body' | 'place'
  code: string
  id: number | null
  label: string
  detail: string
  bbox: Bbox
}

export interface Totals {
  at: number
  as_of: string
  total: Progress
  stages: StageTally[]
}

/** A role, in a unit or everywhere. */
export interface Grant {
  role: string
  unit: string | null
}

export interface Session {
  mode: 'local' | 'accounts'
  signed_in: boolean
  /** Without a password where its person comes by a provider of identities. */
  account: { name: string; full_name: string; has_password: boolean; grants: Grant[] } | null
  may: {
    read: boolean
    write_events: boolean
    manage: boolean
    see_holders: boolean
    administer: boolean
  }
  csrf: string
  /** Whether a code is asked for beside the password, and how many recovery codes are left. */
  second_factor: boolean
  recovery_codes: number
  oidc: { name: string } | null
  public_map: boolean
}

/** A parcel as the officer's list has it. */
export interface WorkParcel {
  id: number
  version: number
  project: string
  unit: string
  sheet: string
  parcel: string
  use: string
  area: number
  stage: string | null
  stage_day: number | null
  next: string[]
  may_hand_over_early: boolean
  blockers: { kind: string; opened_day: number }[]
  branches: string[]
  clock: {
    stage: string
    due_day: number
    days_left: number
    article: string
    floor_over_max: boolean
  } | null
  /** Where it was asked for and the role allows it; null where nobody is known. */
  holder?: { name: string } | null
  /** Metres from where the officer stands, where that was asked for. */
  distance?: number
  planned_day: number | null
  overdue: boolean
  late: boolean
  point: [lon: number, lat: number] | null
  bbox: Bbox
}

export interface Work {
  at: number
  total: number
  parcels: WorkParcel[]
}

/** What is sent to be recorded; the server checks the fields of each kind. */
export interface EventDraft {
  parcel: number
  version?: number
  kind: string
  date: string
  document?: string
  note?: string
  attachments?: string[]
  [field: string]: unknown
}

export interface Recorded {
  at: number
  events: { position: number; parcel: number | null; version: number }[]
  /** What the law says against what was recorded. */
  marks?: RowMark[]
}
export interface RowRefusal {
  row: number
  parcel: number | null
  code: string
  field?: string
  stage?: string
  on?: string
  /** The numbers that a text may mean, where it may mean two. */
  readings?: string[]
  detail: string
}
export interface Conflict {
  row: number
  parcel: number
  version: number
  given: number
  stage: string | null
}

export interface TablePreview {
  rows: number
  columns: { known: [field: string, column: string][]; unknown: string[] }
  preview: {
    row: number
    parcel: number | null
    fields: Record<string, string | number | boolean>
    errors: RowRefusal[]
  }[]
}

export interface ParcelRecord {
  version: number
  /** Farm land that the project recovers from the household in its commune, m². */
  farm_recovered: number
  /** Null where the household's whole is not known. */
  farm_loss: {
    recovered: number
    whole: number
    share: number
    months: { staying: number; moving: number; hard_area: number } | null
  } | null
  events: {
    position: number
    date: string
    recorded_at: string
    author: string
    document: string | null
    note: string | null
    attachments: string[]
    what: { kind: string; said?: Said; [field: string]: unknown }
    corrected_by: number | null
  }[]
}

/** What the live stream tells. */
export interface LiveEvent {
  at: number
  parcel: number
  project: string
  stage: string | null
  cleared: boolean
  blocked: boolean
  version: number
  bbox: Bbox
}
