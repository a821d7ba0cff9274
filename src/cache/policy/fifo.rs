//! First in, first out: the order of arrival decides, and being read changes nothing.
//!
//! The simplest replacement rule, and the one for which a larger cache can miss more: L. A. Bélády,
//! R. A. Nelson, G. S. Shedler, "An anomaly in space-time characteristics of certain programs
//! running in a paging machine", Communications of the ACM 12(6), 1969.

use super::{EvictionReason, Policy};
use crate::cache::list::List;
use crate::cache::slab::{Entry, Slot};
use crate::units::Micros;

/// A queue: new entries join at the head, the tail is the next one out.
#[derive(Clone, Debug, Hash)]
pub(in crate::cache) struct Fifo {
    queue: List,
}

impl Fifo {
    pub(super) fn new() -> Self {
        Fifo { queue: List::new() }
    }
}

impl Policy for Fifo {
    fn on_hit(&mut self, _slot: Slot) {}

    fn on_insert(&mut self, slot: Slot) {
        self.queue.push_head(slot);
    }

    fn on_remove(&mut self, slot: Slot) {
        self.queue.unlink(slot);
    }

    fn next_out(&self) -> Option<Slot> {
        self.queue.tail()
    }

    fn order(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
        Box::new(self.queue.iter())
    }

    fn reason(&self, entry: &Entry, now: Micros) -> EvictionReason {
        EvictionReason::FirstIn {
            age: now.since(entry.inserted_at),
        }
    }
}
