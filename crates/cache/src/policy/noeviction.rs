//! `noeviction`: nothing is evicted, and a write that needs room is refused. Valkey's default.
//!
//! Valkey documentation, "Key eviction".

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::{CacheSettings, Scope};
use crate::shape::{QueueShape, Shape};
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "No eviction",
    rule: "evicts nothing and refuses what does not fit",
    ends: ("last in", "first in"),
    maxmemory: &[("noeviction", Scope::AllKeys)],
    queues: &[QueueAbout::only("keys")],
    ordered: false,
    evicts: false,
    note: Some("Evicts nothing, refuses instead."),
    ..About::LIST
};

/// The entries in the order of their arrival, for the eye.
const ARRIVALS: Slot = RINGS[0];

/// It has no state.
#[derive(Clone, Debug, Hash)]
pub(crate) struct NoEviction;

impl NoEviction {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        NoEviction
    }
}

impl Policy for NoEviction {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.push_head(ARRIVALS, slot);
    }

    fn on_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        slab.unlink(slot);
    }

    fn victim(&mut self, _slab: &mut Slab, _now: Micros) -> Option<(Slot, EvictionReason)> {
        None
    }

    fn next_out(&self, _slab: &Slab, _now: Micros) -> Option<Slot> {
        None
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let queue = QueueShape::of_ring("keys", None, slab, ARRIVALS, |_| None);
        Shape {
            queues: vec![queue],
            ..Shape::default()
        }
    }
}
