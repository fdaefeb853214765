//! The stages of the legal procedure and the day on which each was reached.

use super::Day;

/// Where a parcel stands (domain words: bước). The order of the variants is
/// the numbering `d0 … d8` of the contracts; the order in which a law passes
/// through them is the [`Procedure`](super::Procedure)'s.
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

    /// Whether any stage was reached between two days, these too.
    pub fn any_within(self, first: Day, last: Day) -> bool {
        self.0.iter().any(|cell| (first.number()..=last.number()).contains(cell))
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
}
