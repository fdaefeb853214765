//! Cutting lines where they cross, so that they meet at their ends only.

use gdal::vector::ToGdal;
use geo::{LineString, MultiLineString};

use crate::ingest::source::messages;
use crate::ingest::source::shape;

/// The same lines, cut at every crossing, each piece once. Points repeated in
/// a row are dropped, and lines without length with them.
///
/// # Errors
/// The text of GEOS when it can't node the lines.
pub fn noded(lines: Vec<LineString<f64>>) -> Result<Vec<LineString<f64>>, String> {
    let lines: Vec<LineString<f64>> =
        lines.into_iter().map(without_repeats).filter(|l| l.0.len() > 1).collect();
    if lines.is_empty() {
        return Ok(lines);
    }
    let all = MultiLineString::new(lines).to_gdal().map_err(|e| e.to_string())?;
    messages::take();
    // The union of lines with themselves is what GEOS calls noding.
    let cut = all.union(&all).ok_or_else(|| {
        messages::take_last().unwrap_or_else(|| "the lines can't be cut at their crossings".into())
    })?;
    let (shape, _) = shape::read(&cut).map_err(|problem| format!("{problem:?}"))?;
    Ok(shape.lines.into_iter().map(without_repeats).filter(|l| l.0.len() > 1).collect())
}

fn without_repeats(mut line: LineString<f64>) -> LineString<f64> {
    line.0.dedup();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_lines_are_cut_and_repeated_ones_kept_once() {
        let line = |points: &[(f64, f64)]| points.iter().copied().collect::<LineString<f64>>();
        let cross = [line(&[(0., 0.), (2., 2.)]), line(&[(0., 2.), (2., 0.)]), line(&[(2., 2.), (0., 0.)])];
        let cut = noded(cross.to_vec()).unwrap();
        assert_eq!(cut.len(), 4);
        assert!(noded(vec![line(&[(1., 1.), (1., 1.)])]).unwrap().is_empty());
    }
}
