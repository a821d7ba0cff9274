//! Memcached's segmented LRU, by the rule that the engine documents: HOT and WARM have 32 % each,
//! what leaves them goes to WARM if it was used there, to COLD if not.

use super::{Queues, Reference};
use cache_playground::units::Key;

/// A key, and whether it was used where it is.
type Marked = (Key, bool);

#[derive(Clone)]
pub struct Memcached {
    capacity: usize,
    hot: Vec<Marked>,
    warm: Vec<Marked>,
    cold: Vec<Key>,
    /// The segment of the latest victim: 0, 1 or 2.
    from: u64,
}

impl Memcached {
    pub fn new(capacity: usize) -> Self {
        Memcached {
            capacity,
            hot: Vec::new(),
            warm: Vec::new(),
            cold: Vec::new(),
            from: 0,
        }
    }

    fn settle(&mut self) {
        let share = self.capacity * 32 / 100;
        loop {
            let out = if self.hot.len() > share {
                self.hot.pop()
            } else if self.warm.len() > share {
                self.warm.pop()
            } else {
                return;
            };
            match out {
                Some((key, true)) => self.warm.insert(0, (key, false)),
                Some((key, false)) => self.cold.insert(0, key),
                None => return,
            }
        }
    }
}

impl Reference for Memcached {
    fn insert(&mut self, key: Key) {
        self.hot.insert(0, (key, false));
        self.settle();
    }

    fn hit(&mut self, key: Key) {
        for (other, active) in self.hot.iter_mut().chain(&mut self.warm) {
            if *other == key {
                *active = true;
            }
        }
        if super::queue::take(&mut self.cold, key) {
            self.warm.insert(0, (key, false));
            self.settle();
        }
    }

    fn remove(&mut self, key: Key) {
        self.hot.retain(|&(other, _)| other != key);
        self.warm.retain(|&(other, _)| other != key);
        super::queue::take(&mut self.cold, key);
    }

    fn evict(&mut self) -> Option<Key> {
        self.from = 2;
        if let Some(key) = self.cold.pop() {
            return Some(key);
        }
        self.from = 1;
        if let Some((key, _)) = self.warm.pop() {
            return Some(key);
        }
        self.from = 0;
        self.hot.pop().map(|(key, _)| key)
    }

    fn why(&self) -> Vec<u64> {
        vec![self.from]
    }

    fn mark(&self, key: Key) -> Option<u32> {
        let mut marked = self.hot.iter().chain(&self.warm);
        let marked = marked.find(|marked| marked.0 == key)?;
        Some(marked.1.into())
    }

    fn queues(&self) -> Queues {
        let keys = |queue: &[Marked]| queue.iter().map(|&(key, _)| key).collect();
        vec![
            ("HOT", keys(&self.hot)),
            ("WARM", keys(&self.warm)),
            ("COLD", self.cold.clone()),
        ]
    }
}
