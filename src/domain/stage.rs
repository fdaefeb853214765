//! The stages of the legal procedure and the day on which each was reached.

use super::Day;

/// A step of the procedure that every parcel is followed by (domain words: bước). The order of the
/// variants is the numbering `d0 … d8` of the contracts. Payment and the recovery decision run side by
/// side: where a parcel stands is its [`Standing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Stage {
    /// On the project's parcel list.
    Listed,
    /// Meeting with the holders.
    Meeting,
    /// Notice of land recovery.
    Notice,
    /// Survey and inventory.
    Inventory,
    /// Draft plan posted for comment.
    PlanPosted,
    /// Compensation plan approved.
    PlanApproved,
    /// Compensation paid or deposited.
    Paid,
    /// Recovery decided.
    RecoveryDecided,
    /// Land handed over: the parcel is cleared.
    HandedOver,
}

impl Stage {
    /// All stages by number.
    pub const ALL: [Self; 9] = [
        Self::Listed,
        Self::Meeting,
        Self::Notice,
        Self::Inventory,
        Self::PlanPosted,
        Self::PlanApproved,
        Self::Paid,
        Self::RecoveryDecided,
        Self::HandedOver,
    ];

    /// The stage's code in files, tiles and the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Meeting => "meeting",
            Self::Notice => "notice",
            Self::Inventory => "inventory",
            Self::PlanPosted => "plan_posted",
            Self::PlanApproved => "plan_approved",
            Self::Paid => "paid",
            Self::RecoveryDecided => "recovery_decided",
            Self::HandedOver => "handed_over",
        }
    }

    /// The stage with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// 0 … 8.
    pub fn number(self) -> usize {
        self as usize
    }
}

/// Where a parcel stands, on the one scale of maps, tables and answers: the last stage reached, or both of
/// the two that run side by side after the plan's approval (Land Law 2024, Articles 87.5 and 94.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Standing {
    /// On the project's parcel list.
    Listed,
    /// Meeting held.
    Meeting,
    /// Notice given.
    Notice,
    /// Inventory taken.
    Inventory,
    /// Plan posted.
    PlanPosted,
    /// Plan approved, neither paid nor decided.
    PlanApproved,
    /// Paid, recovery not decided.
    Paid,
    /// Recovery decided, not paid.
    RecoveryDecided,
    /// Both paid and decided.
    PaidAndDecided,
    /// Handed over: the parcel is cleared.
    HandedOver,
}

impl Standing {
    /// Number of them.
    pub const COUNT: usize = 10;

    /// All, in the order of the scale.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Listed,
        Self::Meeting,
        Self::Notice,
        Self::Inventory,
        Self::PlanPosted,
        Self::PlanApproved,
        Self::Paid,
        Self::RecoveryDecided,
        Self::PaidAndDecided,
        Self::HandedOver,
    ];

    /// 0 … 9, by the order of the scale.
    pub fn number(self) -> usize {
        self as usize
    }

    /// The code in tiles and answers: a stage's, or that of both.
    pub fn code(self) -> &'static str {
        self.stage().map_or("paid_and_decided", Stage::code)
    }

    /// That with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The stage that it is; none where two are.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::PaidAndDecided => None,
            Self::HandedOver => Some(Stage::HandedOver),
            other => Stage::ALL.get(other.number()).copied(),
        }
    }

    /// The day on which a parcel with these days came to stand there.
    pub fn since(self, days: StageDays) -> Option<Day> {
        match self.stage() {
            Some(stage) => days.get(stage),
            None => days.get(Stage::Paid).max(days.get(Stage::RecoveryDecided)),
        }
    }
}

impl From<Stage> for Standing {
    fn from(stage: Stage) -> Self {
        if stage == Stage::HandedOver { Self::HandedOver } else { Self::ALL[stage.number()] }
    }
}

/// The day on which a parcel reached each stage, by stage number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageDays([u16; 9]);

const NEVER: u16 = u16::MAX;

impl Default for StageDays {
    fn default() -> Self {
        Self([NEVER; 9])
    }
}

impl StageDays {
    /// The day on which `stage` was reached.
    pub fn get(self, stage: Stage) -> Option<Day> {
        Day::from_cell(self.0[stage.number()])
    }

    /// Records `day` for `stage`; a later record of the same stage replaces the earlier one.
    pub fn set(&mut self, stage: Stage, day: Option<Day>) {
        self.0[stage.number()] = day.map_or(NEVER, Day::number);
    }

    /// Whether `stage` was reached on or before `day`.
    pub fn reached(self, stage: Stage, day: Day) -> bool {
        self.0[stage.number()] <= day.number()
    }

