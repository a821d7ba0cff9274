//! ARC: two lists by recency and frequency, their ghosts, and a target that learns from the ghosts.
//!
//! Megiddo and Modha, FAST '03, figure 4.

use super::queue::take;
use super::{Queues, Reference};
use cache_playground::units::Key;

/// In which list of ghosts the key that is coming was found.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    InB1,
    InB2,
    Nowhere,
}

#[derive(Clone)]
pub struct Arc {
    capacity: usize,
    t1: Vec<Key>,
    t2: Vec<Key>,
    b1: Vec<Key>,
    b2: Vec<Key>,
    /// The target size of T1.
    p: f64,
    found: Found,
    /// T1 is all of L1: its oldest goes without a ghost.
    drop_oldest: bool,
    /// Whether the latest victim came from T2, what T1 held, and the target in thousandths.
    why: Vec<u64>,
}

impl Arc {
    pub fn new(capacity: usize) -> Self {
        Arc {
            capacity,
            t1: Vec::new(),
            t2: Vec::new(),
            b1: Vec::new(),
            b2: Vec::new(),
            p: 0.0,
            found: Found::Nowhere,
            drop_oldest: false,
            why: Vec::new(),
        }
    }
}

impl Reference for Arc {
    fn coming(&mut self, key: Key) {
        let (capacity, b1, b2) = (
            self.capacity as f64,
            self.b1.len() as f64,
            self.b2.len() as f64,
        );
        self.drop_oldest = false;
        if take(&mut self.b1, key) {
            self.found = Found::InB1;
            self.p = (self.p + (b2 / b1).max(1.0)).min(capacity);
        } else if take(&mut self.b2, key) {
            self.found = Found::InB2;
            self.p = (self.p - (b1 / b2).max(1.0)).max(0.0);
        } else {
            self.found = Found::Nowhere;
            let l1 = self.t1.len() + self.b1.len();
            let all = l1 + self.t2.len() + self.b2.len();
            if l1 == self.capacity {
                self.drop_oldest = self.b1.pop().is_none();
            } else if all == 2 * self.capacity {
                self.b2.pop();
            }
        }
    }

    fn insert(&mut self, key: Key) {
        if self.found == Found::Nowhere {
            self.t1.insert(0, key);
        } else {
            self.t2.insert(0, key);
        }
    }

    fn hit(&mut self, key: Key) {
        self.remove(key);
        self.t2.insert(0, key);
    }

    fn remove(&mut self, key: Key) {
        take(&mut self.t1, key);
        take(&mut self.t2, key);
    }

    fn evict(&mut self) -> Option<Key> {
        let t1 = self.t1.len() as f64;
        let values = [self.t1.len() as u64, (self.p * 1_000.0) as u64];
        self.why = [&[0][..], &values].concat();
        if self.drop_oldest {
            return self.t1.pop();
        }
        let from_t1 = t1 > self.p || (self.found == Found::InB2 && t1 == self.p);
        if !self.t1.is_empty() && (from_t1 || self.t2.is_empty()) {
            let key = self.t1.pop()?;
            self.b1.insert(0, key);
            Some(key)
        } else {
            self.why = [&[1][..], &values].concat();
            let key = self.t2.pop()?;
            self.b2.insert(0, key);
            Some(key)
        }
    }

    fn why(&self) -> Vec<u64> {
        self.why.clone()
    }

    fn target_milli(&self) -> Option<u64> {
        Some((self.p * 1_000.0) as u64)
    }

    fn queues(&self) -> Queues {
        vec![("T1", self.t1.clone()), ("T2", self.t2.clone())]
    }

    fn ghosts(&self) -> Queues {
        vec![("B1", self.b1.clone()), ("B2", self.b2.clone())]
    }
}
