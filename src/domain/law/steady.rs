//! What presses a case from one of its days to the next: worked out once, it is known for all days between.

use super::{Act, CaseFile, Law, RunningClock};
use crate::domain::Day;

/// The most pressing term of a case, and the days on which it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steady {
    /// First day.
    pub since: Day,
    /// Last day.
    pub until: Day,
    /// The term.
    pub pressing: Option<Pressing>,
}

/// A term in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressing {
    /// Place of the clock.
    pub clock: u8,
    /// The act that is due.
    pub act: Act,
    /// Last day in time; the first lawful day where that is later.
    pub due: Day,
}

/// A day to ask about: made once, asked of many parcels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// In which of the times between two changes of the law it lies.
    pub spell: usize,
    /// How many of these there are.
    pub spells: usize,
}

impl From<RunningClock> for Pressing {
    fn from(term: RunningClock) -> Self {
        // The law has no more clocks than a byte tells.
        Self { clock: term.clock as u8, act: term.act, due: term.due }
    }
}

impl Steady {
    /// Nothing is known of any day.
    pub const UNKNOWN: Self = Self { since: Day::LAST, until: Day::FIRST, pressing: None };

    /// Whether it tells what presses on `day`.
    pub fn holds_on(&self, day: Day) -> bool {
        self.since <= day && day <= self.until
    }
}

impl Law {
    /// A day, and where it lies between the days on which the law changes.
    pub fn moment(&self, day: Day) -> Moment {
        Moment { day, spell: self.spell(day), spells: self.turns.len() + 1 }
    }

    /// The days on which a regime begins or a transition does, rising.
    pub fn turns(&self) -> &[Day] {
        &self.turns
    }

    fn spell(&self, day: Day) -> usize {
        self.turns.partition_point(|turn| *turn <= day)
    }

    /// What presses a case on `day`, and how long that was and will be so if nothing else comes: between two days on
    /// which something came or the law changed, nothing that a term is made of depends on the day.
    pub fn steady(&self, file: &CaseFile<'_>, day: Day) -> Steady {
        let (first, end) = file.days.around(day);
        let (came, coming) = file.facts.split_at(file.facts.partition_point(|fact| fact.day <= day));
        let (past, ahead) = self.turns.split_at(self.spell(day));
        let since = first.max(came.last().map(|fact| fact.day)).max(past.last().copied());
        let next =
            end.into_iter().chain(coming.first().map(|fact| fact.day)).chain(ahead.first().copied()).min();
        Steady {
            since: since.unwrap_or(Day::FIRST),
            until: next.map_or(Day::LAST, |next| next.plus(-1)),
            pressing: self.pressing(file, day).map(Pressing::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        LedgerPosition, Stage, StageDays,
        law::{ActDetails, Fact, LandGroup, cases::law},
    };

    fn day(number: i32) -> Day {
        Day::FIRST.plus(number)
    }

    fn stages() -> impl Strategy<Value = StageDays> {
        prop::array::uniform9(prop::option::weighted(0.7, 19_700i32..20_700)).prop_map(|cells| {
            let mut days = StageDays::default();
            Stage::ALL.into_iter().zip(cells).for_each(|(stage, cell)| days.set(stage, cell.map(day)));
            days
        })
    }

    fn facts() -> impl Strategy<Value = Vec<Fact>> {
        let details = (prop::option::of(19_700i32..20_700), prop::option::of(any::<bool>()));
        let one = (prop::sample::select(Act::ALL), 19_700i32..20_700, details).prop_map(
            |(act, on, (until, settle))| {
                let details =
                    ActDetails { until: until.map(day), resettlement: settle, ..ActDetails::default() };
                Fact { act, day: day(on), at: LedgerPosition(1), details }
            },
        );
        prop::collection::vec(one, 0..5).prop_map(|mut facts| {
            facts.sort_by_key(|fact| fact.day);
            facts
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        /// What is known for days between is what is found on each of them.
        #[test]
        fn a_term_is_the_same_on_all_days_for_which_it_is_told(
            days in stages(),
            facts in facts(),
            farm in any::<bool>(),
            asked in 19_600i32..20_900,
            others in prop::collection::vec(19_600i32..20_900, 12),
        ) {
            let law = law();
            let land = Some(if farm { LandGroup::Farm } else { LandGroup::Other });
            let file = CaseFile { land, ..CaseFile::new(days, &facts) };
            let steady = law.steady(&file, day(asked));
            prop_assert!(steady.holds_on(day(asked)));
            let short = |on: Day| law.pressing(&file, on).map(Pressing::from);
            let edges = [steady.since, steady.until.min(day(20_900))];
            for on in others.into_iter().map(day).chain(edges).filter(|on| steady.holds_on(*on)) {
                prop_assert_eq!(short(on), steady.pressing, "{}", on);
            }
        }
    }
}
