//! Brings a store's tables up to this program's: numbered steps, each run
//! once, each as it landed. A new store takes them all.

use rusqlite::{Connection, TransactionBehavior};

use super::records;
use crate::store::StoreError;

/// The steps from an empty file on; the first is number 1.
const STEPS: [&str; 4] = [
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
];

/// Number of the schema that this program reads and writes.
pub const LATEST: usize = STEPS.len();

/// Runs the steps after number `from`, all or none.
pub fn migrate(connection: &mut Connection, from: usize) -> Result<(), StoreError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in &STEPS[from..] {
        change.execute_batch(sql)?;
    }
    records::settle_all(&change)?;
    let number = "UPDATE settings SET value = ?1 WHERE name = 'schema'";
    change.execute(number, [LATEST.to_string()])?;
    change.commit()?;
    Ok(())
}
