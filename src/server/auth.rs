//! Who asks. Without accounts the server listens on loopback only, and whoever
//! asks is its one local administrator.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{atlas::UnitEntry, domain::UnitId};

/// Who asks.
#[derive(Debug, Clone)]
pub struct Identity;

impl Identity {
    /// Name under which events are recorded.
    pub fn name(&self) -> &'static str {
        "local"
    }

    /// Whether events about parcels of a unit may be recorded.
    pub fn may_write(&self, _units: &[UnitEntry], _unit: UnitId) -> bool {
        true
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}
