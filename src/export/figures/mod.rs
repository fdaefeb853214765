//! The figures as JSON: what the API answers and `--json` prints, from one place.
//!
//! Every answer says at which position of the ledger and for which day it
//! holds. No holder appears in any of it.

mod board;
mod clocks;
mod decisions;
mod duties;
mod forecast;
mod fronts;
mod law;
mod progress;

use serde_json::{Value, json};

use crate::{
    analysis::View,
    domain::{Span, chainage_label},
};

pub use board::{Ask, BoardError, board, campaigns, evidence, ranked};
pub use clocks::clocks;
pub use decisions::decisions;
pub use duties::{DutyAsk, duties};
pub use forecast::{HORIZONS, backtest, forecast};
pub use fronts::{Least, fronts};
pub use law::{lawful, whole_law};
pub use progress::progress;

/// An answer about the project at `index`: which one it is, then what is said of it.
fn about_project(view: &View, index: usize, said: Value) -> Value {
    let project = &view.snapshot.projects()[index].project;
    let mut answer = json!({
        "at": view.snapshot.position(),
        "as_of": view.today.to_string(),
        "project": project.code.as_str(),
        "name": project.name,
    });
    if let (Value::Object(answer), Value::Object(said)) = (&mut answer, said) {
        answer.extend(said);
    }
    answer
}

/// What a parcel is called, and where it stands on the view's day.
fn parcel(view: &View, index: u32) -> Value {
    let (snapshot, own) = (&view.snapshot, view.snapshot.parcel(index));
    json!({
        "id": own.id(),
        "project": own.project().project.code.as_str(),
        "unit": snapshot.units()[view.unit_of(index)].unit.code.as_str(),
        "sheet": own.sheet(),
        "parcel": own.number(),
        "area": own.recovered(),
        "stage": snapshot.stage_on(index, view.today),
        "blocked": snapshot.blocked_on(index, view.today),
        "overdue": snapshot.overdue_on(index, view.today),
    })
}

/// A stretch of an alignment.
fn span(span: Span) -> Value {
    let [from, to] = span.metres();
    json!({
        "from": chainage_label(from),
        "to": chainage_label(to),
        "from_m": from,
        "to_m": to,
        "length_m": metres(span.length()),
    })
}

fn metres(decimetres: u32) -> f64 {
    f64::from(decimetres) / 10.0
}
