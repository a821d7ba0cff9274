//! From key to slot: a table by key number, without hashing.
//!
//! Keys are numbers in a scenario's or a trace's table of names, so they lie close together: a look-up is
//! one read. The table is as long as the largest key that has been inserted, which the limits on
//! scenarios and traces bound: 4 MB for a million keys. Keys have to be numbered without large gaps.
//!
//! It adds nothing to what the slots say. So it is not part of a state's hash, and a clone leaves it
//! out and builds it on first use: keyframes, of which a run keeps many, do without.

use super::slab::{NO_SLOT, Slot};
use crate::units::Key;
use std::cell::OnceCell;
use std::hash::{Hash, Hasher};

/// The most keys: traces and scenarios have far fewer. A number beyond is a mistake, and must not take
/// gigabytes before it is noticed.
const KEYS_MAX: usize = 1 << 27;

/// The key of a slot in which nothing is.
pub(super) const NO_KEY: Key = Key(u32::MAX);

/// An item that the index can find by its key. Its place in the slice is the slot.
pub(super) trait Keyed {
    /// Its key; [`NO_KEY`] if there is nothing in the slot.
    fn key(&self) -> Key;
}

/// A table from keys to slot numbers.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Missing in a clone that has not been asked yet.
    table: OnceCell<Table>,
}

/// By key: its slot, or `NO_SLOT`.
#[derive(Debug, Default)]
struct Table(Vec<Slot>);

impl Index {
    /// The slot that holds `key`, if any. `slots` are the items that the table indexes.
    #[inline]
    pub(super) fn find(&self, key: Key, slots: &[impl Keyed]) -> Option<Slot> {
        let table = self.table.get_or_init(|| Table::of(slots));
        let cell = table.0.get(key.0 as usize).copied();
        cell.filter(|&slot| slot != NO_SLOT)
    }

    /// Adds a key that is not in the table.
    #[inline]
    pub(super) fn insert(&mut self, key: Key, slot: Slot) {
        // A table that is not there yet is made with this key in it.
        if let Some(table) = self.table.get_mut() {
            table.insert(key.0 as usize, slot);
        }
    }

    /// Takes a key out of the table.
    #[inline]
    pub(super) fn remove(&mut self, key: Key) {
        let table = self.table.get_mut();
        if let Some(cell) = table.and_then(|table| table.0.get_mut(key.0 as usize)) {
            *cell = NO_SLOT;
        }
    }

    /// The bytes of its table.
    pub(super) fn heap_bytes(&self) -> u64 {
        let table = self.table.get();
        table.map_or(0, |table| size_of_val(&table.0[..]) as u64)
    }
}

impl Table {
    /// Builds the table for the items in the slots.
    #[cold]
    #[inline(never)]
    fn of(slots: &[impl Keyed]) -> Self {
        let taken = || (0..).zip(slots).filter(|(_, held)| held.key() != NO_KEY);
        let mut table = Table::default();
        if let Some(largest) = taken().map(|(_, held)| held.key()).max() {
            table.extend(largest.0 as usize);
        }
        for (slot, held) in taken() {
            table.insert(held.key().0 as usize, slot);
        }
        table
    }

    #[inline]
    fn insert(&mut self, place: usize, slot: Slot) {
        if place >= self.0.len() {
            self.extend(place);
        }
        self.0[place] = slot;
    }

    /// Makes room for a key beyond the end, and for half as many as before, so that keys which come in
    /// their order rarely meet it.
    #[cold]
    #[inline(never)]
    fn extend(&mut self, place: usize) {
        assert!(place < KEYS_MAX, "keys are numbered without large gaps");
        let cells = (place + 1).max(self.0.len() / 2 * 3).next_multiple_of(64);
        self.0.reserve_exact(cells - self.0.len());
        self.0.resize(cells, NO_SLOT);
    }
}

/// A clone builds its table on first use.
impl Clone for Index {
    fn clone(&self) -> Self {
        Index::default()
    }
}

/// The owner of the slots hashes them; the table adds nothing.
impl Hash for Index {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
