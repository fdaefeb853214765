//! `/api/v1/summary`: where we are, for any filter and day.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::stages;
use crate::{
    analysis::{Figures, Tally, View, use_tallies},
    domain::{Day, ProjectKind},
    server::{
        app::App,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The summary.
pub async fn summary(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let key = format!("/api/v1/summary {}", text.unwrap_or_default());
    let at = query.at()?.into();
    Ok(app.json(&headers, key, at, move |_, view| make(view, &query)).await?.respond(&headers))
}

fn make(view: &View, query: &Query) -> Result<Value, Problem> {
    let day = query.as_of(view.today)?;
    let filter = query.filter(view, day)?;
    let snapshot = &view.snapshot;
    let chosen = filter.select(snapshot, day);
    let by_project = split(&chosen, snapshot.projects().len(), |parcel| snapshot.parcels().project(parcel));
    let by_unit = split(&chosen, snapshot.units().len(), |parcel| snapshot.parcels().unit(parcel));
    // Alignments count only for projects that the filter takes whole.
    let whole = |project: &usize| {
        let all = snapshot.projects()[*project].parcels.len();
        all > 0 && by_project[*project].len() == all
    };
    let linear: Vec<usize> = (0..by_project.len()).filter(whole).collect();
    let total = Figures::of(snapshot, &chosen, &linear, day);
    let project = |(index, parcels): (usize, &Vec<u32>)| {
        let whole = if whole(&index) { &[index][..] } else { &[] };
        row(view, snapshot.projects()[index].project.code.as_str(), parcels, whole, day)
    };
    let unit = |(index, parcels): (usize, &Vec<u32>)| {
        row(view, snapshot.units()[index].unit.code.as_str(), parcels, &[], day)
    };
    let some = |(_, parcels): &(usize, &Vec<u32>)| !parcels.is_empty();
    let uses = use_tallies(snapshot, &chosen).into_iter();
    Ok(json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "total": total.progress,
        "stages": stages(view, &chosen, day),
        "blocked": total.blocked,
        "overdue": total.overdue,
        "late": total.late,
        "uses": uses.map(|(code, t)| json!({ "use": code, "parcels": t.parcels, "area": t.area })).collect::<Vec<_>>(),
        "projects": by_project.iter().enumerate().filter(some).map(project).collect::<Vec<_>>(),
        "units": by_unit.iter().enumerate().filter(some).map(unit).collect::<Vec<_>>(),
        "kinds": kinds(view, &by_project, day),
    }))
}

fn split(parcels: &[u32], parts: usize, part: impl Fn(u32) -> usize) -> Vec<Vec<u32>> {
    let mut split = vec![Vec::new(); parts];
    parcels.iter().for_each(|parcel| split[part(*parcel)].push(*parcel));
    split
}

fn row(view: &View, code: &str, parcels: &[u32], projects: &[usize], day: Day) -> Value {
    let figures = Figures::of(&view.snapshot, parcels, projects, day);
    let measures = &figures.progress.measures;
    json!({
        "code": code,
        "share": figures.progress.share,
        "planned_share": figures.progress.planned_share,
        "days_ahead": figures.progress.days_ahead,
        "parcels": measures.parcels.total,
        "cleared_parcels": measures.parcels.done,
        "area": measures.area.total,
        "cleared_area": measures.area.done,
        "measures": measures,
        "blocked": figures.blocked.parcels,
        "overdue": figures.overdue.parcels,
        "late": figures.late.parcels,
    })
}

fn kinds(view: &View, by_project: &[Vec<u32>], day: Day) -> Vec<Value> {
    let snapshot = &view.snapshot;
    let kind = |kind: ProjectKind| {
        let of = by_project.iter().zip(snapshot.projects()).filter(|(_, entry)| entry.project.kind == kind);
        let parcels: Vec<u32> = of.flat_map(|(parcels, _)| parcels).copied().collect();
        let all = Tally::of(snapshot, &parcels, |_| true);
        let cleared = Tally::of(snapshot, &parcels, |parcel| {
            snapshot.days(parcel).reached(crate::domain::Stage::HandedOver, day)
        });
        json!({ "kind": kind, "parcels": all.parcels, "area": all.area, "cleared_area": cleared.area })
    };
    ProjectKind::ALL.into_iter().map(kind).filter(|entry| entry["parcels"] != 0).collect()
}
