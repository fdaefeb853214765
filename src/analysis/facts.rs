//! What is known of a parcel on a day.

use crate::{
    atlas::Snapshot,
    domain::{
        Day, Stage, Standing,
        law::{Moment, Pressing},
    },
};

/// What is known of a parcel on a day, looked up once.
#[derive(Debug, Clone, Copy)]
pub struct ParcelFacts {
    /// Project, by index.
    pub project: usize,
    /// Recovered area, tenths of m².
    pub area: u64,
    /// Where it stands; nowhere before anything is known.
    pub stage: Option<Standing>,
    /// Day of the handover, if it was by then.
    pub handed_over: Option<Day>,
    /// Day of the handover, later ones too.
    pub cleared_on: Option<Day>,
    /// Planned day: its own, else its project's.
    pub planned: Option<Day>,
    /// Planned day of its own.
    pub own_planned: Option<Day>,
    /// Đồng approved.
    pub approved: u64,
    /// Đồng paid.
    pub paid: u64,
    /// Something stands in the way.
    pub blocked: bool,
    /// Past a legal deadline.
    pub overdue: bool,
    /// Past the planned day.
    pub late: bool,
}

impl ParcelFacts {
    /// None when the parcel does not count at the moment.
    pub fn of(snapshot: &Snapshot, parcel: u32, moment: Moment) -> Option<Self> {
        let (marks, day) = (snapshot.marks(parcel), moment.day);
        if marks.is_some_and(|marks| !marks.exists_on(day)) {
            return None;
        }
        let (columns, days) = (snapshot.parcels(), snapshot.days(parcel));
        let project = columns.project(parcel);
        let own_planned = marks.and_then(|marks| marks.planned).or_else(|| columns.planned_day(parcel));
        let planned = own_planned.or_else(|| snapshot.projects()[project].project.required_day);
        let pressing = snapshot.pressing_of(parcel, moment, |law| {
            law.pressing(&snapshot.file_of(parcel, days, marks), day).map(Pressing::from)
        });
        let amount = snapshot.money(parcel).0;
        let payments = marks.map_or(&[][..], |marks| &marks.payments);
        let paid = if payments.is_empty() {
            if days.reached(Stage::Paid, day) { amount } else { 0 }
        } else {
            payments.iter().filter(|(on, _)| *on <= day).map(|(_, amount)| amount.0).sum()
        };
        let cleared_on = days.cleared_on();
        let handed_over = cleared_on.filter(|on| *on <= day);
        Some(Self {
            project,
            area: columns.recovered(parcel).tenths(),
            stage: days.standing(day),
            handed_over,
            cleared_on,
            planned,
            own_planned,
            approved: if days.reached(Stage::PlanApproved, day) { amount } else { 0 },
            paid,
            blocked: marks.is_some_and(|marks| marks.blockers.iter().any(|blocker| blocker.stands_on(day))),
            overdue: pressing.is_some_and(|running| running.due < day),
            late: handed_over.is_none() && planned.is_some_and(|planned| planned < day),
        })
    }
}
