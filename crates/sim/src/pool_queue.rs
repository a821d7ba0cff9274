//! Who waits for a connection, in order: in chunks that the clones of a world share until one of them
//! changes, because where a database is hopelessly late they are hundreds of thousands.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

const CHUNK: usize = 256;

/// A queue of numbers: the first one in is the first one out.
#[derive(Clone, Debug, Default)]
pub(super) struct PoolQueue {
    /// The first one begins with numbers that have left, the last one ends with none yet.
    chunks: VecDeque<Rc<[u32; CHUNK]>>,
    /// How many have left the first chunk: fewer than it holds.
    left: usize,
    len: usize,
}

impl PoolQueue {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push_back(&mut self, number: u32) {
        let place = self.left + self.len;
        if place == self.chunks.len() * CHUNK {
            self.chunks.push_back(Rc::new([0; CHUNK]));
        }
        Rc::make_mut(&mut self.chunks[place / CHUNK])[place % CHUNK] = number;
        self.len += 1;
    }

    pub(super) fn pop_front(&mut self) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let first = self.chunks[0][self.left];
        self.left += 1;
        self.len -= 1;
        if self.len == 0 {
            // A chunk that is there already is as good as a new one.
            self.left = 0;
            self.chunks.truncate(1);
        } else if self.left == CHUNK {
            self.left = 0;
            self.chunks.pop_front();
        }
        Some(first)
    }

    /// From the one that has waited longest on.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let all = self.chunks.iter().flat_map(|chunk| chunk.iter().copied());
        all.skip(self.left).take(self.len)
    }

    /// This clone's share of the memory, in bytes: what several share counts in part for each.
    pub(super) fn heap_bytes(&self) -> u64 {
        let share = |chunk: &Rc<_>| size_of_val(&**chunk) / Rc::strong_count(chunk);
        let chunks: usize = self.chunks.iter().map(share).sum();
        (chunks + self.chunks.len() * size_of::<Rc<[u32; CHUNK]>>()) as u64
    }
}

/// Number after number, however they are kept.
impl Hash for PoolQueue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len.hash(state);
        self.iter().for_each(|number| number.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};

    /// Against the standard library's queue, across the ends of chunks and empty in between, with clones
    /// that stay as they were.
    #[test]
    fn it_is_a_queue() {
        let (mut waiting, mut reference) = (PoolQueue::default(), VecDeque::new());
        let mut before = (waiting.clone(), reference.clone());
        for number in 0..20_000 {
            // In turns more come than go, and more go than come.
            let growing = number / 2_000 % 2 == 0;
            let comes = draw(1, Stream::WorkloadGap, number, 0) % 10 < if growing { 7 } else { 3 };
            if comes {
                waiting.push_back(number);
                reference.push_back(number);
            } else {
                assert_eq!(waiting.pop_front(), reference.pop_front());
            }
            assert_eq!(waiting.len(), reference.len());
            if number % 777 == 0 {
                assert!(before.0.iter().eq(before.1.iter().copied()));
                assert!(waiting.iter().eq(reference.iter().copied()));
                before = (waiting.clone(), reference.clone());
            }
        }
    }
}
