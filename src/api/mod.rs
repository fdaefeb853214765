//! What is asked and answered, as types, and the answers that follow from a view: the interface without HTTP.
//!
//! The server writes these types as JSON, the command line prints the same with `--json`, and the description of the
//! interface ([`Schemas`]) is worked out from them, so that it can't differ from what is answered. Every answer with
//! figures says at which position of the ledger and for which day it holds. No holder appears but where a type says so.
//!
//! This module knows nothing of HTTP, of who asks, or of the clock.

mod accounts;
mod administration;
mod board;
mod board_row;
mod briefings;
mod campaigns;
mod catalog;
mod clock;
mod clocks;
mod codes;
mod decisions;
mod duties;
mod events;
mod evidence;
mod forecast;
mod fronts;
mod history;
mod imports;
mod keys;
mod law;
mod law_book;
mod live;
mod moment;
mod parcel;
mod parts;
mod past_imports;
mod places;
mod problem;
mod progress;
mod project;
mod record;
mod schema;
mod search;
mod search_result;
mod series;
mod session;
mod summary;
mod table;
mod totals;
mod work;

pub use accounts::{
    Accesses, AccountAdded, AccountChangeRequest, AccountEntry, Accounts, GrantRequest, Invitation,
    LONGEST_TOKEN_DAYS, NewAccount, NewToken, TokenAdded,
};
pub use administration::{Condition, HeadAt, Heads, LedgerEvent, LedgerPage, LedgerParcel, Verified};
pub use board::{
    Board, BoardError, BoardGroup, BoardPeriod, ContestantNominee, HolderNominee, Nominee, Nominees,
    VanishedUnit, board, ranked,
};
pub use board_row::{BoardRow, ContestantWork, Irregular, Points, RankBefore, Trend};
pub use briefings::{
    BriefingEntry, BriefingSubject, BriefingWords, Briefings, MOST_SLIDES, NewBriefing, NewSlide,
    SavedBriefing, Slide,
};
pub use campaigns::{Award, Campaign, CampaignGroup, CampaignScope, Campaigns, Criterion, Period, campaigns};
pub use catalog::{
    BasemapKind, BasemapSource, Catalog, CatalogFacts, LandUse, ListedProject, Named, NamedStage, Unit,
    catalog,
};
pub use clock::Clock;
pub use clocks::{ClockCounts, ClockedParcel, Clocks, GroupClocks, clocks};
pub use codes::DayNumber;
pub use decisions::{
    BlockerDecision, ClusterDecision, Decision, Decisions, GapDecision, LateDecision, LongestOverdue,
    NamedCode, decisions,
};
pub use duties::{Duties, DutyAsk, DutyCount, DutyParcel, GroupDuties, duties};
pub use events::{Attachment, Drafts, EventsOutcome, Judged, PreviewRow, TableColumns, TablePreview, Yes};
pub use evidence::{Evidence, EvidenceAsk, EvidenceCase, evidence};
pub use forecast::{
    Backtest, ClearedBand, EndsJudged, Forecast, ForecastBand, ForecastDone, ForecastDriver,
    ForecastExpected, ForecastUnknown, HORIZONS, HorizonJudged, Judged as ForecastsJudged, backtest,
    forecast,
};
pub use fronts::{
    ArealFronts, BestParcels, FrontCluster, FrontPatch, FrontSingle, FrontStretch, Fronts, Least,
    LinearFronts, fronts,
};
pub use history::{EventCode, PastEvent};
pub use imports::{
    ImportBegun, ImportDone, ImportFeature, ImportLabel, ImportOutcome, ImportOutline, ImportPreview,
    ImportReport, ImportRequest, ImportShapes, ImportStored, StagedFiles, TargetFields,
};
pub use keys::{
    Attestation, CredentialKind, FactorKind, KeyAlgorithm, KeyAnswer, KeyBegun, KeyDescriptor, KeyEntry,
    KeyOwner, KeyParty, KeyRequest, KeySelection, NewKeyRequest, ResidentKey, SecondFactorAsked,
    UserVerification,
};
pub use law::{
    CaseLaw, CaseTransition, DetailField, FactEntry, Notice, OutlookEntry, ReasonEntry, Running, lawful,
};
pub use law_book::{
    ActEntry, AuthorityEntry, ClockEntry, LawBook, LawRegime, LawText, MarkWords, OrderEntry,
    TransitionEntry, law_book,
};
pub use live::{LiveEvent, LivePosition};
pub use parcel::{ParcelSheet, ReachedStage, SheetBlocker, parcel_sheet};
pub use parts::{AboutProject, Bbox, Coded, ParcelBrief, Point, StageTally, Stretch, province_bbox};
pub use past_imports::{
    DemoFilled, DemoRequest, ImportState, PastImport, PastImports, UndoRequest, Undone, imported_parcels,
    is_untouched,
};
pub use problem::{ImportProblem, ProblemDocument, Refused};
pub use progress::{Change, Changes, GroupProgress, ProgressFigures, ProgressTable, progress};
pub use project::{ProjectSheet, SheetAlignment, SheetChange, SheetUnit, project_sheet};
pub use record::{Happening, ParcelRecord, RecordedEvent, parcel_record};
pub use schema::Schemas;
pub use search::{SearchResults, search};
pub use search_result::{ResultKind, SearchResult, folded};
pub use series::{Curve, GroupCurve, ProjectCurve, Series, StepCurve, series};
pub use session::{
    FactorBegun, FactorCode, NewPassword, PasswordProof, Permissions, Provider, RecoveryCodes, Session,
    SessionAccount, SessionGrant, SessionMode, SignIn,
};
pub use summary::{KindTally, Summary, SummaryRow, UseTally, summary};
pub use table::{Dwells, Section, TableRow, TableWindow, dwells, table_window};
pub use totals::{DrawnArea, Totals, totals};
pub use work::{
    Holder, HolderEntry, HolderResult, HolderResults, NamedHolder, StandingBlocker, Work, WorkParcel, work,
};
