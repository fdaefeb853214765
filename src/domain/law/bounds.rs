//! Clocks, and the days that they set for an act.

use super::act::ActSet;
use super::{Act, Basis, CaseFile, Fact, LandGroup, Law, Path, RegimeNumber, RegimeSet, RuleRef};
use crate::domain::{Calendar, Day, Label};

/// What a clock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// The act may come until a last day.
    Max,
    /// The act may come from the day after on.
    Min,
    /// The act may come after a time behind an end.
    AfterEnd,
    /// What begins lasts so long.
    Duration,
    /// The act must fall within a time.
    Expiry,
    /// Both on one day.
    SameDay,
    /// On the date that the event names.
    Date,
    /// The act keeps off certain days.
    Blackout,
    /// Shown, not counted.
    Note,
}

impl ClockKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Max,
        Self::Min,
        Self::AfterEnd,
        Self::Duration,
        Self::Expiry,
        Self::SameDay,
        Self::Date,
        Self::Blackout,
        Self::Note,
    ];
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Days(u16),
    WorkingDays(u16),
    Months(u16),
}

impl Length {
    /// The last day of a time that begins with `start`, which is not counted.
    pub(super) fn after(self, start: Day, calendar: &Calendar) -> Day {
        match self {
            Self::Days(days) => start.plus(i32::from(days)),
            Self::WorkingDays(days) => calendar.after(start, days),
            // The same day of the month, or its last one (Civil Code, Article 148.3).
            Self::Months(months) => {
                let months = jiff::Span::new().months(i64::from(months));
                Day::from_date(start.date().saturating_add(months)).unwrap_or(Day::LAST)
            }
        }
    }
}

/// An act that frees from a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiver {
    act: Act,
    /// First day on which it does; of an earlier one the law is silent.
    since: Option<Day>,
}

/// What narrows a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    Resettlement,
    NoResettlement,
    Disagreement,
    Early,
}

/// Which paths of recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paths {
    All,
    One(Path),
    /// Those before the plan's approval.
    Early,
}

impl Paths {
    pub(super) fn holds(self, path: Path) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one == path,
            Self::Early => matches!(path, Path::Agreed | Path::Urgent),
        }
    }
}

/// A clock of the law.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each is a column of its own")]
pub struct ClockRule {
    /// Id: C01 … C42.
    pub id: String,
    /// What it does.
    pub kind: ClockKind,
    pub(super) from: Vec<(Act, Basis)>,
    /// The act that it bounds; a note bounds none.
    pub to: Option<Act>,
    pub(super) or: Vec<Act>,
    pub(super) ended_by: Vec<Act>,
    /// The acts of `from`; those that keep or end it.
    pub(super) begins: ActSet,
    pub(super) ends: ActSet,
    pub(super) span: Length,
    pub(super) lasts: u16,
    pub(super) land: Option<LandGroup>,
    pub(super) when: Option<When>,
    pub(super) paths: Paths,
    pub(super) regimes: RegimeSet,
    pub(super) by_from: bool,
    pub(super) waived_by: Vec<Waiver>,
    /// Of several events the first counts.
    pub(super) first: bool,
    /// The posting wants the commune's web portal too.
    pub(super) portal: bool,
    /// It warns and makes nothing unlawful.
    pub warns: bool,
    /// Where it stands.
    pub article: String,
    /// Place of the body that must act.
    pub who: usize,
    /// In words, where its numbers do not say it.
    pub name: Option<Label>,
}

impl ClockRule {
    /// Its length in calendar days, if the law counts in them.
    pub fn days(&self) -> Option<u16> {
        match self.span {
            Length::Days(days) if self.kind != ClockKind::Note => Some(days),
            _ => None,
        }
    }

    /// Its length in working days, if the law counts in them.
    pub fn working_days(&self) -> Option<u16> {
        if let Length::WorkingDays(days) = self.span { Some(days) } else { None }
    }

    /// Its length in months, if the law counts in them.
    pub fn months(&self) -> Option<u16> {
        if let Length::Months(months) = self.span { Some(months) } else { None }
    }

    /// Whether another act than `act` has kept or ended it by `day`.
    pub(super) fn is_over(&self, file: &CaseFile<'_>, act: Act, day: Day) -> bool {
        let others = self.to.iter().chain(&self.or).chain(&self.ended_by);
        others.filter(|other| **other != act).any(|other| file.came(*other, day))
    }

    /// The acts from which it counts.
    pub fn counts_from(&self) -> impl Iterator<Item = Act> + '_ {
        self.from.iter().map(|(act, _)| *act)
    }

    /// The regimes in which it runs.
    pub fn regimes(&self) -> RegimeSet {
        self.regimes
    }
}

/// The day that a clock sets for an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayBound {
    /// Place of the clock.
    pub clock: usize,
    /// Day from which it counts.
    pub start: Day,
    /// Whether that day was said; else it is the earliest that it can be.
    pub is_stated: bool,
    /// For a last day: that day. Else the first day without doubt.
    pub day: Day,
    /// A day before that a literal reading allows.
    pub edge: Option<Day>,
    /// A minimum is waived, but before the text that waives it was in force.
    pub silent: bool,
}

/// Whether a condition holds for a case on a day.
pub(super) fn holds(when: Option<When>, file: &CaseFile<'_>, on: Day) -> bool {
    match when {
        None => true,
        Some(When::Resettlement) => file.resettlement(on).0 == Some(true),
        Some(When::NoResettlement) => file.resettlement(on).0 == Some(false),
        Some(When::Disagreement) => file.disagreed(on) == Some(true),
        Some(When::Early) => file.early,
    }
}

