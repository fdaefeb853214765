//! The law as its files have it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CaseTransition, Coded, DetailField};
use crate::domain::{
    Day, Label, LedgerPosition, Stage,
    law::{self, Act, ClockKind, ClockRule, Law, MarkCode, RegimeNumber, RegimeSet, Signer},
};

/// A time with its own rules.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LawRegime {
    /// Id.
    pub code: String,
    /// First day.
    pub from: Day,
    /// Last day; null while it goes on.
    pub to: Option<Day>,
    /// Code of its law.
    pub law: String,
    /// Name.
    pub name: Label,
}

/// A text behind the articles.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LawText {
    /// Short name, as articles use it.
    pub id: String,
    /// Name.
    pub name: Label,
    /// First day in force.
    pub from: Day,
    /// Last day in force; null while it goes on.
    pub to: Option<Day>,
    /// What copy was read.
    pub copy: Label,
}

/// A mark in words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct MarkWords {
    /// The mark.
    pub code: MarkCode,
    /// It says that an act was unlawful.
    pub unlawful: bool,
    /// Name.
    pub name: Label,
}

/// An act as the law's files have it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Act")]
pub struct ActEntry {
    /// The act.
    pub code: Act,
    /// One of the nine that every parcel is followed by.
    pub stage: Option<Stage>,
    /// Name.
    pub name: Label,
    /// The document that proves it.
    pub document: Option<Label>,
    /// Who issues that.
    pub issuer: Option<Label>,
    /// Where it stands.
    pub article: Option<String>,
    /// What the law asks for beside its day.
    pub details: Vec<DetailField>,
    /// It may come more than once.
    pub repeats: bool,
}

/// A number of days that the law gives for an act.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ClockEntry {
    /// Id.
    pub id: String,
    /// What it does.
    pub kind: ClockKind,
    /// Acts from which it counts.
    pub from: Vec<Act>,
    /// The act that it bounds.
    pub to: Option<Act>,
    /// Its length in days, where the law counts so.
    pub days: Option<u16>,
    /// In working days.
    pub working_days: Option<u16>,
    /// In months.
    pub months: Option<u16>,
    /// Ids of the regimes in which it holds.
    pub regimes: Vec<String>,
    /// Where it stands.
    pub article: String,
    /// Code of the body that must act.
    pub who: String,
    /// Name; null where its act says enough.
    pub name: Option<Label>,
}

/// What must come before what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct OrderEntry {
    /// The act.
    pub act: Act,
    /// Acts of which one has to come first.
    pub after: Vec<Act>,
    /// The mark where none came.
    pub missing: MarkCode,
    /// The mark where it came later.
    pub broken: MarkCode,
    /// Ids of the regimes in which it holds.
    pub regimes: Vec<String>,
    /// Where it stands.
    pub article: String,
}

/// Who may sign what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct AuthorityEntry {
    /// Acts.
    pub acts: Vec<Act>,
    /// Those who may.
    pub signers: Vec<Signer>,
    /// Others may by delegation.
    pub delegable: bool,
    /// Where it stands.
    pub article: String,
    /// Ids of the regimes in which it holds.
    pub regimes: Vec<String>,
}

/// What a change of the law leaves as it was.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct TransitionEntry {
    /// Id.
    pub id: String,
    /// The day of the change.
    pub change: Day,
    /// Name.
    pub name: Label,
    /// Where it stands.
    pub article: String,
}

/// The law as its files have it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LawBook {
    /// What this reading of the law is not.
    pub caveat: Label,
    /// Laws that a project may name as the one under which it began.
    pub laws: Vec<Coded>,
    /// Regimes.
    pub regimes: Vec<LawRegime>,
    /// Texts behind the articles.
    pub texts: Vec<LawText>,
    /// Marks.
    pub marks: Vec<MarkWords>,
    /// Bodies that must act.
    pub bodies: Vec<Coded>,
    /// Acts, in the order of lists.
    pub acts: Vec<ActEntry>,
    /// Clocks.
    pub clocks: Vec<ClockEntry>,
    /// What must come before what.
    pub order: Vec<OrderEntry>,
    /// Who may sign what.
    pub authority: Vec<AuthorityEntry>,
    /// What changes of the law leave as it was.
    pub transitions: Vec<TransitionEntry>,
    /// Position of the ledger.
    pub at: LedgerPosition,
}

