//! Segmented LRU: probation, and four fifths protected for what was hit there.
//!
//! Karedla, Love and Wherry, IEEE Computer 27 (3), 1994.

use super::queue::Queue;
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone)]
pub struct Slru {
    capacity: u64,
    probation: Queue,
    protected: Queue,
    /// Whether the latest victim was protected.
    last_resort: bool,
}

impl Slru {
    pub fn new(capacity: u64) -> Self {
        Slru {
            capacity,
            probation: Queue::default(),
            protected: Queue::default(),
            last_resort: false,
        }
    }

    /// What the protected segment has no share for is on probation again, as the newest there.
    fn settle(&mut self) {
        while self.protected.weight() > self.capacity * 8 / 10 {
            let Some(oldest) = self.protected.pop() else {
                return;
            };
            self.probation.push(oldest.key, oldest.weight);
        }
    }
}

impl Reference for Slru {
    fn insert(&mut self, key: Key, weight: u64) {
        self.probation.push(key, weight);
    }

    fn hit(&mut self, key: Key) {
        if let Some(used) = self.probation.take(key) {
            self.protected.push(key, used.weight);
            self.settle();
        } else {
            self.protected.refresh(key);
        }
    }

    fn resized(&mut self, key: Key, weight: u64) {
        self.probation.resize(key, weight);
        self.protected.resize(key, weight);
        self.settle();
    }

    fn remove(&mut self, key: Key) {
        self.probation.take(key);
        self.protected.take(key);
    }

    fn victim(&mut self) -> Option<Key> {
        self.last_resort = self.probation.is_empty();
        let oldest = self.probation.oldest().or(self.protected.oldest())?;
        Some(oldest.key)
    }

    fn why(&self) -> Vec<u64> {
        vec![self.last_resort.into()]
    }

    fn queues(&self) -> Queues {
        vec![
            ("probation", self.probation.keys()),
            ("protected", self.protected.keys()),
        ]
    }
}
