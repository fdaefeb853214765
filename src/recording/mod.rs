//! Recording: drafts are judged against the ledger and taken all or not at all.
//!
//! Everything is judged before anything is written, inside one change that no
//! other writer can come between: a version is the last position that touched
//! a parcel inside that change, so of two who saw the same one only the first
//! is taken. It knows nothing of SQL or HTTP: who may write where and which
//! attachments exist is asked of the caller.

mod judging;
mod reshape;

use std::collections::HashMap;

use crate::{
    domain::{
        Day, Draft, LedgerPosition, NewEvent, ParcelId, Refusal, Standing, UnitId, hex,
        law::{Law, MarkEntry},
    },
    store::{Entry, Head, IdempotentAnswer, StoreError, Transaction},
};

/// Where the rows of parcels that were split or merged come from, as their import says.
pub const RESHAPED: &str = "split-or-merge";

/// What is to be recorded, by whom and when.
pub struct Submission<'a> {
    /// Drafts with the rows they came from, or why a row could not be read.
    pub drafts: &'a [(usize, Result<Draft, Refusal>)],
    /// Who records.
    pub author: &'a str,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
    /// The day, to tell what is in the future.
    pub today: Day,
    /// The law.
    pub law: &'a Law,
    /// Whether the author may write about parcels of a commune.
    pub may_write: &'a dyn Fn(UnitId) -> bool,
    /// Whether the author may change the plan of a project whose parcels lie in these communes.
    pub may_plan: &'a dyn Fn(&[UnitId]) -> bool,
    /// Whether an attachment exists.
    pub attached: &'a dyn Fn(&str) -> bool,
    /// Bytes of all files that events about a parcel may name together.
    pub most_attached: u64,
    /// Judge only, write nothing.
    pub dry_run: bool,
    /// Key under which the request may be sent again, and the digest of what it asks.
    pub request: Option<(&'a str, &'a [u8])>,
}

/// A row that is refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RowRefusal {
    /// Number of the row, from 1.
    pub row: usize,
    /// The parcel, when it was found.
    pub parcel: Option<ParcelId>,
    /// Why.
    #[serde(flatten)]
    pub why: Refusal,
}

/// A row about a parcel that has changed since the writer saw it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Conflict {
    /// Number of the row, from 1.
    pub row: usize,
    /// Parcel.
    pub parcel: ParcelId,
    /// Its version now.
    pub version: LedgerPosition,
    /// The version that the writer saw.
    pub given: LedgerPosition,
    /// Where it stands now.
    pub stage: Option<Standing>,
}

/// An event that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Taken {
    /// Its position.
    pub position: LedgerPosition,
    /// Its parcel.
    pub parcel: Option<ParcelId>,
    /// The parcel's version after it.
    pub version: LedgerPosition,
}

/// What the law says against an act that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct RowMark {
    /// Number of the row, from 1.
    pub row: usize,
    /// Parcel.
    pub parcel: ParcelId,
    /// What.
    #[serde(flatten)]
    pub mark: MarkEntry,
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Recorded {
    /// The end of the ledger after it.
    pub at: LedgerPosition,
    /// Hash of the last event, hexadecimal.
    pub head: String,
    /// The events, in the order of the drafts; empty after a dry run.
    pub events: Vec<Taken>,
    /// What the law says against them; of a dry run what it would say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<RowMark>,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// Rows break a rule.
    #[error("{} of the rows are refused", .0.len())]
    Refused(Vec<RowRefusal>),
    /// Parcels have changed since the writer saw them.
    #[error("{} parcels have changed since they were seen", .0.len())]
    Conflict(Vec<Conflict>),
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyUsed,
    /// A fault of this program in this order; its log says more.
    #[error("the order could not be judged: a fault of this program, which its log tells")]
    Fault,
    /// The engine's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What will be appended.
enum Step {
    Event(NewEvent),
    Reshape(Box<reshape::Reshape>),
}

/// Records an order inside `change`, which others may share; the caller commits. A dry run does
/// all that recording does and gives it up.
///
/// # Errors
/// See [`RecordingError`]; of the order nothing was written then, and the change goes on.
pub fn record(change: &mut dyn Transaction, submission: &Submission<'_>) -> Result<Recorded, RecordingError> {
    change.open_order()?;
    let outcome = judge_and_write(change, submission);
    match (&outcome, submission.dry_run) {
        (Ok(_), false) => change.keep_order()?,
        _ => change.drop_order()?,
    }
    match outcome {
        Ok(done) if submission.dry_run => Ok(recorded(change.head(), Vec::new(), done.marks)),
        outcome => outcome,
    }
}

fn judge_and_write(
    change: &mut dyn Transaction,
    submission: &Submission<'_>,
) -> Result<Recorded, RecordingError> {
    if let Some((key, digest)) = submission.request
        && let Some((before, answer)) = change.answer(submission.author, key)?
    {
        if before != digest {
            return Err(RecordingError::KeyUsed);
        }
        return serde_json::from_str(&answer).map_err(|_| RecordingError::KeyUsed);
    }
    let (steps, marks) = judging::judge(change, submission)?;
    let taken = write(change, submission, steps)?;
    let done = recorded(change.head(), taken, marks);
    if let (Some((key, digest)), false) = (submission.request, submission.dry_run) {
        let answer = serde_json::to_string(&done).map_err(|_| RecordingError::KeyUsed)?;
        let (author, recorded_at) = (submission.author, submission.recorded_at);
        change.keep_answer(&IdempotentAnswer { author, key, digest, answer: &answer, recorded_at })?;
    }
    Ok(done)
}

fn recorded(head: Head, events: Vec<Taken>, marks: Vec<RowMark>) -> Recorded {
    Recorded { at: head.position, head: hex(&head.hash), events, marks }
}

fn write(
    change: &mut dyn Transaction,
    submission: &Submission<'_>,
    steps: Vec<Step>,
) -> Result<Vec<Taken>, StoreError> {
    let mut taken = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Event(event) => {
                let position = change.append(std::slice::from_ref(&event))?.position;
                taken.push(Taken { position, parcel: event.parcel, version: position });
            }
            Step::Reshape(reshape) => {
                let entry = Entry {
                    source: RESHAPED.to_owned(),
                    author: submission.author.to_owned(),
                    recorded_at: submission.recorded_at,
                    day: reshape.listed,
                    units_on: submission.today,
                };
                taken.extend(reshape.write(change, &entry)?);
            }
        }
    }
    // The version that counts is the last one of each parcel.
    let last: HashMap<_, _> = taken.iter().map(|taken| (taken.parcel, taken.position)).collect();
    taken.iter_mut().for_each(|taken| taken.version = last[&taken.parcel]);
    Ok(taken)
}
