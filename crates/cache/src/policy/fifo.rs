//! First in, first out: the order of arrival decides, and being read changes nothing.
//!
//! The simplest replacement rule, and the one for which a larger cache can miss more: L. A. Bélády,
//! R. A. Nelson, G. S. Shedler, "An anomaly in space-time characteristics of certain programs
//! running in a paging machine", Communications of the ACM 12(6), 1969.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::CacheSettings;
use crate::shape::{QueueShape, Shape};
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "FIFO",
    rule: "evicts the entry that was stored first",
    ends: ("last in", "first in"),
    queues: &[QueueAbout::only("queue")],
    short_reasons: true,
    curve_at_first: true,
    ..About::LIST
};

/// New entries join at the head, the tail is the next one out.
const QUEUE: Slot = RINGS[0];

/// Its whole state is the order of the ring.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Fifo;

impl Fifo {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Fifo
    }
}

impl Policy for Fifo {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.push_head(QUEUE, slot);
    }

    fn on_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        slab.unlink(slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = slab.tail(QUEUE)?;
        let age = slab.age(slot, now);
        Some((slot, EvictionReason::FirstIn { age }))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        slab.tail(QUEUE)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        Shape {
            queues: vec![QueueShape::of_ring("queue", None, slab, QUEUE, |_| None)],
            ..Shape::default()
        }
    }
}
