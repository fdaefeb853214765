//! The law of land recovery as data: what must come before what, which clocks run, who may sign, and what a
//! change of the law leaves as it was.
//!
//! What happened is never refused for being unlawful; it is marked. Everything here is a reading of
//! `data/procedures/*.toml`, whose entries name their articles; nothing of it is legal advice. Days are
//! calendar days unless they are given as working days; the day of the event is not counted (Civil Code
//! 91/2015/QH13, Articles 147 and 148).

mod act;
mod bounds;
mod case;
mod entries;
mod fact;
mod farm;
mod file;
mod mark;
mod marks;
mod notice;
mod outlook;
mod regime;
mod rules;
mod running;
mod settings;
mod steady;
mod transitions;

use std::{collections::BTreeMap, sync::Arc};

pub use act::Act;
pub use bounds::{ClockKind, ClockRule, DayBound};
pub use case::CaseFile;
pub use fact::{ActDetails, Basis, Condition, Fact, LandGroup, Path, Places, Posted, Signer};
pub use farm::{FarmLoss, SupportMonths};
pub use file::{LawError, LawFiles};
pub use mark::{Mark, MarkCode, MarkEntry, RuleRef};
pub use notice::NoticeInForce;
pub use outlook::{Outlook, Reason};
pub use regime::{Holding, Regime, RegimeNumber, RegimeSet, Transition};
pub use rules::{Authority, Delegation, Rule};
pub use running::{Expiry, LatePayment, RunningClock};
pub use settings::{ActWords, Blackout, Body, LawName, LawText, MarkWords};
pub use steady::{Moment, Pressing, Steady};

use crate::domain::{Calendar, Day, Label, Standing};

/// The law, read from its files.
#[derive(Debug, Clone)]
pub struct Law {
    regimes: Vec<Regime>,
    transitions: Vec<Transition>,
    /// By act: the transitions that change what it is judged by, by place, changes rising.
    about: Vec<Vec<usize>>,
    rules: Vec<Rule>,
    clocks: Vec<ClockRule>,
    /// By act: its rules and the clocks that bound it.
    rules_of: Vec<Vec<usize>>,
    clocks_of: Vec<Vec<usize>>,
    /// Clocks with a last day that can run, by place.
    terms: Vec<usize>,
    /// Days on which a regime begins or a transition does, rising.
    turns: Vec<Day>,
    authorities: Vec<Authority>,
    delegations: Vec<Delegation>,
    choices: Vec<(String, RegimeNumber)>,
    standings: BTreeMap<String, Label>,
    acts: Vec<ActWords>,
    bodies: Vec<Body>,
    marks: Vec<MarkWords>,
    laws: Vec<LawName>,
    texts: Vec<LawText>,
    caveat: Label,
    /// Codes of farm land as numbers, rising.
    farm: Vec<u64>,
    late_interest: Vec<settings::LateInterest>,
    blackouts: Vec<Blackout>,
    calendar: Arc<Calendar>,
}

impl Law {
    /// The laws that a project may name, in the order of lists.
    pub fn laws(&self) -> &[LawName] {
        &self.laws
    }

    /// Place of the law with this code.
    pub fn law_index(&self, code: &str) -> Option<usize> {
        self.laws.iter().position(|law| law.code == code)
    }

    /// The regimes, by their first days.
    pub fn regimes(&self) -> &[Regime] {
        &self.regimes
    }

    /// The transitions, in the order of the file.
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// The clocks, in the order of the file.
    pub fn clocks(&self) -> &[ClockRule] {
        &self.clocks
    }

    /// The rules of order, in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Who may sign what.
    pub fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// The acts with their words, in the order of lists.
    pub fn acts(&self) -> &[ActWords] {
        &self.acts
    }

    /// The words of an act.
    pub fn words(&self, act: Act) -> Option<&ActWords> {
        self.acts.iter().find(|words| words.act == act)
    }

    /// The words for where a parcel stands.
    pub fn standing(&self, one: Standing) -> Option<&Label> {
        self.standings.get(one.code())
    }

    /// Bodies that must act.
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// The words of marks, the heaviest first.
    pub fn mark_words(&self) -> &[MarkWords] {
        &self.marks
    }

    /// Whether a mark says that an act was unlawful.
    pub fn is_unlawful(&self, code: MarkCode) -> bool {
        self.marks.iter().any(|words| words.code == code && words.unlawful)
    }

    /// The texts behind the articles.
    pub fn texts(&self) -> &[LawText] {
        &self.texts
    }

    /// What is said beside each article.
    pub fn caveat(&self) -> &Label {
        &self.caveat
    }

    /// Working days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether the law treats land of this code as farm land; none where the code is not known.
    pub fn land_group(&self, land_use: &str) -> Option<LandGroup> {
        let farm = || file::packed(land_use).is_some_and(|code| self.farm.binary_search(&code).is_ok());
        (!land_use.is_empty()).then(|| if farm() { LandGroup::Farm } else { LandGroup::Other })
    }

    /// The regime that the province chose for the rest of a project (NQ254 3.13b).
    pub fn choice<'a>(&self, project: impl FnOnce() -> &'a str) -> Option<RegimeNumber> {
        if self.choices.is_empty() {
            return None;
        }
        let project = project();
        self.choices.iter().find(|(code, _)| code == project).map(|(_, regime)| *regime)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod changes;
