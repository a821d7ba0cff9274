//! The event queue: what is due, in order of time and, within an instant, of scheduling.
//!
//! As a rule a few things are due, and what is scheduled comes soon: finding its place among the next
//! ones from the near end is cheaper than a heap's detour over its bottom. What does not fit there is
//! in a heap, so that thousands of things are no trouble either.

use cache::units::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};

/// At most so many are kept in order.
const NEAR_MAX: usize = 32;

/// An instant, how many had been scheduled before, and what is due.
type Item<T> = (Micros, u64, T);

/// Things due at instants of simulated time.
#[derive(Clone, Debug)]
pub(super) struct Queue<T> {
    /// The next ones, the very next one last. Empty only if nothing is due.
    near: Vec<Item<T>>,
    /// What comes after all of those.
    far: BinaryHeap<Reverse<Item<T>>>,
    scheduled: u64,
}

impl<T: Ord + Copy> Queue<T> {
    pub(super) fn new() -> Self {
        Queue {
            near: Vec::new(),
            far: BinaryHeap::new(),
            scheduled: 0,
        }
    }

    pub(super) fn schedule(&mut self, at: Micros, what: T) {
        let item = (at, self.scheduled, what);
        self.scheduled += 1;
        if self.near.first().is_some_and(|last| last.0 <= at) {
            // After all of the near ones.
            if self.near.len() == NEAR_MAX || !self.far.is_empty() {
                return self.far.push(Reverse(item));
            }
        } else if self.near.len() == NEAR_MAX {
            self.far.push(Reverse(self.near.remove(0)));
        }
        // From the near end to its place: after everything of the same instant. Most often that is a
        // step or two.
        let mut place = self.near.len();
        self.near.push(item);
        while place > 0 && self.near[place - 1].0 <= at {
            self.near[place] = self.near[place - 1];
            place -= 1;
        }
        self.near[place] = item;
    }

    #[inline]
    pub(super) fn next_at(&self) -> Option<Micros> {
        self.near.last().map(|&(at, _, _)| at)
    }

    /// Whether anything of a kind is due.
    pub(super) fn any(&self, of_kind: impl Fn(&T) -> bool) -> bool {
        let far = self.far.iter().map(|Reverse(item)| item);
        self.near
            .iter()
            .chain(far)
            .any(|(_, _, what)| of_kind(what))
    }

    /// The memory that what is due takes, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        ((self.near.len() + self.far.len()) * size_of::<Item<T>>()) as u64
    }

    /// Takes out the next thing due exactly at `now`.
    pub(super) fn pop_at(&mut self, now: Micros) -> Option<T> {
        if self.next_at()? != now {
            return None;
        }
        let next = self.near.pop();
        if self.near.is_empty() && !self.far.is_empty() {
            let far = std::iter::from_fn(|| self.far.pop().map(|Reverse(item)| item));
            self.near.extend(far.take(NEAR_MAX / 2));
            self.near.reverse();
        }
        next.map(|(_, _, what)| what)
    }
}

/// Where a thing is kept depends on the queue's history; the things in order do not.
impl<T: Ord + Copy + Hash> Hash for Queue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scheduled.hash(state);
        let far = self.far.clone().into_sorted_vec();
        let far = far.into_iter().map(|Reverse(item)| item);
        let items: Vec<Item<T>> = far.chain(self.near.iter().copied()).collect();
        items.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};
    use std::collections::BTreeMap;

    /// Against a map, with few things due and with many, and many of them at one instant.
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
