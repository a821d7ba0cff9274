//! Segmented LRU: probation, and four fifths protected for what was hit there.
//!
//! Karedla, Love and Wherry, IEEE Computer 27 (3), 1994.

use super::queue::{refresh, take};
use super::{Queues, Reference};
use cache_playground::units::Key;

#[derive(Clone)]
pub struct Slru {
    capacity: usize,
    probation: Vec<Key>,
    protected: Vec<Key>,
    /// Whether the latest victim was protected.
    last_resort: bool,
}

impl Slru {
    pub fn new(capacity: usize) -> Self {
        Slru {
            capacity,
            probation: Vec::new(),
            protected: Vec::new(),
            last_resort: false,
        }
    }
}

impl Reference for Slru {
    fn insert(&mut self, key: Key) {
        self.probation.insert(0, key);
    }

    fn hit(&mut self, key: Key) {
        if refresh(&mut self.protected, key) {
            return;
        }
        take(&mut self.probation, key);
        self.protected.insert(0, key);
        if self.protected.len() > self.capacity * 8 / 10 {
            let oldest = self.protected.pop();
            self.probation.splice(0..0, oldest);
        }
    }

    fn remove(&mut self, key: Key) {
        take(&mut self.probation, key);
        take(&mut self.protected, key);
    }

    fn evict(&mut self) -> Option<Key> {
        self.last_resort = self.probation.is_empty();
        self.probation.pop().or_else(|| self.protected.pop())
    }

    fn why(&self) -> Vec<u64> {
        vec![self.last_resort.into()]
    }

    fn queues(&self) -> Queues {
        vec![
            ("probation", self.probation.clone()),
            ("protected", self.protected.clone()),
        ]
    }
}
