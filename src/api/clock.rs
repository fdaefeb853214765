//! The legal deadline that presses a parcel most, and what may be recorded of it next.

use schemars::JsonSchema;
use serde::Serialize;

use super::DayNumber;
use crate::{
    analysis::View,
    domain::{Branch, BranchStay, Day, Stage, StageDays, law::Act},
};

/// The next legal deadline.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Clock {
    /// The act that is due.
    pub stage: Act,
    /// Last day.
    pub due_day: DayNumber,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
    /// Where the law sets it.
    pub article: String,
    /// Its length in days, where the law counts so.
    pub statutory_days: Option<u16>,
    /// In working days.
    pub statutory_working_days: Option<u16>,
    /// The reading of the law is to be confirmed.
    pub to_be_confirmed: bool,
    /// The minimum wait ends after the term.
    pub floor_over_max: bool,
}

impl Clock {
    /// Of the parcel at `index` on `day`; none where no term runs.
    pub(super) fn of(view: &View, index: u32, day: Day) -> Option<Self> {
        let clock = view.snapshot.clock(index, day)?;
        let law = view.snapshot.law();
        let rule = &law.clocks()[clock.clock];
        Some(Self {
            stage: clock.act,
            due_day: clock.due.into(),
            days_left: clock.due.since(day),
            article: rule.article.clone(),
            statutory_days: rule.days(),
            statutory_working_days: rule.working_days(),
            to_be_confirmed: law.is_unsure(&clock),
            floor_over_max: clock.over.is_some(),
        })
    }
}

/// Whether the land may be handed over before payment, by consent (Land Law 2024, 87.5g).
pub(super) fn may_hand_over_early(days: StageDays) -> bool {
    let none = |stage: Stage| days.get(stage).is_none();
    !none(Stage::Notice) && none(Stage::Paid) && none(Stage::HandedOver)
}

/// The stages that are not reached yet: those ahead first, then those that were passed over.
pub(super) fn next(days: StageDays) -> Vec<Stage> {
    let reached = |stage: &Stage| days.get(*stage).is_some();
    // Payment and decision run side by side: behind the plan's approval neither is passed over by the other.
    let before = |stage: &Stage| stage.number() <= Stage::PlanApproved.number();
    let last = Stage::ALL.into_iter().filter(before).rfind(reached).map_or(0, Stage::number);
    let ahead = |stage: &Stage| stage.number() > last;
    let open = Stage::ALL.into_iter().skip(1).filter(|stage| !reached(stage));
    let (first, then): (Vec<Stage>, Vec<Stage>) = open.partition(ahead);
    first.into_iter().chain(then).collect()
}

/// Side branches that hold on `day`.
pub(super) fn branches(stays: &[BranchStay], day: Day) -> Vec<Branch> {
    stays.iter().filter(|stay| stay.holds_on(day)).map(|stay| stay.branch).collect()
}
