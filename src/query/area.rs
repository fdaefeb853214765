//! The parcels whose inside point lies in a drawn area.

use geo::{BoundingRect, InteriorPoint, MultiPolygon};

use super::filter::{Edges, FilterError, MOST_LOOKS};
use crate::atlas::{Extent, Snapshot};

/// Of `parcels` (indexes rising) those whose inside point lies in `area`, WGS 84 degrees.
///
/// # Errors
/// An outline with so many edges in each other's way that it would take minutes.
pub fn inside(
    snapshot: &Snapshot,
    parcels: &[u32],
    area: &MultiPolygon<f64>,
) -> Result<Vec<u32>, FilterError> {
    let (Some(around), Some(edges)) = (area.bounding_rect(), Edges::of(&area.clone().into())) else {
        return Ok(Vec::new());
    };
    let extent = Extent::from_degrees([around.min().x, around.min().y, around.max().x, around.max().y]);
    let near = snapshot.parcels_in(extent);
    let mut found = Vec::new();
    for parcel in parcels.iter().filter(|parcel| near.binary_search(parcel).is_ok()) {
        let shape = snapshot.parcels().arena().shape(*parcel as usize).to_geo();
        if shape.interior_point().is_some_and(|point| edges.hold(point.0)) {
            found.push(*parcel);
        }
        if edges.looks() > MOST_LOOKS {
            let why = format!(
                "the outline has too many edges in each other's way for {} parcels; draw it with fewer than its {} corners",
                near.len(),
                edges.count()
            );
            return Err(FilterError(why));
        }
    }
    Ok(found)
}
