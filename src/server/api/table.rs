//! `/api/v1/table`: parcels as rows, a window at a time, sorted and grouped by
//! the server, so that a table of any length costs a screen of rows.
//! `/api/v1/dwells`: how long parcels stay in each stage.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{bbox, search::folded};
use crate::{
    analysis::{Column, Filter, Listing, Section, Sort, View, dwells, listing, mark_codes},
    domain::{Blocker, Day},
    server::{
        app::{App, Current},
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// Rows of one answer.
const MOST: usize = 1000;

/// A window of the rows.
pub async fn table(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = with_filter(&["as_of", "at", "sort", "group", "limit", "offset"]);
    let query = Query::parse(text.as_deref(), &known)?;
    let window = Window {
        sorts: query.read("sort", sorts)?.unwrap_or_default(),
        group: query.read("group", grouping)?,
        limit: query.read("limit", up_to(MOST))?.unwrap_or(200),
        offset: query.read("offset", up_to(usize::MAX))?.unwrap_or(0),
    };
    let when = query.when()?;
    let own = format!("/api/v1/table {}", text.unwrap_or_default());
    let shared = Arc::clone(&app);
    let answer = app.json_of(&headers, own, when, move |current: &Current| {
        let filter = query.filter(&current.view, current.view.today)?;
        window.write(&shared, current, &filter)
    });
    Ok(answer.await?.respond(&headers))
}

struct Window {
    sorts: Vec<Sort>,
    group: Option<Column>,
    limit: usize,
    offset: usize,
}

impl Window {
    fn write(&self, app: &App, current: &Current, filter: &Filter) -> Result<Value, Problem> {
        let view = &current.view;
        let key = format!("{filter:?} {} {:?} {:?}", view.today, self.sorts, self.group);
        let listing: Arc<Listing> = app.answers.listings.get(current.number, &key, || {
            Ok::<_, Problem>(listing(&view.snapshot, filter, view.today, &self.sorts, self.group, &folded))
        })?;
        let shown = listing.rows.iter().skip(self.offset).take(self.limit);
        Ok(json!({
            "at": view.snapshot.position(),
            "as_of": view.today.to_string(),
            "total": listing.rows.len(),
            "offset": self.offset,
            "groups": self.group.map(|_| listing.sections.iter().map(section).collect::<Vec<_>>()),
            "rows": shown.map(|parcel| row(view, *parcel)).collect::<Vec<_>>(),
        }))
    }
}

fn section(section: &Section) -> Value {
    let measures = &section.figures.progress.measures;
    json!({
        "code": section.code,
        "offset": section.offset,
        "parcels": section.len,
        "cleared_parcels": measures.parcels.done,
        "area": measures.area.total,
        "cleared_area": measures.area.done,
        "share": section.figures.progress.share,
        "blocked": section.figures.blocked.parcels,
        "overdue": section.figures.overdue.parcels,
        "late": section.figures.late.parcels,
    })
}

fn row(view: &View, parcel: u32) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let own = snapshot.parcel(parcel);
    let stage = snapshot.stage_on(parcel, day);
    let term = snapshot.pressing(parcel, snapshot.law().moment(day));
    let stands = |blocker: &&Blocker| blocker.stands_on(day);
    let blockers = snapshot.blockers(parcel).iter().filter(stands).map(|blocker| blocker.kind);
    json!({
        "id": own.id(),
        "project": own.project().project.code.as_str(),
        "unit": snapshot.units()[view.unit_of(parcel)].unit.code.as_str(),
        "sheet": own.sheet(),
        "parcel": own.number(),
        "use": own.land_use(),
        "area": own.recovered(),
        "stage": stage,
        "stage_day": stage.and_then(|stage| stage.since(snapshot.days(parcel))).map(Day::number),
        "planned_day": snapshot.planned_day(parcel).map(Day::number),
        "due_day": term.map(|term| term.due.number()),
        "due_stage": term.map(|term| term.act),
        "blockers": blockers.collect::<Vec<_>>(),
        "marks": mark_codes(snapshot, parcel, day),
        "overdue": snapshot.overdue_on(parcel, day),
        "late": snapshot.late_on(parcel, day),
        "bbox": bbox(snapshot.parcels().arena().shape(parcel as usize).extent()),
    })
}

/// Reads `-area,sheet`.
fn sorts(text: &str) -> Result<Vec<Sort>, String> {
    let sort = |text: &str| {
        let (name, falling) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = Column::from_name(name).ok_or_else(|| unknown(name, Column::ALL.into_iter()))?;
        Ok(Sort { column, falling })
    };
    let all: Vec<Sort> = text.split(',').map(sort).collect::<Result<_, String>>()?;
    if all.len() > 4 { Err("takes at most four columns".to_owned()) } else { Ok(all) }
}

fn grouping(text: &str) -> Result<Column, String> {
    let possible = || Column::ALL.into_iter().filter(|column| column.groups());
    let column = Column::from_name(text).filter(|column| column.groups());
    column.ok_or_else(|| unknown(text, possible()))
}

fn unknown(name: &str, known: impl Iterator<Item = Column>) -> String {
    let names: Vec<&str> = known.map(Column::name).collect();
    format!("\"{name}\" is not one of {}", names.join(", "))
}

fn up_to(most: usize) -> impl Fn(&str) -> Result<usize, String> {
    move |text| match text.parse::<usize>() {
        Ok(number) if number <= most => Ok(number),
        _ => Err(format!("must be a whole number up to {most}")),
    }
}

/// How long parcels stay in each stage.
pub async fn dwell(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let key = format!("/api/v1/dwells {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |_, view| {
        let chosen = query.filter(view, view.today)?.select(&view.snapshot, view.today);
        Ok(json!({
            "at": view.snapshot.position(),
            "as_of": view.today.to_string(),
            "stages": dwells(&view.snapshot, &chosen, view.today),
        }))
    });
    Ok(answer.await?.respond(&headers))
}
