//! What is to be exported, and how rows get from the atlas and the ledger to a writer.

use super::{
    crs::{Crs, Reprojector},
    error::ExportError,
    format::Options,
    row::{Row, RowWriter},
};

use crate::{
    analysis::View,
    domain::{Event, LedgerPosition},
    query::{BoundFilter, Collection, Column, Filter, Outline, Personal, Rows},
};

/// Events of the ledger after a position, in order; none after the last.
pub type Ledger<'a> = &'a mut dyn FnMut(LedgerPosition) -> Result<Vec<Event>, ExportError>;

/// Which rows.
pub enum Picked<'a> {
    /// Features of the view, in the order of the list.
    Indexes(&'a [u32]),
    /// Events after a position for which a filter holds, up to a number.
    Events {
        /// Where events come from.
        ledger: Ledger<'a>,
        /// Those after it.
        after: LedgerPosition,
        /// Which.
        filter: &'a Filter,
        /// At most.
        most: usize,
    },
}

/// An export.
pub struct Job<'a> {
    /// The atlas on a day.
    pub view: &'a View,
    /// Collection.
    pub collection: Collection,
    /// Columns, in their order.
    pub columns: Vec<&'static Column>,
    /// CRS of the shapes.
    pub crs: Crs,
    /// Whether personal columns may be read.
    pub personal: &'a Personal,
    /// What is particular to formats.
    pub options: Options,
}

impl Job<'_> {
    /// Hands all rows to `writer`; gives their number.
    ///
    /// # Errors
    /// The error of `writer`; what was written until then stays.
    pub fn rows(&self, picked: Picked<'_>, writer: &mut dyn RowWriter) -> Result<usize, ExportError> {
        let mut mover = Reprojector::new(self.crs)?;
        let mut outline = Outline::default();
        let mut give = |rows: &Rows<'_>, index: u32, writer: &mut dyn RowWriter| {
            let shaped = self.collection.outline(rows, index, &mut outline);
            if shaped {
                mover.apply(&mut outline)?;
            }
            let id = self.collection.id(rows, index);
            let outline = shaped.then_some(&outline);
            writer.row(&Row { id, columns: &self.columns, outline, rows, index })
        };
        match picked {
            Picked::Indexes(indexes) => {
                let rows = self.of(&[]);
                indexes.iter().try_for_each(|index| give(&rows, *index, writer))?;
                Ok(indexes.len())
            }
            Picked::Events { ledger, after, filter, most } => {
                let bound = filter.bind(self.collection, self.view, self.view.today);
                self.events(ledger, after, &bound, most, &mut |rows, index| give(rows, index, writer))
            }
        }
    }

    /// Where columns read from.
    pub(super) fn of<'a>(&'a self, events: &'a [Event]) -> Rows<'a> {
        Rows {
            view: self.view,
            today: self.view.today,
            units: self.view.units_of(),
            events,
            personal: self.personal,
        }
    }

    fn events(
        &self,
        ledger: Ledger<'_>,
        mut after: LedgerPosition,
        filter: &BoundFilter,
        most: usize,
        give: &mut dyn FnMut(&Rows<'_>, u32) -> Result<(), ExportError>,
    ) -> Result<usize, ExportError> {
        let (mut count, scratch) = (0, BoundFilter::scratch());
        loop {
            let events = ledger(after)?;
            let Some(last) = events.last() else { return Ok(count) };
            after = last.position;
            let rows = self.of(&events);
            for index in 0..events.len() as u32 {
                // A view of the past knows nothing of what was written later.
                if events[index as usize].position > self.view.snapshot.position() || count == most {
                    return Ok(count);
                }
                if filter.holds(&rows, index, &scratch) {
                    give(&rows, index)?;
                    count += 1;
                }
            }
        }
    }
}
