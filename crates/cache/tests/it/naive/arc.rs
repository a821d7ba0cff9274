//! ARC: two lists by recency and frequency, their ghosts, and a target that learns from the ghosts.
//!
//! Megiddo and Modha, FAST '03, figure 4. Where the capacity is in bytes, so are all sizes, and a step
//! of the target is as large as the entry that comes, times the ratio of the ghosts.

use super::queue::Queue;
use super::{Queues, Reference};
use cache::units::Key;

/// In which list of ghosts the key that is coming was found.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    InB1,
    InB2,
    Nowhere,
}

#[derive(Clone)]
pub struct Arc {
    capacity: u64,
    t1: Queue,
    t2: Queue,
    b1: Queue,
    b2: Queue,
    /// The target size of T1.
    p: f64,
    found: Found,
    coming_weight: u64,
    /// T1 is all of L1: its oldest goes without a ghost.
    drop_oldest: bool,
    /// Whether the latest victim came from T2, what T1 held, and the target in thousandths.
    why: Vec<u64>,
}

impl Arc {
    pub fn new(capacity: u64) -> Self {
        Arc {
            capacity,
            t1: Queue::default(),
            t2: Queue::default(),
            b1: Queue::default(),
            b2: Queue::default(),
            p: 0.0,
            found: Found::Nowhere,
            coming_weight: 0,
            drop_oldest: false,
            why: Vec::new(),
        }
    }
}

impl Reference for Arc {
    fn coming(&mut self, key: Key, weight: u64) {
        let (b1, b2) = (self.b1.weight() as f64, self.b2.weight() as f64);
        let (capacity, size) = (self.capacity as f64, weight as f64);
        // Ghosts that weigh nothing make the ratio infinite, and a step of nothing times that, which is no
        // number, ends at the limit as well.
        self.coming_weight = weight;
        if self.b1.take(key).is_some() {
            self.found = Found::InB1;
            self.p = (self.p + size * (b2 / b1).max(1.0)).min(capacity);
        } else if self.b2.take(key).is_some() {
            self.found = Found::InB2;
            self.p = (self.p - size * (b1 / b2).max(1.0)).max(0.0);
        } else {
            self.found = Found::Nowhere;
            // With the one that comes, L1 is to be no larger than the cache, and all four lists twice
            // that. T1 itself is made to fit by evictions.
            let t1 = (self.t1.weight() + weight).min(self.capacity);
            self.b1.shrink_to(self.capacity - t1);
            let all_but_b2 = t1 + self.b1.weight() + self.t2.weight();
            self.b2
                .shrink_to((2 * self.capacity).saturating_sub(all_but_b2));
        }
    }

    fn insert(&mut self, key: Key, weight: u64) {
        if self.found == Found::Nowhere {
            self.t1.push(key, weight);
        } else {
            self.t2.push(key, weight);
        }
        // A value that grows needs room, too, and then nothing is coming.
        self.found = Found::Nowhere;
        self.coming_weight = 0;
    }

    fn hit(&mut self, key: Key) {
        if let Some(used) = self.t1.take(key) {
            self.t2.push(key, used.weight);
        }
        self.t2.refresh(key);
    }

    fn resized(&mut self, key: Key, weight: u64) {
        self.t1.resize(key, weight);
        self.t2.resize(key, weight);
    }

    fn remove(&mut self, key: Key) {
        self.t1.take(key);
        self.t2.take(key);
    }

    fn victim(&mut self) -> Option<Key> {
        let held = self.t1.weight();
        let t1 = held as f64;
        let fills = held + self.coming_weight > self.capacity && !self.t1.is_empty();
        self.drop_oldest = self.found == Found::Nowhere && fills;
        let from_t1 = t1 > self.p || (self.found == Found::InB2 && t1 == self.p);
        let from_t2 = !self.drop_oldest && !self.t2.is_empty() && (self.t1.is_empty() || !from_t1);
        self.why = vec![from_t2.into(), held, (self.p * 1_000.0) as u64];
        let list = if from_t2 { &self.t2 } else { &self.t1 };
        list.oldest().map(|oldest| oldest.key)
    }

    fn evict(&mut self, key: Key) {
        let (once, often) = (self.t1.take(key), self.t2.take(key));
        if self.drop_oldest {
            return;
        }
        for (gone, ghosts) in [(once, &mut self.b1), (often, &mut self.b2)] {
            if let Some(gone) = gone {
                ghosts.push(key, gone.weight);
            }
        }
    }

    fn why(&self) -> Vec<u64> {
        self.why.clone()
    }

    fn target_milli(&self) -> Option<u64> {
        Some((self.p * 1_000.0) as u64)
    }

    fn queues(&self) -> Queues {
        vec![("T1", self.t1.keys()), ("T2", self.t2.keys())]
    }

    fn ghosts(&self) -> Queues {
        vec![("B1", self.b1.keys()), ("B2", self.b2.keys())]
    }
}
