//! ARC, the adaptive replacement cache: one LRU list for what has been used once and one for what has
//! been used more often, with a boundary between them that moves towards the list whose recent
//! evictions are asked for again.
//!
//! N. Megiddo, D. S. Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003. The
//! target `p` is a fraction, and changes by the ratio of the ghost lists' sizes as they were before
//! the key left its list. Where the capacity is in bytes, sizes are in bytes, and a step of `p` is as
//! large as the entry times that ratio.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::ghosts::Ghosts;
use crate::segment::Segment;
use crate::settings::CacheSettings;
use crate::shape::Shape;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::{Key, Micros};

pub(super) const ABOUT: About = About {
    title: "ARC",
    rule: "balances recency and frequency, and adapts as it goes",
    ends: ("frequent", "recent"),
    queues: &[
        QueueAbout::soft("T1", "used once"),
        QueueAbout::ghosts("B1", "keys that left T1"),
        QueueAbout::soft("T2", "used again"),
        QueueAbout::ghosts("B2", "keys that left T2"),
    ],
    curve_at_first: true,
    ..About::LIST
};

/// Marks.
const ONCE: u32 = 0;
const OFTEN: u32 = 1;

/// Where the entry that is about to come has been seen before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
enum Seen {
    Nowhere,
    AmongOnce,
    AmongOften,
}

/// The four lists and the target.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Arc {
    /// T1.
    once: Segment,
    /// T2.
    often: Segment,
    /// B1.
    once_ghosts: Ghosts,
    /// B2.
    often_ghosts: Ghosts,
    /// `p`, an `f64` by its bits. Only sums and quotients are taken, which are the same everywhere.
    target_bits: u64,
    coming: Seen,
    coming_weight: u64,
    /// Whether the victim just named leaves no ghost.
    traceless: bool,
}

impl Arc {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Arc {
            once: Segment::new(RINGS[0]),
            often: Segment::new(RINGS[1]),
            once_ghosts: Ghosts::new(),
            often_ghosts: Ghosts::new(),
            target_bits: 0_f64.to_bits(),
            coming: Seen::Nowhere,
            coming_weight: 0,
            traceless: false,
        }
    }

    fn target(&self) -> f64 {
        f64::from_bits(self.target_bits)
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) {
            ONCE => &mut self.once,
            _ => &mut self.often,
        }
    }

    /// The paper's REPLACE, and before it the case of a first list that fills the whole cache: then
    /// its oldest goes, and leaves no ghost.
    fn choose(&self, slab: &Slab, coming: Seen, weight: u64) -> Option<(Slot, bool)> {
        let held = self.once.weight();
        let (once, often) = (self.once.tail(slab), self.often.tail(slab));
        if coming == Seen::Nowhere && held + weight > slab.limit() && once.is_some() {
            return once.map(|slot| (slot, true));
        }
        let (size, target) = (held as f64, self.target());
        let from_once = size > target || (coming == Seen::AmongOften && size == target);
        let slot = if from_once {
            once.or(often)
        } else {
            often.or(once)
        };
        slot.map(|slot| (slot, false))
    }
}

impl Policy for Arc {
    fn admit(&mut self, slab: &Slab, key: Key, weight: u64) {
        self.coming_weight = weight;
        let once_ghosts = self.once_ghosts.weight() as f64;
        let often_ghosts = self.often_ghosts.weight() as f64;
        let (target, step) = (self.target(), weight as f64);
        if self.once_ghosts.remove(key) {
            self.coming = Seen::AmongOnce;
            let step = step * (often_ghosts / once_ghosts).max(1.0);
            self.target_bits = (target + step).min(slab.limit() as f64).to_bits();
            return;
        }
        if self.often_ghosts.remove(key) {
            self.coming = Seen::AmongOften;
            let step = step * (once_ghosts / often_ghosts).max(1.0);
            self.target_bits = (target - step).max(0.0).to_bits();
            return;
        }
        self.coming = Seen::Nowhere;
        // T1 and B1 together hold at most what the cache does, all four at most twice that.
        let limit = slab.limit();
        // If T1 alone fills the cache, its oldest goes without a trace, and nothing else changes.
        let once = (self.once.weight() + weight).min(limit);
        self.once_ghosts.shrink_to(limit.saturating_sub(once));
        let others = once + self.often.weight() + self.once_ghosts.weight();
        self.often_ghosts
            .shrink_to((2 * limit).saturating_sub(others));
    }

    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        let mark = match self.coming {
            Seen::Nowhere => ONCE,
            Seen::AmongOnce | Seen::AmongOften => OFTEN,
        };
        slab.set_mark(slot, mark);
        self.segment(slab, slot).push_head(slab, slot);
        // An overwrite that grows asks for victims without a new entry before it.
        self.coming = Seen::Nowhere;
        self.coming_weight = 0;
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        match slab.mark(slot) {
            ONCE => {
                self.once.remove(slab, slot);
                slab.set_mark(slot, OFTEN);
                self.often.push_head(slab, slot);
            }
            _ => self.often.move_to_head(slab, slot),
        }
    }

    fn on_resize(&mut self, slab: &mut Slab, slot: Slot, before: u64) {
        self.segment(slab, slot).resize(slab, slot, before);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.segment(slab, slot).remove(slab, slot);
    }

    fn on_evict(&mut self, slab: &mut Slab, slot: Slot) {
        self.on_remove(slab, slot);
        let ghosts = match slab.mark(slot) {
            _ if self.traceless => return,
            ONCE => &mut self.once_ghosts,
            _ => &mut self.often_ghosts,
        };
        ghosts.push_head(slab.key(slot), slab.weight(slot));
    }

    fn victim(&mut self, slab: &mut Slab, _now: Micros) -> Option<(Slot, EvictionReason)> {
        let (slot, traceless) = self.choose(slab, self.coming, self.coming_weight)?;
        self.traceless = traceless;
        let reason = EvictionReason::Arc {
            frequent: slab.mark(slot) == OFTEN,
            held: self.once.weight(),
            target_milli: (self.target() * 1000.0) as u64,
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let (slot, _) = self.choose(slab, Seen::Nowhere, slab.weigh(0))?;
        Some(slot)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        Shape {
            queues: vec![
                self.often_ghosts.shape("B2", None),
                self.often.shape("T2", None, slab, |_| None),
                self.once.shape("T1", None, slab, |_| None),
                self.once_ghosts.shape("B1", None),
            ],
            target_milli: Some((self.target() * 1000.0) as u64),
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        self.once_ghosts.heap_bytes() + self.often_ghosts.heap_bytes()
    }
}
