//! Numbers that name rows of the store. They are stable: never reused.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

id!(
    /// A parcel's number: the feature id in tiles, GeoJSON and the store.
    ParcelId(u32)
);
id!(
    /// A project's number.
    ProjectId(u32)
);
id!(
    /// An administrative unit's number. Codes come back with new meanings, numbers do not.
    UnitId(u32)
);
id!(
    /// A holder's number; it says nothing about the person.
    HolderId(u32)
);
id!(
    /// A position in the ledger: 0 is the empty ledger, n the state after the n-th event.
    LedgerPosition(u64)
);
