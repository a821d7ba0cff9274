//! Least recently used: whatever has gone unused for longest goes.
//!
//! R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage
//! hierarchies", IBM Systems Journal 9(2), 1970: a larger LRU cache never misses more.

use super::{EvictionReason, Policy};
use crate::cache::list::List;
use crate::cache::slab::{Entry, Slot};
use crate::units::Micros;

/// A list in the order of last use: the head is the most recent, the tail the next one out.
#[derive(Clone, Debug, Hash)]
pub(in crate::cache) struct Lru {
    recency: List,
}

impl Lru {
    pub(super) fn new() -> Self {
        Lru {
            recency: List::new(),
        }
    }
}

impl Policy for Lru {
    fn on_hit(&mut self, slot: Slot) {
        self.recency.move_to_head(slot);
    }

    fn on_insert(&mut self, slot: Slot) {
        self.recency.push_head(slot);
    }

    fn on_remove(&mut self, slot: Slot) {
        self.recency.unlink(slot);
    }

    fn next_out(&self) -> Option<Slot> {
        self.recency.tail()
    }

    fn order(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
        Box::new(self.recency.iter())
    }

    fn reason(&self, entry: &Entry, now: Micros) -> EvictionReason {
        EvictionReason::LeastRecentlyUsed {
            idle: now.since(entry.used_at),
        }
    }
}
