//! Checks a ledger read line by line: the chain of hashes, and each import's seal over its rows.
//!
//! It knows of no engine: whoever keeps a ledger can be checked by it.

use std::collections::HashMap;

use super::{
    Chain, Line,
    encoding::{self, Seal},
};
use crate::domain::{Event, EventKind, ImportedLayer, LedgerPosition, PlanCurve, Project, ProjectId};

/// What does not fit: the position of the event and why.
pub type LedgerFault = (LedgerPosition, String);

/// The check so far.
#[derive(Debug, Default)]
pub struct Check {
    chain: Chain,
    /// Rows that no event has sealed yet.
    open: HashMap<&'static str, Seal>,
    /// Projects as the ledger says that they are now.
    projects: HashMap<ProjectId, Project>,
    /// Projects as plans changed them, by position.
    planned: Vec<(LedgerPosition, ProjectId, Project)>,
}

impl Check {
    /// Takes the next line; what is wrong with it.
    pub fn take(&mut self, line: &Line<'_>) -> Vec<LedgerFault> {
        match line {
            Line::Unit(id, unit) => {
                self.seal(ImportedLayer::Units).row(id.0, |bytes| encoding::unit(bytes, *id, unit));
                Vec::new()
            }
            Line::Project(id, project) => {
                self.projects.insert(*id, (*project).clone());
                self.seal(ImportedLayer::Projects).row(id.0, |bytes| encoding::project(bytes, *id, project));
                Vec::new()
            }
            Line::Parcel(row) => {
                self.seal(ImportedLayer::Parcels).row(row.id.0, |bytes| encoding::parcel(bytes, row));
                Vec::new()
            }
            Line::Event(event, previous, hash) => self.event(event, previous, *hash),
        }
    }

    /// Position and hash of the last event.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    /// Each project as the ledger says that it is now.
    pub fn projects(&self) -> &HashMap<ProjectId, Project> {
        &self.projects
    }

    /// Each project as a changed plan left it.
    pub fn planned(&self) -> &[(LedgerPosition, ProjectId, Project)] {
        &self.planned
    }

    /// Rows after the last event, which nothing seals.
    pub fn unsealed(&self) -> u32 {
        self.open.values().map(Seal::rows).sum()
    }

    fn seal(&mut self, layer: ImportedLayer) -> &mut Seal {
        self.open.entry(layer.code()).or_default()
    }

    fn event(&mut self, event: &Event, previous: &[u8; 32], hash: [u8; 32]) -> Vec<LedgerFault> {
        let mut faults = Vec::new();
        let mut fault = |why: String| faults.push((event.position, why));
        if let Err(why) = self.chain.check(event.position, &event.body, previous, hash) {
            fault(why.to_string());
        }
        let mut open = std::mem::take(&mut self.open);
        match &event.body.kind {
            EventKind::Imported { layer, first, last, rows, digest, .. } => {
                let sealed = open.remove(layer.code()).unwrap_or_default();
                let found = sealed.rows();
                if found != *rows {
                    fault(format!("it sealed {rows} rows of {}; {found} are there", layer.code()));
                } else if sealed.finish() != (*first, *last, *rows, digest.clone()) {
                    fault(format!("the rows of {} are not those that it sealed", layer.code()));
                }
            }
            EventKind::PlanChanged { project, plan, required } => match self.projects.get_mut(project) {
                Some(row) => match change_plan(row, plan.as_deref(), *required) {
                    Ok(()) => self.planned.push((event.position, *project, row.clone())),
                    Err(why) => fault(format!("its plan can't be read: {why}")),
                },
                None => fault(format!("it names project {project}, which no import brought")),
            },
            _ => {}
        }
        if open.values().any(|seal| seal.rows() > 0) {
            fault("rows stand before it that it does not seal".to_owned());
        }
        faults
    }
}

/// Changes a project's pledge; what is none stays as it is.
///
/// # Errors
/// The text of a plan that can't be read.
pub fn change_plan(
    project: &mut Project,
    plan: Option<&str>,
    required: Option<crate::domain::Day>,
) -> Result<(), crate::domain::PlanError> {
    if let Some(plan) = plan {
        project.plan = PlanCurve::parse(plan)?;
    }
    project.required_day = required.or(project.required_day);
    Ok(())
}
