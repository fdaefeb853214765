//! The columns of a file that are areas.

use super::{DECLARED_AREA, RECOVERED_AREA, TOTAL_AREA};
use crate::{
    domain::SquareMetres,
    ingest::{
        columns::Binding,
        load::{CellFault, Fields},
        source::SourceRow,
        values::AreaColumn,
    },
};

/// How each field that is an area is to be read.
#[derive(Debug, Clone)]
pub struct AreaColumns([(usize, AreaColumn); 3]);

impl AreaColumns {
    /// Columns of which nothing was seen yet.
    pub fn new(binding: &Binding) -> Self {
        let column = |position| (position, AreaColumn::new(binding.is_number(position)));
        Self([DECLARED_AREA, TOTAL_AREA, RECOVERED_AREA].map(column))
    }

    /// Takes note of rows and of what is drawn there.
    pub fn see(&mut self, binding: &Binding, rows: &[SourceRow], drawn: &[SquareMetres]) {
        for (position, column) in &mut self.0 {
            for (row, drawn) in rows.iter().zip(drawn) {
                if let Some(text) = Fields::new(binding, row).text(*position) {
                    column.see(&row.feature, text, *drawn);
                }
            }
        }
    }

    /// Whether all cells that these columns have seen read the same by columns that have seen fewer.
    pub fn agree_with(&self, earlier: &Self) -> bool {
        self.0.iter().zip(&earlier.0).all(|((_, all), (_, some))| all.agrees_with(some))
    }

    /// The area in a field.
    ///
    /// # Errors
    /// [`CellFault`] when it is none.
    pub fn area(
        &self,
        fields: Fields<'_>,
        position: usize,
        drawn: SquareMetres,
    ) -> Result<Option<SquareMetres>, CellFault> {
        let Some((_, column)) = self.0.iter().find(|(known, _)| *known == position) else { return Ok(None) };
        fields.parsed(position, |text| column.area(text, drawn))
    }
}
