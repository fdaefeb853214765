//! Where columns read from.

use super::personal::Personal;
use crate::{
    analysis::View,
    domain::{Day, Event},
};

/// The features of one collection: those of the view, or a run of the ledger's events.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The atlas.
    pub view: &'a View,
    /// The day on which parcels are looked at: the view's, but where figures are asked for another.
    pub today: Day,
    /// By parcel index the unit in which it lies on that day.
    pub units: &'a [u16],
    /// Events, where the collection is the ledger.
    pub events: &'a [Event],
    /// In which units personal columns may be read.
    pub personal: &'a Personal,
}

impl<'a> Rows<'a> {
    /// Features of the view.
    pub fn of(view: &'a View) -> Self {
        Self { view, today: view.today, units: view.units_of(), events: &[], personal: &Personal::Nowhere }
    }
}
