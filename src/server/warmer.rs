//! Works out the figures of what was touched, beside the thread that follows the ledger: what is recorded shows at once,
//! and who asks for a figure seldom waits for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
};

use super::{app::App, background::step_back};

/// A thread that warms the view that is shown; it ends with this.
pub struct Warmer(Sender<()>);

impl Warmer {
    /// Starts the thread.
    pub fn start(app: Arc<App>) -> Self {
        let (send, moved) = channel();
        std::thread::spawn(move || {
            step_back();
            while moved.recv().is_ok() {
                // However often it moved on meanwhile, the last view has what the others have.
                moved.try_iter().for_each(drop);
                let Ok(current) = app.current() else { continue };
                if catch_unwind(AssertUnwindSafe(|| current.view.warm())).is_err() {
                    tracing::error!("a fault of this program in the figures of what was touched");
                    app.health.follows(false);
                }
            }
        });
        Self(send)
    }

    /// The view has moved on.
    pub fn moved(&self) {
        // Only a thread that could not be started takes nothing; figures are worked out when they are asked for.
        let _ = self.0.send(());
    }
}
