//! What each feature of the layers says.

use std::sync::Arc;

use super::{
    grid::TileId,
    layer::Layer,
    mvt::{GeometryKind, LayerWriter, Value},
    parcels,
    shape::GeometryEncoder,
};
use crate::{
    analysis::{Front, View, front_id},
    atlas::{ProjectEntry, WorldPoint},
    domain::{Level, chainage_label},
};

/// Appends the MVT tile of `layers` in `tile_id` to `tile`; nothing when nothing lies there.
pub fn render(view: &View, layers: &[Layer], tile_id: TileId, tile: &mut Vec<u8>) {
    for layer in layers {
        let (first, last) = layer.zooms();
        if !(first..=last).contains(&tile_id.z()) {
            continue;
        }
        match layer {
            Layer::Units => units(view, tile_id, tile),
            Layer::Projects => projects(view, tile_id, tile),
            Layer::ProjectPoints => project_points(view, tile_id, tile),
            Layer::Alignments => alignments(view, tile_id, tile),
            Layer::Fronts => fronts(view, tile_id, tile),
            Layer::Chainage => chainage(view, tile_id, tile),
            Layer::Parcels => parcels::write(view, tile_id, tile),
        }
    }
}

fn units(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::Units.writer();
    let mut encoder = GeometryEncoder::default();
    for index in view.snapshot.units_in(tile_id.buffered()) {
        let entry = &view.snapshot.units()[index as usize];
        // Communes carry the picture; the levels above are their outlines.
        if !entry.unit.exists_on(view.today) || entry.unit.level != Level::Commune {
            continue;
        }
        let geometry = encoder.polygon(view.snapshot.unit_shape(index as usize), tile_id);
        if geometry.is_empty() {
            continue;
        }
        let progress = &view.unit(index as usize).progress;
        let share = if progress.measures.parcels.total == 0 { -1.0 } else { progress.share };
        let values = [
            Value::Text(entry.unit.code.as_str()),
            Value::Text(&entry.unit.name),
            Value::Text(entry.unit.level.code()),
            Value::Double(share),
        ];
        write(&mut layer, u64::from(entry.id.0), GeometryKind::Polygon, &values, geometry);
    }
    layer.finish(tile);
}

