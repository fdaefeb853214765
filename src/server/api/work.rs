//! `/api/v1/work`: the parcels that an account may write about, most pressing first.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    analysis::View,
    api::{self, HolderEntry, NamedHolder, Work},
    domain::{Action, ParcelId},
    server::{
        app::App,
        auth::{Identity, looked},
        background::blocking,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The list.
pub async fn work(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["q", "holders", "limit", "offset"]))?;
    let number = |most: usize| {
        move |text: &str| match text.parse::<usize>() {
            Ok(number) if number <= most => Ok(number),
            _ => Err(format!("must be a whole number up to {most}")),
        }
    };
    let limit = query.read("limit", number(2000))?.unwrap_or(200);
    let offset = query.read("offset", number(10_000_000))?.unwrap_or(0);
    let names = query.flag("holders")?;
    let current = app.current()?;
    let (view, who) = (Arc::clone(&current), identity.clone());
    let listed = blocking(move || {
        let view = &view.view;
        let filter = query.filter(view, view.today)?;
        let scope = who.scope(Action::WriteEvents, view.snapshot.units());
        Ok::<_, Problem>(api::work(
            view,
            &scope,
            &filter,
            query.get("q").unwrap_or_default(),
            (limit, offset),
        ))
    });
    let mut listed = listed.await??;
    if names {
        name_holders(&app, &current.view, &identity, &mut listed).await?;
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(listed)).into_response())
}

/// Tells the holders of the parcels that are listed, where the account may see them; each look is noted.
async fn name_holders(app: &App, view: &View, identity: &Identity, listed: &mut Work) -> Result<(), Problem> {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let scope = identity.scope(Action::SeeHolders, snapshot.units());
    let may = |id: &ParcelId| {
        let index = columns.find(*id);
        index.is_some_and(|index| scope.holds(snapshot.parcel(index).unit().id))
    };
    let seen: Vec<ParcelId> = listed.parcels.iter().map(|parcel| parcel.id).filter(may).collect();
    let (account, at) = (identity.name().to_owned(), jiff::Timestamp::now().as_millisecond());
    let count = seen.len();
    let names = app.with_store(move |store| store.holders_of(&seen, &account, "list", at)).await?;
    looked(identity.name(), "list", count, None, identity.address);
    for parcel in &mut listed.parcels {
        let name = names.get(&parcel.id).cloned();
        parcel.holder = Some(HolderEntry(name.map(|name| NamedHolder { name })));
    }
    Ok(())
}
