//! Stretches of alignments as features.

use geojson::GeometryValue;
use serde_json::{Value, json};

use crate::{
    analysis::{Front, View, front_id},
    atlas::{Extent, ProjectEntry},
    domain::chainage_label,
};

/// The stretch at `index`, counted over all projects, with its place in its project.
fn find(view: &View, index: u32) -> Option<(&ProjectEntry, u32, &Front)> {
    let mut left = index as usize;
    for (entry, fronts) in view.snapshot.projects().iter().zip(&view.fronts) {
        if let Some(front) = fronts.get(left) {
            return Some((entry, left as u32, front));
        }
        left -= fronts.len();
    }
    None
}

/// Indexes of the stretches that touch `extent`, rising.
pub fn within(view: &View, extent: Extent) -> Vec<u32> {
    let all = view.snapshot.projects().iter().zip(&view.fronts);
    let extents = all.flat_map(|(entry, fronts)| {
        fronts.iter().map(|front| Extent::around(&entry.part(front.span.metres())))
    });
    (0..).zip(extents).filter(|(_, own)| own.touches(extent)).map(|(index, _)| index).collect()
}

/// The number of the stretch at `index`.
pub fn id(view: &View, index: u32) -> u32 {
    find(view, index).map_or(u32::MAX, |(entry, place, _)| front_id(entry.id, place))
}

/// Properties and line of the stretch at `index`.
pub fn feature(view: &View, index: u32) -> (Value, Option<GeometryValue>) {
    let Some((entry, _, front)) = find(view, index) else { return (Value::Null, None) };
    let [from, to] = front.span.metres();
    let ids: Vec<_> =
        front.parcels.iter().map(|parcel| view.snapshot.parcels().id(*parcel).0.to_string()).collect();
    let properties = json!({
        "project": entry.project.code.as_str(),
        "state": front.state,
        "from": chainage_label(from),
        "to": chainage_label(to),
        "from_m": from,
        "to_m": to,
        "length_m": f64::from(front.span.length()) / 10.0,
        "pending_parcels": front.parcels.len(),
        "gain_m": f64::from(front.gain) / 10.0,
        "rank": front.rank,
        "parcels": ids.join(","),
    });
    let line: Vec<_> =
        entry.part(front.span.metres()).into_iter().map(crate::atlas::World::to_degrees).collect();
    let line: geo::LineString<f64> = line.into();
    (properties, (line.0.len() > 1).then(|| GeometryValue::from(&line)))
}
