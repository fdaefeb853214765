//! The files of the law: read and checked, with the file and line of what is wrong.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    Act, Authority, ClockKind, ClockRule, Delegation, Law, LawName, MarkCode, Regime, Transition,
    entries::{
        Acts, Authorities, AuthorityEntry, Clocks, DelegationEntry, Names, Order, Records, RegimeEntry,
        Regimes, Transitions, clock, rule, transition,
    },
};
use crate::domain::{Calendar, Standing};

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
    /// [`LawError`] when a file has a name that is none of the law's.
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

impl Law {
    /// Reads and checks the files; working days are those of `calendar`.
    ///
    /// # Errors
    /// [`LawError`] with the first entry that is wrong, its file and line.
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
        if clocks.len() > usize::from(u8::MAX) {
            return Err(files.entry(3, "clock", usize::from(u8::MAX), "there are at most 255 clocks"));
        }
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
        let mut transitions = transitions.collect::<Result<Vec<_>, _>>()?;
        rank(&mut transitions);
        let wrong = numbered(6, "choice");
        let entries = records.choice.into_iter().enumerate();
        let choices = entries
            .map(|(n, entry)| Ok((entry.project, names.regime(&entry.regime).map_err(|why| wrong(n, why))?)));
        let choices = choices.collect::<Result<Vec<_>, LawError>>()?;
        let delegation = |entry: DelegationEntry| {
            let DelegationEntry { acts, signer, from, to, document } = entry;
            Delegation { acts, signer, from, to, document }
        };
        let by_act = |holds: &dyn Fn(Act, usize) -> bool, count: usize| -> Vec<Vec<usize>> {
            Act::ALL.iter().map(|act| (0..count).filter(|at| holds(*act, *at)).collect()).collect()
        };
        let mut about = by_act(&|act, at| transitions[at].acts.contains(&act), transitions.len());
        about.iter_mut().for_each(|list| list.sort_by_key(|at| transitions[*at].change));
        let bounds = |act: Act, at: usize| clocks[at].to == Some(act) || clocks[at].or.contains(&act);
        let is_term = |clock: &ClockRule| matches!(clock.kind, ClockKind::Max | ClockKind::Date);
        let mut turns: Vec<_> =
            regimes.iter().map(|one| one.from).chain(transitions.iter().map(|row| row.change)).collect();
        turns.sort_unstable();
        turns.dedup();
        Ok(Self {
            turns,
            about,
            rules_of: by_act(&|act, at| rules[at].act == act, rules.len()),
            clocks_of: by_act(&bounds, clocks.len()),
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
            caveat: head.caveat,
            farm: codes(&head.land.farm).map_err(|why| files.entry(0, "land", 0, why))?,
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

/// Tells each transition which of its day take its place.
fn rank(transitions: &mut [Transition]) {
    for at in 0..transitions.len() {
        let (before, rest) = transitions.split_at_mut(at);
        let row = &mut rest[0];
        let above = |(_, other): &(usize, &Transition)| other.change == row.change && !other.beside;
        if !row.beside {
            row.above = before.iter().enumerate().filter(above).map(|(index, _)| index).collect();
        }
    }
}

/// A code of up to eight bytes as a number: asked for of every parcel, it is found without a look at letters.
pub(super) fn packed(code: &str) -> Option<u64> {
    (code.len() <= 8).then(|| code.bytes().fold(0, |number, byte| number << 8 | u64::from(byte)))
}

/// Codes as numbers, rising.
fn codes(codes: &[String]) -> Result<Vec<u64>, String> {
    let number = |code: &String| packed(code).ok_or_else(|| format!("the land use \"{code}\" is too long"));
    let mut numbers = codes.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    Ok(numbers)
}
