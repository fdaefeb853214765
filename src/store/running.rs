//! A parcel's record event by event, as a change writes them and a check repeats them.

use crate::domain::{Day, Event, EventKind, Record};

/// A parcel's record as it stands after its events so far.
pub(super) struct Running {
    /// The record.
    pub record: Record,
    /// Day of its last event: what comes on an earlier one falls between others.
    last: Day,
}

impl Running {
    /// After these events, in order, of a parcel that was listed on this day.
    pub fn of(listed: Option<Day>, events: &[Event]) -> Self {
        let last = events.iter().map(|event| event.body.day).chain(listed).max().unwrap_or(Day::FIRST);
        Self { record: Record::replay(listed, events), last }
    }

    /// Takes one more event if it comes after all others by day and corrects none; whether it did.
    #[must_use]
    pub fn follow(&mut self, event: &Event) -> bool {
        let falls_last =
            event.body.day >= self.last && !matches!(event.body.kind, EventKind::Correction { .. });
        if falls_last {
            self.record.follow(event);
            self.last = event.body.day;
        }
        falls_last
    }

    /// Takes an event that falls between others, with the record that all of them make.
    pub fn replayed(&mut self, record: Record, event: &Event) {
        self.record = record;
        // What a correction says falls on its own day.
        self.last = self.last.max(event.body.day);
    }
}
