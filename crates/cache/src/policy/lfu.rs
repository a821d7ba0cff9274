//! Least frequently used, with exact counts: whatever has been used least often goes; of those used
//! equally often, the one that reached its count first. A count is forgotten with its entry.
//!
//! Constant time an operation, by keeping entries of equal count together: K. Shah, A. Mitra,
//! D. Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010.

use super::{About, EvictionReason, Policy, QueueAbout};
use crate::settings::CacheSettings;
use crate::shape::{Member, QueueShape, Shape};
use crate::slab::{RINGS, Slab, Slot};
use crate::units::Micros;

pub(super) const ABOUT: About = About {
    title: "LFU",
    rule: "evicts the least frequently used entry",
    ends: ("most used", "least used"),
    queues: &[QueueAbout::only("by count")],
    mark: Some(|uses| format!("×{uses}")),
    ..About::LIST
};

/// All entries by (count, when it was reached): the tail is the next one out.
const ORDER: Slot = RINGS[0];

/// A run of the ring: the entries of one count.
#[derive(Clone, Copy, Debug, Hash)]
struct Group {
    uses: u32,
    entries: u32,
    /// The one nearest to the head.
    newest: Slot,
}

/// An entry's mark is the number of its group.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Lfu {
    groups: Vec<Group>,
    free: Vec<u32>,
}

impl Lfu {
    pub(super) fn new(_settings: &CacheSettings, _slab: &Slab) -> Self {
        Lfu {
            groups: Vec::new(),
            free: Vec::new(),
        }
    }

    fn group_of(&self, slab: &Slab, slot: Slot) -> &Group {
        &self.groups[slab.mark(slot) as usize]
    }

    /// The number of an entry's group, if its count is `uses`. The ring's end has none.
    fn group_with(&self, slab: &Slab, slot: Slot, uses: u32) -> Option<u32> {
        let number = slab.mark(slot);
        let fits = slot != ORDER && self.groups[number as usize].uses == uses;
        fits.then_some(number)
    }

    /// Links an entry in as the newest of its count. `upper` is its neighbour towards the head if it
    /// is the only one of that count.
    fn join(&mut self, slab: &mut Slab, slot: Slot, uses: u32, upper: Slot) {
        match self.group_with(slab, upper, uses) {
            Some(number) => {
                let group = &mut self.groups[number as usize];
                let above = slab.node(group.newest).towards_head;
                group.newest = slot;
                group.entries += 1;
                slab.link_below(above, slot);
                slab.set_mark(slot, number);
            }
            None => {
                slab.link_below(upper, slot);
                let group = Group {
                    uses,
                    entries: 1,
                    newest: slot,
                };
                let number = match self.free.pop() {
                    Some(number) => {
                        self.groups[number as usize] = group;
                        number
                    }
                    None => {
                        self.groups.push(group);
                        self.groups.len() as u32 - 1
                    }
                };
                slab.set_mark(slot, number);
            }
        }
    }

    fn leave(&mut self, slab: &mut Slab, slot: Slot) {
        let number = slab.mark(slot);
        let group = &mut self.groups[number as usize];
        group.entries -= 1;
        if group.entries == 0 {
            self.free.push(number);
        } else if group.newest == slot {
            group.newest = slab.node(slot).towards_tail;
        }
        slab.unlink(slot);
    }
}

impl Policy for Lfu {
    fn on_insert(&mut self, slab: &mut Slab, slot: Slot) {
        // The tail has the lowest count of all.
        let lowest = slab.node(ORDER).towards_head;
        self.join(slab, slot, 1, lowest);
    }

    fn on_hit(&mut self, slab: &mut Slab, slot: Slot, _now: Micros) {
        let number = slab.mark(slot) as usize;
        let group = self.groups[number];
        let Some(uses) = group.uses.checked_add(1) else {
            return;
        };
        let above = slab.node(group.newest).towards_head;
        if group.entries == 1 && self.group_with(slab, above, uses).is_none() {
            self.groups[number].uses = uses;
            return;
        }
        self.leave(slab, slot);
        self.join(slab, slot, uses, above);
    }

    fn on_remove(&mut self, slab: &mut Slab, slot: Slot) {
        self.leave(slab, slot);
    }

    fn victim(&mut self, slab: &mut Slab, now: Micros) -> Option<(Slot, EvictionReason)> {
        let slot = slab.tail(ORDER)?;
        let group = self.group_of(slab, slot);
        let reason = EvictionReason::LeastFrequentlyUsed {
            uses: group.uses,
            equals: group.entries - 1,
            idle: slab.idle(slot, now),
        };
        Some((slot, reason))
    }

    fn next_out(&self, slab: &Slab, _now: Micros) -> Option<Slot> {
        slab.tail(ORDER)
    }

    fn shape(&self, slab: &Slab, _now: Micros) -> Shape {
        let member = |slot| Member {
            key: slab.key(slot),
            mark: Some(self.group_of(slab, slot).uses),
        };
        let queue = QueueShape {
            name: "by count",
            limit: None,
            ghosts: false,
            members: slab.ring(ORDER).map(member).collect(),
        };
        Shape {
            queues: vec![queue],
            ..Shape::default()
        }
    }

    fn heap_bytes(&self) -> u64 {
        let bytes = size_of_val(self.groups.as_slice()) + size_of_val(self.free.as_slice());
        bytes as u64
    }
}
