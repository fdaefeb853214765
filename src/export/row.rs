//! One feature on its way to a writer.

use super::error::ExportError;
use crate::query::{Column, Outline, Rows, Value};

/// A feature.
pub struct Row<'r, 'a> {
    /// Its id.
    pub id: u64,
    /// The columns that are written.
    pub columns: &'r [&'static Column],
    /// Its shape in the CRS that is written; none when it has none.
    pub outline: Option<&'r Outline>,
    pub(super) rows: &'r Rows<'a>,
    pub(super) index: u32,
}

impl<'a> Row<'_, 'a> {
    /// The values of the columns, in their order.
    pub fn values(&self) -> impl Iterator<Item = Value<'a>> {
        self.columns.iter().map(|column| (column.read)(self.rows, self.index))
    }
}

/// A format being written.
pub trait RowWriter {
    /// Writes a feature.
    ///
    /// # Errors
    /// [`ExportError::Io`] where the disk is full or who reads has gone, [`ExportError::Format`] for more than the format
    /// holds.
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError>;

    /// Writes what comes after the last feature.
    ///
    /// # Errors
    /// [`ExportError::Io`] where the disk is full or who reads has gone.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}
