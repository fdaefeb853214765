//! Two years of ledger: what happened to each made-up parcel, and when it was recorded.

use geo::MultiPolygon;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    Entry, Options,
    catalogue::{Pace, Work},
    fabric::Made,
    frame,
    parcel_history::ParcelHistory,
};
use crate::domain::{
    BlockerKind, Code, Day, EventKind, NewEvent, ParcelId, PlanCurve, Project, Stage, Vnd, law::Act,
};

/// First day of the law of 2024; procedures begun earlier follow the law of 2013.
const LAW_2024: &str = "2024-08-01";
const LEDGER_DAYS: i32 = 730;
const MILLIS_A_DAY: i64 = 86_400_000;

/// Days that each stage takes from the one before, for a field; homes take longer.
const STEPS_2024: [(Stage, f64); 8] = [
    (Stage::Meeting, 28.8),
    (Stage::Notice, 19.2),
    (Stage::Inventory, 73.6),
    (Stage::PlanPosted, 48.0),
    (Stage::PlanApproved, 70.4),
    (Stage::Paid, 33.6),
    (Stage::RecoveryDecided, 11.2),
    (Stage::HandedOver, 25.6),
];
const STEPS_2013: [(Stage, f64); 8] = [
    (Stage::Meeting, 28.8),
    (Stage::Notice, 19.2),
    (Stage::Inventory, 73.6),
    (Stage::PlanPosted, 48.0),
    (Stage::PlanApproved, 57.6),
    (Stage::RecoveryDecided, 0.0),
    (Stage::Paid, 35.2),
    (Stage::HandedOver, 28.8),
];

/// Projects with their plans, and everything recorded in order.
pub fn ledger(options: Options, works: Vec<Work>, parcels: Vec<Vec<Made>>) -> (Vec<Project>, Vec<Entry>) {
    let opening = options.until.plus(-LEDGER_DAYS);
    let mut all: Vec<(Work, Vec<Made>)> = works.into_iter().zip(parcels).collect();
    all.retain(|(_, made)| !made.is_empty());
    let listed = |work: &Work| options.until.plus(-work.listed_before - 60);
    // Numbers of parcels follow the order of their listing.
    all.sort_by_key(|(work, _)| (listed(work), work.code.clone()));
    let (mut projects, mut entries) = (Vec::new(), Vec::new());
    let mut first = 1u32;
    for (number, (work, mut made)) in all.into_iter().enumerate() {
        let law_2013 = Day::parse(LAW_2024).is_ok_and(|law| listed(&work) < law);
        let Ok(procedure) = Code::new(if law_2013 { "law2013" } else { "law2024" }) else { continue };
        let seed = options.seed.wrapping_mul(15_485_863).wrapping_add(number as u64);
        let mut project = Story {
            rng: ChaCha8Rng::seed_from_u64(seed),
            listed: listed(&work),
            opening,
            until: options.until,
            law_2013,
            procedure,
            slow: slowness(work.pace),
            work,
        };
        project.plan(&mut made);
        let mut events = project.events(&made, first);
        projects.push(project.project(&made));
        first += made.len() as u32;
        let day = project.listed;
        entries.push(Entry::Listed {
            day,
            recorded_at: i64::from(day.max(opening).number()) * MILLIS_A_DAY,
            parcels: made.into_iter().map(|made| made.parcel).collect(),
        });
        entries.append(&mut events);
    }
    // Stable: what was recorded in the same moment keeps its order.
    entries.sort_by_key(|entry| match entry {
        Entry::Listed { recorded_at, .. } => (*recorded_at, 0),
        Entry::Happened(event) => (event.recorded_at, 1),
    });
    projects.sort_by(|a, b| a.code.cmp(&b.code));
    (projects, entries)
}

/// How much longer than planned a step takes.
fn slowness(pace: Pace) -> f64 {
    match pace {
        Pace::Early => 0.82,
        Pace::Steady => 1.02,
        Pace::Late => 1.45,
        Pace::Patchy => 1.12,
    }
}

struct Story {
    work: Work,
    rng: ChaCha8Rng,
    listed: Day,
    opening: Day,
    until: Day,
    law_2013: bool,
    procedure: Code,
    slow: f64,
}

impl Story {
    fn steps(&self) -> [(Stage, f64); 8] {
        if self.law_2013 { STEPS_2013 } else { STEPS_2024 }
    }

    /// Work goes on in batches along the project, over this many days.
    fn spread(&self) -> f64 {
        if self.work.alignment.is_some() { 290.0 } else { 230.0 }
    }

    /// Each parcel's planned day of handover.
    fn plan(&mut self, made: &mut [Made]) {
        let total: f64 = self.steps().iter().map(|step| step.1).sum();
        for made in made {
            let batch = (made.along * 8.0).floor() / 8.0;
            let days = 10.0 + batch * self.spread() + total * if made.hard { 1.3 } else { 1.05 };
            made.parcel.planned_day = Some(self.listed.plus(days as i32));
        }
    }

    fn project(&self, made: &[Made]) -> Project {
        let mut by_month: std::collections::BTreeMap<i32, u64> = std::collections::BTreeMap::new();
        for made in made {
            let days = made.parcel.planned_day.map_or(0, |day| day.since(self.listed));
            *by_month.entry(days / 30 + 1).or_default() += made.parcel.recovered_area.tenths();
        }
        let total = by_month.values().sum::<u64>().max(1) as f64;
        let (mut points, mut sum) = (vec![(self.listed, 0.0)], 0);
        for (month, area) in by_month {
            let before = self.listed.plus((month - 1) * 30);
            if points.last().is_some_and(|(day, _)| *day < before) {
                points.push((before, points[points.len() - 1].1));
            }
            sum += area;
            points.push((self.listed.plus(month * 30), ((sum as f64 / total) * 1e4).round() / 1e4));
        }
        let required = points.last().map(|(day, _)| *day);
        Project {
            code: self.work.code.clone(),
            name: self.work.name.to_owned(),
            kind: self.work.kind,
            key: self.work.key,
            investor: Some(self.work.investor.to_owned()),
            body: Some(self.work.body.to_owned()),
            procedure: self.procedure.clone(),
            required_day: required,
            plan: PlanCurve::new(points).unwrap_or_default(),
            boundary: Some(self.boundary()),
            alignment: self.work.alignment.as_ref().map(frame::line_to_degrees),
        }
    }

