//! Values that are worked out when they are first asked for, one by one or a whole column of them.

use std::{
    collections::BTreeMap,
    ops::{Deref, Index},
    sync::{Arc, LazyLock},
};

/// What is worked out when it is first asked for.
pub struct Deferred<T>(LazyLock<T, Box<dyn FnOnce() -> T + Send + Sync>>);

impl<T> Deferred<T> {
    /// What `make` gives, once.
    pub fn new(make: impl FnOnce() -> T + Send + Sync + 'static) -> Self {
        Self(LazyLock::new(Box::new(make)))
    }
}

impl<T> Deref for Deferred<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A column whose values are worked out at once, but for those that have changed since: each of them when it is first
/// asked for. A copy shares what is known.
///
/// A value that nobody has asked for keeps what it is made of in memory: whoever makes copies of copies warms them.
#[derive(Debug)]
pub struct DeferredRows<T> {
    all: Arc<Deferred<Vec<T>>>,
    changed: BTreeMap<usize, Arc<Deferred<T>>>,
}

impl<T> Clone for DeferredRows<T> {
    fn clone(&self) -> Self {
        Self { all: Arc::clone(&self.all), changed: self.changed.clone() }
    }
}

impl<T> DeferredRows<T> {
    /// All that `make` gives.
    pub fn new(make: impl FnOnce() -> Vec<T> + Send + Sync + 'static) -> Self {
        Self { all: Arc::new(Deferred::new(make)), changed: BTreeMap::new() }
    }

    /// The value at `index` is another, or the next one.
    pub fn put(&mut self, index: usize, make: impl FnOnce() -> T + Send + Sync + 'static) {
        self.changed.insert(index, Arc::new(Deferred::new(make)));
    }

    /// Works out all that is not known yet.
    pub fn warm(&self) {
        self.iter().for_each(|value| {
            std::hint::black_box(value);
        });
    }

    /// All values, by index.
    pub fn iter(&self) -> impl Iterator<Item = &T> + '_ {
        let next = self.changed.last_key_value().map_or(0, |(last, _)| last + 1);
        (0..next.max(self.all.len())).map(|index| &self[index])
    }
}

impl<T> Index<usize> for DeferredRows<T> {
    type Output = T;
    fn index(&self, index: usize) -> &T {
        match self.changed.get(&index) {
            Some(changed) => changed,
            None => &self.all[index],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_changed_value_is_worked_out_once_for_all_copies_and_the_others_not_again() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let made = |value: u32| {
            MADE.fetch_add(1, Ordering::Relaxed);
            value
        };
        let first = DeferredRows::new(move || vec![made(1), made(2)]);
        let mut second = first.clone();
        second.put(1, move || made(20));
        second.put(2, move || made(30));
        let third = second.clone();
        assert_eq!(MADE.load(Ordering::Relaxed), 0);
        assert_eq!(third[2], 30);
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
        third.warm();
        assert_eq!(second.iter().copied().collect::<Vec<_>>(), [1, 20, 30]);
        assert_eq!(first.iter().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(MADE.load(Ordering::Relaxed), 4);
    }
}
