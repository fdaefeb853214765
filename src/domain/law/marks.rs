//! Marks: what the law says against what happened.

use super::{
    Act, Body, CaseFile, ClockKind, DayBound, Fact, Law, Mark, MarkCode, MarkEntry, RegimeNumber, RuleRef,
};
use crate::domain::Day;

impl Law {
    /// A mark in codes and articles.
    pub fn describe(&self, mark: &Mark, today: Day) -> MarkEntry {
        MarkEntry {
            code: mark.code,
            act: Some(mark.act),
            on: mark.on,
            position: (mark.at.0 != 0).then_some(mark.at),
            rule: self.rule_id(mark.rule).map(str::to_owned),
            article: self.article(mark.rule).map(str::to_owned),
            bound: mark.bound,
            days: mark.days(today),
            missing: self.missing(mark),
        }
    }

    fn missing(&self, mark: &Mark) -> Vec<Act> {
        let RuleRef::Order(at) = mark.rule else { return Vec::new() };
        let rule = self.rules.get(at).filter(|rule| mark.bound.is_none() && !rule.forbidden);
        rule.map_or_else(Vec::new, |rule| rule.after().filter(|act| *act != mark.act).collect())
    }

    /// A mark that rests on no rule.
    pub fn describe_code(&self, code: MarkCode, today: Day) -> MarkEntry {
        MarkEntry { act: None, ..self.describe(&Mark::new(code, Act::Paid, None), today) }
    }

    /// Where a mark's reason stands.
    pub fn article(&self, rule: RuleRef) -> Option<&str> {
        match rule {
            RuleRef::Order(at) => self.rules.get(at).map(|rule| rule.article.as_str()),
            RuleRef::Clock(at) => self.clocks.get(at).map(|clock| clock.article.as_str()),
            RuleRef::Transition(at) => self.transitions.get(at).map(|row| row.article.as_str()),
            RuleRef::Authority(at) => self.authorities.get(at).map(|rule| rule.article.as_str()),
            RuleRef::None => None,
        }
    }

    /// The body that must act by a clock.
    pub fn must_act(&self, rule: RuleRef) -> Option<&Body> {
        match rule {
            RuleRef::Clock(at) => self.clocks.get(at).map(|clock| &self.bodies[clock.who]),
            _ => None,
        }
    }

    /// Code of the body that must act by a clock.
    pub fn who(&self, rule: RuleRef) -> Option<&str> {
        self.must_act(rule).map(|body| body.code.as_str())
    }

    /// The id of the clock or transition behind a mark, if it is one.
    pub fn rule_id(&self, rule: RuleRef) -> Option<&str> {
        match rule {
            RuleRef::Clock(at) => self.clocks.get(at).map(|clock| clock.id.as_str()),
            RuleRef::Transition(at) => self.transitions.get(at).map(|row| row.id.as_str()),
            _ => None,
        }
    }

    /// What the law says on `today` against a case: against each act that came, by act and day, then terms that
    /// have passed without their act. Nothing that came after `today` is looked at.
    pub fn marks(&self, file: &CaseFile<'_>, today: Day) -> Vec<Mark> {
        let (file, mut found) = (&file.until(today), Vec::new());
        for act in file.acts_that_came() {
            for fact in file.occurrences(act, today) {
                self.marks_of(file, &fact, &mut found);
            }
        }
        for running in self.running(file, today) {
            if running.due < today {
                let mark = Mark::new(MarkCode::L, running.act, None);
                found.push(mark.by(RuleRef::Clock(running.clock), Some(running.due)));
            }
        }
        found
    }

    /// Whether anything of a case up to `today` was unlawful.
    pub fn is_irregular(&self, file: &CaseFile<'_>, today: Day) -> bool {
        self.marks(file, today).iter().any(|mark| self.is_unlawful(mark.code))
    }

    /// What the law says against one act that came.
    pub fn marks_of(&self, file: &CaseFile<'_>, fact: &Fact, found: &mut Vec<Mark>) {
        let from = found.len();
        let held = self.holding(file, fact.act, fact.day);
        self.by_order(file, fact, held.regime, found);
        self.by_clocks(file, fact, held.regime, found);
        self.by_authority(fact, found);
        if let Some(silent) = held.silent {
            let mark = Mark::new(MarkCode::NoText, fact.act, Some(fact.day));
            found.push(mark.by(RuleRef::Transition(silent), None));
        }
        if fact.act == Act::Enforced {
            self.by_blackout(file, fact, found);
        }
        let paid = || [Act::Paid, Act::Deposited].into_iter().any(|act| file.came(act, fact.day));
        if fact.act == Act::HandedOver && !paid() {
            found.push(Mark::new(MarkCode::Unpaid, fact.act, Some(fact.day)));
        }
        found[from..].iter_mut().for_each(|mark| mark.at = fact.at);
    }

