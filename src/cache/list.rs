//! A doubly linked list of slots. The links are `u32` numbers in one vector, indexed by slot.

use super::slab::{NO_SLOT, Slot};

#[derive(Clone, Copy, Debug, Hash)]
struct Link {
    towards_head: Slot,
    towards_tail: Slot,
}

/// A list whose nodes are slots; every operation takes constant time and allocates nothing beyond
/// the slab's own growth.
#[derive(Clone, Debug, Hash)]
pub(super) struct List {
    links: Vec<Link>,
    head: Slot,
    tail: Slot,
}

impl List {
    pub(super) fn new() -> Self {
        List {
            links: Vec::new(),
            head: NO_SLOT,
            tail: NO_SLOT,
        }
    }

    pub(super) fn tail(&self) -> Option<Slot> {
        (self.tail != NO_SLOT).then_some(self.tail)
    }

    pub(super) fn push_head(&mut self, slot: Slot) {
        if self.links.len() <= slot as usize {
            let unlinked = Link {
                towards_head: NO_SLOT,
                towards_tail: NO_SLOT,
            };
            self.links.resize(slot as usize + 1, unlinked);
        }
        self.links[slot as usize] = Link {
            towards_head: NO_SLOT,
            towards_tail: self.head,
        };
        match self.head {
            NO_SLOT => self.tail = slot,
            old => self.links[old as usize].towards_head = slot,
        }
        self.head = slot;
    }

    pub(super) fn unlink(&mut self, slot: Slot) {
        let Link {
            towards_head,
            towards_tail,
        } = self.links[slot as usize];
        match towards_head {
            NO_SLOT => self.head = towards_tail,
            before => self.links[before as usize].towards_tail = towards_tail,
        }
        match towards_tail {
            NO_SLOT => self.tail = towards_head,
            behind => self.links[behind as usize].towards_head = towards_head,
        }
    }

    pub(super) fn move_to_head(&mut self, slot: Slot) {
        if self.head != slot {
            self.unlink(slot);
            self.push_head(slot);
        }
    }

    /// The slots from head to tail.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        let linked = |slot: Slot| (slot != NO_SLOT).then_some(slot);
        std::iter::successors(linked(self.head), move |&slot| {
            linked(self.links[slot as usize].towards_tail)
        })
    }
}
