//! The bytes behind text that is not UTF-8.
//!
//! Some drivers (CSV, DGN, `MapInfo` with a neutral character set) pass the
//! file's bytes on untouched, and the binding replaces what is not UTF-8. Where
//! that happened, the column is asked for again in hexadecimal through GDAL's
//! `SQLite` dialect, where bytes survive.

use std::collections::HashMap;

use gdal::Dataset;
use gdal::vector::LayerAccess;
use gdal::vector::sql::Dialect;

use super::{SourceColumn, SourceRow, messages};

/// Replaces cells that lost bytes by their Latin-1 reading.
pub fn restore_bytes(
    dataset: &Dataset,
    layer: &str,
    columns: &[SourceColumn],
    read: &[usize],
    rows: &mut [SourceRow],
) {
    for (cell, &column) in read.iter().enumerate() {
        let lost = |row: &SourceRow| row.cells[cell].as_ref().is_some_and(|text| text.contains('\u{FFFD}'));
        if !rows.iter().any(lost) {
            continue;
        }
        let bytes = column_bytes(dataset, layer, &columns[column].name);
        for row in rows.iter_mut().filter(|row| lost(row)) {
            if let Some(text) = bytes.get(&row.fid) {
                row.cells[cell] = Some(text.trim().to_owned());
            }
        }
    }
    messages::take();
}

/// Texts of a column read as Latin-1, by feature number; empty if GDAL's SQL
/// can't give them.
fn column_bytes(dataset: &Dataset, layer: &str, column: &str) -> HashMap<u64, String> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let query = format!("SELECT rowid AS n, hex({}) AS h FROM {}", quoted(column), quoted(layer));
    let Ok(Some(mut result)) = dataset.execute_sql(query, None, Dialect::SQLITE) else {
        return HashMap::new();
    };
    let row = |feature: gdal::vector::Feature<'_>| {
        let number = feature.field_as_integer64(0).ok().flatten()?;
        let hex = feature.field_as_string(1).ok().flatten()?;
        Some((u64::try_from(number).ok()?, latin1_of_hex(&hex)))
    };
    result.features().filter_map(row).collect()
}

fn latin1_of_hex(hex: &str) -> String {
    let digit = |c: &u8| char::from(*c).to_digit(16).unwrap_or(0) as u8;
    let (pairs, _) = hex.as_bytes().as_chunks::<2>();
    pairs.iter().map(|[high, low]| char::from(digit(high) << 4 | digit(low))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_gives_latin_1() {
        assert_eq!(latin1_of_hex("48B5204E616D"), "Hµ Nam");
    }
}
