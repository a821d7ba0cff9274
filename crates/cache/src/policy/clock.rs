//! CLOCK: FIFO in which an entry that has been read since the hand last came by goes round once more.
//!
//! F. J. Corbató, "A paging experiment with the Multics system", MIT Project MAC, 1968. As in the
//! reference simulators, the bit of a new entry is 0, and the circle is a queue: what the hand passes
//! moves from the tail to the head, which is the same order.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::CacheSettings;
use crate::shape::{QueueShape, Shape};
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "CLOCK",
    rule: "evicts the oldest entry that has not been read since the hand last passed it",
    ends: ("behind the hand", "at the hand"),
    queues: &[QueueAbout::only("circle")],
    mark: Some(|bit| format!("ref {bit}")),
    hand: true,
    ring: true,
    note: Some("The hand clears 1 and takes 0."),
    ..About::LIST
};

/// The hand is at the tail.
const CIRCLE: Slot = RINGS[0];

/// Its whole state is the order of the ring and the marks: the reference bits.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Clock;

impl Clock {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Clock
    }
}

impl Policy for Clock {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.set_mark(slot, 0);
        slab.push_head(CIRCLE, slot);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        slab.set_mark(slot, 1);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        slab.unlink(slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let mut passed = 0;
        loop {
            let slot = slab.tail(CIRCLE)?;
            if slab.mark(slot) == 0 {
                let age = slab.age(slot, now);
                return Some((slot, EvictionReason::Unreferenced { age, passed }));
            }
            slab.set_mark(slot, 0);
            slab.move_to_head(CIRCLE, slot);
            passed += 1;
        }
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        let mut from_hand = slab.ring_from_tail(CIRCLE);
        let unreferenced = from_hand.find(|&slot| slab.mark(slot) == 0);
        // If all are referenced, the hand comes round to where it is.
        unreferenced.or(slab.tail(CIRCLE))
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        Shape {
            queues: vec![QueueShape::of_ring("circle", None, slab, CIRCLE, Some)],
            hand: slab.tail(CIRCLE).map(|slot| slab.key(slot)),
            ..Shape::default()
        }
    }
}
