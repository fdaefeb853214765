//! Room to work in that is used again: what was used last is taken first, since its memory is still at hand.

use std::sync::{Mutex, PoisonError};

/// Rooms that are kept.
const MOST: usize = 8;

/// Rooms that nobody works in.
#[derive(Debug)]
pub struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Default> Pool<T> {
    /// A pool without rooms: they are made when they are needed.
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Works in a room; it is kept if `keep` says so, which should be no where it has become too large.
    pub fn with<R>(&self, keep: impl FnOnce(&T) -> bool, work: impl FnOnce(&mut T) -> R) -> R {
        let mut room = self.take();
        let made = work(&mut room);
        if keep(&room) {
            self.give(room);
        }
        made
    }

    /// A room to work in, as it was left.
    pub fn take(&self) -> T {
        let spare = self.rooms().pop();
        spare.unwrap_or_default()
    }

    /// Gives a room back; where enough are kept it ends, so that a crowd leaves nothing behind.
    pub fn give(&self, room: T) {
        let mut rooms = self.rooms();
        if rooms.len() < MOST {
            rooms.push(room);
        }
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_used_last_is_taken_first_and_a_large_one_is_not_kept() {
        static POOL: Pool<Vec<u8>> = Pool::new();
        let small = |room: &Vec<u8>| room.len() < 3;
        POOL.with(small, |one| {
            POOL.with(small, |other| other.push(2));
            one.push(1);
        });
        assert_eq!(POOL.with(small, |room| room.clone()), [1]);
        POOL.with(small, |room| room.extend([1, 1]));
        assert_eq!(POOL.with(small, |room| room.clone()), [2], "the large one is gone");
    }

    #[test]
    fn a_crowd_leaves_a_few_rooms_behind() {
        static POOL: Pool<Vec<u8>> = Pool::new();
        let crowd: Vec<Vec<u8>> = (0..100).map(|_| POOL.take()).collect();
        crowd.into_iter().for_each(|room| POOL.give(room));
        assert_eq!(POOL.rooms().len(), MOST);
    }
}
