//! Works out the figures of what was touched, beside the thread that follows the ledger: what is recorded shows at once,
//! and who asks for a figure seldom waits for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
};

use super::views::Current;

/// A thread that warms the views that it is given; it ends with this.
pub struct Warmer(Sender<Arc<Current>>);

impl Warmer {
    /// Starts the thread.
    pub fn start() -> Self {
        let (send, shown) = channel::<Arc<Current>>();
        std::thread::spawn(move || {
            while let Ok(next) = shown.recv() {
                // Of several the last: it has what the others have, or what took its place.
                let last = shown.try_iter().last().unwrap_or(next);
                if catch_unwind(AssertUnwindSafe(|| last.view.warm())).is_err() {
                    tracing::error!("a fault of this program in the figures of what was touched");
                }
            }
        });
        Self(send)
    }

    /// The figures of this view will be asked for.
    pub fn warm(&self, view: Arc<Current>) {
        // Only a thread that could not be started takes nothing; figures are worked out when they are asked for.
        drop(self.0.send(view));
    }
}
