//! Reference data that comes with the program: the law, campaigns and words for codes.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Calendar, CalendarError, Campaign, CampaignError, CampaignText, Label,
    law::{Law, LawError, LawFiles},
};

const CAMPAIGNS: [(&str, &str); 1] =
    [("thi-dua-gpmb.toml", include_str!("../../data/campaigns/thi-dua-gpmb.toml"))];

/// The days off of `data/calendar.toml`, which comes with the program, or those of an operator's `own` text.
///
/// # Errors
/// A text that breaks the rules of [`Calendar::parse`].
pub fn calendar(own: Option<&str>) -> Result<Calendar, CalendarError> {
    Calendar::parse(own.unwrap_or(include_str!("../../data/calendar.toml")))
}

/// As [`law_with`], with the days off that come with the program.
///
/// # Errors
/// As there.
pub fn law(own: &[(String, String)]) -> Result<Law, LawError> {
    law_with(own, calendar(None)?)
}

/// The law of `data/procedures`, which comes with the program; an operator's `own` files (name, text) take the
/// place of ours of the same name. Working days are those of `calendar`.
///
/// # Errors
/// A file that breaks the rules of [`Law::read`], by name and line.
pub fn law_with(own: &[(String, String)], calendar: Calendar) -> Result<Law, LawError> {
    Law::read(&LawFiles::with(own)?, &Arc::new(calendar))
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
        all.push(campaign.of(CampaignText::Own));
    }
    for (file, text) in CAMPAIGNS {
        let campaign = parse(file, text)?;
        match all.iter().position(|other| other.code() == campaign.code()) {
            Some(at) => all[at] = all[at].clone().of(CampaignText::Replaced),
            None => all.push(campaign.of(CampaignText::Shipped)),
        }
    }
    Ok(all)
}

/// The text of a campaign that comes with the program.
pub fn campaign_text(code: &str) -> Option<&'static str> {
    let own = |text: &&str| Campaign::parse(text).is_ok_and(|campaign| campaign.code().as_str() == code);
    CAMPAIGNS.iter().map(|(_, text)| *text).find(own)
}

/// Words for codes, from `data/vocabulary.toml`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Kinds of projects.
    pub kinds: BTreeMap<String, Label>,
    /// Kinds of blockers.
    pub blockers: BTreeMap<String, Label>,
    /// Side branches of the procedure.
    pub branches: BTreeMap<String, Label>,
    /// Kinds of events.
    pub events: BTreeMap<String, Label>,
    /// Land-use codes.
    pub land_uses: BTreeMap<String, Label>,
}

/// The words that come with the program.
///
/// # Errors
/// A file that is not of this shape; the message says line and column.
pub fn vocabulary() -> Result<Vocabulary, LawError> {
    toml::from_str(include_str!("../../data/vocabulary.toml"))
        .map_err(|error| LawError::Format("vocabulary.toml".to_owned(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BlockerKind, Branch, ProjectKind};

    #[test]
    fn every_code_of_the_program_has_its_words() {
        let words = vocabulary().unwrap();
        assert!(ProjectKind::ALL.iter().all(|kind| words.kinds.contains_key(kind.code())));
        assert!(BlockerKind::ALL.iter().all(|kind| words.blockers.contains_key(kind.code())));
        assert!(Branch::ALL.iter().all(|branch| words.branches.contains_key(branch.code())));
        assert_eq!(law(&[]).unwrap().laws().len(), 2);
    }

    #[test]
    fn an_operators_file_takes_the_place_of_ours_and_its_errors_name_the_file_and_line() {
        let ours = include_str!("../../data/procedures/clocks.toml");
        let own = |text: String| law(&[("beside/clocks.toml".to_owned(), text)]);
        let changed = own(ours.replacen("days = 90", "days = 45", 1)).unwrap();
        assert_eq!(changed.clocks()[0].days(), Some(45));
        let error =
            own(ours.replacen("id = \"C23\"", "id = \"C23\"\nworking_days = 3", 1)).unwrap_err().to_string();
        let line = ours.lines().position(|line| line == "id = \"C23\"").unwrap();
        assert!(error.starts_with(&format!("beside/clocks.toml: line {line}: keep one of")), "{error}");
        let error = own(ours.replacen("\"R24X\"]", "\"R24Y\"]", 1)).unwrap_err().to_string();
        assert!(error.contains("no regime \"R24Y\""), "{error}");
        let error = own("clock = 3".to_owned()).unwrap_err().to_string();
        assert!(error.starts_with("beside/clocks.toml:") && error.contains("line 1"), "{error}");
        let error = law(&[("beside/law2024.toml".to_owned(), String::new())]).unwrap_err().to_string();
        assert!(error.contains("no such file") && error.contains("transition.toml"), "{error}");
    }
}
