//! Where connections come in: bounded in number, encrypted if asked for, and each of them watched, so that who
//! neither sends nor takes holds nobody up.
//!
//! ```text
//! listener ─► place (per address) ─► TLS ─► watched bytes ─► headers of proxies settled ─► routes
//! ```

mod forwarded;
mod listen;
mod patience;
mod slots;
mod tls;

pub use forwarded::{address, is_encrypted, is_forwarded};
pub use listen::{Edge, listen};
pub use slots::network;
pub use tls::Tls;
