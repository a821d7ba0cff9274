//! `volatile-ttl`: of a few keys drawn at random, the one whose TTL runs out first. It goes
//! through the same pool as the others, so it is approximate.
//!
//! Valkey documentation, "Key eviction"; `evict.c` (`evictionPoolPopulate`). See `sampled.rs` for how
//! it draws. Where entries without a TTL are under it too, they go last.

use super::sampled::{Choice, QUEUES, Sampled};
use super::{About, Compared, EvictionReason, Policy};
use crate::settings::{CacheSettings, Scope};
use crate::shape::Shape;
use crate::slab::{Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Valkey TTL",
    rule: "samples a few keys and evicts the one that expires first",
    ends: ("lives longest", "next of the pool"),
    maxmemory: &[("volatile-ttl", Scope::Volatile)],
    queues: QUEUES,
    compares: Some(Compared::Expiry),
    ..About::LIST
};

/// The keys.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ValkeyTtl {
    sampled: Sampled,
}

/// The earlier the end, the higher.
fn score(slab: &Slab, slot: Slot) -> u64 {
    slab.expires_at(slot).map_or(0, |end| u64::MAX - end.0)
}

impl ValkeyTtl {
    pub(super) fn new(settings: &CacheSettings, _slab: &Slab) -> Self {
        ValkeyTtl {
            sampled: Sampled::new(settings),
        }
    }
}

impl Policy for ValkeyTtl {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.insert(slab, slot);
    }

    fn on_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let choice = self.sampled.choose(slab, &score)?;
        let Choice { drawn, pool, .. } = choice;
        let reason = match slab.expires_at(choice.slot) {
            Some(end) => EvictionReason::SampledTtl {
                left: end.since(now),
                drawn,
                pool,
            },
            None => EvictionReason::SampledWithoutTtl { drawn, pool },
        };
        choice.because(reason)
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        self.sampled.next_out(slab, &score)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        self.sampled.shape(slab, &score, |_| None)
    }

    fn heap_bytes(&self) -> u64 {
        self.sampled.heap_bytes()
    }
}
