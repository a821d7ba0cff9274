//! The event queue: what is due, in order of time and, within an instant, of scheduling.

use cache::units::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};

/// An instant, how many had been scheduled before, and what is due.
type Item<T> = (Micros, u64, T);

/// Things due at instants of simulated time.
#[derive(Clone, Debug)]
pub(super) struct Queue<T> {
    heap: BinaryHeap<Reverse<Item<T>>>,
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

    /// Whether anything that matches is due.
    pub(super) fn any(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.heap.iter().any(|Reverse((_, _, what))| matches(what))
    }

    /// Removes the things that are cancelled.
    pub(super) fn forget(&mut self, no_longer: impl Fn(&T) -> bool) {
        self.heap.retain(|Reverse((_, _, what))| !no_longer(what));
    }

    /// The memory that what is due takes, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        (self.heap.len() * size_of::<Item<T>>()) as u64
    }

    /// Takes out the next thing due exactly at `now`.
    pub(super) fn pop_at(&mut self, now: Micros) -> Option<T> {
        if self.next_at()? != now {
            return None;
        }
        self.heap.pop().map(|Reverse((_, _, what))| what)
    }
}

/// Where the heap keeps a thing depends on its history, so the things are hashed in order.
impl<T: Ord + Copy + Hash> Hash for Queue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scheduled.hash(state);
        let sorted = self.heap.clone().into_sorted_vec();
        let items: Vec<Item<T>> = sorted.into_iter().map(|Reverse(item)| item).collect();
        items.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};
    use std::collections::BTreeMap;

    /// Compares with a map, with few and with many things due, many of them at one instant.
    #[test]
    fn things_come_in_order_of_time_and_of_scheduling() {
        for due_max in [5, 40, 500] {
            let (mut queue, mut map) = (Queue::new(), BTreeMap::new());
            let mut now = Micros::ZERO;
            for i in 0..5_000_u32 {
                let drawn = draw(1, Stream::CacheNetwork, i, due_max);
                let wanted = drawn % u64::from(due_max);
                while map.len() as u64 > wanted {
                    let Some(((at, _), what)) = map.pop_first() else {
                        break;
                    };
                    assert_eq!(queue.next_at(), Some(at));
                    assert_eq!(queue.pop_at(Micros(at.0 + 1)), None);
                    assert_eq!(queue.pop_at(at), Some(what));
                    now = at;
                }
                let at = now.after(Micros((drawn >> 32) % 100));
                queue.schedule(at, i);
                map.insert((at, i), i);
            }
        }
    }
}
