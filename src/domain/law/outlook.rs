//! What may come next for a case: from which day, until which day, and why.

use super::{
    Act, ActDetails, CaseFile, ClockKind, DayBound, Fact, Law, Mark, MarkCode, RegimeNumber, RuleRef,
};
use crate::domain::{Day, LedgerPosition};

/// Why a day bounds an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// What says so.
    pub rule: RuleRef,
    /// First lawful day, or last day in time.
    pub day: Day,
    /// It is a last day.
    pub is_last: bool,
    /// Whether the day from which it counts was said; else it may come out later.
    pub is_stated: bool,
}

/// The days within which an act would be lawful, by what is known on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The act.
    pub act: Act,
    /// First lawful day; none while something is missing.
    pub earliest: Option<Day>,
    /// The day before that a literal reading allows.
    pub edge: Option<Day>,
    /// No day before this one, whatever is missing.
    pub not_before: Option<Day>,
    /// Last day in time; the first lawful day where that is later.
    pub latest: Option<Day>,
    /// The minimum wait ends after the term: the term as the law counts it.
    pub over: Option<Day>,
    /// Last day on which the notice carries a decision.
    pub expires: Option<Day>,
    /// What is missing: of each list one act.
    pub missing: Vec<Vec<Act>>,
    /// What the days come from.
    pub why: Vec<Reason>,
}

impl Outlook {
    /// The first lawful day on which offices work.
    pub fn office_day(&self, law: &Law) -> Option<Day> {
        self.earliest.map(|day| law.calendar().at_or_after(day))
    }
}

impl Law {
    /// When `act` would be lawful, by what is known on `today`.
    pub fn outlook(&self, file: &CaseFile<'_>, act: Act, today: Day) -> Outlook {
        let file = &file.until(today);
        let regime = self.holding(file, act, today).regime;
        let (mut why, mut missing) = (Vec::new(), Vec::new());
        let mut lower: Option<Day> = None;
        let mut edge: Option<(Day, Day)> = None;
        for at in self.rules_on(file, act, today, regime) {
            let rule = &self.rules[at];
            if rule.forbidden || rule.broken == MarkCode::P {
                continue;
            }
            match rule.wanted(file, today) {
                None if rule.missing == MarkCode::V => missing.push(rule.after().collect()),
                None => {}
                Some(day) => {
                    why.push(Reason { rule: RuleRef::Order(at), day, is_last: false, is_stated: true });
                    lower = lower.max(Some(day));
                }
            }
        }
        let order = lower;
        let clocks = &self.clocks_of[act.number()];
        for bound in clocks.iter().filter_map(|at| self.lower(*at, file, today, regime)) {
            why.push(reason(&bound, false));
            lower = lower.max(Some(bound.day));
            if let Some(on) = bound.edge
                && edge.is_none_or(|(_, day)| day < bound.day)
            {
                edge = Some((on, bound.day));
            }
        }
        let is_term = |at: &&usize| {
            let clock = &self.clocks[**at];
            matches!(clock.kind, ClockKind::Max | ClockKind::Date) && !clock.is_over(file, act, today)
        };
        let uppers = clocks.iter().filter(is_term);
        let mut term: Option<Day> = None;
        for bound in uppers.filter_map(|at| self.upper(*at, file, today, regime)) {
            why.push(reason(&bound, true));
            term = Some(term.map_or(bound.day, |day| day.min(bound.day)));
        }
        for at in clocks.iter().copied().filter(|at| self.clocks[*at].kind == ClockKind::SameDay) {
            if let Some(day) = self.same_day(at, file, today, regime) {
                why.push(Reason { rule: RuleRef::Clock(at), day, is_last: true, is_stated: true });
                term = Some(day);
            }
        }
        let expires = (act == Act::RecoveryDecided)
            .then(|| self.notice(file, today))
            .flatten()
            .and_then(|n| n.valid_until);
        if act == Act::Enforced {
            lower = lower.map(|day| self.free_day(day));
        }
        if expires.is_some_and(|until| until < lower.unwrap_or(today).max(today)) {
            missing.push(vec![Act::NoticeReissued]);
        }
        let over = term.filter(|term| lower.is_some_and(|lower| lower > *term));
        let earliest = if missing.is_empty() { lower } else { None };
        Outlook {
            act,
            earliest,
            // The literal reading counts only where nothing else keeps the act back.
            edge: edge
                .filter(|(on, day)| lower == Some(*day) && order.is_none_or(|order| order <= *on))
                .map(|(on, _)| on),
            not_before: lower,
            latest: if over.is_some() { lower } else { term },
            over,
            expires,
            missing,
            why,
        }
    }

    fn same_day(&self, at: usize, file: &CaseFile<'_>, today: Day, regime: RegimeNumber) -> Option<Day> {
        let clock = &self.clocks[at];
        clock
            .from
            .first()
            .and_then(|(from, _)| file.last(*from, today))
            .filter(|_| clock.regimes.holds(regime))
    }

    /// `day`, or the first day after it on which force may be used.
    pub fn free_day(&self, day: Day) -> Day {
        (0..400).map(|days| day.plus(days)).find(|day| !self.is_blacked_out(*day)).unwrap_or(day)
    }

    /// The acts that may come next: not taken, or taken again, with nothing missing but papers.
    pub fn next(&self, file: &CaseFile<'_>, today: Day) -> Vec<Outlook> {
        let file = &file.until(today);
        let open = |act: &&Act| {
            let act = **act;
            let repeats = self.words(act).is_some_and(|words| words.repeats);
            act != Act::Listed && (!file.came(act, today) || (repeats && act.stage().is_none()))
        };
        let begun = |outlook: &Outlook| {
            let act = outlook.act;
            let rules = self.rules_of[act.number()].iter();
            let follows = rules.flat_map(|at| self.rules[*at].after()).any(|before| file.came(before, today));
            let bounded = outlook.why.iter().any(|reason| matches!(reason.rule, RuleRef::Clock(_)));
            act.stage().is_some() || follows || bounded
        };
        Act::ALL.iter().filter(open).map(|act| self.outlook(file, *act, today)).filter(begun).collect()
    }

    /// What would be said against an act if it came on `day` and said `said`.
    pub fn marks_if(&self, file: &CaseFile<'_>, act: Act, day: Day, details: &ActDetails) -> Vec<Mark> {
        let fact = Fact { act, day, at: LedgerPosition(0), details: details.clone() };
        let mut facts: Vec<Fact> = file.facts.to_vec();
        // All occurrences of an act are among the facts once one is.
        if facts.iter().all(|fact| fact.act != act) {
            facts.extend(file.first(act).map(|day| Fact {
                act,
                day,
                at: LedgerPosition(0),
                details: ActDetails::default(),
            }));
        }
        facts.push(fact.clone());
        facts.sort_by_key(|fact| fact.day);
        let mut days = file.days;
        if let Some(stage) = act.stage().filter(|stage| days.get(*stage).is_none_or(|on| on > day)) {
            days.set(stage, Some(day));
        }
        let with = CaseFile { days, facts: &facts, ..*file };
        let mut found = Vec::new();
        self.marks_of(&with, &fact, &mut found);
        found
    }
}

fn reason(bound: &DayBound, is_last: bool) -> Reason {
    Reason { rule: RuleRef::Clock(bound.clock), day: bound.day, is_last, is_stated: bound.is_stated }
}
