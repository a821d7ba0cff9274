//! 2Q in its full version: A1in holds a quarter, A1out remembers as much as would
//! fill half of the capacity.
//!
//! Johnson and Shasha, VLDB '94.

use super::queue::Queue;
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone)]
pub struct TwoQ {
    capacity: u64,
    a1in: Queue,
    a1out: Queue,
    am: Queue,
    /// The key that is coming was found in A1out.
    remembered: bool,
    /// Whether the latest victim came from Am, what A1in held, and its share.
    why: Vec<u64>,
}

impl TwoQ {
    pub fn new(capacity: u64) -> Self {
        TwoQ {
            capacity,
            a1in: Queue::default(),
            a1out: Queue::default(),
            am: Queue::default(),
            remembered: false,
            why: Vec::new(),
        }
    }
}

impl Reference for TwoQ {
    fn coming(&mut self, key: Key, _weight: u64) {
        self.remembered = self.a1out.take(key).is_some();
    }

    fn insert(&mut self, key: Key, weight: u64) {
        let queue = if self.remembered {
            &mut self.am
        } else {
            &mut self.a1in
        };
        queue.push(key, weight);
    }

    fn hit(&mut self, key: Key) {
        self.am.refresh(key);
    }

    fn resized(&mut self, key: Key, weight: u64) {
        self.a1in.resize(key, weight);
        self.am.resize(key, weight);
    }

    fn remove(&mut self, key: Key) {
        self.a1in.take(key);
        self.am.take(key);
    }

    fn victim(&mut self) -> Option<Key> {
        // More than a quarter of the capacity, in whole numbers.
        let held = self.a1in.weight();
        let from_am = held * 4 <= self.capacity && !self.am.is_empty();
        self.why = vec![from_am.into(), held, self.capacity / 4];
        let queue = if from_am { &self.am } else { &self.a1in };
        queue.oldest().map(|oldest| oldest.key)
    }

    fn evict(&mut self, key: Key) {
        if let Some(gone) = self.a1in.take(key) {
            self.a1out.push(key, gone.weight);
            self.a1out.shrink_to(self.capacity / 2);
        }
        self.am.take(key);
    }

    fn why(&self) -> Vec<u64> {
        self.why.clone()
    }

    fn queues(&self) -> Queues {
        vec![("A1in", self.a1in.keys()), ("Am", self.am.keys())]
    }

    fn ghosts(&self) -> Queues {
        vec![("A1out", self.a1out.keys())]
    }
}
