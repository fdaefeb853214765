//! Legal procedures as data: the stages in a law's order, with their clocks.
//!
//! The files stand in `data/procedures/*.toml`; an operator can correct a
//! deadline there without touching code. This module knows nothing of files:
//! it takes their text.

mod file;

use std::sync::Arc;

use serde::Deserialize;

use super::{Branch, Calendar, Code, Day, Label, Stage, StageDays};

/// A stage within a procedure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureStage {
    /// Stage.
    pub stage: Stage,
    /// Name on screens and papers.
    pub name: Label,
    /// Article that rules it.
    pub article: Option<String>,
    /// Days within which it is to be reached, counted from `after`.
    pub within_days: Option<u16>,
    /// The same in working days.
    pub within_working_days: Option<u16>,
    /// Stage from whose day the days are counted.
    pub after: Option<Stage>,
    /// Stages of which one must have been reached before; the stage before it in order if left out.
    #[serde(default)]
    pub follows: Vec<Stage>,
    /// The entry is a reading still to be confirmed by a lawyer.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

/// A side branch within a procedure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureBranch {
    /// Branch.
    pub branch: Branch,
    /// Name on screens and papers.
    pub name: Label,
    /// Article that rules it.
    pub article: Option<String>,
    /// Stage that must have been reached before it begins.
    pub from: Stage,
    /// The entry is a reading still to be confirmed by a lawyer.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

/// A law's way from the parcel list to the handover.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    code: Code,
    name: Label,
    stages: Vec<ProcedureStage>,
    branches: Vec<ProcedureBranch>,
    early_handover_from: Option<Stage>,
    ends_on_working_day: bool,
    calendar: Arc<Calendar>,
    /// As `stages`.
    steps: Vec<Step>,
}

/// A deadline that runs for a parcel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock<'a> {
    /// The stage that is due and its rule.
    pub rule: &'a ProcedureStage,
    /// Day from which its days count.
    pub start: Day,
    /// Last day in time.
    pub due: Day,
}

/// A stage that was reached against the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misstep {
    /// The procedure has no such stage.
    Unknown,
    /// Handed over early, before the stage from which that is allowed.
    TooEarly,
    /// None of the stages that it may follow was reached.
    Unfollowed,
    /// The last of the stages that come before it was reached later, on this day.
    Before(Stage, Day),
}

/// A stage that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Stage.
    pub stage: Stage,
    /// Day.
    pub on: Day,
    /// Last day in time, where there was a deadline.
    pub due: Option<Day>,
    /// Handed over early, before the stage from which that is allowed.
    pub too_early: bool,
    /// None of the stages that it may follow was reached.
    pub unfollowed: bool,
    /// The last of the stages that come before it was reached later, on this day.
    pub before: Option<(Stage, Day)>,
}

/// What every look at a parcel needs of a stage, in few bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    stage: Stage,
    /// The stages that it may follow, a bit each.
    follows: u16,
    term: Option<Term>,
}

/// Days from the day of a stage on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Term {
    Days(Stage, u16),
    WorkingDays(Stage, u16),
}

fn bit(stage: Stage) -> u16 {
    1 << stage.number()
}

impl Step {
    fn of(rule: &ProcedureStage) -> Self {
        let term = rule.after.and_then(|after| match (rule.within_days, rule.within_working_days) {
            (Some(days), _) => Some(Term::Days(after, days)),
            (None, days) => days.map(|days| Term::WorkingDays(after, days)),
        });
        let follows = rule.follows.iter().fold(0, |all, stage| all | bit(*stage));
        Self { stage: rule.stage, follows, term }
    }
}

