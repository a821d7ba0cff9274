//! Which entry stands at which place of which queue.
//!
//! A frame lists the entries in the order of the policy's queues, except that the next one out comes
//! last; here it is put back where it stands.

use std::ops::Range;
use timeline::{CacheFrame, EntryFrame, QueueFrame};

/// The entries in the order of the queues.
pub struct Order<'a> {
    cache: &'a CacheFrame,
    /// The place of the entry that the frame lists last.
    moved: usize,
}

impl<'a> Order<'a> {
    /// The order of a cache.
    pub fn of(cache: &'a CacheFrame) -> Self {
        let count = cache.entries.len();
        let mut order = Order {
            cache,
            moved: count.saturating_sub(1),
        };
        let last = cache.entries.last();
        if let Some(place) = last.and_then(|last| order.place_of(&last.key)) {
            order.moved = place;
        }
        order
    }

    /// The place of a resident key, if the queues list it.
    fn place_of(&self, key: &str) -> Option<usize> {
        let queues = self.cache.shape.iter().flat_map(|shape| &shape.queues);
        let mut end = 0;
        for queue in queues.filter(|queue| !queue.ghosts) {
            end += queue.count as usize;
            let behind = queue
                .members
                .iter()
                .rev()
                .position(|member| *member.key == *key);
            if let Some(behind) = behind {
                return Some(end - 1 - behind);
            }
        }
        None
    }

    /// A queue with the places of its entries, of which ghosts have none.
    pub(super) fn queue(&self, name: &str) -> Option<(&'a QueueFrame, Range<usize>)> {
        let mut begin = 0;
        for queue in self.cache.shape.iter().flat_map(|shape| &shape.queues) {
            let count = if queue.ghosts {
                0
            } else {
                queue.count as usize
            };
            if queue.name == name {
                return Some((queue, begin..begin + count));
            }
            begin += count;
        }
        None
    }

    /// The place of the frame's entry of that number.
    pub fn place_of_listed(&self, nth: usize) -> usize {
        match nth {
            _ if nth + 1 == self.cache.entries.len() => self.moved,
            _ if nth < self.moved => nth,
            _ => nth + 1,
        }
    }

    /// The queue that a place is in, and the place at which it begins.
    pub fn queue_at(&self, place: usize) -> Option<(&'a QueueFrame, usize)> {
        let mut begin = 0;
        let queues = self.cache.shape.iter().flat_map(|shape| &shape.queues);
        for queue in queues.filter(|queue| !queue.ghosts) {
            let end = begin + queue.count as usize;
            if place < end {
                return Some((queue, begin));
            }
            begin = end;
        }
        None
    }

    /// The entry at a place.
    pub(super) fn entry(&self, place: usize) -> Option<&'a EntryFrame> {
        let entries = &self.cache.entries;
        match place.cmp(&self.moved) {
            std::cmp::Ordering::Less => entries.get(place),
            std::cmp::Ordering::Equal => entries.last(),
            std::cmp::Ordering::Greater => entries.get(place - 1),
        }
    }
}

/// What the policy has noted about the entry at `place` of a queue that begins at `begin`.
pub fn mark(queue: &QueueFrame, begin: usize, place: usize) -> Option<u32> {
    let unlisted = queue.count as usize - queue.members.len();
    let listed = (place - begin).checked_sub(unlisted)?;
    queue.members.get(listed)?.mark
}
