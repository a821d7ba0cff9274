//! Doubly linked lists of entries. The links are slot numbers within the entries' own nodes, and each
//! list is a ring closed by an end that holds no entry, so that linking and unlinking need no special
//! case for the first and the last.
//!
//! Seen from the end, the head is one step towards the tail and the tail one step towards the head.

use super::slab::{Slab, Slot};

impl Slab {
    /// The entry at the ring's tail: by convention the next one out.
    #[inline]
    pub(super) fn tail(&self, end: Slot) -> Option<Slot> {
        let slot = self.node(end).towards_head;
        (slot != end).then_some(slot)
    }

    #[inline]
    pub(super) fn push_head(&mut self, end: Slot, slot: Slot) {
        self.link_below(end, slot);
    }

    /// Links `slot` in one step nearer to the tail than `upper`, which may be the ring's end: then it
    /// becomes the head.
    #[inline]
    pub(super) fn link_below(&mut self, upper: Slot, slot: Slot) {
        let lower = self.node(upper).towards_tail;
        self.nodes[upper as usize].towards_tail = slot;
        self.nodes[lower as usize].towards_head = slot;
        let node = &mut self.nodes[slot as usize];
        node.towards_head = upper;
        node.towards_tail = lower;
    }

    #[inline]
    pub(super) fn unlink(&mut self, slot: Slot) {
        let node = self.node(slot);
        let (upper, lower) = (node.towards_head, node.towards_tail);
        self.nodes[upper as usize].towards_tail = lower;
        self.nodes[lower as usize].towards_head = upper;
    }

    #[inline]
    pub(super) fn move_to_head(&mut self, end: Slot, slot: Slot) {
        if self.node(slot).towards_head != end {
            self.unlink(slot);
            self.push_head(end, slot);
        }
    }

    /// The ring's entries from head to tail.
    pub(super) fn ring(&self, end: Slot) -> impl Iterator<Item = Slot> + '_ {
        let inside = move |slot: Slot| (slot != end).then_some(slot);
        std::iter::successors(inside(self.node(end).towards_tail), move |&slot| {
            inside(self.node(slot).towards_tail)
        })
    }

    /// The ring's entries from tail to head.
    pub(super) fn ring_from_tail(&self, end: Slot) -> impl Iterator<Item = Slot> + '_ {
        let inside = move |slot: Slot| (slot != end).then_some(slot);
        std::iter::successors(inside(self.node(end).towards_head), move |&slot| {
            inside(self.node(slot).towards_head)
        })
    }
}
