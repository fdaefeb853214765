//! Reference data that comes with the program: procedures and words for codes.

use std::collections::BTreeMap;

use super::{Label, Procedure, ProcedureError};

const PROCEDURES: [&str; 2] =
    [include_str!("../../data/procedures/law2024.toml"), include_str!("../../data/procedures/law2013.toml")];

/// The legal procedures of `data/procedures`.
///
/// # Errors
/// A file that breaks the rules of [`Procedure::parse`].
pub fn procedures() -> Result<Vec<Procedure>, ProcedureError> {
    PROCEDURES.iter().map(|text| Procedure::parse(text)).collect()
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
        assert_eq!(procedures().unwrap().len(), 2);
    }
}