/// Why a text is not a procedure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// Not TOML, or not of this shape; the parser says line and column.
    #[error("{0}")]
    Format(String),
    /// A code that can't be one.
    #[error("code: {0}")]
    Code(#[from] super::CodeError),
    /// The first stage is `listed`, the last `handed_over`, each stage comes once.
    #[error(
        "line {1}: stages must start with listed, end with handed_over and come once each; look at \"{0}\""
    )]
    Order(&'static str, usize),
    /// A deadline must count from a stage that comes before.
    #[error("line {1}: the deadline of \"{0}\" must name in `after` a stage that comes before it")]
    Deadline(&'static str, usize),
    /// Days of one kind or the other.
    #[error("line {1}: \"{0}\" has both `within_days` and `within_working_days`; keep one")]
    Days(&'static str, usize),
    /// A stage can only follow stages that come before it.
    #[error("line {1}: \"{0}\" must name in `follows` stages that come before it")]
    Follows(&'static str, usize),
    /// A branch or early handover begins at a stage of the procedure.
    #[error("line {1}: \"{0}\" is not a stage of this procedure")]
    From(&'static str, usize),
    /// The calendar of working days.
    #[error("calendar.toml: {0}")]
    Calendar(#[from] super::CalendarError),
    /// Two files describe the same procedure.
    #[error("two files describe the procedure \"{0}\"")]
    Twice(Code),
    /// An error in one of several files.
    #[error("{file}: {error}")]
    InFile {
        /// File.
        file: String,
        /// What is wrong in it.
        error: Box<ProcedureError>,
    },
}

impl Procedure {
    /// Code, as projects name it.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Name on screens.
    pub fn name(&self) -> &Label {
        &self.name
    }

    /// The stages in this law's order.
    pub fn stages(&self) -> &[ProcedureStage] {
        &self.stages
    }

    /// The side branches.
    pub fn branches(&self) -> &[ProcedureBranch] {
        &self.branches
    }

    /// The stage from which land may be handed over before payment, by consent.
    pub fn early_handover_from(&self) -> Option<Stage> {
        self.early_handover_from
    }

    /// The stages that may be recorded next, in order: not reached, one of those before them reached.
    pub fn next(&self, days: StageDays) -> Vec<Stage> {
        let reached = |stage: Stage| days.get(stage).is_some();
        let last =
            self.stages.iter().rposition(|rule| reached(rule.stage) && rule.stage != Stage::HandedOver);
        let open = |(at, rule): (usize, &ProcedureStage)| {
            let follows = rule.follows.iter().any(|before| reached(*before));
            (!reached(rule.stage) && follows && Some(at) > last).then_some(rule.stage)
        };
        self.stages.iter().enumerate().filter_map(open).collect()
    }

    /// The stages that were reached against the procedure: first those that it does not have, then in its
    /// order. `early` says that the land was handed over before payment, by consent.
    pub fn missteps(&self, days: StageDays, early: bool, mut found: impl FnMut(Stage, Misstep)) {
        let known = self.steps.iter().fold(0, |all, step| all | bit(step.stage));
        let unknown = |stage: &Stage| days.get(*stage).is_some() && known & bit(*stage) == 0;
        Stage::ALL.into_iter().filter(unknown).for_each(|stage| found(stage, Misstep::Unknown));
        self.walk(days, early, |taken| {
            if taken.too_early {
                found(taken.stage, Misstep::TooEarly);
            }
            if taken.unfollowed {
                found(taken.stage, Misstep::Unfollowed);
            }
            if let Some((before, on)) = taken.before {
                found(taken.stage, Misstep::Before(before, on));
            }
        });
    }

    /// Each stage of the procedure that was reached, in its order, with what is against it and by when
    /// it was due. `early` as for [`Procedure::missteps`].
    pub fn walk(&self, days: StageDays, early: bool, mut found: impl FnMut(&Taken)) {
        let (mut reached, mut latest) = (0, None::<(Stage, Day)>);
        for (at, step) in self.steps.iter().enumerate() {
            let Some(on) = days.get(step.stage) else { continue };
            let by_consent = early && step.stage == Stage::HandedOver;
            let allowed = || self.early_handover_from.is_some_and(|from| days.reached(from, on));
            found(&Taken {
                stage: step.stage,
                on,
                due: self.due_at(*step, days),
                too_early: by_consent && !allowed(),
                unfollowed: !by_consent && at > 0 && step.follows & reached == 0,
                before: latest.filter(|(_, last)| !by_consent && *last > on),
            });
            reached |= bit(step.stage);
            if latest.is_none_or(|(_, last)| last <= on) {
                latest = Some((step.stage, on));
            }
        }
    }

    /// The last day in time for a step, once what its days count from was reached; none without a deadline.
    fn due_at(&self, step: Step, days: StageDays) -> Option<Day> {
        let due = match step.term? {
            Term::Days(after, count) => days.get(after)?.plus(i32::from(count)),
            Term::WorkingDays(after, count) => self.calendar.after(days.get(after)?, count),
        };
        Some(if self.ends_on_working_day { self.calendar.at_or_after(due) } else { due })
    }

    /// Whether a deadline is a reading still to be confirmed: the rule, or days off that it counts with.
    pub fn is_to_be_confirmed(&self, clock: &Clock<'_>) -> bool {
        let by_calendar = self.ends_on_working_day || clock.rule.within_working_days.is_some();
        clock.rule.to_be_confirmed || (by_calendar && !self.calendar.is_sure(clock.start, clock.due))
    }

    /// Where a parcel stood on `day`: the last stage, in this law's order, reached by then.
    /// A parcel that the records do not know yet on that day stands at none.
    pub fn stage_on(&self, days: StageDays, day: Day) -> Option<Stage> {
        self.place(days, day).map(|place| self.steps[place].stage)
    }

    fn place(&self, days: StageDays, day: Day) -> Option<usize> {
        self.steps.iter().rposition(|step| days.reached(step.stage, day))
    }

    /// Where a parcel stood on `day`, and the last day in time of the deadline that ran for it:
    /// [`Procedure::stage_on`] and [`Procedure::clock`] in one look.
    pub fn standing(&self, days: StageDays, day: Day) -> Option<(Stage, Option<Day>)> {
        let place = self.place(days, day)?;
        Some((self.steps[place].stage, self.running(place, days, day).map(|(_, due)| due)))
    }

    /// The deadline that runs on `day`: of the first stage in order, after the
    /// one where the parcel stands, that has a clock which has started.
    /// None once the land is handed over or when the law sets no days.
    pub fn clock(&self, days: StageDays, day: Day) -> Option<Clock<'_>> {
        let (place, due) = self.running(self.place(days, day)?, days, day)?;
        let rule = &self.stages[place];
        Some(Clock { rule, start: days.get(rule.after?)?, due })
    }

    /// The place of the stage that is due behind `place`, and by when.
    fn running(&self, place: usize, days: StageDays, day: Day) -> Option<(usize, Day)> {
        self.steps.iter().enumerate().skip(place + 1).find_map(|(place, step)| {
            let (Term::Days(after, _) | Term::WorkingDays(after, _)) = step.term?;
            if !days.reached(after, day) {
                return None;
            }
            Some((place, self.due_at(*step, days)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW_2024: &str = include_str!("../../data/procedures/law2024.toml");
    const LAW_2013: &str = include_str!("../../data/procedures/law2013.toml");

    fn parse(text: &str) -> Result<Procedure, ProcedureError> {
        let calendar = Calendar::parse(include_str!("../../data/calendar.toml")).unwrap();
        Procedure::parse(text, &Arc::new(calendar))
    }

    fn days(entries: &[(Stage, &str)]) -> StageDays {
        let mut days = StageDays::default();
        for (stage, day) in entries {
            days.set(*stage, Day::parse(day).ok());
        }
        days
    }

    #[test]
    fn the_2013_law_pays_after_the_recovery_decision() {
        let law = parse(LAW_2013).unwrap();
        let days = days(&[(Stage::RecoveryDecided, "2024-03-01"), (Stage::Paid, "2024-03-20")]);
        assert_eq!(law.stage_on(days, Day::parse("2024-03-10").unwrap()), Some(Stage::RecoveryDecided));
        assert_eq!(law.stage_on(days, Day::parse("2024-03-20").unwrap()), Some(Stage::Paid));
    }

    #[test]
    fn payment_is_due_thirty_days_after_the_approval() {
        let law = parse(LAW_2024).unwrap();
        let days = days(&[(Stage::Listed, "2025-01-01"), (Stage::PlanApproved, "2025-03-01")]);
        let clock = law.clock(days, Day::parse("2025-03-02").unwrap()).unwrap();
        assert_eq!((clock.rule.stage, clock.due.to_string()), (Stage::Paid, "2025-03-31".to_owned()));
    }

    #[test]
    fn no_clock_runs_once_the_land_is_handed_over() {
        let law = parse(LAW_2024).unwrap();
        let days = days(&[(Stage::PlanApproved, "2025-03-01"), (Stage::HandedOver, "2025-03-05")]);
        assert_eq!(law.clock(days, Day::parse("2025-06-01").unwrap()), None);
    }

    #[test]
    fn a_wrong_file_says_where() {
        let error = parse("code = \"x\"\nname = 3\n").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = parse(&LAW_2024.replace("\"handed_over\"", "\"paid\"")).unwrap_err();
        assert!(matches!(error, ProcedureError::Order("handed_over", line) if line > 50), "{error}");
        let error = parse(&LAW_2024.replace("from = \"notice\"", "from = \"soon\"")).unwrap_err();
        assert!(error.to_string().contains("line "), "{error}");
    }

    #[test]
    fn what_may_come_next_is_what_the_law_lets_follow() {
        let law = parse(LAW_2024).unwrap();
        let next = |stages: &[(Stage, &str)]| law.next(days(stages));
        let listed = (Stage::Listed, "2025-01-01");
        assert_eq!(next(&[listed]), [Stage::Meeting, Stage::Notice]);
        assert_eq!(next(&[listed, (Stage::Notice, "2025-02-01")]), [Stage::Inventory]);
        let early = [listed, (Stage::Notice, "2025-02-01"), (Stage::HandedOver, "2025-02-05")];
        assert_eq!(next(&early), [Stage::Inventory]);
    }

    /// Paid on Wednesday 11 February 2026: two working days, 12 and 13, then the Lunar New Year to Sunday 22;
    /// the tenth working day is Wednesday 4 March. Ten days of the calendar end on Saturday 21 February,
    /// with the rule for terms that end on a day off on Monday 23.
    #[test]
    fn a_deadline_may_count_in_working_days_and_end_on_one() {
        let paid = days(&[(Stage::Listed, "2025-01-01"), (Stage::Paid, "2026-02-11")]);
        let decided = "within_days = 10\nafter = \"paid\"";
        let due = |text: &str| {
            let law = parse(text).unwrap();
            let clock = law.clock(paid, Day::parse("2026-02-12").unwrap()).unwrap();
            assert_eq!(clock.rule.stage, Stage::RecoveryDecided);
            clock.due.to_string()
        };
        assert_eq!(due(LAW_2024), "2026-02-21");
        let working = LAW_2024.replace(decided, "within_working_days = 10\nafter = \"paid\"");
        assert_eq!(due(&working), "2026-03-04");
        let ends = format!("ends_on_working_day = true\n{LAW_2024}");
        assert_eq!(due(&ends), "2026-02-23");
        let both = LAW_2024.replace(decided, &format!("within_working_days = 5\n{decided}"));
        assert!(parse(&both).unwrap_err().to_string().contains("\"recovery_decided\" has both"));
    }

    #[test]
    fn a_deadline_that_waits_for_a_decision_about_days_off_says_so() {
        let text = LAW_2024.replace(
            "within_days = 30\nafter = \"plan_approved\"",
            "within_working_days = 20\nafter = \"plan_approved\"",
        );
        let law = parse(&text).unwrap();
        let unsure = |approved: &str| {
            let days = days(&[(Stage::Listed, "2025-01-01"), (Stage::PlanApproved, approved)]);
            let clock = law.clock(days, Day::parse(approved).unwrap()).unwrap();
            law.is_to_be_confirmed(&clock)
        };
        assert!(!unsure("2026-02-10") && unsure("2026-12-20"));
    }
}
