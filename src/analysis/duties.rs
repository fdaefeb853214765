//! Duties: what the law asks of heads now, list by list, with who must act and by when.

use serde::Serialize;

use super::spread::spread;
use crate::{
    atlas::Snapshot,
    domain::{
        Day,
        law::{Act, CaseFile, LatePayment, Law, MarkCode, RuleRef},
    },
};

/// Days ahead within which a notice's end is announced.
const EXPIRES_WITHIN: i32 = 60;

/// Days within which a recovery is to be decided.
const DECIDE_WITHIN: i32 = 10;

/// A list that heads read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[schemars(rename = "DutyList")]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// Notices that expire within 60 days (LL 85.5).
    Expiring,
    /// Files whose notice no longer holds: a new one is needed.
    Reissue,
    /// Decisions signed before they were lawful.
    Early,
    /// Payments that are late (LL 94.3).
    LatePayment,
    /// Recoveries to be decided within ten days (LL 87.5).
    ToDecide,
    /// Enforcement planned for a day on which force may not be used (LL 89.1b).
    Blackout,
}

impl DutyKind {
    /// All, in the order of lists.
    pub const ALL: [Self; 6] =
        [Self::Expiring, Self::Reissue, Self::Early, Self::LatePayment, Self::ToDecide, Self::Blackout];

    /// The code in addresses and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Reissue => "reissue",
            Self::Early => "early",
            Self::LatePayment => "late_payment",
            Self::ToDecide => "to_decide",
            Self::Blackout => "blackout",
        }
    }

    /// That with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that a head must see to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duty {
    /// In which list.
    pub kind: DutyKind,
    /// Parcel, by index.
    pub parcel: u32,
    /// The act that it is about.
    pub act: Act,
    /// The day that counts: the end of a notice, the last day of a term, the day of the act.
    pub on: Day,
    /// The day from which the act would have been lawful, or to which it is to be moved.
    pub lawful: Option<Day>,
    /// What says so.
    pub rule: RuleRef,
    /// What a late payment costs.
    pub late: Option<LatePayment>,
}

/// The duties of `parcels` on `day`, by list, the nearest or oldest day first. O(parcels) on all processors.
pub fn duties(snapshot: &Snapshot, parcels: &[u32], day: Day) -> Vec<Duty> {
    let mut all = spread(parcels, |run| {
        let mut found = Vec::new();
        for parcel in run.iter().filter(|parcel| snapshot.exists_on(**parcel, day)) {
            of_parcel(snapshot, *parcel, day, &mut found);
        }
        found
    });
    all.sort_unstable_by_key(|duty| (duty.kind, duty.on, duty.parcel, duty.act));
    all
}

fn of_parcel(snapshot: &Snapshot, parcel: u32, day: Day, found: &mut Vec<Duty>) {
    let law = snapshot.law();
    let file = snapshot.file(parcel).until(day);
    let mut duty = |kind, act, on, lawful, rule, late| {
        found.push(Duty { kind, parcel, act, on, lawful, rule, late });
    };
    if let Some(on) = file.first(Act::RecoveryDecided) {
        if let Some((bound, rule)) = too_early(law, &file, on) {
            duty(DutyKind::Early, Act::RecoveryDecided, on, Some(bound), rule, None);
        }
    } else if let Some(expiry) = law.expiry(&file, day) {
        let left = expiry.until.since(day);
        if left <= EXPIRES_WITHIN {
            let kind = if left < 0 { DutyKind::Reissue } else { DutyKind::Expiring };
            duty(kind, Act::NoticeReissued, expiry.until, None, law.expiry_rule(), None);
        }
    }
    for term in law.running(&file, day) {
        let rule = RuleRef::Clock(term.clock);
        if term.act == Act::RecoveryDecided && term.due.since(day) <= DECIDE_WITHIN {
            duty(DutyKind::ToDecide, term.act, term.due, None, rule, None);
        }
        if term.act == Act::Paid
            && let Some(late) = law.late_payment(&file, snapshot.money(parcel), day)
        {
            duty(DutyKind::LatePayment, term.act, late.due, None, rule, Some(late));
        }
    }
    if let Some(planned) = planned_force(&file, day)
        && let Some(rule) = law.forbidden(&file, planned)
    {
        duty(DutyKind::Blackout, Act::Enforced, planned, Some(law.free_day(planned)), rule, None);
    }
}

/// A decision that came before it was lawful: the day from which it would have been, and why.
fn too_early(law: &Law, file: &CaseFile<'_>, on: Day) -> Option<(Day, RuleRef)> {
    let fact = file.fact(Act::RecoveryDecided, on)?;
    let mut marks = Vec::new();
    law.marks_of(file, &fact, &mut marks);
    let early = marks.iter().filter(|mark| mark.code == MarkCode::V);
    let bounded = early.filter_map(|mark| Some((mark.bound.filter(|bound| *bound > on)?, mark.rule)));
    bounded.max_by_key(|(bound, _)| *bound)
}

/// The day for which force is planned and has not been used.
fn planned_force(file: &CaseFile<'_>, day: Day) -> Option<Day> {
    if [Act::Enforced, Act::Complied, Act::HandedOver].into_iter().any(|act| file.came(act, day)) {
        return None;
    }
    file.fact(Act::EnforcementDecided, day)?.details.planned
}