    fn boundary(&self) -> MultiPolygon<f64> {
        frame::polygons_to_degrees(&self.work.boundary)
    }

    /// Milliseconds at which something of `day` was recorded: at the opening of
    /// the ledger when it was older, else some days later, in office hours.
    fn recorded(&mut self, day: Day) -> i64 {
        let later = self.rng.random_range(0..3);
        let day = day.plus(later).max(self.opening).min(self.until);
        let minutes = self.rng.random_range(60..600);
        i64::from(day.number()) * MILLIS_A_DAY + minutes * 60_000
    }

    fn events(&mut self, made: &[Made], first: u32) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (number, made) in (first..).zip(made) {
            self.parcel(ParcelId(number), made, &mut entries);
        }
        entries
    }

    fn parcel(&mut self, id: ParcelId, made: &Made, entries: &mut Vec<Entry>) {
        let batch = (made.along * 8.0).floor() / 8.0;
        let start = self.listed.plus((10.0 + batch * self.spread() * self.slow) as i32);
        let stuck = self.stuck_at(made);
        // Chance of its own: the other figures of a seed stay as they are.
        let aside = ChaCha8Rng::seed_from_u64(u64::from(id.0).wrapping_mul(2_654_435_761));
        let mut history = ParcelHistory::new(made, start, stuck, aside);
        for (position, (stage, days)) in self.steps().into_iter().enumerate() {
            let own: f64 = self.rng.random_range(0.75..1.3);
            let home = if made.hard { 1.35 } else { 1.0 };
            history.step(position, stage, (days * self.slow * own * home).round() as i32);
        }
        if history.approved.is_some_and(|on| on <= self.until) {
            let amount = self.money(made);
            history.money(amount);
        }
        history.events.sort_by_key(|(day, _)| *day);
        let mut recorded = i64::MIN;
        for (day, kind) in history.events {
            self.push(id, day.max(self.listed), kind, &mut recorded, entries);
        }
    }

    /// The step at which something stands in the way, what, and for how many days.
    fn stuck_at(&mut self, made: &Made) -> Option<(usize, BlockerKind, i32)> {
        let patchy = self.work.pace == Pace::Patchy;
        let chance = match (made.hard, patchy) {
            (true, _) => 0.34,
            (false, true) => 0.13,
            (false, false) => 0.025,
        };
        if !self.rng.random_bool(chance) {
            return None;
        }
        let kind = match (made.parcel.land_use.as_str(), self.rng.random_range(0..10)) {
            ("NTD", _) => BlockerKind::Graves,
            ("ONT", 0..4) => BlockerKind::Resettlement,
            ("ONT", 4 | 5) => BlockerKind::Origin,
            (_, 0 | 1) => BlockerKind::Utilities,
            (_, 2..=4) => BlockerKind::Complaint,
            _ => BlockerKind::Price,
        };
        let wait = if self.rng.random_bool(0.3) { 900 } else { self.rng.random_range(25..190) };
        Some((self.rng.random_range(2..8), kind, wait))
    }

    /// Land, crops, house and support together, đồng, in thousands.
    fn money(&mut self, made: &Made) -> Vnd {
        let price = match made.parcel.land_use.as_str() {
            "ONT" | "TIN" | "DGD" => 7_500_000.0,
            "NTD" => 1_800_000.0,
            "CLN" => 420_000.0,
            _ => 310_000.0,
        };
        let amount = made.parcel.recovered_area.get() * price * self.rng.random_range(0.85..1.25);
        Vnd((amount / 1000.0).round() as u64 * 1000)
    }

    fn push(
        &mut self,
        id: ParcelId,
        day: Day,
        kind: EventKind,
        recorded: &mut i64,
        entries: &mut Vec<Entry>,
    ) {
        if day > self.until {
            return;
        }
        // A parcel's events are recorded in the order in which they happened.
        *recorded = self.recorded(day).max(*recorded + 1);
        let document = document(&kind, self.work.code.as_str(), day);
        entries.push(Entry::Happened(NewEvent {
            parcel: Some(id),
            day,
            recorded_at: *recorded,
            author: "minh-hoa".to_owned(),
            document,
            note: None,
            attachments: Vec::new(),
            kind,
        }));
    }
}

/// A made-up reference in the form that offices use.
fn document(kind: &EventKind, project: &str, day: Day) -> Option<String> {
    let (act, _) = kind.act().filter(|_| !matches!(kind, EventKind::EarlyHandover))?;
    let number = u32::from(day.number()) % 900 + 1;
    let suffix = match act {
        Act::Listed => return None,
        Act::Notice | Act::NoticeReissued => "TB-UBND",
        Act::PlanPosted => "TB-HĐBT",
        Act::PlanApproved | Act::RecoveryDecided | Act::MandatoryInventory | Act::EnforcementDecided => {
            "QĐ-UBND"
        }
        Act::Paid | Act::Deposited => "PC-QĐ",
        _ => "BB-GPMB",
    };
    Some(format!("{number}/{suffix}-{project}"))
}
