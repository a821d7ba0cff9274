//! Segmented LRU: an entry is on probation until it is used again, and then protected from entries
//! that are not.
//!
//! R. Karedla, J. S. Love, B. G. Wherry, "Caching strategies to improve disk system performance",
//! IEEE Computer 27(3), 1994. The protected segment has 80 % of the capacity; what falls out of it is
//! on probation again, as its most recent entry. What the protected segment does not use, probation
//! may.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::segment::Segment;
use crate::settings::CacheSettings;
use crate::shape::Shape;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "Segmented LRU",
    rule: "evicts entries that were not used again before those that were",
    ends: ("protected", "on probation"),
    queues: &[
        QueueAbout::soft("probation", "new keys"),
        QueueAbout::hard("protected", "used again"),
    ],
    ..About::LIST
};

const PROTECTED_PERCENT: u64 = 80;

/// Marks.
const PROBATION: u32 = 0;
const PROTECTED: u32 = 1;

/// The two segments.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Slru {
    probation: Segment,
    protected: Segment,
    share: u64,
}

impl Slru {
    pub(super) fn new(_settings: &CacheSettings, slab: &Slab) -> Self {
        Slru {
            probation: Segment::new(RINGS[0]),
            protected: Segment::new(RINGS[1]),
            share: slab.share(PROTECTED_PERCENT),
        }
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) {
            PROBATION => &mut self.probation,
            _ => &mut self.protected,
        }
    }

    /// Moves entries beyond the protected segment's share to probation.
    fn demote(&mut self, slab: &mut Slab) {
        while self.protected.weight() > self.share {
            let Some(slot) = self.protected.tail(slab) else {
                break;
            };
            self.protected.remove(slab, slot);
            slab.set_mark(slot, PROBATION);
            self.probation.push_head(slab, slot);
        }
    }
}

impl Policy for Slru {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.set_mark(slot, PROBATION);
        self.probation.push_head(slab, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        if slab.mark(slot) == PROTECTED {
            self.protected.move_to_head(slab, slot);
            return;
        }
        self.probation.remove(slab, slot);
        slab.set_mark(slot, PROTECTED);
        self.protected.push_head(slab, slot);
        self.demote(slab);
    }

    fn on_resize(&mut self, slab: &mut Slab, slot: Slot, before: u64) {
        self.segment(slab, slot).resize(slab, slot, before);
        self.demote(slab);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.segment(slab, slot).remove(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = self.next_out(slab, now)?;
        let reason = EvictionReason::Segmented {
            protected: slab.mark(slot) == PROTECTED,
            idle: slab.idle(slot, now),
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        self.probation.tail(slab).or(self.protected.tail(slab))
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let share = Some(self.share);
        Shape {
            queues: vec![
                self.protected.shape("protected", share, slab, |_| None),
                self.probation.shape("probation", None, slab, |_| None),
            ],
            ..Shape::default()
        }
    }
}
