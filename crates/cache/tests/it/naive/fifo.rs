//! First in, first out: a hit changes nothing.

use super::queue::take;
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone, Default)]
pub struct Fifo {
    queue: Vec<Key>,
}

impl Reference for Fifo {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.queue.insert(0, key);
    }

    fn hit(&mut self, _key: Key) {}

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