    fn by_clocks(&self, file: &CaseFile<'_>, fact: &Fact, regime: RegimeNumber, found: &mut Vec<Mark>) {
        let (act, day) = (fact.act, fact.day);
        let mark = |code, bound: &DayBound, limit| {
            Mark::new(code, act, Some(day)).by(RuleRef::Clock(bound.clock), Some(limit))
        };
        for at in self.clocks_of[act.number()].iter().copied() {
            let clock = &self.clocks[at];
            match clock.kind {
                ClockKind::Min | ClockKind::AfterEnd | ClockKind::Duration => {
                    if clock.from.iter().any(|(from, _)| *from == act) {
                        self.too_short(at, fact, regime, found);
                    } else if let Some(bound) =
                        self.lower(at, file, day, regime).filter(|bound| day < bound.day)
                    {
                        let code = match (bound.edge, bound.silent) {
                            (Some(edge), _) if edge == day => MarkCode::Edge,
                            (_, true) => MarkCode::NoText,
                            _ => MarkCode::V,
                        };
                        found.push(mark(code, &bound, bound.day));
                    }
                }
                ClockKind::Max | ClockKind::Date => {
                    // Of several acts that keep a term the first one counts.
                    let first = file.first(act) == Some(day) && !clock.is_over(file, act, day.plus(-1));
                    let Some(bound) = self.upper(at, file, day, regime).filter(|_| first) else { continue };
                    let floor = self.floor(file, act, day, regime).filter(|floor| floor.day > bound.day);
                    if let Some(floor) = &floor {
                        found.push(mark(MarkCode::FloorOverMax, &bound, floor.day));
                    }
                    let last = floor.map_or(bound.day, |floor| floor.day);
                    if day > last {
                        found.push(mark(MarkCode::L, &bound, last));
                    }
                }
                ClockKind::Expiry => {
                    if clock.warns {
                        continue;
                    }
                    if let Some(bound) = self.expired(at, file, day) {
                        found.push(bound.1.map_or_else(
                            || mark(MarkCode::V, &bound.0, bound.0.day),
                            |row| {
                                Mark::new(MarkCode::V, act, Some(day))
                                    .by(RuleRef::Transition(row), Some(bound.0.day))
                            },
                        ));
                    }
                }
                ClockKind::SameDay => {
                    let other = clock.from.first().and_then(|(from, _)| file.first(*from));
                    if let Some(other) = other.filter(|other| clock.regimes.holds(regime) && *other != day) {
                        let bound = DayBound {
                            clock: at,
                            start: other,
                            is_stated: true,
                            day: other,
                            edge: None,
                            silent: false,
                        };
                        found.push(mark(MarkCode::V, &bound, other));
                    }
                }
                ClockKind::Blackout | ClockKind::Note => {}
            }
        }
    }

    /// The notice on which a decision of `day` rests no longer held: by its term, or by a transition (its place).
    fn expired(&self, at: usize, file: &CaseFile<'_>, day: Day) -> Option<(DayBound, Option<usize>)> {
        let notice = self.notice(file, day)?;
        let until = notice.valid_until.filter(|until| *until < day)?;
        let bound = DayBound {
            clock: at,
            start: notice.issued,
            is_stated: true,
            day: until,
            edge: None,
            silent: false,
        };
        let lapsed = self
            .lapses(file, notice.issued, day)
            .filter(|row| !notice.reissued && row.change.plus(-1) == until);
        let index = lapsed.and_then(|row| self.transitions.iter().position(|other| other.id == row.id));
        Some((bound, index))
    }

    /// Something lasted less than the law wants, by its own end.
    fn too_short(&self, at: usize, fact: &Fact, regime: RegimeNumber, found: &mut Vec<Mark>) {
        let clock = &self.clocks[at];
        let least = clock.span.after(fact.day, &self.calendar);
        let Some(until) = fact.details.until.filter(|until| clock.regimes.holds(regime) && *until < least)
        else {
            return;
        };
        found.push(Mark::new(MarkCode::V, fact.act, Some(until)).by(RuleRef::Clock(at), Some(least)));
    }

    fn by_blackout(&self, file: &CaseFile<'_>, fact: &Fact, found: &mut Vec<Mark>) {
        if let Some(rule) = self.forbidden(file, fact.day) {
            found.push(Mark::new(MarkCode::V, fact.act, Some(fact.day)).by(rule, None));
        }
    }
}
