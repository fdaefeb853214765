//! What is to be decided.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Point, Stretch, parts::metres, schema::words};
use crate::{
    analysis::{self, DecisionScope, Filter, Named, Survey, View, decisions as decide},
    domain::{BlockerKind, Code, Day, LedgerPosition, SquareMetres, law::Act},
};

words! {
    Gap = "gap";
    Cluster = "cluster";
    Late = "late";
    Blocker = "blocker";
}

/// Parcels whose clearance opens the most of an alignment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GapDecision {
    /// The gap.
    #[serde(flatten)]
    pub span: Stretch,
    /// Of which kind it is.
    pub kind: Gap,
    /// Code of the project.
    pub project: Code,
    /// Its clearance body.
    pub body: Option<String>,
    /// Parcels to clear.
    pub parcels: usize,
    /// Metres of the alignment that are opened.
    pub gain_m: f64,
    /// Where a map may pin it.
    pub point: Option<Point>,
}

/// Parcels whose clearance opens the most continuous land.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ClusterDecision {
    /// Of which kind it is.
    pub kind: Cluster,
    /// Code of the project.
    pub project: Code,
    /// Its clearance body.
    pub body: Option<String>,
    /// Parcels to clear.
    pub parcels: u64,
    /// m².
    pub area: SquareMetres,
    /// m² of continuous land that is opened.
    pub gain: SquareMetres,
    /// Where a map may pin it.
    pub point: Option<Point>,
}

/// The legal deadline that passed the longest ago.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LongestOverdue {
    /// Days since its last day.
    pub days: u64,
    /// The act that was due.
    pub stage: Act,
    /// Where the law sets it.
    pub article: Option<String>,
}

/// The project or unit that a decision names, by its code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum NamedCode {
    /// A project.
    Project(Code),
    /// A unit.
    Unit(Code),
}

impl NamedCode {
    fn of(view: &View, named: Named) -> Self {
        match named {
            Named::Project(index) => Self::Project(view.snapshot.projects()[index].project.code.clone()),
            Named::Unit(index) => Self::Unit(view.snapshot.units()[index].unit.code.clone()),
        }
    }
}

/// The project or unit that is the latest.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LateDecision {
    /// Of which kind it is.
    pub kind: Late,
    /// Parcels past their planned day.
    pub parcels: u64,
    /// m².
    pub area: SquareMetres,
    /// Parcels past a legal deadline.
    pub overdue: u64,
    /// The legal deadline that passed the longest ago.
    pub longest: Option<LongestOverdue>,
    /// Who it is.
    #[serde(flatten)]
    pub named: NamedCode,
    /// Where a map may pin it.
    pub point: Option<Point>,
}

/// The obstacle that holds the most up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlockerDecision {
    /// Of which kind it is.
    pub kind: Blocker,
    /// What stands in the way.
    pub blocker: BlockerKind,
    /// Parcels in whose way it stands.
    pub parcels: u64,
    /// m².
    pub area: SquareMetres,
    /// Parcels in the project or unit that is named.
    pub there: u64,
    /// Since when the oldest stands.
    pub since: Day,
    /// Where most of it is.
    #[serde(flatten)]
    pub named: NamedCode,
    /// Where a map may pin it.
    pub point: Option<Point>,
}

/// Something to decide.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Decision {
    /// Clear a gap.
    Gap(GapDecision),
    /// Clear a cluster.
    Cluster(ClusterDecision),
    /// Press who is late.
    Late(LateDecision),
    /// Settle an obstacle.
    Blocker(BlockerDecision),
}

/// At most three.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Decisions {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// The weightiest first.
    #[schemars(length(max = 3))]
    pub decisions: Vec<Decision>,
}

/// What is to be decided about the parcels that `filter` lets through.
pub fn decisions(view: &View, filter: &Filter, scope: DecisionScope) -> Decisions {
    let (snapshot, day) = (&view.snapshot, view.today);
    let survey = Survey::of(snapshot, filter, day, [None, None, None]);
    let chosen: Vec<u32> =
        (0..snapshot.parcels().len() as u32).filter(|parcel| survey.holds(*parcel)).collect();
    let all = decide(view, &survey, &chosen, scope);
    Decisions {
        at: snapshot.position(),
        as_of: day,
        decisions: all.iter().map(|one| entry(view, one)).collect(),
    }
}

fn entry(view: &View, decision: &analysis::Decision) -> Decision {
    use analysis::Decision as Found;
    let (Found::Gap { middle, .. }
    | Found::Cluster { middle, .. }
    | Found::Late { middle, .. }
    | Found::Blocker { middle, .. }) = decision;
    let shape = middle.map(|parcel| view.snapshot.parcels().arena().shape(parcel as usize).to_geo());
    let point = shape.and_then(|shape| Point::within(&shape));
    let project = |index: usize| &view.snapshot.projects()[index].project;
    match decision {
        Found::Gap { project: index, front, .. } => Decision::Gap(GapDecision {
            span: front.span.into(),
            kind: Gap::Form,
            project: project(*index).code.clone(),
            body: project(*index).body.clone(),
            parcels: front.parcels.len(),
            gain_m: metres(front.gain),
            point,
        }),
        Found::Cluster { project: index, tally, gain, .. } => Decision::Cluster(ClusterDecision {
            kind: Cluster::Form,
            project: project(*index).code.clone(),
            body: project(*index).body.clone(),
            parcels: tally.parcels,
            area: tally.area,
            gain: *gain,
            point,
        }),
        Found::Late { named, late, overdue, longest, .. } => Decision::Late(LateDecision {
            kind: Late::Form,
            parcels: late.parcels,
            area: late.area,
            overdue: *overdue,
            longest: longest.as_ref().map(|one| LongestOverdue {
                days: one.days,
                stage: one.act,
                article: one.article.clone(),
            }),
            named: NamedCode::of(view, *named),
            point,
        }),
        Found::Blocker { kind, tally, named, there, since, .. } => Decision::Blocker(BlockerDecision {
            kind: Blocker::Form,
            blocker: *kind,
            parcels: tally.parcels,
            area: tally.area,
            there: *there,
            since: *since,
            named: NamedCode::of(view, *named),
            point,
        }),
    }
}
