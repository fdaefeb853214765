//! Numbers of what an import names: looked up, or given, once.

use std::collections::HashMap;

use crate::{domain::HolderId, store::StoreError};

/// The number of a code, which `find` looks up the first time.
///
/// # Errors
/// That of `find`.
pub fn known<N: Copy>(
    all: &mut HashMap<String, N>,
    code: &str,
    find: impl FnOnce(&str) -> Result<N, StoreError>,
) -> Result<N, StoreError> {
    if let Some(number) = all.get(code) {
        return Ok(*number);
    }
    let number = find(code)?;
    all.insert(code.to_owned(), number);
    Ok(number)
}

/// The holders of an import. A name is one holder within it; the same name in another may be another person.
pub struct Holders {
    /// Number of the next one.
    next: u32,
    numbers: HashMap<Box<str>, HolderId>,
}

impl Holders {
    /// None yet; the first has the number `next`.
    pub fn new(next: u32) -> Self {
        Self { next, numbers: HashMap::new() }
    }

    /// The number of a name; one that is new goes to `new` with its name.
    pub fn number<'p>(&mut self, name: &'p str, new: &mut Vec<(u32, &'p str)>) -> HolderId {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = HolderId(self.next);
        self.next += 1;
        self.numbers.insert(name.into(), number);
        new.push((number.0, name));
        number
    }
}
