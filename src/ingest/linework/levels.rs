//! The levels of a DGN and the layers of a DXF: which lines bound parcels.
//!
//! A cadastral drawing keeps parcel boundaries, houses, ditches and frames on
//! levels of their own. A line of a house would cut a parcel in two, so the
//! operator may name the levels that count; texts count on every level.

use std::collections::BTreeMap;

use crate::ingest::error::IngestError;
use crate::ingest::report::LevelReport;
use crate::ingest::source::SourceRow;

/// Counts the levels in `cell` and drops the lines of all but the `wanted`
/// ones, if any are named.
///
/// # Errors
/// [`IngestError`] when the drawing has no level of a given name.
pub fn choose(
    rows: &mut [SourceRow],
    cell: usize,
    wanted: &[String],
    file: &str,
) -> Result<Vec<LevelReport>, IngestError> {
    let is_wanted =
        |level: &str| wanted.is_empty() || wanted.iter().any(|name| name.eq_ignore_ascii_case(level));
    let mut found: BTreeMap<String, LevelReport> = BTreeMap::new();
    for row in rows.iter_mut() {
        let name = row.cells[cell].clone().unwrap_or_default();
        let used = is_wanted(&name);
        let level = found.entry(name.clone()).or_insert(LevelReport { name, lines: 0, texts: 0, used });
        level.lines += usize::from(!row.shape.lines.is_empty() || !row.shape.polygons.is_empty());
        level.texts += usize::from(!row.shape.points.is_empty());
        if !used {
            row.shape.lines.clear();
            row.shape.polygons.clear();
        }
    }
    let mut levels: Vec<LevelReport> = found.into_values().collect();
    levels.sort_by_key(|level| level.name.parse::<u32>().unwrap_or(u32::MAX));
    let is_there = |name: &str| levels.iter().any(|level| level.name.eq_ignore_ascii_case(name));
    match wanted.iter().find(|name| !is_there(name)) {
        None => Ok(levels),
        Some(name) => Err(IngestError::NoLevel {
            file: file.to_owned(),
            level: name.clone(),
            levels: describe(&levels),
        }),
    }
}

/// All levels with their counts, for messages.
pub fn describe(levels: &[LevelReport]) -> String {
    let entry = |l: &LevelReport| format!("{} ({} lines, {} texts)", l.name, l.lines, l.texts);
    levels.iter().map(entry).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::source::shape::Shape;

    fn row(level: &str, line: bool) -> SourceRow {
        let lines = vec![geo::LineString::from(vec![(0.0, 0.0), (1.0, 1.0)]); usize::from(line)];
        let points = vec![geo::Point::new(0.0, 0.0); usize::from(!line)];
        let shape = Shape { polygons: vec![], lines, points };
        let cells = vec![Some(level.to_owned())];
        SourceRow { feature: "1".into(), fid: 1, cells, shape, repaired: None, refused: None }
    }

    #[test]
    fn only_lines_of_the_levels_named_are_kept() {
        let mut rows = [row("10", true), row("9", true), row("9", false)];
        let levels = choose(&mut rows, 0, &["10".into()], "a.dgn").unwrap();
        assert_eq!(describe(&levels), "9 (1 lines, 1 texts), 10 (1 lines, 0 texts)");
        assert_eq!(levels.iter().map(|level| level.used).collect::<Vec<_>>(), [false, true]);
        assert_eq!(rows.each_ref().map(|row| row.shape.lines.len()), [1, 0, 0]);
        assert_eq!(rows[2].shape.points.len(), 1);
        let error = choose(&mut rows, 0, &["11".into()], "a.dgn").unwrap_err().to_string();
        assert!(error.contains("no level \"11\"") && error.contains("10 ("), "{error}");
    }
}
