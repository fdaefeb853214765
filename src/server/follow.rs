//! Follows the ledger: whoever writes, this process or another, the view moves on.
//!
//! A step costs what it touches. What fails is logged and tried again from
//! where it stood, whether anybody else writes or not.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use super::{app::App, background::step_back, cache::Touched, warmer::Warmer};
use crate::{
    analysis::View,
    atlas::{Extent, Snapshot},
    domain::{Day, EventKind, ImportedLayer, LedgerPosition, law::Law},
    store::{Step, Store, StoreError},
};

/// How long one waits for news before looking at the day and whether to stop.
const PATIENCE: Duration = Duration::from_millis(200);
/// Days back of which figures are asked for again and again.
const ASKED_DAYS: i32 = 550;
/// How long one waits after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Shows the first view, then each next one, on this thread, until `stop` says so.
/// `today` tells the day in Vietnam: at midnight deadlines move on.
///
/// # Errors
/// A store that can't be loaded at the start; later failures are logged and tried again.
pub fn follow(
    app: &Arc<App>,
    store: &dyn Store,
    law: &Arc<Law>,
    today: impl Fn() -> Day,
    stop: impl Fn() -> bool,
) -> Result<(), StoreError> {
    let mut seen = store.wait_for_change(0, Duration::ZERO)?;
    let mut shown = first(app, store, law, today())?;
    let (snapshot, day) = (Arc::clone(&shown.snapshot), shown.today);
    std::thread::spawn(move || {
        step_back();
        look_back(&snapshot, day);
    });
    let warmer = Warmer::start(Arc::clone(app));
    while !stop() {
        let now = match store.wait_for_change(seen, PATIENCE) {
            Ok(now) => {
                // A database that can be read may still have no standby to keep what is written.
                app.health.reaches(store.takes_changes().is_ok());
                now
            }
            Err(error) => {
                app.health.reaches(!error.is_gone());
                failed(app, &error.to_string());
                continue;
            }
        };
        let day = today();
        if now == seen && day == shown.today {
            continue;
        }
        let step = || -> Result<Option<Shown>, StoreError> {
            accounts(app, store)?;
            campaigns(app)?;
            match next(app, store, &shown, day) {
                Err(StoreError::Replaced) => {
                    tracing::warn!("another store lies in the place of the one that was followed");
                    let shown = first(app, store, law, day)?;
                    app.live.reload(shown.snapshot.position());
                    Ok(Some(shown))
                }
                other => other,
            }
        };
        match catch_unwind(AssertUnwindSafe(step)) {
            Ok(Ok(next)) => {
                app.health.follows(true);
                // Only now: what failed is tried again, also when nobody writes any more.
                seen = now;
                if let Some(next) = next {
                    shown = next;
                    warmer.moved();
                }
            }
            Ok(Err(error)) => failed(app, &error.to_string()),
            Err(_) => failed(app, "a fault of this program"),
        }
    }
    Ok(())
}

/// Finds what pressed the parcels in the times of earlier law that people still ask about.
fn look_back(snapshot: &Snapshot, today: Day) {
    let asked = today.plus(-ASKED_DAYS)..=today;
    let turns = snapshot.law().turns().iter().rev().filter(|turn| asked.contains(turn));
    turns.for_each(|turn| snapshot.find_pressing(turn.plus(-1)));
}

fn failed(app: &App, error: &str) {
    tracing::warn!(error, "the view could not move on; trying again");
    app.health.follows(false);
    std::thread::sleep(PAUSE);
}

/// Another process, such as `matbang user`, may have changed the accounts.
fn accounts(app: &App, store: &dyn Store) -> Result<(), StoreError> {
    if store.accounts_version()? != app.auth.directory.load().version {
        app.auth.refresh(store.directory()?);
    }
    Ok(())
}

/// Another server may have changed campaigns.
fn campaigns(app: &App) -> Result<(), StoreError> {
    app.campaign_files.follow(|all| app.words.set_campaigns(all))
}

/// What the follower remembers of the view that it showed.
struct Shown {
    snapshot: Arc<Snapshot>,
    today: Day,
}

fn first(app: &Arc<App>, store: &dyn Store, law: &Arc<Law>, today: Day) -> Result<Shown, StoreError> {
    let snapshot = Arc::new(store.load(Arc::clone(law))?);
    app.words.refresh(store)?;
    campaigns(app)?;
    app.show(View::new(Arc::clone(&snapshot), today).ready(), None);
    Ok(Shown { snapshot, today })
}

