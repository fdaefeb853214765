//! `/api/v1/progress`, `clocks`, `decisions`, `fronts`: the figures that leaders decide on.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    analysis::{DecisionScope, Discretion, DutyKind, GroupBy, View},
    api::{self, DutyAsk, Least},
    domain::{Action, Day, Level, Scope},
    server::{
        app::App,
        auth::Identity,
        params::{Query, filter_names, with_filter},
        problem::Problem,
    },
};

/// Reads what rows are put together by.
pub(super) fn by(query: &Query) -> Result<Option<GroupBy>, Problem> {
    let level = query.read("level", |text| {
        Level::from_code(text).ok_or_else(|| "must be province, district or commune".to_owned())
    })?;
    query.read("by", |text| match text {
        "project" => Ok(GroupBy::Project),
        "unit" => Ok(GroupBy::Unit(level.unwrap_or(Level::Commune))),
        "body" => Ok(GroupBy::Body),
        "kind" => Ok(GroupBy::Kind),
        other => Err(format!("\"{other}\" is not one of project, unit, body, kind")),
    })
}

/// A whole number between two bounds.
pub(super) fn number(query: &Query, name: &str, from: usize, to: usize) -> Result<Option<usize>, Problem> {
    query.read(name, |text| {
        let read = text.parse::<usize>().ok().filter(|n| (from..=to).contains(n));
        read.ok_or_else(|| format!("must be a whole number from {from} to {to}"))
    })
}

fn positive(query: &Query, name: &str) -> Result<Option<f64>, Problem> {
    query.read(name, |text| {
        let read = text.parse::<f64>().ok().filter(|n| n.is_finite() && (1.0..=1e8).contains(n));
        read.ok_or("must be a number from 1 to 100000000")
    })
}

/// How money is shown to `identity` of the parcels that `query` asks about.
///
/// # Errors
/// 503 while the atlas is being loaded; 400 when `at` or `on` can't be read.
pub(super) async fn discretion(app: &App, identity: &Identity, query: &Query) -> Result<Discretion, Problem> {
    let scope = identity.scope(Action::SeeHolders, app.current()?.view.snapshot.units());
    if matches!(scope, Scope::Everywhere) {
        return Ok(Discretion::Exact);
    }
    if let (true, Some(codes)) = (identity.may(Action::SeeHolders), query.get("unit")) {
        let asked = app.view(query.when()?).await?;
        let snapshot = &asked.view.snapshot;
        let held = |code: &str| {
            let unit = snapshot.unit_by_code(code, asked.view.today);
            unit.is_some_and(|unit| scope.holds(snapshot.units()[unit].id))
        };
        if codes.split(',').all(held) {
            return Ok(Discretion::Exact);
        }
    }
    let mut conditions =
        query.pairs().filter(|(name, value)| filter_names().any(|known| known == *name) && *value != "false");
    let groups = ["project", "unit", "kind", "body", "key"];
    let is_one = conditions.next().is_none_or(|(name, value)| {
        groups.contains(&name) && !(matches!(name, "project" | "unit") && value.contains(','))
    });
    Ok(if is_one && conditions.next().is_none() { Discretion::Rounded } else { Discretion::Withheld })
}

/// The code that `project` names.
fn project(query: &Query) -> Result<String, Problem> {
    let code = query.get("project").map(str::to_owned);
    code.ok_or_else(|| Problem::parameter("project", "must name the project, as in project=DA01"))
}

fn find(view: &View, code: &str) -> Result<usize, Problem> {
    let index = view.snapshot.project_by_code(code);
    index.ok_or_else(|| Problem::parameter("project", format!("\"{code}\" names nothing here")))
}

async fn answer<T: serde::Serialize>(
    app: &Arc<App>,
    headers: &HeaderMap,
    key: String,
    query: &Query,
    make: impl FnOnce(&View) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    Ok(app.json(headers, key, query.when()?, move |_, view| make(view)).await?.respond(headers))
}

