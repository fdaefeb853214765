//! `/api/v1/series`: S-curves of all that a filter lets through, day by day, and
//! of each project, on the days when it changed.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::time_span;
use crate::{
    analysis::{self, Group, GroupBy, View, each_day, groups, steps},
    domain::{Day, SquareMetres},
    server::{
        app::App,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The curves.
pub async fn series(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at", "by", "level"]))?;
    let by = super::figures::by(&query)?;
    let key = format!("/api/v1/series {}", text.unwrap_or_default());
    let at = query.when()?;
    Ok(app.json(&headers, key, at, move |_, view| make(view, &query, by)).await?.respond(&headers))
}

fn make(view: &View, query: &Query, by: Option<GroupBy>) -> Result<Value, Problem> {
    let snapshot = &view.snapshot;
    let filter = query.filter(view, view.today)?;
    let chosen = filter.select(snapshot, view.today);
    let (first, last) = time_span(view);
    let days = each_day(first, last);
    let all = analysis::series(snapshot, &chosen, &days);
    let mut by_project = vec![Vec::new(); snapshot.projects().len()];
    chosen.iter().for_each(|parcel| by_project[snapshot.parcels().project(*parcel)].push(*parcel));
    let project = |(entry, parcels): (&std::sync::Arc<crate::atlas::ProjectEntry>, &Vec<u32>)| {
        let (days, actual): (Vec<_>, Vec<_>) =
            steps(snapshot, parcels).into_iter().map(|(day, area)| (day.number(), area)).unzip();
        let area = parcels.iter().map(|p| snapshot.parcels().recovered(*p)).sum::<SquareMetres>();
        json!({ "code": entry.project.code.as_str(), "id": entry.id, "area": area, "days": days, "actual": actual })
    };
    let some = snapshot.projects().iter().zip(&by_project).filter(|(_, parcels)| !parcels.is_empty());
    Ok(json!({
        "at": snapshot.position(),
        "days": days.iter().map(|day| day.number()).collect::<Vec<_>>(),
        "area": all.area,
        "actual": tenths(all.actual),
        "planned": all.planned.map(tenths),
        "projects": some.map(project).collect::<Vec<_>>(),
        "groups": by.map(|by| grouped(view, &chosen, by)),
    }))
}

/// A curve for each group, on the days when it changed.
fn grouped(view: &View, chosen: &[u32], by: GroupBy) -> Vec<Value> {
    let curve = |group: &Group| {
        let (days, actual): (Vec<_>, Vec<_>) =
            steps(&view.snapshot, &group.parcels).into_iter().map(|(day, area)| (day.number(), area)).unzip();
        let area = group.parcels.iter().map(|p| view.snapshot.parcels().recovered(*p)).sum::<SquareMetres>();
        json!({ "code": group.code, "name": group.name, "area": area, "days": days, "actual": actual })
    };
    groups(&view.snapshot, chosen, by, view.today).iter().map(curve).collect()
}

/// m² with one decimal, as areas are kept.
pub(super) fn tenths(areas: Vec<f64>) -> Vec<f64> {
    areas.into_iter().map(|area| (area * 10.0).round() / 10.0).collect()
}

/// The S-curve of one set of parcels between two days, as JSON.
pub(super) fn curve(view: &View, parcels: &[u32], first: Day, last: Day) -> Value {
    let days = each_day(first, last);
    let own = analysis::series(&view.snapshot, parcels, &days);
    json!({
        "days": days.iter().map(|day| day.number()).collect::<Vec<_>>(),
        "actual": tenths(own.actual),
        "planned": own.planned.map(tenths),
    })
}
