//! `/api/v1/holders`: parcels by who holds them, for roles that may see it; each one found is noted.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    api::{HolderResult, HolderResults, folded},
    domain::{Action, ParcelId},
    server::{
        app::App,
        auth::{Identity, looked},
        params::Query,
        problem::Problem,
    },
};

/// Parcels that are listed.
const MOST: usize = 20;
/// Letters that must be known: shorter words would list half a province.
const SHORTEST: usize = 3;

/// Parcels in the account's units whose holder's name holds all words of `q`.
pub async fn holders(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["q"])?;
    let plain = folded(query.get("q").unwrap_or_default());
    let words: Vec<String> = plain.split_whitespace().map(str::to_owned).collect();
    if plain.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST {
        return Err(Problem::parameter("q", format!("must have {SHORTEST} letters or more")));
    }
    let called = move |name: &str| {
        let name = folded(name);
        words.iter().all(|word| name.contains(word.as_str()))
    };
    let found = app.with_store(move |store| store.holders_called(&called)).await?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let scope = identity.scope(Action::SeeHolders, snapshot.units());
    let columns = snapshot.parcels();
    let own = |parcel: &u32| {
        let holder = columns.holder(*parcel)?;
        let inside = scope.holds(snapshot.parcel(*parcel).unit().id);
        found.get(&holder).filter(|_| inside && snapshot.exists_on(*parcel, current.view.today))
    };
    let parcels: Vec<u32> =
        (0..columns.len() as u32).filter(|parcel| own(parcel).is_some()).take(MOST).collect();
    let ids: Vec<ParcelId> = parcels.iter().map(|parcel| columns.id(*parcel)).collect();
    let (name, at) = (identity.name().to_owned(), jiff::Timestamp::now().as_millisecond());
    app.with_store(move |store| store.note_accesses(&ids, &name, "search", at)).await?;
    looked(identity.name(), "search", parcels.len(), None, identity.address);
    let named = parcels.iter().filter_map(|parcel| Some((*parcel, own(parcel)?.clone())));
    let results = named.map(|(parcel, name)| HolderResult::of(&current.view, parcel, name)).collect();
    let body = HolderResults { at: snapshot.position(), results };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
