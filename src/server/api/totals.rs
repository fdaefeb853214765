//! `/api/v1/totals`: figures of the parcels inside a drawn polygon.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use geo::MultiPolygon;

use super::figures::discretion;
use crate::{
    analysis::{Discretion, View},
    api,
    query::inside,
    server::{
        app::App,
        auth::Identity,
        background::blocking,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// Vertices that a drawn polygon may have.
const MOST_VERTICES: usize = 10_000;

/// The totals of parcels whose inside point lies in the polygon of the body.
pub async fn totals(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let area = polygon(&body)?;
    let current = app.view(query.at()?.into()).await?;
    // A drawn area is nobody's group: money is shown of it to who may look up each holder in it.
    let discretion = match discretion(&app, &identity, &query).await? {
        Discretion::Exact => Discretion::Exact,
        Discretion::Rounded | Discretion::Withheld => Discretion::Withheld,
    };
    let _permit = app.answers.making.permit().await?;
    let work = blocking(move || make(&current.view, &query, &area, discretion));
    let bytes = work.await??;
    let headers: HeaderMap =
        [(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"))].into_iter().collect();
    Ok((headers, bytes).into_response())
}

fn polygon(body: &[u8]) -> Result<MultiPolygon<f64>, Problem> {
    let wrong = "the body must be a GeoJSON Polygon or MultiPolygon in WGS 84 degrees";
    let geometry: geojson::Geometry = serde_json::from_slice(body).map_err(|_| Problem::invalid(wrong))?;
    let area = match geo::Geometry::<f64>::try_from(geometry).map_err(|_| Problem::invalid(wrong))? {
        geo::Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
        geo::Geometry::MultiPolygon(polygons) => polygons,
        _ => return Err(Problem::invalid(wrong)),
    };
    if geo::CoordsIter::coords_count(&area) > MOST_VERTICES {
        return Err(Problem::invalid(format!("the polygon has more than {MOST_VERTICES} vertices")));
    }
    Ok(area)
}

fn make(
    view: &View,
    query: &Query,
    area: &MultiPolygon<f64>,
    discretion: Discretion,
) -> Result<String, Problem> {
    let day = query.as_of(view.today)?;
    let snapshot = &view.snapshot;
    let mut chosen = query.filter(view, day)?.select(snapshot, day);
    chosen = inside(snapshot, &chosen, area).map_err(|why| Problem::invalid(why.0))?;
    serde_json::to_string(&api::totals(view, &chosen, day, discretion)).map_err(|e| Problem::internal(&e))
}
