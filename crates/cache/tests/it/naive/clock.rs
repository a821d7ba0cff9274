//! CLOCK: a queue in which an entry that was hit goes round once more, its bit cleared.

use super::queue::{refresh, take};
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone, Default)]
pub struct Clock {
    queue: Vec<Key>,
    hit: Vec<Key>,
    /// How many the hand has passed on its latest way.
    passed: u64,
}

impl Reference for Clock {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.queue.insert(0, key);
    }

    fn hit(&mut self, key: Key) {
        if !self.hit.contains(&key) {
            self.hit.push(key);
        }
    }

    fn remove(&mut self, key: Key) {
        take(&mut self.queue, key);
        take(&mut self.hit, key);
    }

    fn victim(&mut self) -> Option<Key> {
        self.passed = 0;
        loop {
            let key = *self.queue.last()?;
            if !take(&mut self.hit, key) {
                return Some(key);
            }
            refresh(&mut self.queue, key);
            self.passed += 1;
        }
    }

    fn why(&self) -> Vec<u64> {
        vec![self.passed]
    }

    fn mark(&self, key: Key) -> Option<u32> {
        Some(self.hit.contains(&key).into())
    }

    fn hand(&self) -> Option<Key> {
        self.queue.last().copied()
    }

    fn queues(&self) -> Queues {
        vec![("queue", self.queue.clone())]
    }
}