fn next(app: &Arc<App>, store: &dyn Store, before: &Shown, today: Day) -> Result<Option<Shown>, StoreError> {
    let step = store.step(&before.snapshot)?;
    if today != before.today {
        let snapshot = step.map_or_else(|| Arc::clone(&before.snapshot), |step| Arc::new(step.snapshot));
        app.show(View::new(Arc::clone(&snapshot), today).ready(), None);
        app.live.reload(snapshot.position());
        return Ok(Some(Shown { snapshot, today }));
    }
    let Some(step) = step else { return Ok(None) };
    let snapshot = Arc::new(step.snapshot.clone());
    if !step.projects.is_empty() || before.snapshot.units().len() < snapshot.units().len() {
        app.words.refresh(store)?;
    }
    let changed = Changed::of(&before.snapshot, &snapshot, &step, today);
    let view = match app.current() {
        Ok(current) => current.view.next(Arc::clone(&snapshot), &changed.projects, &changed.units),
        Err(_) => View::new(Arc::clone(&snapshot), today),
    };
    app.show(view, changed.touched(&before.snapshot, &snapshot).as_ref());
    announce(app, &step);
    Ok(Some(Shown { snapshot, today }))
}

/// Tells the listeners: each event about a parcel, or that much has changed at once.
fn announce(app: &App, step: &Step) {
    let Ok(current) = app.current() else { return };
    let brought = |kind: &EventKind| {
        matches!(kind, EventKind::PlanChanged { .. })
            || matches!(kind, EventKind::Imported { source, .. } if source != crate::recording::RESHAPED)
    };
    app.live.announce(&current.view, &step.events);
    if step.events.iter().any(|event| brought(&event.body.kind)) {
        app.live.reload(step.events.last().map_or(LedgerPosition(0), |event| event.position));
    }
}

/// What a step changed, by index in the next snapshot.
struct Changed {
    parcels: Vec<u32>,
    projects: Vec<usize>,
    units: Vec<usize>,
    /// Rows of units themselves changed: parcels may lie in others on this day.
    units_imported: bool,
    /// Projects whose own rows changed.
    rows: Vec<usize>,
}

impl Changed {
    fn of(before: &Snapshot, now: &Snapshot, step: &Step, today: Day) -> Self {
        let columns = now.parcels();
        let parcels: Vec<u32> = step.parcels.iter().filter_map(|id| columns.find(*id)).collect();
        let rows: Vec<usize> = step
            .projects
            .iter()
            .filter_map(|id| now.projects().binary_search_by_key(id, |entry| entry.id).ok())
            .collect();
        let mut projects: Vec<usize> = parcels.iter().map(|parcel| columns.project(*parcel)).collect();
        projects.extend(&rows);
        projects.extend(before.projects().len()..now.projects().len());
        let lies_in = now.units_on(today);
        let unit = |parcel: &u32| usize::from(lies_in[*parcel as usize]);
        let mut units: Vec<usize> = parcels.iter().map(unit).collect();
        units.extend(before.units().len()..now.units().len());
        // A project's day is that of its parcels where they have none: what is late changes in their units.
        units.extend(rows.iter().flat_map(|row| now.projects()[*row].parcels.iter().map(unit)));
        for list in [&mut projects, &mut units] {
            list.sort_unstable();
            list.dedup();
        }
        let of_units =
            |kind: &EventKind| matches!(kind, EventKind::Imported { layer: ImportedLayer::Units, .. });
        let units_imported = step.events.iter().any(|event| of_units(&event.body.kind));
        Self { parcels, projects, units, units_imported, rows }
    }

    /// The extents whose tiles show something else now; none = all of them.
    fn touched(&self, before: &Snapshot, now: &Snapshot) -> Option<Touched> {
        if self.units_imported {
            return None;
        }
        let of =
            |snapshot: &Snapshot, index: &usize| snapshot.projects().get(*index).map(|entry| entry.extent);
        let both = |index: &usize| [of(before, index), of(now, index)];
        let unit =
            |snapshot: &Snapshot, index: &usize| snapshot.units().get(*index).map(|entry| entry.extent);
        let around = |parcel: &u32| now.parcels().arena().shape(*parcel as usize).extent();
        let rows = self.rows.iter().flat_map(both).flatten();
        let parcels: Vec<Extent> = self.parcels.iter().map(around).chain(rows).collect();
        let projects = self.projects.iter().flat_map(both).flatten().collect();
        let units =
            self.units.iter().flat_map(|index| [unit(before, index), unit(now, index)]).flatten().collect();
        Some(Touched { parcels, projects, units })
    }
}
