//! From key to slot: an open-addressed table of slot numbers with linear probing.
//!
//! Only the slot number is stored (4 bytes a cell); the key to compare with is read from the slab.
//! Removal shifts the following cells back, so that no tombstones pile up under churn.

use super::slab::{NO_SLOT, Slot};
use crate::units::Key;

/// A hash table whose cells are slot numbers.
#[derive(Clone, Debug, Hash)]
pub(super) struct Index {
    cells: Vec<Slot>,
    used: u32,
}

impl Index {
    pub(super) fn new() -> Self {
        Index {
            cells: vec![NO_SLOT; 16],
            used: 0,
        }
    }

    /// Fibonacci hashing: the multiplier spreads neighbouring key numbers over the table.
    fn home(&self, key: Key) -> usize {
        let shift = 32 - self.cells.len().trailing_zeros();
        (key.0.wrapping_mul(0x9E37_79B9) >> shift) as usize
    }

    fn next(&self, cell: usize) -> usize {
        (cell + 1) & (self.cells.len() - 1)
    }

    /// The slot that holds `key`, if any. `keys` are the slab's keys by slot.
    pub(super) fn find(&self, key: Key, keys: &[Key]) -> Option<Slot> {
        let mut cell = self.home(key);
        loop {
            let slot = self.cells[cell];
            if slot == NO_SLOT {
                return None;
            }
            if keys[slot as usize] == key {
                return Some(slot);
            }
            cell = self.next(cell);
        }
    }

    /// Adds a key that is not in the table. Doubles the table when it is half full.
    pub(super) fn insert(&mut self, key: Key, slot: Slot, keys: &[Key]) {
        if (self.used as usize + 1) * 2 > self.cells.len() {
            let old = std::mem::take(&mut self.cells);
            self.cells = vec![NO_SLOT; old.len() * 2];
            for moved in old.into_iter().filter(|&slot| slot != NO_SLOT) {
                self.place(keys[moved as usize], moved);
            }
        }
        self.place(key, slot);
        self.used += 1;
    }

    fn place(&mut self, key: Key, slot: Slot) {
        let mut cell = self.home(key);
        while self.cells[cell] != NO_SLOT {
            cell = self.next(cell);
        }
        self.cells[cell] = slot;
    }

    /// Takes a key that is in the table out of it.
    pub(super) fn remove(&mut self, key: Key, slot: Slot, keys: &[Key]) {
        let mut hole = self.home(key);
        while self.cells[hole] != slot {
            hole = self.next(hole);
        }
        // Backward shift: a later cell of the same run may fill the hole unless its home lies
        // behind the hole, going round.
        let mask = self.cells.len() - 1;
        let mut cell = self.next(hole);
        while self.cells[cell] != NO_SLOT {
            let home = self.home(keys[self.cells[cell] as usize]);
            if cell.wrapping_sub(home) & mask >= cell.wrapping_sub(hole) & mask {
                self.cells[hole] = self.cells[cell];
                hole = cell;
            }
            cell = self.next(cell);
        }
        self.cells[hole] = NO_SLOT;
        self.used -= 1;
    }
}
