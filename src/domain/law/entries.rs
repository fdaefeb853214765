//! The entries of the law's files as they are written, and what they become.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::act::ActSet;
use super::{
    Act, ActWords, Basis, Blackout, Body, ClockKind, ClockRule, LandGroup, LawName, LawText, MarkCode,
    MarkWords, Path, Regime, RegimeNumber, RegimeSet, Rule, Signer, Transition,
    bounds::{Length, Paths, Waiver, When},
    settings::LateInterest,
};
use crate::domain::{Day, Label};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regimes {
    pub(super) caveat: Label,
    pub(super) mark: Vec<MarkWords>,
    pub(super) law: Vec<LawName>,
    pub(super) regime: Vec<RegimeEntry>,
    pub(super) text: Vec<LawText>,
    pub(super) land: Land,
    pub(super) late_interest: Vec<LateInterest>,
    #[serde(default)]
    pub(super) blackout: Vec<Blackout>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegimeEntry {
    pub(super) id: String,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    pub(super) law: String,
    pub(super) name: Label,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Land {
    pub(super) farm: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acts {
    pub(super) standings: BTreeMap<String, Label>,
    pub(super) act: Vec<ActWords>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    pub(super) act: Act,
    pub(super) regimes: Option<Vec<String>>,
    pub(super) path: Option<String>,
    pub(super) when: Option<When>,
    pub(super) unless: Option<When>,
    #[serde(default)]
    pub(super) after: Vec<String>,
    #[serde(default)]
    pub(super) strict: bool,
    #[serde(default)]
    pub(super) forbidden: bool,
    pub(super) missing: Option<MarkCode>,
    pub(super) broken: MarkCode,
    pub(super) article: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clocks {
    pub(super) clock: Vec<ClockEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockEntry {
    pub(super) id: String,
    pub(super) kind: ClockKind,
    #[serde(default)]
    pub(super) from: Vec<String>,
    pub(super) to: Option<Act>,
    #[serde(default)]
    pub(super) or: Vec<Act>,
    #[serde(default)]
    pub(super) ended_by: Vec<Act>,
    pub(super) days: Option<u16>,
    pub(super) working_days: Option<u16>,
    pub(super) months: Option<u16>,
    #[serde(default)]
    pub(super) lasts: u16,
    pub(super) land: Option<LandGroup>,
    pub(super) when: Option<When>,
    pub(super) path: Option<String>,
    pub(super) regimes: Option<Vec<String>>,
    #[serde(default)]
    pub(super) by: By,
    #[serde(default)]
    pub(super) waived_by: Vec<Waiver>,
    #[serde(default)]
    pub(super) first: bool,
    #[serde(default)]
    pub(super) portal: bool,
    #[serde(default)]
    pub(super) warns: bool,
    pub(super) article: String,
    pub(super) who: String,
    pub(super) name: Option<Label>,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    #[default]
    To,
    From,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Authorities {
    pub(super) body: Vec<Body>,
    pub(super) authority: Vec<AuthorityEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorityEntry {
    pub(super) acts: Vec<Act>,
    pub(super) regimes: Vec<String>,
    pub(super) signers: Vec<Signer>,
    #[serde(default)]
    pub(super) delegable: bool,
    pub(super) article: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transitions {
    pub(super) transition: Vec<TransitionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each is a column of its own")]
pub(super) struct TransitionEntry {
    pub(super) id: String,
    pub(super) change: Day,
    #[serde(default)]
    pub(super) had: Vec<Act>,
    #[serde(default)]
    pub(super) had_not: Vec<Act>,
    #[serde(default)]
    pub(super) acts: Vec<Act>,
    pub(super) regime: Option<String>,
    #[serde(default)]
    pub(super) choice: bool,
    pub(super) mark: Option<MarkCode>,
    #[serde(default)]
    pub(super) lapses: Vec<Act>,
    pub(super) until: Option<Day>,
    #[serde(default)]
    pub(super) only_notice: bool,
    pub(super) notice_before: Option<Day>,
    pub(super) notice_since: Option<Day>,
    pub(super) plan_since: Option<Day>,
    #[serde(default)]
    pub(super) expired: bool,
    #[serde(default)]
    pub(super) beside: bool,
    #[serde(default)]
    pub(super) pending: bool,
    pub(super) article: String,
    pub(super) name: Label,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Records {
    #[serde(default)]
    pub(super) delegation: Vec<DelegationEntry>,
    #[serde(default)]
    pub(super) choice: Vec<ChoiceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DelegationEntry {
    pub(super) acts: Vec<Act>,
    pub(super) signer: Signer,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    pub(super) document: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceEntry {
    pub(super) project: String,
    pub(super) regime: String,
    // For the reader of the file.
    #[serde(rename = "document")]
    pub(super) _document: String,
}

/// The names that entries may use.
pub(super) struct Names<'a> {
    pub(super) regimes: &'a [Regime],
    pub(super) bodies: &'a [Body],
}

impl Names<'_> {
    pub(super) fn regime(&self, id: &str) -> Result<RegimeNumber, String> {
        let at = self.regimes.iter().position(|regime| regime.id == id);
        at.map(|at| RegimeNumber(at as u8)).ok_or_else(|| format!("regimes.toml has no regime \"{id}\""))
    }

    pub(super) fn set(&self, ids: Option<&[String]>) -> Result<RegimeSet, String> {
        let Some(ids) = ids else { return Ok(RegimeSet(u16::MAX)) };
        let numbers = ids.iter().map(|id| self.regime(id)).collect::<Result<Vec<_>, _>>()?;
        Ok(RegimeSet(numbers.iter().fold(0, |all, number| all | (1 << number.0))))
    }
}

fn from(text: &str) -> Result<(Act, Basis), String> {
    let (act, basis) = text.split_once('.').map_or((text, None), |(act, basis)| (act, Some(basis)));
    let basis = match basis {
        None => Basis::Day,
        Some("sent") => Basis::Sent,
        Some("effect") => Basis::Effect,
        Some("until") => Basis::Until,
        Some("received") => Basis::Received,
        Some("handover_by") => Basis::HandoverBy,
        Some(other) => return Err(format!("\"{other}\" is not a day of an act")),
    };
    let known = Act::from_code(act).ok_or_else(|| format!("\"{act}\" is not an act"))?;
    Ok((known, basis))
}

fn paths(text: Option<&str>) -> Result<Paths, String> {
    match text {
        None => Ok(Paths::All),
        Some("early") => Ok(Paths::Early),
        Some(code) => {
            Path::from_code(code).map(Paths::One).ok_or_else(|| format!("\"{code}\" is not a path"))
        }
    }
}

pub(super) fn rule(entry: &RuleEntry, names: &Names<'_>) -> Result<Rule, String> {
    if entry.after.is_empty() != entry.forbidden {
        return Err("a rule has either `after` or `forbidden = true`".to_owned());
    }
    Ok(Rule {
        act: entry.act,
        regimes: names.set(entry.regimes.as_deref())?,
        paths: paths(entry.path.as_deref())?,
        when: entry.when,
        unless: entry.unless,
        after: entry.after.iter().map(|text| from(text)).collect::<Result<_, _>>()?,
        strict: entry.strict,
        forbidden: entry.forbidden,
        missing: entry.missing.unwrap_or(entry.broken),
        broken: entry.broken,
        article: entry.article.clone(),
    })
}

pub(super) fn clock(entry: &ClockEntry, names: &Names<'_>) -> Result<ClockRule, String> {
    let span = match (entry.days, entry.working_days, entry.months) {
        (Some(days), None, None) => Some(Length::Days(days)),
        (None, Some(days), None) => Some(Length::WorkingDays(days)),
        (None, None, Some(months)) => Some(Length::Months(months)),
        (None, None, None) => None,
        _ => return Err("keep one of `days`, `working_days` and `months`".to_owned()),
    };
    let timed =
        !matches!(entry.kind, ClockKind::Note | ClockKind::SameDay | ClockKind::Date | ClockKind::Blackout);
    if timed && span.is_none() {
        return Err("a clock of this kind needs `days`, `working_days` or `months`".to_owned());
    }
    let bounds = entry.kind != ClockKind::Note;
    if bounds != entry.to.is_some() || (bounds && entry.kind != ClockKind::Blackout && entry.from.is_empty())
    {
        return Err("a clock counts `from` acts to an act `to`; a note has neither".to_owned());
    }
    let who = names.bodies.iter().position(|body| body.code == entry.who);
    let counted: Vec<(Act, Basis)> = entry.from.iter().map(|text| from(text)).collect::<Result<_, _>>()?;
    Ok(ClockRule {
        id: entry.id.clone(),
        kind: entry.kind,
        begins: ActSet::of(counted.iter().map(|(act, _)| act)),
        ends: ActSet::of(entry.to.iter().chain(&entry.or).chain(&entry.ended_by)),
        from: counted,
        to: entry.to,
        or: entry.or.clone(),
        ended_by: entry.ended_by.clone(),
        span: span.unwrap_or(Length::Days(0)),
        lasts: entry.lasts,
        land: entry.land,
        when: entry.when,
        paths: paths(entry.path.as_deref())?,
        regimes: names.set(entry.regimes.as_deref())?,
        by_from: entry.by == By::From,
        waived_by: entry.waived_by.clone(),
        first: entry.first,
        portal: entry.portal,
        warns: entry.warns,
        article: entry.article.clone(),
        who: who.ok_or_else(|| format!("authority.toml has no body \"{}\"", entry.who))?,
        name: entry.name.clone(),
    })
}

pub(super) fn transition(entry: TransitionEntry, names: &Names<'_>) -> Result<Transition, String> {
    let regime = entry.regime.as_deref().map(|id| names.regime(id)).transpose()?;
    if (regime.is_some() || entry.mark.is_some() || entry.choice) && entry.acts.is_empty() {
        return Err("a transition that sets a regime or a mark names its `acts`".to_owned());
    }
    Ok(Transition {
        id: entry.id,
        change: entry.change,
        wants: ActSet::of(&entry.had),
        above: Vec::new(),
        had: entry.had,
        had_not: entry.had_not,
        acts: entry.acts,
        regime,
        choice: entry.choice,
        mark: entry.mark,
        lapses: entry.lapses,
        until: entry.until,
        only_notice: entry.only_notice,
        notice_before: entry.notice_before,
        notice_since: entry.notice_since,
        plan_since: entry.plan_since,
        expired: entry.expired,
        beside: entry.beside,
        pending: entry.pending,
        article: entry.article,
        name: entry.name,
    })
}
