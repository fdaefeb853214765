//! What the law says of a parcel.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use std::borrow::Cow;

use super::Coded;
use crate::{
    analysis::View,
    domain::{
        Day, Label,
        law::{
            Act, ActDetails, CaseFile, ClockRule, LandGroup, Law, MarkEntry, NoticeInForce, Outlook, Reason,
            RuleRef, RunningClock, Signer, Transition,
        },
    },
};

/// The name of a field that the law asks for beside the day of an act.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct DetailField(pub String);

impl JsonSchema for DetailField {
    fn schema_name() -> Cow<'static, str> {
        "DetailField".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let details = ActDetails::json_schema(schemas);
        let fields = details.get("properties").and_then(|fields| fields.as_object());
        let names: Vec<&String> = fields.map(|fields| fields.keys().collect()).unwrap_or_default();
        schemars::json_schema!({
            "description": "What the law asks for beside the day of an act.",
            "type": "string",
            "enum": names,
        })
    }
}

/// What a change of the law leaves of the case as it was.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct CaseTransition {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Label,
    /// Where it stands.
    pub article: String,
}

impl From<&Transition> for CaseTransition {
    fn from(row: &Transition) -> Self {
        Self { id: row.id.clone(), name: row.name.clone(), article: row.article.clone() }
    }
}

/// The notice on which a recovery may rest.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Notice {
    /// Day of its issue.
    pub issued_on: Day,
    /// Day on which the last person was reached; null where that was not said.
    pub sent_on: Option<Day>,
    /// It was issued again.
    pub reissued: bool,
    /// Last day on which a decision may rest on it; null under the law of 2013.
    pub valid_until: Option<Day>,
}

impl From<NoticeInForce> for Notice {
    fn from(notice: NoticeInForce) -> Self {
        Self {
            issued_on: notice.issued,
            sent_on: notice.is_sent_stated.then_some(notice.sent),
            reissued: notice.reissued,
            valid_until: notice.valid_until,
        }
    }
}

/// A term that runs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Running {
    /// The act that is due.
    pub act: Act,
    /// Id of the clock.
    pub rule: String,
    /// Where the law sets it.
    pub article: String,
    /// Code of the body that must act.
    pub who: String,
    /// The day from which it counts.
    pub start_on: Day,
    /// Whether that day was said; else the term may end later.
    pub start_stated: bool,
    /// Last day.
    pub due_on: Day,
    /// Days until then; negative when it has passed.
    pub days_left: i32,
    /// The term as the law counts it, where the minimum wait ends after it.
    pub term_on: Option<Day>,
    /// The minimum wait ends after the term.
    pub floor_over_max: bool,
    /// The reading of the law is to be confirmed.
    pub to_be_confirmed: bool,
}

impl Running {
    fn of(law: &Law, running: &RunningClock, day: Day) -> Self {
        let rule = &law.clocks()[running.clock];
        Self {
            act: running.act,
            rule: rule.id.clone(),
            article: rule.article.clone(),
            who: law.bodies()[rule.who].code.clone(),
            start_on: running.start,
            start_stated: running.is_stated,
            due_on: running.due,
            days_left: running.due.since(day),
            term_on: running.over,
            floor_over_max: running.over.is_some(),
            to_be_confirmed: law.is_unsure(running),
        }
    }
}

/// Why a day bounds an act.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Reason")]
pub struct ReasonEntry {
    /// Id of what says so.
    pub rule: Option<String>,
    /// Where it stands.
    pub article: Option<String>,
    /// The day.
    pub on: Day,
    /// It is a last day, not a first one.
    pub last: bool,
    /// Whether the day from which it counts was said; else it may come out later.
    pub start_stated: bool,
    /// Days that are counted; null where another length is.
    pub days: Option<u16>,
    /// Working days that are counted.
    pub working_days: Option<u16>,
    /// Acts from which it counts; null where no clock says so.
    pub from: Option<Vec<Act>>,
}

impl ReasonEntry {
    fn of(law: &Law, reason: &Reason) -> Self {
        let rule = match reason.rule {
            RuleRef::Clock(at) => Some(&law.clocks()[at]),
            _ => None,
        };
        Self {
            rule: law.rule_id(reason.rule).map(str::to_owned),
            article: law.article(reason.rule).map(str::to_owned),
            on: reason.day,
            last: reason.is_last,
            start_stated: reason.is_stated,
            days: rule.and_then(ClockRule::days),
            working_days: rule.and_then(ClockRule::working_days),
            from: rule.map(|rule| rule.counts_from().collect()),
        }
    }
}

