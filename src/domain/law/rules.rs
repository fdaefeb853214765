//! Rules of order and of authority.

use super::{
    Act, Basis, CaseFile, Fact, Law, Mark, MarkCode, RegimeNumber, RegimeSet, RuleRef, Signer,
    bounds::{Paths, When, holds},
};
use crate::domain::Day;

/// What must have come before an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The act.
    pub act: Act,
    pub(super) regimes: RegimeSet,
    pub(super) paths: Paths,
    pub(super) when: Option<When>,
    pub(super) unless: Option<When>,
    /// One of these is enough.
    pub(super) after: Vec<(Act, Basis)>,
    /// It came on an earlier day.
    pub(super) strict: bool,
    /// The act may not be at all.
    pub(super) forbidden: bool,
    pub(super) missing: MarkCode,
    pub(super) broken: MarkCode,
    /// Where it stands.
    pub article: String,
}

impl Rule {
    /// The acts of which one must have come.
    pub fn after(&self) -> impl Iterator<Item = Act> + '_ {
        self.after.iter().map(|(act, _)| *act)
    }

    /// The first day on which one of what it wants was there, by what is known on `day`.
    pub(super) fn wanted(&self, file: &CaseFile<'_>, day: Day) -> Option<Day> {
        let days = self.after.iter().filter_map(|from| {
            let first = file.first(from.0)?;
            let (on, _) = if first <= day { file.basis(*from, day)? } else { (first, true) };
            Some(if self.strict { on.plus(1) } else { on })
        });
        days.min()
    }

    /// What is marked where none came.
    pub fn missing(&self) -> MarkCode {
        self.missing
    }

    /// What is marked where it came later.
    pub fn broken(&self) -> MarkCode {
        self.broken
    }

    /// The regimes in which it holds.
    pub fn regimes(&self) -> RegimeSet {
        self.regimes
    }
}

/// Who may sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Authority {
    /// Acts.
    pub acts: Vec<Act>,
    pub(super) regimes: RegimeSet,
    /// Those who may.
    pub signers: Vec<Signer>,
    /// Others may by delegation.
    pub delegable: bool,
    /// Where it stands.
    pub article: String,
}

impl Authority {
    /// The regimes in which it holds.
    pub fn regimes(&self) -> RegimeSet {
        self.regimes
    }
}

/// A delegation of the province, as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Delegation {
    /// Acts.
    pub acts: Vec<Act>,
    /// Who acts.
    pub signer: Signer,
    /// First day.
    pub from: Day,
    /// Last day; none while it goes on.
    pub to: Option<Day>,
    /// Document.
    pub document: String,
}

impl Law {
    /// The rules that hold for an act on `day` under `regime`, by place.
    pub(super) fn rules_on(
        &self,
        file: &CaseFile<'_>,
        act: Act,
        day: Day,
        regime: RegimeNumber,
    ) -> impl Iterator<Item = usize> {
        self.rules_of[act.number()].iter().copied().filter(move |at| {
            let rule = &self.rules[*at];
            rule.regimes.holds(regime)
                && (rule.paths == Paths::All || rule.paths.holds(file.path(day)))
                && holds(rule.when, file, day)
                && rule.unless.is_none_or(|unless| !holds(Some(unless), file, day))
        })
    }

    pub(super) fn by_order(
        &self,
        file: &CaseFile<'_>,
        fact: &Fact,
        regime: RegimeNumber,
        found: &mut Vec<Mark>,
    ) {
        let (act, day) = (fact.act, fact.day);
        for at in self.rules_on(file, act, day, regime) {
            let rule = &self.rules[at];
            let mark =
                |code, bound| Mark { rule: RuleRef::Order(at), bound, ..Mark::new(code, act, Some(day)) };
            if rule.forbidden {
                found.push(mark(rule.broken, None));
                continue;
            }
            match rule.wanted(file, day) {
                None => found.push(mark(rule.missing, None)),
                Some(on) if on > day => found.push(mark(rule.broken, Some(on))),
                Some(_) => {}
            }
        }
        self.by_count(fact, found);
        if act == Act::PlanPosted {
            self.by_places(fact, regime, found);
        }
    }

    /// An agreement that was confirmed although it is not strictly more than 75 % (NQ254 3.3a).
    fn by_count(&self, fact: &Fact, found: &mut Vec<Mark>) {
        if fact.act == Act::AgreementConfirmed && fact.details.is_agreed() != Some(true) {
            let rule =
                self.rules.iter().position(|rule| rule.after().any(|act| act == Act::AgreementConfirmed));
            let rule = rule.map_or(RuleRef::None, RuleRef::Order);
            let code = if fact.details.is_agreed().is_none() { MarkCode::P } else { MarkCode::V };
            found.push(Mark { rule, ..Mark::new(code, fact.act, Some(fact.day)) });
        }
    }

    /// A posting of which it is said where, and not in all places that its regime wants (LL 87.3a; NQ254 3.9b).
    fn by_places(&self, fact: &Fact, regime: RegimeNumber, found: &mut Vec<Mark>) {
        use super::Posted::{Community, Headquarters, Portal};
        let places = fact.details.places;
        if places.is_empty() {
            return;
        }
        // The clock of the posting that runs in this regime says how many places there are.
        let of = |clock: &super::ClockRule| {
            clock.regimes.holds(regime)
                && clock.to == Some(Act::Consulted)
                && clock.from.iter().any(|(act, _)| *act == fact.act)
        };
        let Some(at) = self.clocks.iter().position(of) else { return };
        let portal = self.clocks[at].portal;
        if ![Headquarters, Community].into_iter().all(|place| places.holds(place))
            || (portal && !places.holds(Portal))
        {
            found.push(Mark { rule: RuleRef::Clock(at), ..Mark::new(MarkCode::P, fact.act, Some(fact.day)) });
        }
    }

    pub(super) fn by_authority(&self, fact: &Fact, found: &mut Vec<Mark>) {
        let Some(signer) = fact.details.signer else { return };
        // Who may sign follows the day of the act, whatever goes on of an earlier regime.
        let regime = self.regime_on(fact.day);
        let own = |rule: &&Authority| rule.regimes.holds(regime) && rule.acts.contains(&fact.act);
        let Some(at) = self.authorities.iter().position(|rule| own(&rule)) else { return };
        let rule = &self.authorities[at];
        let delegated = self.delegations.iter().any(|one| {
            one.signer == signer
                && one.acts.contains(&fact.act)
                && one.from <= fact.day
                && one.to.is_none_or(|to| fact.day <= to)
        });
        if rule.signers.contains(&signer) || delegated {
            return;
        }
        let code = if rule.delegable { MarkCode::AuthUnknown } else { MarkCode::A };
        found.push(Mark { rule: RuleRef::Authority(at), ..Mark::new(code, fact.act, Some(fact.day)) });
    }

    /// Who may sign an act on `day`, and whether others may by delegation.
    pub fn authority(&self, act: Act, day: Day) -> Option<&Authority> {
        let regime = self.regime_on(day);
        self.authorities.iter().find(|rule| rule.regimes.holds(regime) && rule.acts.contains(&act))
    }
}