impl Law {
    /// Whether a clock runs for an act on `on`, by regime, land, path and condition; `regime` holds for that act.
    fn runs(&self, clock: &ClockRule, file: &CaseFile<'_>, on: Day, regime: RegimeNumber) -> bool {
        let by = || {
            if !clock.by_from {
                return Some(regime);
            }
            let last = clock.from.iter().filter_map(|(act, _)| Some((file.last(*act, on)?, *act))).max();
            last.map(|(day, act)| self.holding(file, act, day).regime)
        };
        clock.land.is_none_or(|land| file.land_on(on) == Some(land))
            && (clock.paths == Paths::All || clock.paths.holds(file.path(on)))
            && holds(clock.when, file, on)
            && by().is_some_and(|regime| clock.regimes.holds(regime))
    }

    /// The first day without doubt that a clock leaves to an act which comes, or would come, on `on` under `regime`.
    pub(super) fn lower(
        &self,
        at: usize,
        file: &CaseFile<'_>,
        on: Day,
        regime: RegimeNumber,
    ) -> Option<DayBound> {
        let clock = &self.clocks[at];
        let to = clock.to?;
        let lasts = matches!(clock.kind, ClockKind::Min | ClockKind::AfterEnd | ClockKind::Duration);
        // What lasts is not bounded by itself here.
        if !lasts || clock.from.iter().any(|(act, _)| *act == to) || !self.runs(clock, file, on, regime) {
            return None;
        }
        let mut silent = false;
        for waiver in &clock.waived_by {
            let Some(day) = file.last(waiver.act, on) else { continue };
            if waiver.since.is_none_or(|since| day >= since) {
                return None;
            }
            silent = true;
        }
        let last = |start: Day| clock.span.after(start, &self.calendar);
        let (start, is_stated, last) = match clock.kind {
            ClockKind::Min => {
                let starts = clock.from.iter().filter_map(|from| file.basis(*from, on));
                let (start, is_stated) = starts.max_by_key(|(day, _)| *day)?;
                (start, is_stated, last(start))
            }
            ClockKind::AfterEnd => {
                let from = *clock.from.first()?;
                let (start, _) = file.basis((from.0, Basis::Day), on)?;
                let (end, is_stated) = file.basis(from, on)?;
                (start, is_stated, last(end.max(start.plus(i32::from(clock.lasts)))))
            }
            // Of several, the one that has lasted long enough first.
            _ => {
                let starts = clock.from.iter().flat_map(|(act, _)| file.occurrences(*act, on));
                let own = |fact: &Fact| clock.regimes.holds(self.holding(file, fact.act, fact.day).regime);
                let runs = starts.filter(|fact| !clock.by_from || own(fact));
                runs.map(|fact| (fact.day, true, last(fact.day))).min_by_key(|(.., last)| *last)?
            }
        };
        let edge = (clock.kind == ClockKind::Min).then_some(last);
        Some(DayBound { clock: at, start, is_stated, day: last.plus(1), edge, silent })
    }

    /// The last day in time that a clock leaves to an act under `regime`, as known on `on`; counted from what came
    /// by then.
    pub(super) fn upper(
        &self,
        at: usize,
        file: &CaseFile<'_>,
        on: Day,
        regime: RegimeNumber,
    ) -> Option<DayBound> {
        let clock = &self.clocks[at];
        if !matches!(clock.kind, ClockKind::Max | ClockKind::Date | ClockKind::Expiry) {
            return None;
        }
        let start = |from: &(Act, Basis)| {
            let by = if clock.first { file.first(from.0)?.min(on) } else { on };
            file.basis(*from, by)
        };
        let (start, is_stated) = clock.from.iter().filter_map(start).max_by_key(|(day, _)| *day)?;
        // A date that nobody said is none.
        if (clock.kind == ClockKind::Date && !is_stated) || !self.runs(clock, file, on, regime) {
            return None;
        }
        let day = match clock.kind {
            ClockKind::Max => {
                let end = clock.span.after(start, &self.calendar);
                let end = end.plus(file.paused(start, end));
                let details = clock.from.first().and_then(|from| file.details(from.0, on));
                let planned = details.and_then(|details| details.planned);
                self.calendar.at_or_after(planned.map_or(end, |planned| end.max(planned)))
            }
            ClockKind::Date => start,
            // An expiry does not move with days off.
            _ => clock.span.after(start, &self.calendar),
        };
        Some(DayBound { clock: at, start, is_stated, day, edge: None, silent: false })
    }

    /// The first day without doubt of an act that would come on `on` under `regime`, by all its clocks.
    pub(super) fn floor(
        &self,
        file: &CaseFile<'_>,
        act: Act,
        on: Day,
        regime: RegimeNumber,
    ) -> Option<DayBound> {
        let clocks = self.clocks_of[act.number()].iter();
        clocks.filter_map(|at| self.lower(*at, file, on, regime)).max_by_key(|bound| bound.day)
    }

    /// What forbids to enforce the recovery of a case on `day`: a day off or one within a blackout, where the regime
    /// of the day has any (LL 89.1b).
    pub fn forbidden(&self, file: &CaseFile<'_>, day: Day) -> Option<RuleRef> {
        if !self.is_blacked_out(day) {
            return None;
        }
        let regime = self.holding(file, Act::Enforced, day).regime;
        let own = |clock: &ClockRule| clock.kind == ClockKind::Blackout && clock.regimes.holds(regime);
        self.clocks.iter().position(own).map(RuleRef::Clock)
    }

    /// Whether force may not be used on a day: a day off or within a blackout (LL 89.1b).
    pub(super) fn is_blacked_out(&self, day: Day) -> bool {
        !self.calendar.is_working(day) || self.blackouts.iter().any(|one| one.from <= day && day <= one.to)
    }
}
