//! What stretches of alignments say.

use super::{
    column::{Column, Kind},
    projects::count,
    rows::Rows,
    value::Value,
};
use crate::{
    analysis::{Front, FrontState, View, front_id},
    atlas::{Extent, ProjectEntry, WorldPoint},
    domain::chainage_label,
};

/// The stretch at `index`, counted over all projects, with its place in its project.
fn find(view: &View, index: u32) -> Option<(&ProjectEntry, u32, &Front)> {
    let mut left = index as usize;
    for (entry, fronts) in view.snapshot.projects().iter().zip(view.fronts.iter()) {
        if let Some(front) = fronts.get(left) {
            return Some((entry, left as u32, front));
        }
        left -= fronts.len();
    }
    None
}

/// Indexes of the stretches that touch `extent`, rising.
pub fn within(view: &View, extent: Extent) -> Vec<u32> {
    let all = view.snapshot.projects().iter().zip(view.fronts.iter());
    let extents = all.flat_map(|(entry, fronts)| {
        fronts.iter().map(|front| Extent::around(&entry.part(front.span.metres())))
    });
    (0..).zip(extents).filter(|(_, own)| own.touches(extent)).map(|(index, _)| index).collect()
}

/// The number of the stretch at `index`.
pub fn id(view: &View, index: u32) -> u32 {
    find(view, index).map_or(u32::MAX, |(entry, index, _)| front_id(entry.id, index))
}

/// The line of the stretch at `index`.
pub fn line(view: &View, index: u32) -> Vec<WorldPoint> {
    find(view, index).map(|(entry, _, front)| entry.part(front.span.metres())).unwrap_or_default()
}

fn of<'a>(
    rows: &Rows<'a>,
    index: u32,
    read: impl FnOnce(&'a ProjectEntry, &'a Front) -> Value<'a>,
) -> Value<'a> {
    find(rows.view, index).map_or(Value::Null, |(entry, _, front)| read(entry, front))
}

fn states() -> Vec<&'static str> {
    [FrontState::Workable, FrontState::Short, FrontState::Blocked].map(FrontState::code).to_vec()
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column::new("project", Kind::Text, |rows, index| {
        of(rows, index, |entry, _| Value::text(entry.project.code.as_str()))
    }),
    Column::new("state", Kind::Text, |rows, index| {
        of(rows, index, |_, front| Value::text(front.state.code()))
    })
    .coded(states),
    Column::new("from", Kind::Text, |rows, index| {
        of(rows, index, |_, front| Value::Text(chainage_label(front.span.metres()[0]).into()))
    }),
    Column::new("to", Kind::Text, |rows, index| {
        of(rows, index, |_, front| Value::Text(chainage_label(front.span.metres()[1]).into()))
    }),
    Column::new("from_m", Kind::Number, |rows, index| {
        of(rows, index, |_, front| Value::Number(front.span.metres()[0]))
    })
    .unit("m"),
    Column::new("to_m", Kind::Number, |rows, index| {
        of(rows, index, |_, front| Value::Number(front.span.metres()[1]))
    })
    .unit("m"),
    Column::new("length_m", Kind::Number, |rows, index| {
        of(rows, index, |_, front| Value::Number(f64::from(front.span.length()) / 10.0))
    })
    .unit("m"),
    Column::new("pending_parcels", Kind::Integer, |rows, index| {
        of(rows, index, |_, front| count(front.parcels.len() as u64))
    }),
    Column::new("gain_m", Kind::Number, |rows, index| {
        of(rows, index, |_, front| Value::Number(f64::from(front.gain) / 10.0))
    })
    .unit("m"),
    Column::new("rank", Kind::Integer, |rows, index| {
        of(rows, index, |_, front| front.rank.map_or(Value::Null, |rank| count(rank as u64)))
    }),
    Column::new("parcels", Kind::Text, |rows, index| {
        let ids = rows.view.snapshot.parcels();
        of(rows, index, |_, front| {
            let all: Vec<_> = front.parcels.iter().map(|parcel| ids.id(*parcel).0.to_string()).collect();
            Value::Text(all.join(",").into())
        })
    }),
];
