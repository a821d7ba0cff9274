//! Valkey's LRU (`allkeys-lru`, `volatile-lru`): of a few keys drawn at random, the one that has been
//! idle longest, by a clock that ticks once a second.
//!
//! Valkey documentation, "Key eviction"; `lru_clock.c` and `evict.c` (`estimateObjectIdleTime`). See
//! `sampled.rs` for how it draws. The resolution of the clock is a parameter, because in a scene that
//! lasts less than a second all keys would be equally old.

use super::sampled::{QUEUES, Sampled};
use super::{About, Compared, EvictionReason, Policy};
use crate::settings::{CacheSettings, Scope};
use crate::shape::Shape;
use crate::slab::{Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Valkey LRU",
    rule: "samples a few keys and evicts the one that has been idle longest",
    ends: ("most recent", "next of the pool"),
    maxmemory: &[
        ("allkeys-lru", Scope::AllKeys),
        ("volatile-lru", Scope::Volatile),
    ],
    queues: QUEUES,
    compares: Some(Compared::Idle),
    ..About::LIST
};

/// The keys, and the length of a tick.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ValkeyLru {
    sampled: Sampled,
    tick: u64,
}

impl ValkeyLru {
    pub(super) fn new(settings: &CacheSettings, _slab: &Slab) -> Self {
        ValkeyLru {
            sampled: Sampled::new(settings),
            tick: settings.tuning.lru_clock.0.max(1),
        }
    }

    /// The idle time in ticks: of the clock's two readings, not of the true times.
    fn score(&self, now: Micros) -> impl Fn(&Slab, Slot) -> u64 + use<> {
        let tick = self.tick;
        move |slab, slot| (now.0 / tick).saturating_sub(slab.used_at(slot).0 / tick)
    }
}

impl Policy for ValkeyLru {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.insert(slab, slot);
    }

    /// The time of the last use, which every entry has, is all there is to note.
    fn on_hit(&mut self, _slab: &mut Slab, _slot: Slot, _now: Micros) {}

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.sampled.members.remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let score = self.score(now);
        let choice = self.sampled.choose(slab, &score)?;
        let reason = EvictionReason::SampledIdle {
            idle: Micros(choice.score * self.tick),
            drawn: choice.drawn,
            pool: choice.pool,
        };
        choice.because(reason)
    }

    fn next_out(&self, slab: &Slab, now: Micros) -> Option<Slot> {
        self.sampled.next_out(slab, &self.score(now))
    }

    fn shape(&self, slab: &Slab, now: Micros) -> Shape {
        self.sampled.shape(slab, &self.score(now), |_| None)
    }

    fn goes_by_use(&self) -> bool {
        true
    }

    fn heap_bytes(&self) -> u64 {
        self.sampled.heap_bytes()
    }
}
