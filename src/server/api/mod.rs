//! `/api/v1`: what the web app asks. Every answer says at which position of
//! the ledger it holds. No holder appears in any of it but where a role allows it.

mod administration;
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
pub mod live;
mod parcel;
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

pub use administration::{condition, head_at, ledger, procedures};
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
pub use parcel::parcel;
pub use project::project;
pub use record::record;
pub use report::report;
pub use search::search;
pub use series::series;
pub use summary::summary;
pub use table::{dwell, table as parcel_table};
pub use totals::totals;
pub use undo::{imports, undo as undo_import};
pub use work::work;
