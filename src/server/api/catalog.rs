//! `/api/v1/catalog`: names, codes and extents; what a screen needs before it draws.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{bbox, province_bbox, time_span};
use crate::{
    analysis::View,
    domain::{BlockerKind, ProjectKind, Stage, Standing, law::Act},
    server::{app::App, params::Query, problem::Problem},
};

/// The catalogue.
pub async fn catalog(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let parsed = Query::parse(query.as_deref(), &["at", "as_of"])?;
    let key = format!("/api/v1/catalog {}", query.unwrap_or_default());
    Ok(app.json(&headers, key, parsed.when()?, |app, view| Ok(make(app, view))).await?.respond(&headers))
}

fn make(app: &App, view: &View) -> Value {
    let snapshot = &view.snapshot;
    let (first, last) = time_span(view);
    let mut bodies: Vec<_> =
        snapshot.projects().iter().filter_map(|entry| entry.project.body.as_deref()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    let named = |code: &str, name: Option<&crate::domain::Label>| json!({ "code": code, "name": name });
    let kinds = ProjectKind::ALL.map(|kind| named(kind.code(), app.words.codes.kinds.get(kind.code())));
    let blockers = BlockerKind::ALL.map(|kind| named(kind.code(), app.words.codes.blockers.get(kind.code())));
    let uses =
        (0..snapshot.parcels().land_uses().len() as u32).map(|n| snapshot.parcels().land_uses().text(n));
    let mut uses: Vec<_> = uses.filter(|code| !code.is_empty()).collect();
    uses.sort_unstable();
    json!({
        "at": snapshot.position(),
        "today": view.today.number(),
        "illustration": app.words.about().illustration,
        "province": app.words.about().province,
        "bbox": province_bbox(view),
        "basemap": app.basemap.as_ref().map(crate::server::Basemap::told),
        "first_day": first.number(),
        "last_day": last.number(),
        "stages": stages(view),
        "standings": standings(view),
        "laws": laws(view),
        "kinds": kinds,
        "land_uses": uses.iter().map(|code| named(code, app.words.codes.land_uses.get(*code))).collect::<Vec<_>>(),
        "blocker_kinds": blockers,
        "bodies": bodies,
        "units": units(view),
        "projects": projects(view),
    })
}

/// Stages by number with their names.
fn stages(view: &View) -> Value {
    let name = |stage: Stage| view.snapshot.law().words(Act::from(stage)).map(|words| &words.name);
    let entry = |stage: Stage| json!({ "code": stage, "number": stage.number(), "name": name(stage) });
    Stage::ALL.into_iter().map(entry).collect()
}

/// Where parcels may stand, by the order of the scale.
fn standings(view: &View) -> Value {
    let entry = |one: Standing| json!({ "code": one, "name": view.snapshot.law().standing(one) });
    Standing::ALL.into_iter().map(entry).collect()
}

fn laws(view: &View) -> Value {
    let laws = view.snapshot.law().laws().iter();
    laws.map(|law| json!({ "code": law.code, "name": law.name })).collect()
}

fn units(view: &View) -> Value {
    let entry = |entry: &std::sync::Arc<crate::atlas::UnitEntry>| {
        let unit = &entry.unit;
        json!({
            "id": entry.id,
            "code": unit.code.as_str(),
            "name": unit.name,
            "level": unit.level,
            "parent": unit.parent.as_ref().map(AsRef::<str>::as_ref),
            "valid_from": unit.valid_from.map(crate::domain::Day::number),
            "valid_to": unit.valid_to.map(crate::domain::Day::number),
            "bbox": bbox(entry.extent),
            "parcels": entry.parcels.len(),
        })
    };
    view.snapshot.units().iter().map(entry).collect()
}

fn projects(view: &View) -> Value {
    let entry =
        |(entry, figures): (&std::sync::Arc<crate::atlas::ProjectEntry>, &crate::analysis::Figures)| {
            let project = &entry.project;
            let units =
                entry.units.iter().map(|unit| view.snapshot.units()[usize::from(*unit)].unit.code.as_str());
            json!({
                "id": entry.id,
                "code": project.code.as_str(),
                "name": project.name,
                "kind": project.kind,
                "key": project.key,
                "investor": project.investor,
                "body": project.body,
                "procedure": project.procedure.as_str(),
                "required_day": project.required_day.map(crate::domain::Day::number),
                "units": units.collect::<Vec<_>>(),
                "bbox": bbox(entry.extent),
                "linear": project.alignment.is_some(),
                "length_m": entry.length_m,
                "parcels": entry.parcels.len(),
                "area_m2": figures.progress.measures.area.total,
            })
        };
    view.snapshot.projects().iter().zip(view.projects.iter()).map(entry).collect()
}