/// The days within which an act would be lawful, by what is known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Outlook")]
pub struct OutlookEntry {
    /// The act.
    pub act: Act,
    /// First lawful day; null while something is missing.
    pub earliest: Option<Day>,
    /// The first lawful day on which offices work.
    pub office_day: Option<Day>,
    /// The day before that a literal reading allows.
    pub edge: Option<Day>,
    /// No day before this one, whatever is missing.
    pub not_before: Option<Day>,
    /// Last day in time; the first lawful day where that is later.
    pub latest: Option<Day>,
    /// The term as the law counts it, where the minimum wait ends after it.
    pub term: Option<Day>,
    /// The minimum wait ends after the term.
    pub floor_over_max: bool,
    /// Last day on which the notice carries a decision.
    pub expires: Option<Day>,
    /// Of each list one act has to come first.
    pub missing: Vec<Vec<Act>>,
    /// What the days come from.
    pub why: Vec<ReasonEntry>,
    /// Who may sign; null where the law names nobody.
    pub signers: Option<Vec<Signer>>,
    /// What the law asks for beside its day.
    pub asks: Vec<DetailField>,
    /// It has come already.
    pub begun: bool,
}

impl OutlookEntry {
    fn of(law: &Law, file: &CaseFile<'_>, outlook: &Outlook, day: Day) -> Self {
        Self {
            act: outlook.act,
            earliest: outlook.earliest,
            office_day: outlook.office_day(law),
            edge: outlook.edge,
            not_before: outlook.not_before,
            latest: outlook.latest,
            term: outlook.over,
            floor_over_max: outlook.over.is_some(),
            expires: outlook.expires,
            missing: outlook.missing.clone(),
            why: outlook.why.iter().map(|reason| ReasonEntry::of(law, reason)).collect(),
            signers: law.authority(outlook.act, day).map(|rule| rule.signers.clone()),
            asks: asks(law, outlook.act),
            begun: file.came(outlook.act, day),
        }
    }
}

fn asks(law: &Law, act: Act) -> Vec<DetailField> {
    law.words(act).map_or_else(Vec::new, |words| words.details.iter().cloned().map(DetailField).collect())
}

/// An act that came, with what was said of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FactEntry {
    /// The act.
    pub act: Act,
    /// Its day.
    pub on: Day,
    /// What everybody may see of what was said.
    pub details: ActDetails,
}

/// A parcel's file as the law sees it: regime, marks, terms that run, and what may come next.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseLaw {
    /// What this reading of the law is not.
    pub caveat: Label,
    /// The regime by which the recovery goes.
    pub regime: Coded,
    /// What changes of the law leave as it was.
    pub transitions: Vec<CaseTransition>,
    /// Kind of land.
    pub land: Option<LandGroup>,
    /// Whether the household is to be resettled; null where nothing says it.
    pub resettlement: Option<bool>,
    /// That is assumed, not said.
    pub resettlement_assumed: bool,
    /// The notice on which a recovery may rest.
    pub notice: Option<Notice>,
    /// What the law says against what happened.
    pub marks: Vec<MarkEntry>,
    /// Terms that run.
    pub clocks: Vec<Running>,
    /// What may come next.
    pub next: Vec<OutlookEntry>,
    /// Acts beside the nine, and those of which more was said than their day.
    pub facts: Vec<FactEntry>,
}

/// A parcel's file as the law sees it on `day`: regime, marks, terms that run, and what may come next.
pub fn lawful(view: &View, parcel: u32, day: Day) -> CaseLaw {
    let snapshot = &view.snapshot;
    let law = snapshot.law();
    let file = snapshot.file(parcel).until(day);
    let regime = law.regime(law.recovery_regime(&file, day).regime);
    let (resettlement, is_stated) = file.resettlement(day);
    let facts = file.facts.iter().filter(|fact| fact.act.stage().is_none() || !fact.details.is_empty());
    CaseLaw {
        caveat: law.caveat().clone(),
        regime: Coded { code: regime.id.clone(), name: regime.name.clone() },
        transitions: law.transitions_of(&file, day).into_iter().map(Into::into).collect(),
        land: file.land_on(day),
        resettlement,
        resettlement_assumed: resettlement.is_some() && !is_stated,
        notice: law.notice(&file, day).map(Into::into),
        marks: law.marks(&file, day).iter().map(|mark| law.describe(mark, day)).collect(),
        clocks: law.running(&file, day).iter().map(|running| Running::of(law, running, day)).collect(),
        next: law.next(&file, day).iter().map(|one| OutlookEntry::of(law, &file, one, day)).collect(),
        facts: facts
            .map(|fact| FactEntry { act: fact.act, on: fact.day, details: fact.details.public() })
            .collect(),
    }
}
