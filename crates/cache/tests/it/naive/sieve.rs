//! SIEVE: the hand walks from the oldest to the newest and survivors stay where they are.
//!
//! Zhang et al., NSDI '24.

use super::queue::take;
use super::{Queues, Reference};
use cache::units::Key;

#[derive(Clone, Default)]
pub struct Sieve {
    queue: Vec<Key>,
    visited: Vec<Key>,
    /// Where the next search begins; without one, at the oldest.
    hand: Option<Key>,
    /// How many the hand has passed on its latest way.
    passed: u64,
}

impl Sieve {
    /// The next newer one.
    fn newer(&self, key: Key) -> Option<Key> {
        let place = self.queue.iter().position(|&other| other == key)?;
        self.queue[..place].last().copied()
    }
}

impl Reference for Sieve {
    fn insert(&mut self, key: Key, _weight: u64) {
        self.queue.insert(0, key);
    }

    fn hit(&mut self, key: Key) {
        if !self.visited.contains(&key) {
            self.visited.push(key);
        }
    }

    fn remove(&mut self, key: Key) {
        if self.hand == Some(key) {
            self.hand = self.newer(key);
        }
        take(&mut self.queue, key);
        take(&mut self.visited, key);
    }

    fn victim(&mut self) -> Option<Key> {
        self.passed = 0;
        let mut key = self.hand.or(self.queue.last().copied())?;
        while take(&mut self.visited, key) {
            key = self.newer(key).or(self.queue.last().copied())?;
            self.passed += 1;
        }
        self.hand = Some(key);
        Some(key)
    }

    fn why(&self) -> Vec<u64> {
        vec![self.passed]
    }

    fn mark(&self, key: Key) -> Option<u32> {
        Some(self.visited.contains(&key).into())
    }

    fn hand(&self) -> Option<Key> {
        self.hand.or(self.queue.last().copied())
    }

    fn queues(&self) -> Queues {
        vec![("queue", self.queue.clone())]
    }
}
