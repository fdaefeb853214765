//! `/api/v1/parcels/{id}/record`: all that was recorded about a parcel, for those who record.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    analysis::View,
    domain::{
        Action, Event, EventKind, LedgerPosition, ParcelId, SquareMetres, in_force,
        law::{Act, FarmLoss, LandGroup},
    },
    server::{app::App, auth::Identity, problem::Problem},
};

/// The events, with money, notes, scans and authors.
pub async fn record(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found(format!("no parcel has the number \"{id}\""));
    let parcel = id.parse().map(ParcelId).map_err(|_| missing())?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let index = snapshot.parcels().find(parcel).ok_or_else(missing)?;
    let unit = snapshot.parcel(index).unit().id;
    if !identity.scope(Action::WriteEvents, snapshot.units()).holds(unit) {
        return Err(Problem::forbidden("the parcel lies outside your units"));
    }
    let history = app.with_store(move |store| store.history(parcel)).await?;
    let corrected_by = |position: LedgerPosition| {
        let names = |event: &&Event| matches!(event.body.kind, EventKind::Correction { corrects, .. } if corrects == position);
        history.iter().find(names).map(|event| event.position)
    };
    let entry = |event: &Event| {
        let recorded = jiff::Timestamp::from_millisecond(event.body.recorded_at).ok();
        json!({
            "position": event.position,
            "date": event.body.day,
            "recorded_at": recorded.map(|at| at.to_string()),
            "author": event.body.author,
            "document": event.body.document,
            "note": event.body.note,
            "attachments": event.body.attachments,
            "what": event.body.kind,
            "corrected_by": corrected_by(event.position),
        })
    };
    // The whole stands with the last plan that tells it (NĐ88 19.1b).
    let facts = in_force(&history).into_iter().filter_map(|event| event.kind.act());
    let mut whole = facts.filter_map(|(act, said)| said.farm_total.filter(|_| act == Act::PlanApproved));
    let whole = whole.next_back();
    let whole = whole.map(|whole| SquareMetres::new(f64::from(whole)));
    let recovered = recovered_farm_land(&current.view, index);
    let loss = FarmLoss::of(recovered, whole);
    let events: Vec<_> = history.iter().map(entry).collect();
    let version = history.last().map_or(LedgerPosition(0), |event| event.position);
    let body = json!({
        "parcel": parcel,
        "version": version,
        "farm_recovered": recovered,
        "farm_loss": loss,
        "events": events,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

/// Farm land that the project recovers from a parcel's holder in its commune, m².
fn recovered_farm_land(view: &View, index: u32) -> SquareMetres {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let farm = |parcel: u32| snapshot.law().land_group(columns.land_use(parcel)) == Some(LandGroup::Farm);
    let with = |parcel: &u32| {
        columns.holder(*parcel) == columns.holder(index)
            && columns.project(*parcel) == columns.project(index)
            && view.unit_of(*parcel) == view.unit_of(index)
            && snapshot.exists_on(*parcel, view.today)
            && farm(*parcel)
    };
    if columns.holder(index).is_none() {
        return if farm(index) { columns.recovered(index) } else { SquareMetres::ZERO };
    }
    let own = &snapshot.parcel(index).project().parcels;
    own.iter().filter(|parcel| with(parcel)).map(|parcel| columns.recovered(*parcel)).sum()
}
