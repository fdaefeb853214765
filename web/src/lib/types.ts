/**
 * What the server answers and takes, by short names: `schema.ts` is made of its description, `data/openapi.json`
 * (`npm run types`). Areas are m², money is đồng, days are whole days since 1970-01-01 and dates are like `2026-11-24`.
 */
import type {
  Bbox,
  Catalog as CatalogAnswer,
  Draft,
  ImportPreview,
  ParcelBrief,
  paths,
  Problem as ProblemDocument,
} from './schema'

export type {
  Access,
  AccountEntry,
  Act,
  ActCode,
  Award,
  Bbox,
  Board,
  BoardRow,
  Briefing,
  BriefingEntry,
  Campaign,
  CaseLaw,
  Coded,
  Condition,
  Conflict,
  Criterion,
  Curve,
  Decision,
  Duties,
  Dwell,
  Evidence,
  Forecast,
  Fronts,
  GroupProgress as Measured,
  HeadAt,
  HolderResult,
  ImportDone,
  ImportOutline,
  ImportPreview,
  ImportWish,
  Judged,
  Label as Named,
  LawBook,
  LedgerEvent,
  LinearFronts,
  LiveEvent,
  Mark,
  Measures,
  Outlook,
  ParcelBrief,
  ParcelRecord,
  ParcelSheet as ParcelDetail,
  PastImport,
  Points,
  Problem as ProblemDocument,
  Progress,
  ProjectEntry,
  ProjectSheet as ProjectDetail,
  Reason,
  Recorded,
  Role,
  RowMark,
  RowRefusal,
  Running,
  ActDetails,
  DetailField,
  SearchResult,
  Section,
  Series,
  Session,
  Slide,
  StageTally,
  Summary,
  SummaryRow as Row,
  TablePreview,
  TableRow,
  TableWindow,
  Tally,
  TokenEntry,
  Totals,
  Work,
  WorkParcel,
} from './schema'

/** How reading a file went. */
export type ImportReport = Omit<ImportPreview, 'allowed' | 'preview'>

/** A parcel as lists of figures name it. */
export type ParcelName = Pick<ParcelBrief, 'id' | 'sheet' | 'parcel'>

/** The catalogue with an extent and a name also where the store is empty and has neither. */
export type Catalog = Omit<CatalogAnswer, 'bbox' | 'province'> & { bbox: Bbox; province: string }

/** An event as a form tells it; without a kind as long as nothing is chosen. */
export type EventDraft = Omit<Draft, 'kind'> & { kind: Draft['kind'] | '' }

/** What may be given beside a password, and the question to the security keys. */
export type SecondFactorAsked = NonNullable<ProblemDocument['second_factor']>

type Method = 'get' | 'post' | 'put' | 'delete'
type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never

/** What an address answers. */
export type Answer<P extends keyof paths, M extends Method = 'get'> = paths[P][M] extends {
  responses: infer R
}
  ? { [S in keyof R]: S extends 200 | 201 ? Json<R[S]> : never }[keyof R]
  : never

/** What an address is asked with. */
export type Query<P extends keyof paths> = paths[P] extends {
  get: { parameters: { query?: infer Q } }
}
  ? NonNullable<Q>
  : never

/** What is sent to an address. */
export type Sent<P extends keyof paths, M extends Method = 'post'> = paths[P][M] extends {
  requestBody: { content: { 'application/json': infer T } }
}
  ? T
  : never