/// Five measures of any set of parcels, in all and by group.
pub async fn progress(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at", "by", "level", "since"]))?;
    let (by, since) = (by(&query)?, query.read("since", Day::parse)?);
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/progress {discretion:?} {}", text.unwrap_or_default());
    let own = query.clone();
    answer(&app, &headers, key, &query, move |view| {
        Ok(api::progress(view, &own.filter(view, view.today)?, (by, since), discretion))
    })
    .await
}

/// Legal deadlines, in all, by group, and the most urgent parcels.
pub async fn clocks(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query =
        Query::parse(text.as_deref(), &with_filter(&["as_of", "at", "by", "level", "limit", "offset"]))?;
    let by = by(&query)?.unwrap_or(GroupBy::Unit(Level::Commune));
    let limit = number(&query, "limit", 0, 10_000)?.unwrap_or(100);
    let offset = number(&query, "offset", 0, usize::MAX)?.unwrap_or(0);
    let key = format!("/api/v1/clocks {}", text.unwrap_or_default());
    let own = query.clone();
    answer(&app, &headers, key, &query, move |view| {
        Ok(api::clocks(view, &own.filter(view, view.today)?, by, limit, offset))
    })
    .await
}

/// What the law asks of heads: lists of parcels with what is to be done and by when.
pub async fn duties(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = with_filter(&["as_of", "at", "list", "by", "level", "limit", "offset"]);
    let query = Query::parse(text.as_deref(), &known)?;
    let list = query.read("list", |text| {
        let codes = || DutyKind::ALL.map(DutyKind::code).join(", ");
        DutyKind::from_code(text).ok_or_else(|| format!("\"{text}\" is not one of {}", codes()))
    })?;
    let ask = DutyAsk {
        list,
        by: by(&query)?.unwrap_or(GroupBy::Unit(Level::Commune)),
        limit: number(&query, "limit", 0, 10_000)?.unwrap_or(100),
        offset: number(&query, "offset", 0, usize::MAX)?.unwrap_or(0),
        with_money: false,
    };
    let key = format!("/api/v1/duties {}", text.unwrap_or_default());
    let own = query.clone();
    answer(&app, &headers, key, &query, move |view| {
        Ok(api::duties(view, &own.filter(view, view.today)?, ask))
    })
    .await
}

/// What leaders are to decide.
pub async fn decisions(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let key = format!("/api/v1/decisions {}", text.unwrap_or_default());
    let own = query.clone();
    answer(&app, &headers, key, &query, move |view| {
        Ok(api::decisions(view, &own.filter(view, view.today)?, scope(&own)))
    })
    .await
}

/// Of whom decisions speak: of the one project or unit that is asked for, else of each.
fn scope(query: &Query) -> DecisionScope {
    let one = |name| query.get(name).is_some_and(|codes| !codes.contains(','));
    match (one("project"), one("unit")) {
        (true, _) => DecisionScope::Project,
        (_, true) => DecisionScope::Unit,
        _ => DecisionScope::Many,
    }
}

/// Workable fronts of a project.
pub async fn fronts(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["project", "as_of", "at", "least_length", "least_area", "most"];
    let query = Query::parse(text.as_deref(), &known)?;
    let code = project(&query)?;
    let usual = Least::default();
    let least = Least {
        length_m: positive(&query, "least_length")?.unwrap_or(usual.length_m),
        area_m2: positive(&query, "least_area")?.unwrap_or(usual.area_m2),
        most: number(&query, "most", 1, Least::MOST)?.unwrap_or(usual.most),
    };
    let key = format!("/api/v1/fronts {}", text.unwrap_or_default());
    answer(&app, &headers, key, &query, move |view| Ok(api::fronts(view, find(view, &code)?, least))).await
}

/// When a project will be done.
pub async fn forecast(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["project", "as_of", "at"])?;
    let code = project(&query)?;
    let key = format!("/api/v1/forecast {}", text.unwrap_or_default());
    answer(&app, &headers, key, &query, move |view| Ok(api::forecast(view, find(view, &code)?))).await
}
