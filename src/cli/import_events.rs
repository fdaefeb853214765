//! `matbang import events`: what happened, from a spreadsheet. All or nothing.

use std::{path::Path, process::ExitCode, sync::Arc};

use super::{Outcome, StoreLocation, clock, output::say, reading::warn_of_lack};
use crate::{
    api::{EventsOutcome, TableColumns},
    domain::vocabulary,
    ingest::{EventTable, Words},
    reader::{Cancellation, Reader},
    recording::{RecordingError, RowRefusal, Submission, record},
    store::Store,
};

/// Refusals that are printed; the rest is counted.
const SHOWN: usize = 50;

pub fn run(
    location: &StoreLocation,
    reader: &Reader,
    file: &Path,
    layer: Option<&str>,
    dry_run: bool,
    as_json: bool,
) -> Outcome {
    let store = location.open()?;
    let law = location.law()?;
    let words = Words::of(&law, &vocabulary()?);
    let mut table = reader.events(file, layer, &words, &Cancellation::default())?;
    warn_of_lack(reader);
    let today = clock::today()?;
    if table.has_names() {
        let snapshot = store.load(Arc::clone(&law))?;
        let (projects, units) = (snapshot.project_names(), snapshot.unit_names(today));
        table = table.again(&words.with_names(projects, units));
    }
    let recorded_at = jiff::Timestamp::now().as_millisecond();
    let drafts: Vec<_> = table.rows.iter().map(|row| (row.line, row.draft.clone())).collect();
    let author = std::env::var("USER").unwrap_or_else(|_| "local".to_owned());
    let submission = Submission {
        drafts: &drafts,
        author: &author,
        recorded_at,
        today,
        law: &law,
        may_write: &|_| true,
        may_plan: &|_| true,
        attached: &|_| false,
        most_attached: u64::MAX,
        dry_run,
        request: None,
    };
    let refused = store_all(&*store, &submission)?;
    let position = store.head()?.position;
    if as_json {
        let report = EventsOutcome {
            file: file.display().to_string(),
            read: table.rows.len(),
            stored: if dry_run || !refused.is_empty() { 0 } else { table.rows.len() },
            dry_run,
            columns: TableColumns { known: table.known.clone(), unknown: table.unknown.clone() },
            errors: refused.clone(),
            position,
        };
        say!("{}", serde_json::to_string(&report)?);
    } else {
        print(&table, &refused);
    }
    let stored = match (refused.is_empty(), dry_run) {
        (false, _) => "nothing was stored: correct the rows above and try again".to_owned(),
        (true, true) => "nothing was stored: leave out --dry-run to store them".to_owned(),
        (true, false) => format!("{} events stored; ledger position {position}", table.rows.len()),
    };
    eprintln!("{stored}");
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Has all rows recorded, or says which are refused.
fn store_all(
    store: &dyn Store,
    submission: &Submission<'_>,
) -> Result<Vec<RowRefusal>, Box<dyn std::error::Error>> {
    let mut outcome = None;
    store.change(&mut |change| {
        let recorded = record(change, submission);
        let keep = recorded.is_ok() && !submission.dry_run;
        outcome = Some(recorded);
        Ok(keep)
    })?;
    match outcome {
        None | Some(Ok(_)) => Ok(Vec::new()),
        Some(Err(RecordingError::Refused(refused))) => Ok(refused),
        Some(Err(error)) => Err(error.to_string().into()),
    }
}

fn print(table: &EventTable, refused: &[RowRefusal]) {
    let columns = table.known.iter().map(|(field, name)| format!("{field} = {name}"));
    say!("columns: {}", columns.collect::<Vec<_>>().join(", "));
    if !table.unknown.is_empty() {
        say!("left out: {}", table.unknown.join(", "));
    }
    say!("read {}, refused {}", table.rows.len(), refused.len());
    for refusal in refused.iter().take(SHOWN) {
        say!("  row {}: {}", refusal.row, refusal.why.detail);
    }
    if refused.len() > SHOWN {
        say!("  and {} more; --json lists all", refused.len() - SHOWN);
    }
}
