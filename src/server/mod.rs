//! HTTP: the web app, tiles, OGC API and the app's own API.
//!
//! ```text
//! routes (thin) ─► app (views, answers, words, people) ─► analysis, tile, export
//!                   ▲ follow: new ledger events or a new day make the next view ─► live
//!                   └ writer: groups orders, answers once they are on disk
//! ```
//! Readers take the current view and never wait: views are swapped whole.
//! It knows nothing of the command line.

mod api;
mod app;
mod assets;
mod auth;
mod background;
mod basemap;
mod cache;
mod campaign_files;
mod description;
mod edge;
mod encoding;
mod files;
mod follow;
mod headers;
mod heads;
mod health;
mod import_work;
mod joined;
mod listings;
mod live;
mod making;
mod measures;
mod ogc;
mod params;
mod pictures;
mod probes;
mod problem;
mod raster;
mod reading;
mod routes;
mod scanner;
mod scratch;
mod sending;
mod staging;
mod tiles;
mod views;
mod waiting;
mod warmer;
mod witness;
mod wording;
mod writer;

pub use app::{App, Services};
pub use auth::{Auth, Oidc, Route, Rule, Vault, hash_password, seal_secrets, secret, secret_hash};
pub use basemap::Basemap;
pub use edge::{Edge, Tls, listen};
pub use files::{Files, Quota};
pub use follow::follow;
pub use heads::{follow as sign_heads, sign as sign_head};
pub use measures::{describe as describe_measures, follow as measure};
pub use params::bbox;
pub use problem::Problem;
pub use reading::Reading;
pub use routes::{ROUTES, description, description_file, router};
pub use scanner::Scanner;
pub use scratch::Scratch;
pub use staging::Staging;
pub use tiles::vector_layers;
pub use witness::Witness;
