//! Memcached's segmented LRU, by the rule that the engine documents: HOT and WARM have 32 % each,
//! what leaves them goes to WARM if it was used there, to COLD if not.

use super::queue::Queue;
use super::{Queues, Reference};
use cache::units::Key;

/// The marks of HOT and WARM say whether an entry was used where it is.
#[derive(Clone)]
pub struct Memcached {
    capacity: u64,
    hot: Queue,
    warm: Queue,
    cold: Queue,
    /// The segment of the latest victim: 0, 1 or 2.
    from: u64,
}

impl Memcached {
    pub fn new(capacity: u64) -> Self {
        Memcached {
            capacity,
            hot: Queue::default(),
            warm: Queue::default(),
            cold: Queue::default(),
            from: 0,
        }
    }

    fn settle(&mut self) {
        let share = self.capacity * 32 / 100;
        loop {
            let out = if self.hot.weight() > share {
                self.hot.pop()
            } else if self.warm.weight() > share {
                self.warm.pop()
            } else {
                return;
            };
            match out {
                Some(out) if out.mark == 1 => self.warm.push(out.key, out.weight),
                Some(out) => self.cold.push(out.key, out.weight),
                None => return,
            }
        }
    }
}

impl Reference for Memcached {
    fn insert(&mut self, key: Key, weight: u64) {
        self.hot.push(key, weight);
        self.settle();
    }

    fn hit(&mut self, key: Key) {
        for segment in [&mut self.hot, &mut self.warm] {
            if let Some(item) = segment.find(key) {
                item.mark = 1;
            }
        }
        if let Some(used) = self.cold.take(key) {
            self.warm.push(key, used.weight);
            self.settle();
        }
    }

    fn resized(&mut self, key: Key, weight: u64) {
        for segment in [&mut self.hot, &mut self.warm, &mut self.cold] {
            segment.resize(key, weight);
        }
        self.settle();
    }

    fn remove(&mut self, key: Key) {
        for segment in [&mut self.hot, &mut self.warm, &mut self.cold] {
            segment.take(key);
        }
    }

    fn victim(&mut self) -> Option<Key> {
        for (number, segment) in [(2, &self.cold), (1, &self.warm), (0, &self.hot)] {
            if let Some(oldest) = segment.oldest() {
                self.from = number;
                return Some(oldest.key);
            }
        }
        None
    }

    fn why(&self) -> Vec<u64> {
        vec![self.from]
    }

    fn mark(&self, key: Key) -> Option<u32> {
        self.hot.mark(key).or(self.warm.mark(key))
    }

    fn queues(&self) -> Queues {
        vec![
            ("HOT", self.hot.keys()),
            ("WARM", self.warm.keys()),
            ("COLD", self.cold.keys()),
        ]
    }
}
