//! Legal deadlines that run.

use schemars::JsonSchema;
use serde::Serialize;

use super::ParcelBrief;
use crate::{
    analysis::{Filter, Group, GroupBy, ParcelClock, View, clocks as running, groups},
    domain::{Code, Day, LedgerPosition, law::Act},
};

/// How many deadlines run, and how urgent they are.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct ClockCounts {
    /// Deadlines that run.
    pub running: u64,
    /// Those that have passed.
    pub overdue: u64,
    /// Those due within seven days.
    pub due_in_7_days: u64,
    /// Those due within thirty days.
    pub due_in_30_days: u64,
    /// Days since the one that passed the longest ago; null where none has passed.
    pub longest_overdue_days: Option<i32>,
}

impl ClockCounts {
    /// Counts of what has these days left.
    fn of(left: impl Iterator<Item = i32>) -> Self {
        let (mut counts, mut longest) = (Self::default(), 0);
        for days in left {
            counts.running += 1;
            counts.overdue += u64::from(days < 0);
            counts.due_in_7_days += u64::from((0..=7).contains(&days));
            counts.due_in_30_days += u64::from((0..=30).contains(&days));
            longest = longest.max(-days);
        }
        Self { longest_overdue_days: (longest > 0).then_some(longest), ..counts }
    }
}

/// Deadlines of one group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct GroupClocks {
    /// Counts.
    #[serde(flatten)]
    pub counts: ClockCounts,
    /// Code of the group.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A parcel with its most urgent deadline.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ClockedParcel {
    /// The parcel.
    #[serde(flatten)]
    pub parcel: ParcelBrief,
    /// The act that is due.
    pub due_stage: Act,
    /// Id of the clock.
    pub rule: String,
    /// Where the law sets it.
    pub article: String,
    /// Code of the body that must act.
    pub who: String,
    /// The minimum wait ends after the term.
    pub floor_over_max: bool,
    /// The reading of the law is to be confirmed.
    pub to_be_confirmed: bool,
    /// Id of the regime.
    pub regime: String,
    /// Code of the law under which the project began.
    pub law: Code,
    /// Last day.
    pub due_on: Day,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
    /// Clearance body of the project.
    pub body: Option<String>,
}

/// Counts, and the parcels, the most urgent first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Clocks {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Of the whole.
    pub total: ClockCounts,
    /// By group.
    pub rows: Vec<GroupClocks>,
    /// Parcels left out before those listed.
    pub offset: usize,
    /// The most urgent parcels.
    pub parcels: Vec<ClockedParcel>,
}

/// The deadlines of what `filter` lets through on the view's day: counts in
/// all and by group, and the `limit` most urgent parcels behind the first `offset`.
pub fn clocks(view: &View, filter: &Filter, by: GroupBy, limit: usize, offset: usize) -> Clocks {
    let (snapshot, day) = (&view.snapshot, view.today);
    let chosen = filter.select(snapshot, day);
    let all = running(snapshot, &chosen, day, offset.saturating_add(limit));
    let mut left: Vec<Option<i32>> = vec![None; snapshot.parcels().len()];
    all.iter().for_each(|one| left[one.parcel as usize] = Some(one.days_left));
    let row = |group: Group| {
        let left = group.parcels.iter().filter_map(|parcel| left[*parcel as usize]);
        GroupClocks { counts: ClockCounts::of(left), code: group.code, name: group.name }
    };
    Clocks {
        at: snapshot.position(),
        as_of: day,
        total: ClockCounts::of(all.iter().map(|one| one.days_left)),
        rows: groups(snapshot, &chosen, by, day).into_iter().map(row).collect(),
        offset,
        parcels: all.iter().skip(offset).take(limit).filter_map(|one| clock(view, one)).collect(),
    }
}

fn clock(view: &View, one: &ParcelClock) -> Option<ClockedParcel> {
    let snapshot = &view.snapshot;
    let clock = snapshot.clock(one.parcel, view.today)?;
    let project = &snapshot.projects()[snapshot.parcels().project(one.parcel)].project;
    let law = snapshot.law();
    let rule = &law.clocks()[clock.clock];
    let holding = law.recovery_regime(&snapshot.file(one.parcel), view.today);
    Some(ClockedParcel {
        parcel: ParcelBrief::of(view, one.parcel),
        due_stage: clock.act,
        rule: rule.id.clone(),
        article: rule.article.clone(),
        who: law.bodies()[rule.who].code.clone(),
        floor_over_max: clock.over.is_some(),
        to_be_confirmed: law.is_unsure(&clock),
        regime: law.regime(holding.regime).id.clone(),
        law: project.procedure.clone(),
        due_on: clock.due,
        days_left: one.days_left,
        body: project.body.clone(),
    })
}
