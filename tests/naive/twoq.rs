//! 2Q in its full version: A1in holds a quarter, A1out remembers half as many keys as fit.
//!
//! Johnson and Shasha, VLDB '94.

use super::queue::{refresh, take};
use super::{Queues, Reference};
use cache_playground::units::Key;

#[derive(Clone)]
pub struct TwoQ {
    capacity: usize,
    a1in: Vec<Key>,
    a1out: Vec<Key>,
    am: Vec<Key>,
    /// The key that is coming was found in A1out.
    remembered: bool,
    /// Whether the latest victim came from Am, what A1in held, and its share.
    why: Vec<u64>,
}

impl TwoQ {
    pub fn new(capacity: usize) -> Self {
        TwoQ {
            capacity,
            a1in: Vec::new(),
            a1out: Vec::new(),
            am: Vec::new(),
            remembered: false,
            why: Vec::new(),
        }
    }
}

impl Reference for TwoQ {
    fn coming(&mut self, key: Key) {
        self.remembered = take(&mut self.a1out, key);
    }

    fn insert(&mut self, key: Key) {
        let queue = if self.remembered {
            &mut self.am
        } else {
            &mut self.a1in
        };
        queue.insert(0, key);
    }

    fn hit(&mut self, key: Key) {
        refresh(&mut self.am, key);
    }

    fn remove(&mut self, key: Key) {
        take(&mut self.a1in, key);
        take(&mut self.am, key);
    }

    fn evict(&mut self) -> Option<Key> {
        // More than a quarter of the capacity, in whole numbers.
        let from_am = self.a1in.len() * 4 <= self.capacity && !self.am.is_empty();
        let (held, share) = (self.a1in.len() as u64, self.capacity as u64 / 4);
        self.why = vec![from_am.into(), held, share];
        if !from_am {
            let key = self.a1in.pop()?;
            self.a1out.insert(0, key);
            self.a1out.truncate(self.capacity / 2);
            return Some(key);
        }
        self.am.pop()
    }

    fn why(&self) -> Vec<u64> {
        self.why.clone()
    }

    fn queues(&self) -> Queues {
        vec![("A1in", self.a1in.clone()), ("Am", self.am.clone())]
    }

    fn ghosts(&self) -> Queues {
        vec![("A1out", self.a1out.clone())]
    }
}
