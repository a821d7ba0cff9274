//! From key to slot: an open-addressed table with linear probing, in 4 bytes a cell.
//!
//! A cell holds a slot number and, in the bits that this leaves, what a look-up compares first: how far
//! the cell is from the key's home, and a few bits of the key's hash. So a look-up goes to an entry
//! only if it is almost certainly the right one. Cells of one run are in the order of their homes
//! (P. Celis, P.-Å. Larson, J. I. Munro, "Robin Hood hashing", FOCS 1985), so that a look-up in vain
//! stops early and the table may be filled well. Removal shifts the following cells back, so that no
//! tombstones pile up under churn.

use super::slab::Slot;
use crate::units::Key;
use std::hint::select_unpredictable;

/// A cell in which nothing is.
const FREE: u32 = 0;

/// The uppermost bits of a cell are its distance from home and one more, so that a free one is nearer
/// than any other.
const STEP: u32 = 1 << 27;

/// The greatest distance that a cell can tell: so far, or farther.
const FAR: u32 = 31 * STEP;

/// The distance of a cell at home.
const HOME: u32 = STEP;

/// So many cells from home on are compared at once.
const WINDOW: usize = 2;

/// A hash table from keys to slot numbers.
///
/// Whoever holds it knows the key of each slot, and is asked for it. Slot numbers have to stay below
/// the number of cells: they do if freed slots are used again before new ones, and if at most a few
/// are taken by something else.
#[derive(Clone, Debug, Hash)]
pub(super) struct Index {
    cells: Vec<u32>,
    /// The number of bits of a cell's number, and of a slot in a cell.
    bits: u32,
    used: u32,
}

impl Index {
    pub(super) fn new() -> Self {
        Index {
            cells: vec![FREE; 32],
            bits: 5,
            used: 0,
        }
    }

    /// Where a key belongs, and its cell there but for the slot.
    ///
    /// Fibonacci hashing: the multiplier spreads neighbouring key numbers over the table. The upper
    /// bits of the product are the home, as many of the lower ones as there is room for go into the
    /// cell.
    #[inline]
    fn at_home(&self, key: Key) -> (usize, u32) {
        let hash = key.0.wrapping_mul(0x9E37_79B9).rotate_left(self.bits);
        let mask = self.cells.len() as u32 - 1;
        ((hash & mask) as usize, HOME | (hash % STEP) & !mask)
    }

    /// The place of `key`'s cell and the slot in it, if the key is there.
    ///
    /// The first cells are compared without a branch between them, because where in a run a key is
    /// cannot be foreseen, and a wrong guess costs the processor more than a few comparisons.
    #[inline]
    fn locate(&self, key: Key, key_of: impl Fn(Slot) -> Key) -> Option<(usize, Slot)> {
        let cells = self.cells.as_slice();
        let mask = cells.len() - 1;
        let (at, expected) = self.at_home(key);
        let mut distance = WINDOW;
        let mut slot = u32::MAX;
        for near in (0..WINDOW).rev() {
            let found = cells[(at + near) & mask] ^ (expected + near as u32 * STEP);
            let here = found as usize <= mask;
            slot = select_unpredictable(here, found, slot);
            distance = select_unpredictable(here, near, distance);
        }
        if distance < WINDOW && key_of(slot) == key {
            return Some(((at + distance) & mask, slot));
        }
        let last = WINDOW - 1;
        // In the order of homes it would be here at the latest; unless another key's cell looks the
        // same, behind which this one's may still be.
        let passed = cells[(at + last) & mask] / STEP < expected / STEP + last as u32;
        if passed && distance == WINDOW {
            return None;
        }
        self.search(key, key_of)
    }

    /// The same, cell by cell.
    #[inline(never)]
    fn search(&self, key: Key, key_of: impl Fn(Slot) -> Key) -> Option<(usize, Slot)> {
        let cells = self.cells.as_slice();
        let mask = cells.len() - 1;
        let (mut at, mut expected) = self.at_home(key);
        loop {
            let cell = cells[at & mask];
            let slot = cell ^ expected;
            if slot as usize <= mask && key_of(slot) == key {
                return Some((at & mask, slot));
            }
            // It would be here rather than one that is nearer to its home.
            if cell / STEP < expected / STEP {
                return None;
            }
            at += 1;
            expected = farther(expected);
        }
    }

    /// The slot that holds `key`, if any.
    #[inline]
    pub(super) fn find(&self, key: Key, key_of: impl Fn(Slot) -> Key) -> Option<Slot> {
        Some(self.locate(key, key_of)?.1)
    }

    /// Adds a key that is not in the table. Doubles the table when it is half full.
    pub(super) fn insert(&mut self, key: Key, slot: Slot, key_of: impl Fn(Slot) -> Key) {
        if (self.used as usize + 1) * 2 > self.cells.len() {
            self.grow(key_of);
        }
        self.place(key, slot);
        self.used += 1;
    }

    #[cold]
    fn grow(&mut self, key_of: impl Fn(Slot) -> Key) {
        let doubled = vec![FREE; self.cells.len() * 2];
        let old = std::mem::replace(&mut self.cells, doubled);
        let slots = old.len() as u32 - 1;
        self.bits += 1;
        assert!(1 << self.bits <= STEP, "a slot has to fit into a cell");
        for cell in old.into_iter().filter(|&cell| cell != FREE) {
            let slot = cell & slots;
            self.place(key_of(slot), slot);
        }
    }

    fn place(&mut self, key: Key, slot: Slot) {
        let mask = self.cells.len() - 1;
        let (mut at, tag) = self.at_home(key);
        let cells = self.cells.as_mut_slice();
        let mut carried = tag | slot;
        loop {
            let cell = &mut cells[at & mask];
            if *cell == FREE {
                *cell = carried;
                return;
            }
            // The one that is nearer to its home moves on.
            if *cell / STEP < carried / STEP {
                std::mem::swap(cell, &mut carried);
            }
            at += 1;
            carried = farther(carried);
        }
    }

    /// Takes a key out of the table; gives the slot that held it.
    pub(super) fn remove(&mut self, key: Key, key_of: impl Fn(Slot) -> Key) -> Option<Slot> {
        let (mut hole, slot) = self.locate(key, &key_of)?;
        let mask = self.cells.len() - 1;
        loop {
            let next = (hole + 1) & mask;
            let cell = self.cells[next];
            if cell / STEP <= HOME / STEP {
                break;
            }
            self.cells[hole] = self.nearer(cell, next, &key_of);
            hole = next;
        }
        self.cells[hole] = FREE;
        self.used -= 1;
        Some(slot)
    }

    /// What the cell at `at` is one place nearer to its home.
    #[inline]
    fn nearer(&self, cell: u32, at: usize, key_of: impl Fn(Slot) -> Key) -> u32 {
        if cell < FAR {
            return cell - STEP;
        }
        let mask = self.cells.len() - 1;
        let (home, _) = self.at_home(key_of(cell & mask as u32));
        let distance = (at.wrapping_sub(home) & mask) as u32;
        // Stored as one more, and one less far.
        let stored = distance.min(FAR / STEP);
        cell % STEP + stored * STEP
    }

    /// The bytes of its cells.
    pub(super) fn heap_bytes(&self) -> u64 {
        size_of_val(self.cells.as_slice()) as u64
    }
}

/// What a cell is one place farther from its home.
#[inline]
fn farther(cell: u32) -> u32 {
    if cell < FAR { cell + STEP } else { cell }
}
