//! The files of the law: read and checked, with the file and line of what is wrong.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    Act, ActWords, Authority, Basis, Blackout, Body, ClockKind, ClockRule, Delegation, LandGroup, Law,
    LawName, LawText, MarkCode, MarkWords, Path, Regime, RegimeNumber, RegimeSet, Rule, Signer, Transition,
    bounds::{Length, Paths, When},
    settings::LateInterest,
};
use crate::domain::{Calendar, Day, Label, Standing};

/// The texts of the files; an operator's own take the place of ours, each as a whole.
#[derive(Debug, Clone)]
pub struct LawFiles {
    files: Vec<(String, String)>,
}

/// Why the files are not the law.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// Not TOML, or not of this shape; the parser says line and column.
    #[error("{0}: {1}")]
    Format(String, String),
    /// An entry that names what is not there, or contradicts itself.
    #[error("{file}: line {line}: {why}")]
    Entry {
        /// File.
        file: String,
        /// Line on which the entry begins.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A file that is none of the law's.
    #[error("{0}: the law has no such file; its files are {1}")]
    Strange(String, String),
    /// The calendar of working days.
    #[error("calendar.toml: {0}")]
    Calendar(#[from] crate::domain::CalendarError),
}

const OURS: [(&str, &str); 6] = [
    ("regimes.toml", include_str!("../../../data/procedures/regimes.toml")),
    ("acts.toml", include_str!("../../../data/procedures/acts.toml")),
    ("order.toml", include_str!("../../../data/procedures/order.toml")),
    ("clocks.toml", include_str!("../../../data/procedures/clocks.toml")),
    ("authority.toml", include_str!("../../../data/procedures/authority.toml")),
    ("transition.toml", include_str!("../../../data/procedures/transition.toml")),
];

/// The operator's records: who acts by delegation, what was chosen for projects.
const RECORDS: &str = "records.toml";

impl LawFiles {
    /// Ours, with an operator's own (path, text) in the place of those of the same name.
    ///
    /// # Errors
    /// A file of another name.
    pub fn with(own: &[(String, String)]) -> Result<Self, LawError> {
        let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let mut files: Vec<(String, String)> =
            OURS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        files.push((RECORDS.to_owned(), String::new()));
        for (path, text) in own {
            let Some(file) = files.iter_mut().find(|(own, _)| name(own) == name(path)) else {
                let names: Vec<&str> = OURS.iter().map(|(name, _)| *name).chain([RECORDS]).collect();
                return Err(LawError::Strange(path.clone(), names.join(", ")));
            };
            *file = (path.clone(), text.clone());
        }
        Ok(Self { files })
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, at: usize) -> Result<T, LawError> {
        let (path, text) = &self.files[at];
        toml::from_str(text).map_err(|error| LawError::Format(path.clone(), error.to_string()))
    }

    /// An error in the `number`-th entry of this kind.
    fn entry(&self, at: usize, kind: &str, number: usize, why: impl Into<String>) -> LawError {
        let (path, text) = &self.files[at];
        let heading = format!("[[{kind}]]");
        let line = (1..).zip(text.lines()).filter(|(_, line)| line.trim() == heading).nth(number);
        LawError::Entry { file: path.clone(), line: line.map_or(1, |(line, _)| line), why: why.into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Regimes {
    standing: Label,
    mark: Vec<MarkWords>,
    law: Vec<LawName>,
    regime: Vec<RegimeEntry>,
    text: Vec<LawText>,
    land: Land,
    late_interest: Vec<LateInterest>,
    #[serde(default)]
    blackout: Vec<Blackout>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegimeEntry {
    id: String,
    from: Day,
    to: Option<Day>,
    law: String,
    name: Label,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Land {
    farm: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acts {
    standings: BTreeMap<String, Label>,
    act: Vec<ActWords>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    act: Act,
    regimes: Option<Vec<String>>,
    path: Option<String>,
    when: Option<When>,
    unless: Option<When>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    forbidden: bool,
    missing: Option<MarkCode>,
    broken: MarkCode,
    article: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clocks {
    clock: Vec<ClockEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockEntry {
    id: String,
    kind: ClockKind,
    #[serde(default)]
    from: Vec<String>,
    to: Option<Act>,
    #[serde(default)]
    or: Vec<Act>,
    #[serde(default)]
    ended_by: Vec<Act>,
    days: Option<u16>,
    working_days: Option<u16>,
    months: Option<u16>,
    #[serde(default)]
    lasts: u16,
    land: Option<LandGroup>,
    when: Option<When>,
    path: Option<String>,
    regimes: Option<Vec<String>>,
    #[serde(default)]
    by: By,
    #[serde(default)]
    waived_by: Vec<Act>,
    waived_since: Option<Day>,
    #[serde(default)]
    portal: bool,
    #[serde(default)]
    warns: bool,
    article: String,
    who: String,
    name: Option<Label>,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum By {
    #[default]
    To,
    From,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorities {
    body: Vec<Body>,
    authority: Vec<AuthorityEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityEntry {
    acts: Vec<Act>,
    regimes: Vec<String>,
    signers: Vec<Signer>,
    #[serde(default)]
    delegable: bool,
    article: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transitions {
    transition: Vec<TransitionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each is a column of its own")]
struct TransitionEntry {
    id: String,
    change: Day,
    #[serde(default)]
    had: Vec<Act>,
    #[serde(default)]
    had_not: Vec<Act>,
    #[serde(default)]
    acts: Vec<Act>,
    regime: Option<String>,
    #[serde(default)]
    choice: bool,
    mark: Option<MarkCode>,
    #[serde(default)]
    lapses: Vec<Act>,
    until: Option<Day>,
    #[serde(default)]
    only_notice: bool,
    notice_before: Option<Day>,
    notice_since: Option<Day>,
    plan_since: Option<Day>,
    #[serde(default)]
    expired: bool,
    #[serde(default)]
    beside: bool,
    #[serde(default)]
    pending: bool,
    article: String,
    name: Label,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Records {
    #[serde(default)]
    delegation: Vec<DelegationEntry>,
    #[serde(default)]
    choice: Vec<ChoiceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DelegationEntry {
    acts: Vec<Act>,
    signer: Signer,
    from: Day,
    to: Option<Day>,
    document: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceEntry {
    project: String,
    regime: String,
    // For the reader of the file.
    #[serde(rename = "document")]
    _document: String,
}

/// The names that entries may use.
struct Names<'a> {
    regimes: &'a [Regime],
    bodies: &'a [Body],
}

impl Names<'_> {
    fn regime(&self, id: &str) -> Result<RegimeNumber, String> {
        let at = self.regimes.iter().position(|regime| regime.id == id);
        at.map(|at| RegimeNumber(at as u8)).ok_or_else(|| format!("regimes.toml has no regime \"{id}\""))
    }

    fn set(&self, ids: Option<&[String]>) -> Result<RegimeSet, String> {
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

fn rule(entry: &RuleEntry, names: &Names<'_>) -> Result<Rule, String> {
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

fn clock(entry: &ClockEntry, names: &Names<'_>) -> Result<ClockRule, String> {
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
    Ok(ClockRule {
        id: entry.id.clone(),
        kind: entry.kind,
        from: entry.from.iter().map(|text| from(text)).collect::<Result<_, _>>()?,
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
        waived_since: entry.waived_since,
        portal: entry.portal,
        warns: entry.warns,
        article: entry.article.clone(),
        who: who.ok_or_else(|| format!("authority.toml has no body \"{}\"", entry.who))?,
        name: entry.name.clone(),
    })
}

fn transition(entry: TransitionEntry, names: &Names<'_>) -> Result<Transition, String> {
    let regime = entry.regime.as_deref().map(|id| names.regime(id)).transpose()?;
    if (regime.is_some() || entry.mark.is_some() || entry.choice) && entry.acts.is_empty() {
        return Err("a transition that sets a regime or a mark names its `acts`".to_owned());
    }
    Ok(Transition {
        id: entry.id,
        change: entry.change,
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

impl Law {
    /// Reads and checks the files; working days are those of `calendar`.
    ///
    /// # Errors
    /// The first entry that is wrong, with file and line.
    pub fn read(files: &LawFiles, calendar: &Arc<Calendar>) -> Result<Self, LawError> {
        let head: Regimes = files.read(0)?;
        let acts: Acts = files.read(1)?;
        let order: Order = files.read(2)?;
        let clocks: Clocks = files.read(3)?;
        let authority: Authorities = files.read(4)?;
        let changes: Transitions = files.read(5)?;
        let records: Records = files.read(6)?;
        let regimes = regimes(files, head.regime, &head.law)?;
        if let Some(act) =
            Act::ALL.iter().find(|act| acts.act.iter().filter(|words| words.act == **act).count() != 1)
        {
            return Err(files.entry(1, "act", 0, format!("the act \"{}\" must stand once", act.code())));
        }
        if let Some(one) = Standing::ALL.iter().find(|one| !acts.standings.contains_key(one.code())) {
            return Err(files.entry(1, "standings", 0, format!("\"{}\" has no words", one.code())));
        }
        if let Some(code) =
            MarkCode::ALL.iter().find(|code| !head.mark.iter().any(|words| words.code == **code))
        {
            return Err(files.entry(0, "mark", 0, format!("the mark \"{}\" has no words", code.code())));
        }
        let names = Names { regimes: &regimes, bodies: &authority.body };
        let numbered = |at: usize, kind: &'static str| {
            move |number: usize, why: String| files.entry(at, kind, number, why)
        };
        let wrong = numbered(2, "rule");
        let rules =
            order.rule.iter().enumerate().map(|(n, entry)| rule(entry, &names).map_err(|why| wrong(n, why)));
        let rules = rules.collect::<Result<Vec<_>, _>>()?;
        let wrong = numbered(3, "clock");
        let read = clocks
            .clock
            .iter()
            .enumerate()
            .map(|(n, entry)| clock(entry, &names).map_err(|why| wrong(n, why)));
        let clocks = read.collect::<Result<Vec<_>, _>>()?;
        let wrong = numbered(4, "authority");
        let entries = authority.authority.into_iter().enumerate();
        let authorities = entries.map(|(n, entry)| {
            let regimes = names.set(Some(&entry.regimes)).map_err(|why| wrong(n, why))?;
            let AuthorityEntry { acts, signers, delegable, article, .. } = entry;
            Ok(Authority { acts, regimes, signers, delegable, article })
        });
        let authorities = authorities.collect::<Result<Vec<_>, LawError>>()?;
        let wrong = numbered(5, "transition");
        let entries = changes.transition.into_iter().enumerate();
        let transitions = entries.map(|(n, entry)| transition(entry, &names).map_err(|why| wrong(n, why)));
        let transitions = transitions.collect::<Result<Vec<_>, _>>()?;
        let wrong = numbered(6, "choice");
        let entries = records.choice.into_iter().enumerate();
        let choices = entries
            .map(|(n, entry)| Ok((entry.project, names.regime(&entry.regime).map_err(|why| wrong(n, why))?)));
        let choices = choices.collect::<Result<Vec<_>, LawError>>()?;
        let delegation = |entry: DelegationEntry| {
            let DelegationEntry { acts, signer, from, to, document } = entry;
            Delegation { acts, signer, from, to, document }
        };
        let places = |holds: &dyn Fn(Act, usize) -> bool, count: usize| -> Vec<Vec<usize>> {
            Act::ALL.iter().map(|act| (0..count).filter(|at| holds(*act, *at)).collect()).collect()
        };
        let mut about = places(&|act, at| transitions[at].acts.contains(&act), transitions.len());
        about.iter_mut().for_each(|list| list.sort_by_key(|at| transitions[*at].change));
        let bounds = |act: Act, at: usize| clocks[at].to == Some(act) || clocks[at].or.contains(&act);
        let is_term = |clock: &ClockRule| matches!(clock.kind, ClockKind::Max | ClockKind::Date);
        Ok(Self {
            about,
            rules_of: places(&|act, at| rules[at].act == act, rules.len()),
            clocks_of: places(&bounds, clocks.len()),
            terms: (0..clocks.len()).filter(|at| is_term(&clocks[*at])).collect(),
            regimes,
            transitions,
            rules,
            clocks,
            authorities,
            delegations: records.delegation.into_iter().map(delegation).collect(),
            choices,
            standings: acts.standings,
            acts: acts.act,
            bodies: authority.body,
            marks: head.mark,
            laws: head.law,
            texts: head.text,
            standing: head.standing,
            farm: head.land.farm,
            late_interest: head.late_interest,
            blackouts: head.blackout,
            calendar: Arc::clone(calendar),
        })
    }
}

fn regimes(files: &LawFiles, entries: Vec<RegimeEntry>, laws: &[LawName]) -> Result<Vec<Regime>, LawError> {
    let wrong = |number: usize, why: String| files.entry(0, "regime", number, why);
    if entries.is_empty() || entries.len() > 16 {
        return Err(wrong(0, "there are 1 to 16 regimes".to_owned()));
    }
    let mut all: Vec<Regime> = Vec::new();
    for (number, entry) in entries.into_iter().enumerate() {
        if !laws.iter().any(|law| law.code == entry.law) {
            return Err(wrong(number, format!("there is no law \"{}\"", entry.law)));
        }
        if let Some(before) = all.last()
            && before.to.map(|to| to.plus(1)) != Some(entry.from)
        {
            return Err(wrong(
                number,
                format!("\"{}\" must begin the day after \"{}\" ends", entry.id, before.id),
            ));
        }
        all.push(Regime { id: entry.id, from: entry.from, to: entry.to, law: entry.law, name: entry.name });
    }
    Ok(all)
}
