//! `/api/v1/summary`: where we are, for any filter and day.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::figures::discretion;
use crate::{
    analysis::{CountMeasure, Discretion, Sums, Survey, Tally, View, length},
    domain::{Day, ProjectKind, Standing},
    server::{
        app::App,
        auth::Identity,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The summary.
pub async fn summary(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let at = query.at()?.into();
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/summary {discretion:?} {}", text.unwrap_or_default());
    Ok(app.json(&headers, key, at, move |_, view| make(view, &query, discretion)).await?.respond(&headers))
}

fn make(view: &View, query: &Query, discretion: Discretion) -> Result<Value, Problem> {
    let day = query.as_of(view.today)?;
    let filter = query.filter(view, day)?;
    let snapshot = &view.snapshot;
    let survey = Survey::of(snapshot, &filter, day, [None; 3]);
    let by_project = survey.rows(snapshot.projects().len(), |project, _| project);
    let by_unit = survey.rows(snapshot.units().len(), |_, unit| unit);
    // Alignments count only for projects that the filter takes whole.
    let whole = |project: &usize| {
        let all = snapshot.projects()[*project].parcels.len() as u64;
        all > 0 && by_project[*project].all.parcels == all
    };
    let linear: Vec<usize> = (0..by_project.len()).filter(whole).collect();
    let sums = survey.total();
    let holders = survey.holders(snapshot, 1, |_| 0)[0];
    let total = sums.figures(snapshot, day, holders, length(snapshot, &linear, day));
    let project = |(index, sums): (usize, &Sums)| {
        row(view, snapshot.projects()[index].project.code.as_str(), sums, day)
    };
    let unit =
        |(index, sums): (usize, &Sums)| row(view, snapshot.units()[index].unit.code.as_str(), sums, day);
    let some = |(_, sums): &(usize, &Sums)| sums.all.parcels > 0;
    let stage = |stage: Standing| {
        let tally = sums.stages[stage.number()];
        json!({ "stage": stage, "parcels": tally.parcels, "area": tally.area })
    };
    Ok(json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "total": total.progress.told(discretion),
        "stages": Standing::ALL.map(stage),
        "blocked": total.blocked,
        "overdue": total.overdue,
        "late": total.late,
        "uses": uses(view, &survey),
        "projects": by_project.iter().enumerate().filter(some).map(project).collect::<Vec<_>>(),
        "units": by_unit.iter().enumerate().filter(some).map(unit).collect::<Vec<_>>(),
        "kinds": kinds(view, &by_project),
    }))
}

/// Parcels by land-use code, in alphabetical order.
fn uses(view: &View, survey: &Survey) -> Value {
    let names = view.snapshot.parcels().land_uses();
    let some = (0u32..).zip(&survey.uses).filter(|(_, tally)| tally.parcels > 0);
    let mut named: Vec<_> = some.map(|(symbol, tally)| (names.text(symbol), tally)).collect();
    named.sort_by_key(|(code, _)| *code);
    let entry =
        |(code, tally): (&str, &Tally)| json!({ "use": code, "parcels": tally.parcels, "area": tally.area });
    named.into_iter().map(entry).collect()
}

fn row(view: &View, code: &str, sums: &Sums, day: Day) -> Value {
    // Holders are not told here.
    let nobody = CountMeasure { total: 0, done: 0, planned: None };
    let figures = sums.figures(&view.snapshot, day, nobody, None);
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
        "blocked": figures.blocked.parcels,
        "overdue": figures.overdue.parcels,
        "late": figures.late.parcels,
    })
}

fn kinds(view: &View, by_project: &[Sums]) -> Vec<Value> {
    let kind = |kind: ProjectKind| {
        let mut sums = Sums::default();
        let of = by_project.iter().zip(view.snapshot.projects());
        of.filter(|(_, entry)| entry.project.kind == kind).for_each(|(own, _)| sums.merge(own));
        json!({ "kind": kind, "parcels": sums.all.parcels, "area": sums.all.area, "cleared_area": sums.cleared.area })
    };
    ProjectKind::ALL.into_iter().map(kind).filter(|entry| entry["parcels"] != 0).collect()
}
