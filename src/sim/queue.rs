//! The event queue: what is due, in order of time and, within an instant, of scheduling.

use crate::units::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};

/// Things due at instants of simulated time.
#[derive(Clone, Debug)]
pub(super) struct Queue<T> {
    heap: BinaryHeap<Reverse<(Micros, u64, T)>>,
    scheduled: u64,
}

impl<T: Ord + Copy> Queue<T> {
    pub(super) fn new() -> Self {
        Queue {
            heap: BinaryHeap::new(),
            scheduled: 0,
        }
    }

    pub(super) fn schedule(&mut self, at: Micros, what: T) {
        self.heap.push(Reverse((at, self.scheduled, what)));
        self.scheduled += 1;
    }

    pub(super) fn next_at(&self) -> Option<Micros> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    /// Takes out the next thing due exactly at `now`.
    pub(super) fn pop_at(&mut self, now: Micros) -> Option<T> {
        if self.next_at()? != now {
            return None;
        }
        self.heap.pop().map(|Reverse((_, _, what))| what)
    }
}

/// A heap's inner order depends on its history; its contents in order do not.
impl<T: Ord + Copy + Hash> Hash for Queue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scheduled.hash(state);
        self.heap.clone().into_sorted_vec().hash(state);
    }
}
