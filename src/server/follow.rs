//! Follows the ledger: whoever writes, this process or another, the view moves on.

use std::{sync::Arc, time::Duration};

use super::{app::App, cache::Touched};
use crate::{
    analysis::View,
    atlas::Applied,
    domain::{Day, ParcelId},
    store::{GeoPackage, Store, StoreError},
};

/// How often the store is asked whether somebody wrote; one page of shared memory is read for it.
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
        std::thread::sleep(EVERY);
        let day = today();
        match store.version() {
            Ok(now) if now == version && day == view.today => continue,
            Ok(now) => version = now,
            Err(error) => {
                tracing::warn!(%error, "the store could not be asked for news");
                continue;
            }
        }
        match next(app, store, &view, day) {
            Ok(Some(next)) => view = next,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the view could not move on; trying again"),
        }
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
    app.show(View::new(snapshot, today), None);
    Ok(shown)
}

fn next(app: &Arc<App>, store: &GeoPackage, before: &Shown, today: Day) -> Result<Option<Shown>, StoreError> {
    let events = store.events_after(before.snapshot.position())?;
    if events.is_empty() && today == before.today {
        return Ok(None);
    }
    let head = store.head()?;
    let applied = before.snapshot.with_events(&events, head.hash);
    let (Applied::Next(snapshot, touched), true) = (applied, today == before.today) else {
        return first(app, store, today).map(Some);
    };
    let snapshot: Arc<_> = Arc::from(snapshot);
    let shown = Shown { snapshot: Arc::clone(&snapshot), today };
    let (indexes, retired) = retired(&snapshot, &touched);
    let current = app.current().ok();
    let view = match &current {
        Some(current) => current.view.next(snapshot, &indexes),
        None => View::new(snapshot, today),
    };
    app.show(view, Some(&retired));
    Ok(Some(shown))
}

/// Indexes of the touched parcels, and the extents whose tiles show something else now.
fn retired(
    snapshot: &crate::atlas::Snapshot,
    touched: &[(ParcelId, crate::atlas::Extent)],
) -> (Vec<u32>, Touched) {
    let indexes: Vec<u32> = touched.iter().filter_map(|(id, _)| snapshot.parcels().find(*id)).collect();
    let distinct = |of: &dyn Fn(u32) -> usize| {
        let mut all: Vec<usize> = indexes.iter().map(|parcel| of(*parcel)).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let projects = distinct(&|parcel| snapshot.parcels().project(parcel));
    let units = distinct(&|parcel| snapshot.parcels().unit(parcel));
    let extents = Touched {
        parcels: touched.iter().map(|(_, extent)| *extent).collect(),
        projects: projects.iter().map(|project| snapshot.projects()[*project].extent).collect(),
        units: units.iter().map(|unit| snapshot.units()[*unit].extent).collect(),
    };
    (indexes, extents)
}
