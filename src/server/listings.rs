//! The last orders of rows that tables on screen look at: sorted once per change, not per page.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::query::Listing;

/// Orders that are kept; each takes four bytes a row.
const KEPT: usize = 16;

/// Number of the view that an order was made from, what was asked for, and the order.
type Entry = (u64, String, Arc<Listing>);

/// The orders.
#[derive(Debug, Default)]
pub struct Listings(Mutex<VecDeque<Entry>>);

impl Listings {
    /// The order for `key` in the view of this number, made by `make` when it is not there.
    ///
    /// # Errors
    /// The error of `make`; nothing is kept then.
    pub fn get<E>(
        &self,
        view: u64,
        key: &str,
        make: impl FnOnce() -> Result<Listing, E>,
    ) -> Result<Arc<Listing>, E> {
        let kept = {
            let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().find(|(number, of, _)| *number == view && of == key).map(|entry| Arc::clone(&entry.2))
        };
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let made = Arc::new(make()?);
        // Views of the past share the number 0: their orders are not kept.
        if view != 0 {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|(number, ..)| *number == view);
            all.push_front((view, key.to_owned(), Arc::clone(&made)));
            all.truncate(KEPT);
        }
        Ok(made)
    }
}
