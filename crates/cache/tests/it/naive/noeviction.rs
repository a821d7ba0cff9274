//! noeviction: nothing is evicted, and a write that needs room is refused.

use super::queue::take;
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone, Default)]
pub struct NoEviction {
    entries: Vec<Key>,
}

impl Reference for NoEviction {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.entries.insert(0, key);
    }

    fn hit(&mut self, _key: Key) {}

    fn remove(&mut self, key: Key) {
        take(&mut self.entries, key);
    }

    fn victim(&mut self) -> Option<Key> {
        None
    }

    fn queues(&self) -> Queues {
        vec![("entries", self.entries.clone())]
    }
}