    /// What was reached by `day`.
    #[must_use]
    pub fn until(self, day: Day) -> Self {
        Self(self.0.map(|cell| if cell <= day.number() { cell } else { NEVER }))
    }

    /// The first day of a stage beside the listing.
    pub fn first_beside_listing(self) -> Option<Day> {
        let first = self.0[1..].iter().copied().fold(NEVER, u16::min);
        Day::from_cell(first)
    }

    /// The stages that were reached, a bit each by number.
    pub fn mask(self) -> u16 {
        (0..).zip(self.0).fold(0, |mask, (number, cell)| mask | (u16::from(cell != NEVER) << number))
    }

    /// Where the parcel stood on `day`; none before anything was known of it.
    ///
    /// ```
    /// use matbang::domain::{Day, Stage, StageDays, Standing};
    ///
    /// let day = |text| Day::parse(text);
    /// let mut days = StageDays::default();
    /// days.set(Stage::Paid, Some(day("2026-03-01")?));
    /// days.set(Stage::RecoveryDecided, Some(day("2026-04-01")?));
    /// assert_eq!(days.standing(day("2026-02-01")?), None);
    /// assert_eq!(days.standing(day("2026-03-15")?), Some(Standing::Paid));
    /// assert_eq!(days.standing(day("2026-05-01")?), Some(Standing::PaidAndDecided));
    /// # Ok::<(), matbang::domain::DayError>(())
    /// ```
    pub fn standing(self, day: Day) -> Option<Standing> {
        let reached = |stage: Stage| self.reached(stage, day);
        match (reached(Stage::HandedOver), reached(Stage::Paid), reached(Stage::RecoveryDecided)) {
            (true, ..) => Some(Standing::HandedOver),
            (_, true, true) => Some(Standing::PaidAndDecided),
            (_, true, false) => Some(Standing::Paid),
            (_, false, true) => Some(Standing::RecoveryDecided),
            _ => Stage::ALL.into_iter().rev().find(|stage| reached(*stage)).map(Standing::from),
        }
    }

    /// Whether any stage was reached between two days, these too.
    pub fn any_within(self, first: Day, last: Day) -> bool {
        self.0.iter().any(|cell| (first.number()..=last.number()).contains(cell))
    }

    /// The last day of a stage up to `day`, and the first one after it.
    pub fn around(self, day: Day) -> (Option<Day>, Option<Day>) {
        let (came, coming) = self.0.iter().fold((0, NEVER), |(came, coming), &cell| {
            if cell <= day.number() { (cell.max(came), coming) } else { (came, cell.min(coming)) }
        });
        (Day::from_cell(came), Day::from_cell(coming))
    }

    /// The day of handover, if the parcel is cleared.
    pub fn cleared_on(self) -> Option<Day> {
        self.get(Stage::HandedOver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_the_same_stage() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_code(stage.code()), Some(stage));
        }
        assert_eq!(Stage::from_code("sold"), None);
    }

    #[test]
    fn a_stage_never_reached_has_no_day() {
        let mut days = StageDays::default();
        assert!(!days.reached(Stage::Listed, Day::LAST));
        days.set(Stage::Notice, Day::from_number(20_000).ok());
        assert!(days.reached(Stage::Notice, Day::from_number(20_000).unwrap()));
        assert!(!days.reached(Stage::Notice, Day::from_number(19_999).unwrap()));
        days.set(Stage::Notice, None);
        assert_eq!(days.get(Stage::Notice), None);
    }

    #[test]
    fn payment_and_decision_stand_side_by_side_whichever_came_first() {
        let day = |number: i64| Day::from_number(number).ok();
        let mut days = StageDays::default();
        days.set(Stage::PlanApproved, day(10));
        days.set(Stage::Paid, day(20));
        days.set(Stage::RecoveryDecided, day(15));
        let on = |number: i64| days.standing(day(number).unwrap()).map(Standing::code);
        assert_eq!(on(9), None);
        assert_eq!(
            [on(10), on(15), on(20)],
            [Some("plan_approved"), Some("recovery_decided"), Some("paid_and_decided")]
        );
        assert_eq!(Standing::PaidAndDecided.since(days), day(20));
        days.set(Stage::HandedOver, day(12));
        assert_eq!(days.standing(day(20).unwrap()), Some(Standing::HandedOver));
        for one in Standing::ALL {
            assert_eq!(Standing::from_code(one.code()), Some(one));
        }
        for stage in Stage::ALL {
            assert_eq!(Standing::from(stage).stage(), Some(stage));
        }
    }
}
