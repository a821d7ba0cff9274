//! Drawing entries: the members that can be drawn, and draws that depend only on the seed, their purpose
//! and their number.

use super::slab::{Slab, Slot};
use crate::draw::{below, mix};

/// The purpose of a draw. The numbers are part of saved results: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// The choice of a victim or a candidate.
    Sample = 1,
    /// The growth of a frequency counter.
    Counter = 2,
}

/// A series of draws.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Draws {
    seed: u64,
    drawn: u64,
}

impl Draws {
    pub(super) fn new(seed: u64, purpose: Purpose) -> Self {
        Draws {
            // Apart from the draws that the world makes of the same seed.
            seed: mix(seed ^ mix(0xCACE << 32 | purpose as u64)),
            drawn: 0,
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.drawn += 1;
        mix(self.seed ^ mix(self.drawn))
    }

    pub(super) fn below(&mut self, bound: u32) -> u32 {
        below(self.next(), bound)
    }
}

/// The entries that a sampling policy knows, without an order of their own. Each entry's node holds
/// its place here in the link that a ring would use.
#[derive(Clone, Debug, Hash)]
pub(super) struct Members {
    slots: Vec<Slot>,
}

impl Members {
    pub(super) fn new() -> Self {
        Members { slots: Vec::new() }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn insert(&mut self, slab: &mut Slab, slot: Slot) {
        slab.nodes[slot as usize].towards_head = self.slots.len() as u32;
        self.slots.push(slot);
    }

    /// The last one takes the place of the one that goes.
    pub(super) fn remove(&mut self, slab: &mut Slab, slot: Slot) {
        let place = slab.node(slot).towards_head;
        self.slots.swap_remove(place as usize);
        if let Some(&moved) = self.slots.get(place as usize) {
            slab.nodes[moved as usize].towards_head = place;
        }
    }

    pub(super) fn contains(&self, slab: &Slab, slot: Slot) -> bool {
        let place = slab.node(slot).towards_head;
        self.slots.get(place as usize) == Some(&slot)
    }

    /// Puts `count` different ones into `picked`, each with the same chance; all, if there are no more
    /// (R. W. Floyd's algorithm: J. Bentley, "Programming pearls: a sample of brilliance",
    /// Communications of the ACM 30(9), 1987).
    pub(super) fn pick(&self, count: u32, draws: &mut Draws, picked: &mut Vec<Slot>) {
        picked.clear();
        let all = self.slots.len() as u32;
        if count >= all {
            picked.extend_from_slice(&self.slots);
            return;
        }
        for last in all - count..all {
            let drawn = self.slots[draws.below(last + 1) as usize];
            picked.push(if picked.contains(&drawn) {
                self.slots[last as usize]
            } else {
                drawn
            });
        }
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        size_of_val(self.slots.as_slice()) as u64
    }
}
