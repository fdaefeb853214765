//! Follows the ledger: whoever writes, this process or another, the view moves on.

use std::{sync::Arc, time::Duration};

use super::{app::App, cache::Touched};
use crate::{
    analysis::View,
    domain::Day,
    store::{GeoPackage, Store, StoreError},
};

/// How often the store is asked whether another process wrote; one page of shared memory is read for it.
/// This process says itself when it wrote.
const EVERY: Duration = Duration::from_millis(50);

/// Shows the first view, then each next one, on this thread, until `stop` says so.
/// `today` tells the day in Vietnam: at midnight deadlines move on.
///
/// # Errors
/// A store that can't be loaded at the start; later failures are logged and tried again.
pub fn follow(
    app: &Arc<App>,
    store: &GeoPackage,
    today: impl Fn() -> Day,
    stop: impl Fn() -> bool,
) -> Result<(), StoreError> {
    let mut version = store.version()?;
    let mut view = first(app, store, today())?;
    while !stop() {
        app.news.wait(EVERY);
        let day = today();
        match store.version() {
            Ok(now) if now == version && day == view.today => continue,
            Ok(now) => version = now,
            Err(error) => {
                tracing::warn!(%error, "the store could not be asked for news");
                continue;
            }
        }
        if let Err(error) = accounts(app, store) {
            tracing::warn!(%error, "the accounts could not be read; trying again");
        }
        match next(app, store, &view, day) {
            Ok(Some(next)) => view = next,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the view could not move on; trying again"),
        }
    }
    Ok(())
}

/// Another process, such as `matbang user`, may have changed the accounts.
fn accounts(app: &App, store: &GeoPackage) -> Result<(), StoreError> {
    if store.accounts_version()? != app.auth.directory.load().version {
        app.auth.refresh(store.directory()?);
    }
    Ok(())
}

/// What the follower remembers of the view that it showed.
struct Shown {
    snapshot: Arc<crate::atlas::Snapshot>,
    today: Day,
}

fn first(app: &Arc<App>, store: &GeoPackage, today: Day) -> Result<Shown, StoreError> {
    let snapshot = Arc::new(store.load()?);
    let shown = Shown { snapshot: Arc::clone(&snapshot), today };
    app.show(View::new(snapshot, today).ready(), None);
    Ok(shown)
}

fn next(app: &Arc<App>, store: &GeoPackage, before: &Shown, today: Day) -> Result<Option<Shown>, StoreError> {
    let news = store.news(before.snapshot.position())?;
    if news.events.is_empty() && today == before.today {
        return Ok(None);
    }
    // Imports and plans change the tables; a new day moves every deadline.
    if today != before.today || news.events.iter().any(|event| event.body.parcel.is_none()) {
        let shown = first(app, store, today)?;
        app.live.reload(shown.snapshot.position());
        return Ok(Some(shown));
    }
    let snapshot = Arc::new(before.snapshot.with_records(
        news.records.iter().cloned(),
        news.head.position,
        news.head.hash,
    ));
    let shown = Shown { snapshot: Arc::clone(&snapshot), today };
    let touched: Vec<u32> = news.records.iter().filter_map(|(id, _)| snapshot.parcels().find(*id)).collect();
    let retired = retired(&snapshot, &touched);
    let view = match app.current() {
        Ok(current) => current.view.next(snapshot, &touched),
        Err(_) => View::new(snapshot, today),
    };
    app.show(view, Some(&retired));
    if let Ok(current) = app.current() {
        app.live.tell(&current.view, &news.events);
    }
    Ok(Some(shown))
}

/// The extents whose tiles show something else after these parcels, by index, changed.
fn retired(snapshot: &crate::atlas::Snapshot, indexes: &[u32]) -> Touched {
    let distinct = |of: &dyn Fn(u32) -> usize| {
        let mut all: Vec<usize> = indexes.iter().map(|parcel| of(*parcel)).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let projects = distinct(&|parcel| snapshot.parcels().project(parcel));
    let units = distinct(&|parcel| snapshot.parcels().unit(parcel));
    let extent = |parcel: &u32| snapshot.parcels().arena().shape(*parcel as usize).extent();
    Touched {
        parcels: indexes.iter().map(extent).collect(),
        projects: projects.iter().map(|project| snapshot.projects()[*project].extent).collect(),
        units: units.iter().map(|unit| snapshot.units()[*unit].extent).collect(),
    }
}
