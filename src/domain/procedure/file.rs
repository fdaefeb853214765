//! Procedure files: read and checked, with the line of what is wrong.

use std::sync::Arc;

use serde::Deserialize;

use super::{Procedure, ProcedureBranch, ProcedureError, ProcedureStage, Step};
use crate::domain::{Calendar, Code, Label, Stage, text::line_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: String,
    name: Label,
    stage: Vec<ProcedureStage>,
    #[serde(default)]
    branch: Vec<ProcedureBranch>,
    early_handover_from: Option<Stage>,
    /// A term that ends on a day off ends with the next working day (Civil Code 91/2015/QH13, Article 148.5).
    #[serde(default)]
    ends_on_working_day: bool,
}

impl Procedure {
    /// Reads and checks the text of a procedure file; working days are those of `calendar`.
    ///
    /// # Errors
    /// With line and column when the text has not the right shape; with the
    /// stage's code when the rules contradict each other.
    pub fn parse(text: &str, calendar: &Arc<Calendar>) -> Result<Self, ProcedureError> {
        let file: File = toml::from_str(text).map_err(|e| ProcedureError::Format(e.to_string()))?;
        let mut stages = file.stage;
        let at = |stage: Stage| (stage.code(), line_of(text, "stage", stage.code()));
        for (end, wanted) in [(stages.first(), Stage::Listed), (stages.last(), Stage::HandedOver)] {
            let found = end.map_or(wanted, |entry| entry.stage);
            if end.is_none() || found != wanted {
                return Err(ProcedureError::Order(wanted.code(), at(found).1));
            }
        }
        for i in 0..stages.len() {
            let (before, entry) = (&stages[..i], &stages[i]);
            let (code, line) = at(entry.stage);
            if before.iter().any(|other| other.stage == entry.stage) {
                return Err(ProcedureError::Order(code, line));
            }
            let known = |after: Stage| before.iter().any(|other| other.stage == after);
            if entry.within_days.is_some() && entry.within_working_days.is_some() {
                return Err(ProcedureError::Days(code, line));
            }
            let days = entry.within_days.or(entry.within_working_days);
            if days.is_some() != entry.after.is_some() || !entry.after.is_none_or(known) {
                return Err(ProcedureError::Deadline(code, line));
            }
            if !entry.follows.iter().all(|stage| known(*stage)) {
                return Err(ProcedureError::Follows(code, line));
            }
            if let (true, Some(last)) = (entry.follows.is_empty(), before.last().map(|last| last.stage)) {
                stages[i].follows.push(last);
            }
        }
        let froms = file.branch.iter().map(|branch| branch.from).chain(file.early_handover_from);
        for from in froms {
            if !stages.iter().any(|entry| entry.stage == from) {
                let lines = ["from", "early_handover_from"].map(|key| line_of(text, key, from.code()));
                return Err(ProcedureError::From(from.code(), lines[0].max(lines[1])));
            }
        }
        Ok(Self {
            code: Code::new(&file.code)?,
            name: file.name,
            steps: stages.iter().map(Step::of).collect(),
            stages,
            branches: file.branch,
            early_handover_from: file.early_handover_from,
            ends_on_working_day: file.ends_on_working_day,
            calendar: Arc::clone(calendar),
        })
    }
}
