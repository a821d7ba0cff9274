//! Least frequently used, counted exactly: among equals, the one that came to its count first goes.

use super::{Queues, Reference};
use cache::units::Key;

/// A key, how often it was used since it came, and when its count last changed.
#[derive(Clone)]
struct Counted {
    key: Key,
    uses: u64,
    since: u64,
}

#[derive(Clone, Default)]
pub struct Lfu {
    counted: Vec<Counted>,
    calls: u64,
    /// The latest victim's uses, and how many others had as many.
    least: Vec<u64>,
}

impl Reference for Lfu {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.calls += 1;
        self.counted.push(Counted {
            key,
            uses: 1,
            since: self.calls,
        });
    }

    fn hit(&mut self, key: Key) {
        self.calls += 1;
        for counted in &mut self.counted {
            if counted.key == key {
                counted.uses += 1;
                counted.since = self.calls;
            }
        }
    }

    fn remove(&mut self, key: Key) {
        self.counted.retain(|counted| counted.key != key);
    }

    fn victim(&mut self) -> Option<Key> {
        let least = |counted: &&Counted| (counted.uses, counted.since);
        let Counted { key, uses, .. } = self.counted.iter().min_by_key(least)?.clone();
        let equals = self.counted.iter().filter(|counted| counted.uses == uses);
        self.least = vec![uses, equals.count() as u64 - 1];
        Some(key)
    }

    fn why(&self) -> Vec<u64> {
        self.least.clone()
    }

    fn mark(&self, key: Key) -> Option<u32> {
        let counted = self.counted.iter().find(|counted| counted.key == key)?;
        Some(counted.uses as u32)
    }

    fn queues(&self) -> Queues {
        let mut counted = self.counted.clone();
        counted.sort_by_key(|counted| (counted.uses, counted.since));
        let keys = counted.iter().rev().map(|counted| counted.key);
        vec![("counted", keys.collect())]
    }
}