/// The law as its files have it, shown at a position of the ledger.
pub fn law_book(law: &Law, at: LedgerPosition) -> LawBook {
    let coded = |code: &str, name: &Label| Coded { code: code.to_owned(), name: name.clone() };
    let text = |one: &law::LawText| LawText {
        id: one.id.clone(),
        name: one.name.clone(),
        from: one.from,
        to: one.to,
        copy: one.copy.clone(),
    };
    let mark =
        |one: &law::MarkWords| MarkWords { code: one.code, unlawful: one.unlawful, name: one.name.clone() };
    LawBook {
        caveat: law.caveat().clone(),
        laws: law.laws().iter().map(|one| coded(&one.code, &one.name)).collect(),
        regimes: law.regimes().iter().map(regime).collect(),
        texts: law.texts().iter().map(text).collect(),
        marks: law.mark_words().iter().map(mark).collect(),
        bodies: law.bodies().iter().map(|one| coded(&one.code, &one.name)).collect(),
        acts: law.acts().iter().map(act).collect(),
        clocks: law.clocks().iter().map(|one| clock(law, one)).collect(),
        order: law.rules().iter().map(|one| order(law, one)).collect(),
        authority: law.authorities().iter().map(|one| authority(law, one)).collect(),
        transitions: law.transitions().iter().map(transition).collect(),
        at,
    }
}

/// Ids of the regimes of a set.
fn regimes(law: &Law, set: RegimeSet) -> Vec<String> {
    let all = law.regimes().iter().enumerate();
    let of = all.filter(|(at, _)| set.holds(RegimeNumber(*at as u8)));
    of.map(|(_, regime)| regime.id.clone()).collect()
}

fn regime(one: &law::Regime) -> LawRegime {
    LawRegime {
        code: one.id.clone(),
        from: one.from,
        to: one.to,
        law: one.law.clone(),
        name: one.name.clone(),
    }
}

fn act(one: &law::ActWords) -> ActEntry {
    ActEntry {
        code: one.act,
        stage: one.act.stage(),
        name: one.name.clone(),
        document: one.document.clone(),
        issuer: one.issuer.clone(),
        article: one.article.clone(),
        details: one.details.iter().cloned().map(DetailField).collect(),
        repeats: one.repeats,
    }
}

fn clock(law: &Law, one: &ClockRule) -> ClockEntry {
    ClockEntry {
        id: one.id.clone(),
        kind: one.kind,
        from: one.counts_from().collect(),
        to: one.to,
        days: one.days(),
        working_days: one.working_days(),
        months: one.months().filter(|_| one.kind == ClockKind::Expiry),
        regimes: regimes(law, one.regimes()),
        article: one.article.clone(),
        who: law.bodies()[one.who].code.clone(),
        name: one.name.clone(),
    }
}

fn order(law: &Law, one: &law::Rule) -> OrderEntry {
    OrderEntry {
        act: one.act,
        after: one.after().collect(),
        missing: one.missing(),
        broken: one.broken(),
        regimes: regimes(law, one.regimes()),
        article: one.article.clone(),
    }
}

fn authority(law: &Law, one: &law::Authority) -> AuthorityEntry {
    AuthorityEntry {
        acts: one.acts.clone(),
        signers: one.signers.clone(),
        delegable: one.delegable,
        article: one.article.clone(),
        regimes: regimes(law, one.regimes()),
    }
}

fn transition(one: &law::Transition) -> TransitionEntry {
    let CaseTransition { id, name, article } = one.into();
    TransitionEntry { id, change: one.change, name, article }
}
