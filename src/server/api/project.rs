//! `/api/v1/projects/{code}`: a project's sheet.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{bbox, figures::discretion, series::curve, stages};
use crate::{
    analysis::{Discretion, Figures, View, blockers, deadlines, progress},
    domain::{Day, Stage},
    server::{app::App, auth::Identity, params::Query, problem::Problem},
};

/// The sheet.
pub async fn project(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["as_of", "at"])?;
    let at = query.at()?.into();
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/projects/{code} {discretion:?} {}", text.unwrap_or_default());
    let sheet = move |_: &App, view: &View| make(view, &code, &query, discretion);
    Ok(app.json(&headers, key, at, sheet).await?.respond(&headers))
}

fn make(view: &View, code: &str, query: &Query, discretion: Discretion) -> Result<Value, Problem> {
    let snapshot = &view.snapshot;
    let index = snapshot
        .project_by_code(code)
        .ok_or_else(|| Problem::not_found(format!("no project has the code \"{code}\"")))?;
    let day = query.as_of(view.today)?;
    let entry = &snapshot.projects()[index];
    let (project, parcels) = (&entry.project, &entry.parcels);
    let figures = Figures::of(snapshot, parcels, &[index], day);
    let unit = |number: &u16| {
        let unit = &snapshot.units()[usize::from(*number)].unit;
        json!({ "code": unit.code.as_str(), "name": unit.name })
    };
    let done = |days: i32| {
        let before = progress(snapshot, parcels, &[], day.plus(-days)).measures.area.done;
        ((figures.progress.measures.area.done.get() - before.get()) * 10.0).round() / 10.0
    };
    let (first, last) = span(view, index, day);
    let alignment = figures.progress.measures.length;
    Ok(json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "id": entry.id,
        "code": project.code.as_str(),
        "name": project.name,
        "kind": project.kind,
        "key": project.key,
        "investor": project.investor,
        "body": project.body,
        "procedure": project.procedure.as_str(),
        "required_day": project.required_day.map(Day::number),
        "plan_start_day": project.plan.points().first().map(|point| point.0.number()),
        "bbox": bbox(entry.extent),
        "units": entry.units.iter().map(unit).collect::<Vec<_>>(),
        "progress": figures.progress.told(discretion),
        "change": { "days7": done(7), "days30": done(30) },
        "stages": stages(view, parcels, day),
        "series": curve(view, parcels, first, last),
        "blockers": blockers(snapshot, parcels, day),
        "deadlines": deadlines(snapshot, parcels, day).into_iter().take(20).collect::<Vec<_>>(),
        "blocked": figures.blocked,
        "overdue": figures.overdue,
        "late": figures.late,
        "alignment": alignment.map(|length| json!({ "length_m": length.total, "cleared_m": length.done })),
    }))
}

/// From the first listing to the required day or the day asked for.
fn span(view: &View, index: usize, day: Day) -> (Day, Day) {
    let entry = &view.snapshot.projects()[index];
    let listed =
        entry.parcels.iter().filter_map(|parcel| view.snapshot.days(*parcel).get(Stage::Listed)).min();
    let last = entry.project.required_day.unwrap_or(day).max(day).max(view.today);
    (listed.unwrap_or(day), last)
}
