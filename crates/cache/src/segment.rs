//! A ring of entries that keeps their total weight: a queue with a share of its own.

use super::shape::QueueShape;
use super::slab::{Slab, Slot};

/// One of the queues of a policy that divides the cache.
#[derive(Clone, Debug, Hash)]
pub(super) struct Segment {
    end: Slot,
    weight: u64,
}

impl Segment {
    pub(super) fn new(end: Slot) -> Self {
        Segment { end, weight: 0 }
    }

    /// In entries or in bytes, as the cache's capacity.
    pub(super) fn weight(&self) -> u64 {
        self.weight
    }

    pub(super) fn tail(&self, slab: &Slab) -> Option<Slot> {
        slab.tail(self.end)
    }

    pub(super) fn push_head(&mut self, slab: &mut Slab, slot: Slot) {
        slab.push_head(self.end, slot);
        self.weight += slab.weight(slot);
    }

    pub(super) fn move_to_head(&self, slab: &mut Slab, slot: Slot) {
        slab.move_to_head(self.end, slot);
    }

    pub(super) fn remove(&mut self, slab: &mut Slab, slot: Slot) {
        slab.unlink(slot);
        self.weight -= slab.weight(slot);
    }

    /// One of its entries weighs something else now.
    pub(super) fn resize(&mut self, slab: &Slab, slot: Slot, before: u64) {
        self.weight = self.weight - before + slab.weight(slot);
    }

    pub(super) fn iter_from_tail<'a>(&self, slab: &'a Slab) -> impl Iterator<Item = Slot> + 'a {
        slab.ring_from_tail(self.end)
    }

    pub(super) fn shape(
        &self,
        name: &'static str,
        limit: Option<u64>,
        slab: &Slab,
        mark: impl Fn(u32) -> Option<u32>,
    ) -> QueueShape {
        QueueShape::of_ring(name, limit, slab, self.end, mark)
    }
}
