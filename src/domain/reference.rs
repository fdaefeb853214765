//! Reference data that comes with the program: procedures and words for codes.

use std::{collections::BTreeMap, sync::Arc};

use super::{Calendar, CalendarError, Campaign, CampaignError, Label, Procedure, ProcedureError};

const PROCEDURES: [(&str, &str); 2] = [
    ("law2024.toml", include_str!("../../data/procedures/law2024.toml")),
    ("law2013.toml", include_str!("../../data/procedures/law2013.toml")),
];

const CAMPAIGNS: [(&str, &str); 1] =
    [("thi-dua-gpmb.toml", include_str!("../../data/campaigns/thi-dua-gpmb.toml"))];

/// The days off of `data/calendar.toml`, which comes with the program, or those of an operator's `own` text.
///
/// # Errors
/// A text that breaks the rules of [`Calendar::parse`].
pub fn calendar(own: Option<&str>) -> Result<Calendar, CalendarError> {
    Calendar::parse(own.unwrap_or(include_str!("../../data/calendar.toml")))
}

/// As [`procedures_with`], with the days off that come with the program.
///
/// # Errors
/// As there.
pub fn procedures(own: &[(String, String)]) -> Result<Vec<Procedure>, ProcedureError> {
    procedures_with(own, calendar(None)?)
}

/// The legal procedures of `data/procedures`, which come with the program,
/// and those of an operator's `own` files (name, text); his take the place of
/// ours with the same code. Working days are those of `calendar`.
///
/// # Errors
/// A file that breaks the rules of [`Procedure::parse`], by name and line.
pub fn procedures_with(
    own: &[(String, String)],
    calendar: Calendar,
) -> Result<Vec<Procedure>, ProcedureError> {
    let calendar = Arc::new(calendar);
    let parse = |file: &str, text: &str| {
        let wrap = |error| ProcedureError::InFile { file: file.to_owned(), error: Box::new(error) };
        Procedure::parse(text, &calendar).map_err(wrap)
    };
    let mut all: Vec<Procedure> = Vec::new();
    for (file, text) in own {
        let procedure = parse(file, text)?;
        if all.iter().any(|other| other.code() == procedure.code()) {
            return Err(ProcedureError::Twice(procedure.code().clone()));
        }
        all.push(procedure);
    }
    for (file, text) in PROCEDURES {
        let procedure = parse(file, text)?;
        if !all.iter().any(|other| other.code() == procedure.code()) {
            all.push(procedure);
        }
    }
    Ok(all)
}

/// The emulation campaigns of `data/campaigns`, which come with the program, and those of an
/// operator's `own` files (name, text), which come first; his take the place of ours with the same code.
///
/// # Errors
/// A file that breaks the rules of [`Campaign::parse`], by name and line.
pub fn campaigns(own: &[(String, String)]) -> Result<Vec<Campaign>, CampaignError> {
    let parse = |file: &str, text: &str| {
        let wrap = |error| CampaignError::InFile { file: file.to_owned(), error: Box::new(error) };
        Campaign::parse(text).map_err(wrap)
    };
    let mut all: Vec<Campaign> = Vec::new();
    for (file, text) in own {
        let campaign = parse(file, text)?;
        if all.iter().any(|other| other.code() == campaign.code()) {
            return Err(CampaignError::Twice(campaign.code().clone()));
        }
        all.push(campaign);
    }
    for (file, text) in CAMPAIGNS {
        let campaign = parse(file, text)?;
        if !all.iter().any(|other| other.code() == campaign.code()) {
            all.push(campaign);
        }
    }
    Ok(all)
}

/// Words for codes, from `data/vocabulary.toml`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Kinds of projects.
    pub kinds: BTreeMap<String, Label>,
    /// Kinds of blockers.
    pub blockers: BTreeMap<String, Label>,
    /// Land-use codes.
    pub land_uses: BTreeMap<String, Label>,
}

/// The words that come with the program.
///
/// # Errors
/// A file that is not of this shape; the message says line and column.
pub fn vocabulary() -> Result<Vocabulary, ProcedureError> {
    toml::from_str(include_str!("../../data/vocabulary.toml"))
        .map_err(|error| ProcedureError::Format(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BlockerKind, ProjectKind};

    #[test]
    fn every_code_of_the_program_has_its_words() {
        let words = vocabulary().unwrap();
        assert!(ProjectKind::ALL.iter().all(|kind| words.kinds.contains_key(kind.code())));
        assert!(BlockerKind::ALL.iter().all(|kind| words.blockers.contains_key(kind.code())));
        assert_eq!(procedures(&[]).unwrap().len(), 2);
    }

    #[test]
    fn an_operators_procedure_takes_the_place_of_ours_and_its_errors_name_the_file() {
        let own = PROCEDURES[0].1.replace("within_days = 60", "within_days = 45");
        let all = procedures(&[("mine.toml".to_owned(), own.clone())]).unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].stages().iter().any(|rule| rule.within_days == Some(45)));
        let wrong = own.replace("after = \"plan_posted\"", "after = \"paid\"");
        let error = procedures(&[("mine.toml".to_owned(), wrong)]).unwrap_err().to_string();
        let line = own.lines().position(|line| line == "stage = \"plan_approved\"").unwrap() + 1;
        assert!(error.starts_with(&format!("mine.toml: line {line}:")), "{error}");
    }
}
