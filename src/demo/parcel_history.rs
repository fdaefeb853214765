//! What happened to one made-up parcel, step by step: as the law of its days wants it, with the irregularities
//! that offices have, a few in a hundred. The days of the law stand in `data/procedures`; a test holds what is told
//! here against them.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::fabric::Made;
use crate::domain::{
    BlockerKind, Day, EventKind, Stage, Vnd,
    law::{Act, ActDetails, Condition, Signer},
};

/// First days of the law of 2024, of the acts of communes, of Resolution 254 and of Decree 49.
const LAW_2024: i32 = 19_936;
const COMMUNES: i32 = 20_270;
const RESOLUTION: i32 = 20_454;
const DECREE: i32 = 20_484;

/// Something in the way: at which step, what, and for how many days.
pub type Stuck = (usize, BlockerKind, i32);

/// Land that the law treats alike.
#[derive(PartialEq)]
enum Land {
    Farm,
    Home,
    Other,
}

/// A parcel's story so far.
pub struct ParcelHistory {
    pub events: Vec<(Day, EventKind)>,
    pub approved: Option<Day>,
    aside: ChaCha8Rng,
    day: Day,
    stuck: Option<Stuck>,
    early: bool,
    forced: bool,
    land: Land,
    notice: Day,
    sent: Day,
    posted: Day,
    ready: Day,
}

fn since(day: Day, first: i32) -> bool {
    i32::from(day.number()) >= first
}

impl ParcelHistory {
    pub fn new(made: &Made, start: Day, stuck: Option<Stuck>, mut aside: ChaCha8Rng) -> Self {
        let early = !made.hard && stuck.is_none() && aside.random_bool(0.03);
        let forced = stuck.is_some_and(|stuck| matches!(stuck.0, 2 | 7)) && aside.random_bool(0.2);
        let land_use = made.parcel.land_use.as_str();
        Self {
            events: Vec::new(),
            approved: None,
            aside,
            day: start,
            stuck,
            early,
            forced,
            land: match land_use {
                "ONT" => Land::Home,
                "LUC" | "LUK" | "BHK" | "HNK" | "CLN" | "NTS" | "RSX" => Land::Farm,
                _ => Land::Other,
            },
            notice: start,
            sent: start,
            posted: start,
            ready: start,
        }
    }

    fn add(&mut self, day: Day, kind: EventKind) {
        self.events.push((day, kind));
    }

    fn act(&mut self, day: Day, act: Act, details: ActDetails) {
        let kind = match act.stage() {
            Some(stage) => EventKind::StageReached { stage, details },
            None => EventKind::StepTaken { step: act, details },
        };
        self.add(day, kind);
    }

    fn chance(&mut self, of: f64) -> bool {
        self.aside.random_bool(of)
    }

    fn days(&mut self, from: i32, to: i32) -> i32 {
        self.aside.random_range(from..to)
    }

    /// The money that was approved with the plan.
    pub fn money(&mut self, amount: Vnd) {
        if let Some(day) = self.approved {
            self.add(day, EventKind::MoneyApproved { amount });
        }
    }

    /// The next step, after about `days`; what stands in its way is told with it.
    pub fn step(&mut self, position: usize, stage: Stage, days: i32) {
        if self.early && stage == Stage::PlanPosted {
            let on = self.day.plus(self.aside.random_range(3..20));
            self.add(on, EventKind::EarlyHandover);
        }
        if self.early && stage == Stage::HandedOver {
            return;
        }
        let from = if matches!(stage, Stage::Paid | Stage::RecoveryDecided) { self.ready } else { self.day };
        let mut day = from.plus(days);
        if let Some((_, blocker, wait)) = self.stuck.filter(|stuck| stuck.0 == position) {
            let opened = day.plus(-6);
            self.add(opened, EventKind::BlockerOpened { blocker });
            if self.forced {
                day = self.force(position, day);
            } else {
                day = day.plus(wait);
            }
            self.add(day, EventKind::BlockerClosed { blocker });
        }
        match stage {
            Stage::Notice => self.notice(day),
            Stage::PlanPosted => {
                self.posted = day;
                self.day = day;
                self.add(day, EventKind::reached(stage));
            }
            Stage::PlanApproved => self.approve(day),
            Stage::Paid => self.pay(day),
            Stage::RecoveryDecided => self.decide(day),
            Stage::HandedOver => {
                let day = self.day.max(day);
                self.add(day, EventKind::reached(stage));
            }
            _ => {
                self.day = day;
                self.add(day, EventKind::reached(stage));
            }
        }
    }

    fn notice(&mut self, day: Day) {
        self.sent = day.plus(self.aside.random_range(0..6));
        (self.notice, self.day) = (day, day);
        let sent = self.aside.random_bool(0.6).then_some(self.sent);
        self.act(day, Act::Notice, ActDetails { sent, ..ActDetails::default() });
    }

