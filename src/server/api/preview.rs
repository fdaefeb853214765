//! The shapes of an import for the map, before anything is stored.

use geo::{BoundingRect, MultiPolygon, Rect};
use geojson::GeometryValue;
use serde_json::{Value, json};

use crate::import::Records;

/// Shapes that are shown; the first ones of a large file are enough to see where it lies.
const MOST_SHAPES: usize = 5000;

/// The first shapes as GeoJSON, the box around all of them, and how many there are.
/// No value of a personal field is among them.
pub fn preview_features(records: &Records) -> Value {
    match records {
        Records::Parcels(batch, _) => {
            collection(batch.records.iter().zip(&batch.features).map(|(parcel, feature)| {
                let key = &parcel.key;
                let label = format!("{}/{}", key.sheet, key.number);
                (feature.as_str(), label, Some(&parcel.geometry))
            }))
        }
        Records::Projects(batch) => {
            collection(batch.records.iter().zip(&batch.features).map(|(project, feature)| {
                (feature.as_str(), project.code.to_string(), project.boundary.as_ref())
            }))
        }
        Records::Units(batch) => collection(
            batch
                .records
                .iter()
                .zip(&batch.features)
                .map(|(unit, feature)| (feature.as_str(), unit.name.clone(), unit.boundary.as_ref())),
        ),
    }
}

fn collection<'a>(shapes: impl Iterator<Item = (&'a str, String, Option<&'a MultiPolygon<f64>>)>) -> Value {
    let (mut features, mut total, mut bounds) = (Vec::new(), 0usize, None::<Rect<f64>>);
    for (feature, label, shape) in shapes {
        let Some(shape) = shape else { continue };
        let Some(rect) = shape.bounding_rect() else { continue };
        total += 1;
        bounds = Some(bounds.map_or(rect, |sum| joined(sum, rect)));
        if features.len() < MOST_SHAPES {
            features.push(json!({
                "type": "Feature",
                "properties": { "feature": feature, "label": label },
                "geometry": geojson::Geometry::new(GeometryValue::from(shape)),
            }));
        }
    }
    let bbox = bounds.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]);
    json!({ "type": "FeatureCollection", "features": features, "total": total, "bbox": bbox })
}

fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let min = geo::coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
    let max = geo::coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
    Rect::new(min, max)
}
