//! What each feature of the layers says.

use std::sync::Arc;

use super::{grid::TileId, layer::Layer, mvt::Value, shape::Pen};
use crate::{
    analysis::{Front, View, front_id},
    atlas::{ProjectEntry, WorldPoint},
    domain::{Level, chainage_label},
};

/// Where the features of a layer go.
pub trait Features {
    /// Adds one: its values in the order of the attributes, none for one that it has not, and what `pen` drew.
    fn feature(&mut self, id: u64, values: &[Option<Value<'_>>], pen: &Pen);
}

/// Gives the features of a layer in `tile_id`; parcels have a way of their own.
pub fn fill(view: &View, layer: Layer, tile_id: TileId, features: &mut dyn Features) {
    match layer {
        Layer::Units => units(view, tile_id, features),
        Layer::Projects => projects(view, tile_id, features),
        Layer::ProjectPoints => project_points(view, tile_id, features),
        Layer::Alignments => alignments(view, tile_id, features),
        Layer::Fronts => fronts(view, tile_id, features),
        Layer::Chainage => chainage(view, tile_id, features),
        Layer::Parcels | Layer::Overview => {}
    }
}

fn units(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let (mut pen, projection) = (Pen::default(), tile_id.projection());
    for index in view.snapshot.units_in(tile_id.buffered()) {
        let entry = &view.snapshot.units()[index as usize];
        // Communes carry the picture; the levels above are their outlines.
        if !entry.unit.exists_on(view.today) || entry.unit.level != Level::Commune {
            continue;
        }
        if !pen.polygon(view.snapshot.unit_shape(index as usize), projection) {
            continue;
        }
        let progress = &view.unit(index as usize).progress;
        let share = if progress.measures.parcels.total == 0 { -1.0 } else { progress.share };
        let values = [
            Some(Value::Text(entry.unit.code.as_str())),
            told(&entry.unit.name),
            Some(Value::Text(entry.unit.level.code())),
            Some(Value::Double(share)),
        ];
        features.feature(u64::from(entry.id.0), &values, &pen);
    }
}

/// A text; one that is missing is an attribute that is missing.
fn told(text: &str) -> Option<Value<'_>> {
    (!text.is_empty()).then_some(Value::Text(text))
}

fn project_values(view: &View, index: usize) -> [Option<Value<'_>>; 16] {
    let entry = &view.snapshot.projects()[index];
    let (project, progress) = (&entry.project, &view.projects[index].progress);
    let measures = &progress.measures;
    [
        Some(Value::Text(project.code.as_str())),
        told(&project.name),
        Some(Value::Text(project.kind.code())),
        Some(Value::Bool(project.key)),
        told(project.investor.as_deref().unwrap_or_default()),
        told(project.body.as_deref().unwrap_or_default()),
        Some(Value::Double(progress.share)),
        Some(Value::Double(progress.planned_share.unwrap_or(-1.0))),
        Some(Value::Int(-i64::from(progress.days_ahead.unwrap_or(0)))),
        Some(Value::Bool(measures.parcels.total > 0 && measures.parcels.done == measures.parcels.total)),
        Some(Value::Bool(project.alignment.is_some())),
        Some(Value::Int(measures.parcels.total as i64)),
        Some(Value::Int(measures.parcels.done as i64)),
        Some(Value::Double(measures.area.total.get())),
        Some(Value::Double(measures.area.done.get())),
        project.required_day.map(|day| Value::Int(i64::from(day.number()))),
    ]
}

fn projects(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let (mut pen, projection) = (Pen::default(), tile_id.projection());
    for index in view.snapshot.projects_in(tile_id.buffered()) {
        if pen.polygon(view.snapshot.project_shape(index as usize), projection) {
            let id = u64::from(view.snapshot.projects()[index as usize].id.0);
            features.feature(id, &project_values(view, index as usize), &pen);
        }
    }
}

fn project_points(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let mut pen = Pen::default();
    for index in view.snapshot.projects_in(tile_id.buffered()) {
        let entry = &view.snapshot.projects()[index as usize];
        if entry.point.is_some_and(|point| pen.point(point, tile_id)) {
            features.feature(u64::from(entry.id.0), &project_values(view, index as usize), &pen);
        }
    }
}

fn linear(view: &View, tile_id: TileId) -> impl Iterator<Item = (&Arc<ProjectEntry>, &[Front])> {
    let near = view.snapshot.projects_in(tile_id.buffered());
    near.into_iter()
        .map(|index| (&view.snapshot.projects()[index as usize], &view.fronts[index as usize][..]))
        .filter(|(entry, _)| entry.alignment.len() > 1)
}

fn alignments(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let mut pen = Pen::default();
    for (entry, _) in linear(view, tile_id) {
        if !pen.line(&entry.alignment, tile_id) {
            continue;
        }
        let values = [
            Some(Value::Text(entry.project.code.as_str())),
            told(&entry.project.name),
            Some(Value::Text(entry.project.kind.code())),
            Some(Value::Bool(entry.project.key)),
            Some(Value::Double(entry.length_m.unwrap_or(0.0).round())),
        ];
        features.feature(u64::from(entry.id.0), &values, &pen);
    }
}

fn fronts(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let mut pen = Pen::default();
    for (entry, fronts) in linear(view, tile_id) {
        for (number, front) in (0..).zip(fronts) {
            if !pen.line(&entry.part(front.span.metres()), tile_id) {
                continue;
            }
            let [from, to] = front.span.metres();
            let label = format!("{}–{}", chainage_label(from), chainage_label(to));
            let values = [
                Some(Value::Text(entry.project.code.as_str())),
                Some(Value::Text(front.state.code())),
                Some(Value::Text(&label)),
                Some(Value::Double(from)),
                Some(Value::Double(to)),
                Some(Value::Double(f64::from(front.span.length()) / 10.0)),
                Some(Value::Int(front.parcels.len() as i64)),
                Some(Value::Double(f64::from(front.gain) / 10.0)),
                front.rank.map(|rank| Value::Int(rank as i64)),
            ];
            features.feature(u64::from(front_id(entry.id, number)), &values, &pen);
        }
    }
}

fn chainage(view: &View, tile_id: TileId, features: &mut dyn Features) {
    let mut pen = Pen::default();
    for (entry, _) in linear(view, tile_id) {
        for (mark, (metres, point)) in (1..).zip(marks(entry)) {
            if !pen.point(point, tile_id) {
                continue;
            }
            let label = chainage_label(metres as f64);
            let values = [
                Some(Value::Text(entry.project.code.as_str())),
                Some(Value::Text(&label)),
                Some(Value::Int(metres)),
                Some(Value::Bool(metres % 1000 == 0)),
            ];
            // The number of the project and the mark, so that no two are the same.
            features.feature(u64::from(entry.id.0) << 16 | mark, &values, &pen);
        }
    }
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
