//! `/api/v1/table`: parcels as rows, a window at a time, sorted and grouped by
//! the server, so that a table of any length costs a screen of rows.
//! `/api/v1/dwells`: how long parcels stay in each stage.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    analysis::{Column, Filter, Listing, Sort, listing},
    api::{self, TableWindow, folded},
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
    fn write(&self, app: &App, current: &Current, filter: &Filter) -> Result<TableWindow, Problem> {
        let view = &current.view;
        let key = format!("{filter:?} {} {:?} {:?}", view.today, self.sorts, self.group);
        let listing: Arc<Listing> = app.answers.listings.get(current.number, &key, || {
            Ok::<_, Problem>(listing(&view.snapshot, filter, view.today, &self.sorts, self.group, &folded))
        })?;
        Ok(api::table_window(view, &listing, self.group.is_some(), (self.limit, self.offset)))
    }
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
        Ok(api::dwells(view, &query.filter(view, view.today)?))
    });
    Ok(answer.await?.respond(&headers))
}
