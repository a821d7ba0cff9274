//! Least recently used: a hit moves to the front.

use super::queue::{refresh, take};
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone, Default)]
pub struct Lru {
    queue: Vec<Key>,
}

impl Reference for Lru {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.queue.insert(0, key);
    }

    fn hit(&mut self, key: Key) {
        refresh(&mut self.queue, key);
    }

    fn remove(&mut self, key: Key) {
        take(&mut self.queue, key);
    }

    fn victim(&mut self) -> Option<Key> {
        self.queue.last().copied()
    }

    fn queues(&self) -> Queues {
        vec![("queue", self.queue.clone())]
    }
}
