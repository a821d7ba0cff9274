//! The fewest misses that any replacement policy can have: L. A. Bélády, "A study of replacement algorithms for
//! a virtual-storage computer", IBM Systems Journal 5(2), 1966. Evicts the key whose next use is
//! farthest away. Every miss is stored, as by every policy of the engine.

use super::key_count;
use cache::units::Key;
use std::collections::BinaryHeap;

const NEVER: u32 = u32::MAX;

/// For each request of a stream, the position of the next request for its key.
pub(super) struct NextUse {
    next: Vec<u32>,
    /// For each key, where it was met last on the way back.
    met: Vec<u32>,
}

impl NextUse {
    /// # Panics
    /// If there are 2^32 − 1 keys or more.
    pub(super) fn new(keys: &[Key]) -> Self {
        assert!(u32::try_from(keys.len()).is_ok_and(|length| length < NEVER));
        NextUse {
            next: vec![NEVER; keys.len()],
            met: vec![NEVER; key_count(keys)],
        }
    }

    /// Goes back through the stream, by as many requests as there are from `begin` to `end`, counted
    /// from the stream's end.
    pub(super) fn look_back(&mut self, keys: &[Key], begin: usize, end: usize) {
        for at in (keys.len() - end..keys.len() - begin).rev() {
            let met = &mut self.met[keys[at].0 as usize];
            self.next[at] = std::mem::replace(met, at as u32);
        }
    }
}

pub(super) struct Belady {
    capacity: u32,
    held: u32,
    misses: u64,
    /// For each key that is cached, the position of its next request.
    next_of: Vec<Option<u32>>,
    /// Positions of next requests with their keys, the farthest first. An item is void if its key is gone
    /// or has been requested since; such items are the nearest, so they come up last.
    farthest: BinaryHeap<(u32, Key)>,
}

impl Belady {
    pub(super) fn new(keys: &[Key], capacity: u32) -> Self {
        Belady {
            capacity,
            held: 0,
            misses: 0,
            next_of: vec![None; key_count(keys)],
            farthest: BinaryHeap::new(),
        }
    }

    /// Takes the requests of the stream from `begin` to `end`.
    pub(super) fn requests(&mut self, keys: &[Key], begin: usize, end: usize, next_use: &NextUse) {
        for (&key, &next) in keys[begin..end].iter().zip(&next_use.next[begin..end]) {
            if self.next_of[key.0 as usize].is_none() {
                self.misses += 1;
                match self.held == self.capacity {
                    true => self.evict(),
                    false => self.held += 1,
                }
            }
            self.next_of[key.0 as usize] = Some(next);
            self.farthest.push((next, key));
        }
    }

    fn evict(&mut self) {
        while let Some((next, key)) = self.farthest.pop() {
            let held = &mut self.next_of[key.0 as usize];
            if *held == Some(next) {
                *held = None;
                return;
            }
        }
    }

    pub(super) fn misses(&self) -> u64 {
        self.misses
    }
}