fn write(layer: &mut LayerWriter, id: u64, kind: GeometryKind, values: &[Value<'_>], geometry: &[u32]) {
    let mut tags = Vec::with_capacity(values.len() * 2);
    for (key, value) in (0..).zip(values) {
        // A text that is missing is an attribute that is missing.
        if *value != Value::Text("") {
            tags.extend([key, layer.value(*value)]);
        }
    }
    layer.feature(id, kind, &tags, geometry);
}

fn project_values(view: &View, index: usize) -> [Value<'_>; 16] {
    let entry = &view.snapshot.projects()[index];
    let (project, progress) = (&entry.project, &view.projects[index].progress);
    let measures = &progress.measures;
    [
        Value::Text(project.code.as_str()),
        Value::Text(&project.name),
        Value::Text(project.kind.code()),
        Value::Bool(project.key),
        Value::Text(project.investor.as_deref().unwrap_or_default()),
        Value::Text(project.body.as_deref().unwrap_or_default()),
        Value::Double(progress.share),
        Value::Double(progress.planned_share.unwrap_or(-1.0)),
        Value::Int(-i64::from(progress.days_ahead.unwrap_or(0))),
        Value::Bool(measures.parcels.total > 0 && measures.parcels.done == measures.parcels.total),
        Value::Bool(project.alignment.is_some()),
        Value::Int(measures.parcels.total as i64),
        Value::Int(measures.parcels.done as i64),
        Value::Double(measures.area.total.get()),
        Value::Double(measures.area.done.get()),
        project.required_day.map_or(Value::Text(""), |day| Value::Int(i64::from(day.number()))),
    ]
}

fn projects(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::Projects.writer();
    let mut encoder = GeometryEncoder::default();
    for index in view.snapshot.projects_in(tile_id.buffered()) {
        let geometry = encoder.polygon(view.snapshot.project_shape(index as usize), tile_id);
        if !geometry.is_empty() {
            let id = u64::from(view.snapshot.projects()[index as usize].id.0);
            write(&mut layer, id, GeometryKind::Polygon, &project_values(view, index as usize), geometry);
        }
    }
    layer.finish(tile);
}

fn project_points(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::ProjectPoints.writer();
    let mut encoder = GeometryEncoder::default();
    for index in view.snapshot.projects_in(tile_id.buffered()) {
        let entry = &view.snapshot.projects()[index as usize];
        let Some(point) = entry.point else { continue };
        let geometry = encoder.point(point, tile_id);
        if !geometry.is_empty() {
            let values = project_values(view, index as usize);
            write(&mut layer, u64::from(entry.id.0), GeometryKind::Point, &values, geometry);
        }
    }
    layer.finish(tile);
}

fn linear(view: &View, tile_id: TileId) -> impl Iterator<Item = (&Arc<ProjectEntry>, &[Front])> {
    let near = view.snapshot.projects_in(tile_id.buffered());
    near.into_iter()
        .map(|index| (&view.snapshot.projects()[index as usize], &view.fronts[index as usize][..]))
        .filter(|(entry, _)| entry.alignment.len() > 1)
}

fn alignments(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::Alignments.writer();
    let mut encoder = GeometryEncoder::default();
    for (entry, _) in linear(view, tile_id) {
        let geometry = encoder.line(&entry.alignment, tile_id);
        if geometry.is_empty() {
            continue;
        }
        let values = [
            Value::Text(entry.project.code.as_str()),
            Value::Text(&entry.project.name),
            Value::Text(entry.project.kind.code()),
            Value::Bool(entry.project.key),
            Value::Double(entry.length_m.unwrap_or(0.0).round()),
        ];
        write(&mut layer, u64::from(entry.id.0), GeometryKind::Line, &values, geometry);
    }
    layer.finish(tile);
}

fn fronts(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::Fronts.writer();
    let mut encoder = GeometryEncoder::default();
    for (entry, fronts) in linear(view, tile_id) {
        for (number, front) in (0..).zip(fronts) {
            let geometry = encoder.line(&entry.part(front.span.metres()), tile_id);
            if geometry.is_empty() {
                continue;
            }
            let [from, to] = front.span.metres();
            let label = format!("{}–{}", chainage_label(from), chainage_label(to));
            let values = [
                Value::Text(entry.project.code.as_str()),
                Value::Text(front.state.code()),
                Value::Text(&label),
                Value::Double(from),
                Value::Double(to),
                Value::Double(f64::from(front.span.length()) / 10.0),
                Value::Int(front.parcels.len() as i64),
                Value::Double(f64::from(front.gain) / 10.0),
                front.rank.map_or(Value::Text(""), |rank| Value::Int(rank as i64)),
            ];
            let id = u64::from(front_id(entry.id, number));
            write(&mut layer, id, GeometryKind::Line, &values, geometry);
        }
    }
    layer.finish(tile);
}

fn chainage(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    let mut layer = Layer::Chainage.writer();
    let mut encoder = GeometryEncoder::default();
    for (entry, _) in linear(view, tile_id) {
        for (mark, (metres, point)) in (1..).zip(marks(entry)) {
            let geometry = encoder.point(point, tile_id);
            if geometry.is_empty() {
                continue;
            }
            let label = chainage_label(metres as f64);
            let values = [
                Value::Text(entry.project.code.as_str()),
                Value::Text(&label),
                Value::Int(metres),
                Value::Bool(metres % 1000 == 0),
            ];
            // The number of the project and the mark, so that no two are the same.
            write(&mut layer, u64::from(entry.id.0) << 16 | mark, GeometryKind::Point, &values, geometry);
        }
    }
    layer.finish(tile);
}

/// A mark every 100 m from the start of the alignment.
fn marks(entry: &ProjectEntry) -> Vec<(i64, WorldPoint)> {
    let lengths = entry.alignment.windows(2).map(|side| {
        let along = |v: fn(WorldPoint) -> u32| f64::from(v(side[1])) - f64::from(v(side[0]));
        along(|point| point.x).hypot(along(|point| point.y))
    });
    let lengths: Vec<f64> = lengths.collect();
    let scale = entry.length_m.unwrap_or(0.0) / lengths.iter().sum::<f64>().max(1.0);
    let (mut marks, mut before, mut metres) = (Vec::new(), 0.0, 0i64);
    for (side, length) in entry.alignment.windows(2).zip(lengths) {
        let after = before + length * scale;
        while metres as f64 <= after {
            let part = ((metres as f64 - before) / (after - before).max(1e-9)).clamp(0.0, 1.0);
            let at = |a: u32, b: u32| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u32;
            marks.push((metres, WorldPoint { x: at(side[0].x, side[1].x), y: at(side[0].y, side[1].y) }));
            metres += 100;
        }
        before = after;
    }
    marks
}
