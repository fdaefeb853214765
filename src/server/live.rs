//! Frames of what happens, as it happens (server-sent events): each is made once, whoever listens.

use std::sync::{Arc, Mutex, PoisonError};

use axum::response::sse;
use tokio::sync::broadcast;

use crate::{
    analysis::View,
    api::{LiveEvent, LivePosition},
    domain::{Event, LedgerPosition},
};

/// Frames that a slow listener may be behind.
const BEHIND: usize = 8192;

/// A message to all listeners.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Position of its event.
    pub position: u64,
    /// Everything is to be loaded anew, also where the ledger is no longer: a new day begins.
    pub reloads: bool,
    /// As it is sent.
    pub event: sse::Event,
}

/// The listeners.
pub struct Live {
    sender: Mutex<Option<broadcast::Sender<Arc<Frame>>>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: Mutex::new(Some(broadcast::channel(BEHIND).0)) }
    }
}

impl Live {
    /// Tells what `events` changed; `view` knows them already.
    pub fn announce(&self, view: &View, events: &[Event]) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref().filter(|sender| sender.receiver_count() > 0) else { return };
        events
            .iter()
            .filter_map(|event| frame(view, event))
            .for_each(|frame| drop(sender.send(Arc::new(frame))));
    }

    /// Tells that everything may be another.
    pub fn reload(&self, position: LedgerPosition) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = sender.as_ref() {
            drop(sender.send(Arc::new(reload(position.0))));
        }
    }

    /// Ends all streams, so that the server can stop.
    pub fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Begins to listen; none once the server stops.
    pub fn listen(&self) -> Option<broadcast::Receiver<Arc<Frame>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(broadcast::Sender::subscribe)
    }
}

/// Everything may be another.
pub fn reload(position: u64) -> Frame {
    let text = at(position);
    let event = sse::Event::default().id(position.to_string()).event("reload").data(text);
    Frame { position, reloads: true, event }
}

/// A position as frames tell it.
pub fn at(position: u64) -> String {
    written(&LivePosition { at: LedgerPosition(position) })
}

/// Numbers and codes: nothing of it can fail to be written.
fn written(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// What an event changed; none where nobody is told.
pub fn frame(view: &View, event: &Event) -> Option<Frame> {
    let text = written(&LiveEvent::of(view, event)?);
    let event_id = event.position.0.to_string();
    Some(Frame {
        position: event.position.0,
        reloads: false,
        event: sse::Event::default().id(event_id).data(text),
    })
}