    /// Posted long enough, met about, appraised; of homes it says whether they are resettled.
    fn approve(&mut self, day: Day) {
        let posting = if since(self.posted, RESOLUTION) { 10 } else { 30 };
        let least = self.posted.plus(posting + self.days(6, 20));
        let hasty = self.chance(0.01);
        let day = if hasty { self.posted.plus(posting - 4) } else { day.max(least) };
        let resettlement = (self.land == Land::Home).then_some(true);
        let effect = self.chance(0.3).then_some(day);
        self.act(day, Act::PlanApproved, ActDetails { effect, resettlement, ..ActDetails::default() });
        (self.approved, self.day, self.ready) = (Some(day), day, day);
        if self.land == Land::Home && since(day, LAW_2024) {
            self.ready = day.plus(self.days(3, 45));
            self.act(
                self.ready,
                Act::Resettled,
                ActDetails { condition: Some(Condition::Plot), ..ActDetails::default() },
            );
        }
    }

    fn pay(&mut self, day: Day) {
        let Some(approved) = self.approved else { return };
        let stuck = self.stuck.is_some_and(|stuck| stuck.0 == 5 || stuck.0 == 6);
        let late = self.chance(0.06);
        let paid = match (stuck, late) {
            (true, _) => day,
            (_, true) => approved.plus(self.days(31, 90)),
            _ => approved.plus(self.days(4, 29)),
        };
        self.add(paid, EventKind::reached(Stage::Paid));
        self.day = self.day.max(paid);
    }

    fn decide(&mut self, day: Day) {
        let Some(approved) = self.approved else { return };
        let old = !since(approved, LAW_2024);
        let mut decided = if old { approved } else { self.ready.plus(self.days(0, 9)) };
        let long = if since(approved, RESOLUTION) { (60, 120) } else { (90, 180) };
        let wait = if self.land == Land::Farm { long.0 } else { long.1 };
        let mut sent = self.sent;
        if !since(self.notice, LAW_2024) && since(decided, RESOLUTION) {
            // The notice of the old law has lapsed: a new one, and the wait of the new law.
            sent = Day::FIRST.plus(RESOLUTION + self.days(5, 60));
            self.act(sent, Act::Notice, ActDetails { sent: Some(sent), ..ActDetails::default() });
            decided = decided.max(sent.plus(1));
        }
        let floor = sent.plus(wait + 1);
        if decided < floor && !self.chance(0.05) {
            decided = floor.plus(self.days(0, 3));
        } else if self.chance(0.04) && !old {
            decided = decided.plus(self.days(12, 40));
        }
        if self.stuck.is_some_and(|stuck| stuck.0 == 5 || stuck.0 == 6) {
            decided = decided.max(day);
        }
        let expires = self.notice.plus(365);
        if sent == self.sent && since(self.notice, LAW_2024) && decided > expires && self.chance(0.8) {
            let again = expires.plus(self.days(1, 12)).min(decided);
            self.act(again, Act::NoticeReissued, ActDetails { sent: Some(again), ..ActDetails::default() });
        }
        let signer = match i32::from(decided.number()) {
            day if day < COMMUNES => Signer::DistrictPc,
            day if day < DECREE => Signer::CommuneChair,
            _ => Signer::ProvincePc,
        };
        let wrong = self.chance(0.01);
        let signer = if wrong { Signer::CommunePc } else { signer };
        let signer = self.chance(0.4).then_some(signer);
        self.act(decided, Act::RecoveryDecided, ActDetails { signer, ..ActDetails::default() });
        self.day = self.day.max(decided);
    }

    /// What is done where someone does not cooperate: persuasion first, then the decision, then force.
    fn force(&mut self, position: usize, day: Day) -> Day {
        if position == 2 {
            let until = day.plus(16);
            self.act(
                day,
                Act::PersuasionInventory,
                ActDetails { until: Some(until), ..ActDetails::default() },
            );
            let decided = until.plus(self.days(12, 30));
            self.act(decided, Act::MandatoryInventory, ActDetails::default());
            return decided.plus(self.days(6, 20));
        }
        let start = self.day.plus(self.days(3, 15));
        let until = start.plus(11);
        self.act(start, Act::PersuasionHandover, ActDetails { until: Some(until), ..ActDetails::default() });
        let decided = until.plus(self.days(11, 25));
        let received = decided.plus(2);
        let force = received.plus(self.days(4, 10));
        let details = ActDetails { received: Some(received), planned: Some(force), ..ActDetails::default() };
        self.act(decided, Act::EnforcementDecided, details);
        self.act(force, Act::Enforced, ActDetails::default());
        force
    }
}
