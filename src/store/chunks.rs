//! Reads parcels by runs of numbers, on as many readers as there are, each run
//! into a chunk of its own. The chunks are joined in order.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
};

use super::StoreError;
use crate::atlas::{Builder, Chunk};

/// Ids a chunk: small enough that threads end together, large enough that joining is cheap.
const RUN: i64 = 16_384;

/// Reads parcels in one state of the store.
pub(super) trait Parcels {
    /// The chunk with the parcels from one number to another added.
    fn fill(&self, chunk: Chunk, range: (i64, i64)) -> Result<Chunk, StoreError>;
}

/// Adds the parcels from `first` to `last` to `builder`, reading on `one` and beside it on `others`, which see
/// the same state.
pub(super) fn read<R: Parcels + Send>(
    one: &impl Parcels,
    others: Vec<R>,
    (first, last): (i64, i64),
    builder: &mut Builder,
) -> Result<(), StoreError> {
    let run_from = |run: i64| Some(first + run * RUN).filter(|from| *from <= last);
    let next = AtomicI64::new(0);
    let chunk = builder.chunk();
    let (send, receive) = mpsc::sync_channel(2 * others.len() + 2);
    std::thread::scope(|threads| {
        for reader in others {
            let (send, next, empty) = (send.clone(), &next, chunk.another());
            threads.spawn(move || {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    let Some(from) = run_from(run) else { return };
                    let to = (from + RUN - 1).min(last);
                    let made = reader.fill(empty.another(), (from, to));
                    // Nobody listens any more after an error.
                    if send.send((run, made)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        // Dropped with this closure: after an error the threads must not wait for room.
        let receive = receive;
        let mut waiting = BTreeMap::new();
        let mut joined = 0;
        while let Some(from) = run_from(joined) {
            let mut made = match receive.recv() {
                Ok((run, made)) => {
                    waiting.insert(run, made);
                    waiting.remove(&joined)
                }
                // No other thread: read here.
                Err(_) => match waiting.remove(&joined) {
                    Some(made) => Some(made),
                    None => Some(one.fill(chunk.another(), (from, (from + RUN - 1).min(last)))),
                },
            };
            while let Some(chunk) = made {
                builder.join(&chunk?)?;
                joined += 1;
                made = waiting.remove(&joined);
            }
        }
        Ok(())
    })
}
