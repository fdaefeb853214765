//! HTTP: the web app, tiles, OGC API and the app's own API.
//!
//! ```text
//! routes (thin) ─► app (view, caches) ─► analysis, tile, export
//!                   ▲ follow: new ledger events or a new day make the next view
//! ```
//! Readers take the current view and never wait: views are swapped whole.
//! It knows nothing of the command line.

mod api;
mod app;
mod assets;
mod cache;
mod encoding;
mod follow;
mod health;
mod ogc;
mod params;
mod problem;
mod routes;
mod tiles;

pub use app::App;
pub use follow::follow;
pub use params::bbox;
pub use problem::Problem;
pub use routes::router;
