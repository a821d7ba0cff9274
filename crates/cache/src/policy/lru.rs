//! Least recently used: whatever has gone unused for longest goes.
//!
//! R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage
//! hierarchies", IBM Systems Journal 9(2), 1970: a larger LRU cache never misses more.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::CacheSettings;
use crate::shape::{QueueShape, Shape};
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "LRU",
    rule: "evicts the least recently used entry",
    ends: ("most recent", "least recent"),
    queues: &[QueueAbout::only("recency")],
    short_reasons: true,
    curve_at_first: true,
    ..About::LIST
};

/// In the order of last use: the head is the most recent, the tail the next one out.
const RECENCY: Slot = RINGS[0];

/// Its whole state is the order of the ring.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Lru;

impl Lru {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Lru
    }
}

impl Policy for Lru {
    #[inline]
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.push_head(RECENCY, slot);
    }

    #[inline]
    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        slab.move_to_head(RECENCY, slot);
    }

    #[inline]
    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        slab.unlink(slot);
    }

    #[inline]
    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = slab.tail(RECENCY)?;
        let idle = slab.idle(slot, now);
        Some((slot, EvictionReason::LeastRecentlyUsed { idle }))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        slab.tail(RECENCY)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let queue = QueueShape::of_ring("recency", None, slab, RECENCY, |_| None);
        Shape {
            queues: vec![queue],
            ..Shape::default()
        }
    }
}
