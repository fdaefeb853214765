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
    api::{self, TableWindow},
    query::{Collection, Grouping, Listing, Rows, Sort, listing},
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
    let known = with_filter(&["as_of", "at", "sortby", "group", "limit", "offset"]);
    let query = Query::parse(text.as_deref(), &known)?;
    let window = Window {
        sort: query.read("sortby", sort)?.unwrap_or_default(),
        group: query.read("group", Grouping::parse)?,
        limit: query.read("limit", up_to(MOST))?.unwrap_or(200),
        offset: query.read("offset", up_to(usize::MAX))?.unwrap_or(0),
    };
    let when = query.when()?;
    let own = format!("/api/v1/table {}", text.unwrap_or_default());
    let shared = Arc::clone(&app);
    let answer =
        app.json_of(&headers, own, when, move |current: &Current| window.write(&shared, current, &query));
    Ok(answer.await?.respond(&headers))
}

struct Window {
    sort: Sort,
    group: Option<Grouping>,
    limit: usize,
    offset: usize,
}

impl Window {
    fn write(&self, app: &App, current: &Current, query: &Query) -> Result<TableWindow, Problem> {
        let view = &current.view;
        // One order serves all its windows.
        let mut whole = query.clone();
        ["limit", "offset"].iter().for_each(|name| whole.set(name, String::new()));
        let listing: Arc<Listing> = app.answers.listings.get(current.number, &whole.write(), || {
            let chosen = query.filter(view, view.today)?.select(&view.snapshot, view.today);
            Ok::<_, Problem>(listing(&Rows::of(view), chosen, &self.sort, self.group))
        })?;
        Ok(api::table_window(view, &listing, self.group.is_some(), (self.limit, self.offset)))
    }
}

/// Reads `-area,sheet`.
fn sort(text: &str) -> Result<Sort, String> {
    let columns: Vec<_> = Collection::Parcels.columns().iter().collect();
    Sort::parse(text, &columns)
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
