//! SIEVE: a FIFO queue and a hand that walks through it and takes the first entry that has not been
//! visited since it last came by. Survivors stay where they are; moving them would make it CLOCK.
//!
//! Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi, "SIEVE is simpler than LRU: an efficient
//! turn-key eviction algorithm for web caches", NSDI 2024.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::CacheSettings;
use crate::shape::{QueueShape, Shape};
use crate::slab::{NO_SLOT, RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "SIEVE",
    rule: "evicts the first entry that its hand finds unread since its last pass",
    ends: ("last in", "at the hand"),
    queues: &[QueueAbout::only("queue")],
    mark: Some(|visited| match visited {
        0 => String::new(),
        _ => "visited".to_owned(),
    }),
    hand: true,
    curve_at_first: true,
    ..About::LIST
};

/// New entries join at the head.
const QUEUE: Slot = RINGS[0];

/// The queue is the ring, the visited bits are the marks.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Sieve {
    /// The entry at which the hand looks next; `NO_SLOT` for the tail.
    hand: Slot,
}

impl Sieve {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Sieve { hand: NO_SLOT }
    }

    fn hand(&self, slab: &Slab) -> Option<Slot> {
        match self.hand {
            NO_SLOT => slab.tail(QUEUE),
            slot => Some(slot),
        }
    }
}

/// The next one on the hand's way, which goes round from the head to the tail.
fn after(slab: &Slab, slot: Slot) -> Slot {
    match slab.node(slot).towards_head {
        QUEUE => slab.node(QUEUE).towards_head,
        next => next,
    }
}

impl Policy for Sieve {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.set_mark(slot, 0);
        slab.push_head(QUEUE, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        slab.set_mark(slot, 1);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        if self.hand == slot {
            self.hand = match slab.node(slot).towards_head {
                // Past the head it begins at the tail again, whichever entry that will be.
                QUEUE => NO_SLOT,
                next => next,
            };
        }
        slab.unlink(slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let mut slot = self.hand(slab)?;
        let mut passed = 0;
        while slab.mark(slot) != 0 {
            slab.set_mark(slot, 0);
            slot = after(slab, slot);
            passed += 1;
        }
        self.hand = slot;
        let age = slab.age(slot, now);
        Some((slot, EvictionReason::Unvisited { age, passed }))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let hand = self.hand(slab)?;
        let mut slot = hand;
        while slab.mark(slot) != 0 {
            slot = after(slab, slot);
            if slot == hand {
                break;
            }
        }
        Some(slot)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        Shape {
            queues: vec![QueueShape::of_ring("queue", None, slab, QUEUE, Some)],
            hand: self.hand(slab).map(|slot| slab.key(slot)),
            ..Shape::default()
        }
    }
}
