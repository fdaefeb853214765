//! Parcels go into the store while the rest of their file is read.
//!
//! ```text
//! reader (a process) ─► checks (a thread) ─► runs ─► store (this thread) ─► the report tells whether all of it is kept
//! ```
//! The change is open as long as the file is read, so this is for a store that nobody else writes to.

use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Asker, ImportError, ReadParcels, Records, Request, intake::Pass, options, take_in};
use crate::{
    domain::PackedParcels,
    ingest::{ReadProgress, Step},
    reader::Reader,
    store::{Entry, Head, Store, Written},
};

/// Runs of parcels that may be read before they are stored.
const AHEAD: usize = 16;

/// What the checks hand to who stores.
enum Come {
    Run(PackedParcels),
    /// What came before counts no more.
    Anew,
}

/// Hands parcels to who stores.
struct Handing<'a> {
    runs: SyncSender<Come>,
    progress: ReadProgress<'a>,
}

impl Pass for Handing<'_> {
    fn run(&mut self, parcels: PackedParcels) -> bool {
        self.runs.send(Come::Run(parcels)).is_ok()
    }

    fn anew(&mut self) -> bool {
        self.runs.send(Come::Anew).is_ok()
    }

    fn at(&mut self, step: Step) {
        (self.progress)(step);
    }
}

/// Has `reader` read a file of parcels and stores them meanwhile; nothing is kept when a feature is refused, or when
/// `ready`, which hears the report before anything is durable, says no.
///
/// # Errors
/// As [`super::read`] and [`Records::store`].
pub fn read_and_store(
    (reader, request): (&Reader, &Request),
    asker: Asker<'_>,
    (store, entry): (&dyn Store, &Entry),
    ready: &mut dyn FnMut(&Records) -> bool,
    progress: ReadProgress<'_>,
) -> Result<(Records, Option<(Written, Head)>), ImportError> {
    let options = options(request, asker.before)?;
    std::thread::scope(|threads| {
        let (runs, come) = sync_channel(AHEAD);
        let reading = threads.spawn(|| {
            let mut handing = Handing { runs, progress };
            take_in(reader, request, asker, &options, &mut handing)
        });
        let (mut reading, mut read, mut kept) = (Some(reading), None, None);
        let stored = store.change(&mut |change| {
            loop {
                let mut again = false;
                change.open_order()?;
                let written = change.parcel_runs(entry, &mut || {
                    Ok(match come.recv() {
                        Ok(Come::Run(run)) => Some(run),
                        Ok(Come::Anew) => {
                            again = true;
                            None
                        }
                        Err(_) => None,
                    })
                })?;
                if again {
                    change.drop_order()?;
                    continue;
                }
                let done = reading.take().map(|reading| {
                    reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                });
                let records = done.map(|done: Result<ReadParcels, ImportError>| {
                    done.map(|parcels| Records::Parcels(Box::new(parcels)))
                });
                let is_kept = matches!(&records, Some(Ok(records)) if records.report().refused.is_empty() && ready(records));
                read = records;
                if is_kept {
                    kept = Some(written);
                    change.keep_order()?;
                } else {
                    change.drop_order()?;
                }
                return Ok(is_kept);
            }
        });
        // Whoever still reads is told that nobody takes more.
        drop(come);
        if stored.is_err() {
            asker.cancellation.now();
        }
        let head = stored?;
        let records = read.unwrap_or(Err(crate::reader::ReadError::Left.into()))?;
        Ok((records, kept.map(|written| (written, head))))
    })
}
