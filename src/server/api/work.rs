//! `/api/v1/work`: the parcels that an account may write about, most pressing first.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    bbox,
    parcel::{branches, clock, may_hand_over_early, next, point},
    search::folded,
};
use crate::{
    analysis::View,
    domain::{Action, Day, ParcelId, Stage},
    server::{
        app::App,
        auth::{Identity, looked},
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
    let listed = tokio::task::spawn_blocking(move || make(&view.view, &who, &query, (limit, offset)));
    let mut listed = listed.await.map_err(|e| Problem::internal(&e))??;
    if names {
        name_holders(&app, &current.view, &identity, &mut listed).await?;
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(listed)).into_response())
}

/// Tells the holders of the parcels that are listed, where the account may see them; each look is noted.
async fn name_holders(
    app: &App,
    view: &View,
    identity: &Identity,
    listed: &mut Value,
) -> Result<(), Problem> {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let scope = identity.scope(Action::SeeHolders, snapshot.units());
    let may = |id: &ParcelId| {
        let index = columns.find(*id);
        index.is_some_and(|index| scope.holds(snapshot.parcel(index).unit().id))
    };
    let entries = listed["parcels"].as_array_mut().map_or(&mut [][..], Vec::as_mut_slice);
    let id = |entry: &Value| entry["id"].as_u64().and_then(|id| u32::try_from(id).ok()).map(ParcelId);
    let seen: Vec<ParcelId> = entries.iter().filter_map(id).filter(may).collect();
    let (account, at) = (identity.name().to_owned(), jiff::Timestamp::now().as_millisecond());
    let count = seen.len();
    let names = app.with_store(move |store| store.holders_of(&seen, &account, "list", at)).await?;
    looked(identity.name(), "list", count, None, identity.address);
    for entry in entries {
        let name = id(entry).and_then(|id| names.get(&id));
        entry["holder"] = name.map_or(Value::Null, |name| json!({ "name": name }));
    }
    Ok(())
}

fn make(
    view: &View,
    identity: &Identity,
    query: &Query,
    (limit, offset): (usize, usize),
) -> Result<Value, Problem> {
    let (snapshot, day) = (&view.snapshot, view.today);
    let columns = snapshot.parcels();
    let scope = identity.scope(Action::WriteEvents, snapshot.units());
    let mine: Vec<bool> = snapshot.units().iter().map(|entry| scope.holds(entry.id)).collect();
    let words: Vec<String> =
        folded(query.get("q").unwrap_or_default()).split([' ', '/', ',']).map(str::to_owned).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let called = |parcel: u32| {
        let project = &snapshot.parcel(parcel).project().project;
        let (sheet, number) = (columns.sheet(parcel), columns.number(parcel));
        words.iter().all(|word| {
            folded(sheet) == **word
                || folded(number) == **word
                || folded(project.code.as_str()).contains(*word)
                || folded(&project.name).contains(*word)
        })
    };
    let mut chosen = query.filter(view, day)?.select(snapshot, day);
    chosen.retain(|parcel| mine[columns.unit(*parcel)] && (words.is_empty() || called(*parcel)));
    chosen.sort_by_cached_key(|parcel| pressing(view, *parcel, day));
    let shown = chosen.iter().skip(offset).take(limit).map(|parcel| entry(view, *parcel, day));
    Ok(json!({ "at": snapshot.position(), "total": chosen.len(), "parcels": shown.collect::<Vec<_>>() }))
}

/// Handed over last; before that by the nearest deadline, legal or planned.
fn pressing(view: &View, parcel: u32, day: Day) -> (bool, Day, u32) {
    let snapshot = &view.snapshot;
    let done = snapshot.days(parcel).reached(Stage::HandedOver, day);
    let legal = snapshot.pressing(parcel, snapshot.law().moment(day)).map(|term| term.due);
    let due = legal.into_iter().chain(snapshot.planned_day(parcel)).min().unwrap_or(Day::LAST);
    (done, due, parcel)
}

fn entry(view: &View, parcel: u32, day: Day) -> Value {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let own = snapshot.parcel(parcel);
    let days = snapshot.days(parcel);
    let stage = snapshot.stage_on(parcel, day);
    let shape = columns.arena().shape(parcel as usize);
    let standing = snapshot.blockers(parcel).iter().filter(|blocker| blocker.stands_on(day));
    let blockers = standing.map(|b| json!({ "kind": b.kind, "opened_day": b.opened.number() }));
    json!({
        "id": own.id(),
        "version": snapshot.version(parcel),
        "project": own.project().project.code.as_str(),
        "unit": snapshot.units()[view.unit_of(parcel)].unit.code.as_str(),
        "sheet": own.sheet(),
        "parcel": own.number(),
        "use": own.land_use(),
        "area": own.recovered(),
        "stage": stage,
        "stage_day": stage.and_then(|stage| stage.since(days)).map(Day::number),
        "next": next(days),
        "may_hand_over_early": may_hand_over_early(days),
        "blockers": blockers.collect::<Vec<_>>(),
        "branches": branches(snapshot.branches(parcel), day),
        "clock": clock(view, parcel, day),
        "planned_day": snapshot.planned_day(parcel).map(Day::number),
        "overdue": snapshot.overdue_on(parcel, day),
        "late": snapshot.late_on(parcel, day),
        "point": point(&shape.to_geo()),
        "bbox": bbox(shape.extent()),
    })
}
