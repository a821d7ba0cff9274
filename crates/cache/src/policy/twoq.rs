//! 2Q, the full version: a FIFO queue for what is new, an LRU list for what was asked for again after
//! it had left that queue, and between them the memory of the keys that have left it.
//!
//! T. Johnson, D. Shasha, "2Q: a low overhead high performance buffer management replacement
//! algorithm", VLDB 1994. With the paper's figures: A1in has 25 % of the capacity, A1out remembers
//! as much as 50 % of it would hold.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::ghosts::Ghosts;
use crate::segment::Segment;
use crate::settings::CacheSettings;
use crate::shape::Shape;
use crate::slab::{RINGS, Slab, Slot};
use crate::units::{Key, Micros};

pub(super) const ABOUT: About = About {
    title: "2Q",
    rule: "evicts the oldest entry, but spares keys that were requested again soon after they left",
    ends: ("main", "first in"),
    queues: &[
        QueueAbout::soft("A1in", "new keys, first in first out"),
        QueueAbout::ghosts("A1out", "keys that left A1in"),
        QueueAbout::soft("Am", "came again, by recency"),
    ],
    ..About::LIST
};

const IN_PERCENT: u64 = 25;
const OUT_PERCENT: u64 = 50;

/// Marks.
const IN: u32 = 0;
const MAIN: u32 = 1;

/// The queues, and where the entry that is about to come belongs.
#[derive(Clone, Debug, Hash)]
pub(crate) struct TwoQ {
    /// A1in.
    recent: Segment,
    /// A1out.
    left: Ghosts,
    /// Am.
    main: Segment,
    in_share: u64,
    out_share: u64,
    returns: bool,
}

impl TwoQ {
    pub(super) fn new(_settings: &CacheSettings, slab: &Slab) -> Self {
        TwoQ {
            recent: Segment::new(RINGS[0]),
            left: Ghosts::new(),
            main: Segment::new(RINGS[1]),
            in_share: slab.share(IN_PERCENT),
            out_share: slab.share(OUT_PERCENT),
            returns: false,
        }
    }

    fn segment(&mut self, slab: &Slab, slot: Slot) -> &mut Segment {
        match slab.mark(slot) {
            IN => &mut self.recent,
            _ => &mut self.main,
        }
    }
}

impl Policy for TwoQ {
    fn admit(&mut self, _slab: &Slab, key: Key, _weight: u64) {
        self.returns = self.left.remove(key);
    }

    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        let mark = if self.returns { MAIN } else { IN };
        slab.set_mark(slot, mark);
        self.segment(slab, slot).push_head(slab, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        // Within A1in a use means nothing yet: correlated references come close together.
        if slab.mark(slot) == MAIN {
            self.main.move_to_head(slab, slot);
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
        if slab.mark(slot) == IN {
            self.left.push_head(slab.key(slot), slab.weight(slot));
            self.left.shrink_to(self.out_share);
        }
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = self.next_out(slab, now)?;
        let reason = EvictionReason::TwoQueue {
            main: slab.mark(slot) == MAIN,
            held: self.recent.weight(),
            share: self.in_share,
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let (recent, main) = (self.recent.tail(slab), self.main.tail(slab));
        if self.recent.weight() > self.in_share {
            recent.or(main)
        } else {
            main.or(recent)
        }
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let share = Some(self.in_share);
        Shape {
            queues: vec![
                self.main.shape("Am", None, slab, |_| None),
                self.recent.shape("A1in", share, slab, |_| None),
                self.left.shape("A1out", Some(self.out_share)),
            ],
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        self.left.heap_bytes()
    }
}
