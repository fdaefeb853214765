//! `/api/v1`: what the web app asks. Every answer says at which position of
//! the ledger it holds. No holder appears in any of it but where a role allows it.

mod attachments;
mod board;
mod briefings;
mod campaigns;
mod catalog;
mod demo;
mod events;
mod figures;
mod holders;
mod imports;
mod keeping;
mod openapi;
mod parcel;
mod places;
mod preview;
mod project;
mod record;
mod report;
mod search;
mod series;
mod summary;
mod table;
mod totals;
mod undo;
mod work;

use serde_json::{Value, json};

use crate::{
    analysis::{Tally, View, stage_tallies},
    atlas::Extent,
    domain::Day,
};

pub use attachments::{attach, attachment};
pub use board::{board, board_report, evidence};
pub use briefings::{
    briefing, briefings, remove as remove_briefing, restore as restore_briefing, save as save_briefing,
};
pub use campaigns::{
    LARGEST as LARGEST_CAMPAIGN, campaigns, file as campaign_file, put_file as put_campaign_file,
    remove_file as remove_campaign_file,
};
pub use catalog::catalog;
pub use demo::fill_demo;
pub use events::{events, table};
pub use figures::{clocks, decisions, duties, forecast, fronts, progress};
pub use holders::holders;
pub use imports::{
    begin as begin_import, commit as commit_import, end as end_import, outline as import_outline,
    preview as preview_import, upload as upload_import, work as import_work,
};
pub use keeping::{condition, head_at, ledger, procedures};
pub use openapi::openapi;
pub use parcel::parcel;
pub use project::project;
pub use record::record;
pub use report::report;
pub use search::{folded, search};
pub use series::series;
pub use summary::summary;
pub use table::{dwell, table as parcel_table};
pub use totals::totals;
pub use undo::{imports, undo as undo_import};
pub use work::work;

/// Where projects, else units, lie: west, south, east, north.
pub fn province_bbox(view: &View) -> Option<[f64; 4]> {
    let units = view.snapshot.units().iter().filter(|entry| entry.unit.exists_on(view.today));
    let projects = view.snapshot.projects().iter().map(|entry| entry.extent);
    let joined = units.map(|entry| entry.extent).chain(projects).fold(Extent::EMPTY, Extent::join);
    (!joined.is_empty()).then(|| joined.to_degrees())
}

/// An extent as west, south, east, north; null when nothing is inside.
fn bbox(extent: Extent) -> Value {
    if extent.is_empty() { Value::Null } else { json!(extent.to_degrees()) }
}

fn stages(view: &View, parcels: &[u32], day: Day) -> Value {
    let entry = |(stage, tally): (crate::domain::Standing, Tally)| json!({ "stage": stage, "parcels": tally.parcels, "area": tally.area });
    stage_tallies(&view.snapshot, parcels, day).into_iter().map(entry).collect()
}

/// First and last day that the time slider shows: the first listing, and
/// whichever is later of today and the last planned day.
fn time_span(view: &View) -> (Day, Day) {
    let snapshot = &view.snapshot;
    let parcels = 0..snapshot.parcels().len() as u32;
    let listed = parcels.clone().filter_map(|parcel| snapshot.days(parcel).get(crate::domain::Stage::Listed));
    let first = listed.min().unwrap_or(view.today).min(view.today);
    let planned = parcels.filter_map(|parcel| snapshot.planned_day(parcel)).max();
    (first, planned.unwrap_or(view.today).max(view.today))
}
