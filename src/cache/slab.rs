//! The entries, held in one place and named by slot number, so that nothing is allocated per
//! operation once the cache has grown to its size.

use crate::units::{Key, Micros, Version};

/// The number of a place in the slab. 32 bits on every platform, so that hashes agree.
pub type Slot = u32;

/// Marks "no slot" in links and index cells.
pub(super) const NO_SLOT: Slot = Slot::MAX;

/// What the application stores under a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Value {
    /// The version of the row that was copied.
    pub version: Version,
    /// The number of the request that stored the copy; `None` if it was there from the start.
    pub origin: Option<u32>,
}

/// One resident entry: its value and the times that policies and expiry look at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The entry's key.
    pub key: Key,
    /// What is stored.
    pub value: Value,
    /// When the key entered the cache (a rewrite does not change it).
    pub inserted_at: Micros,
    /// When it was last read or written.
    pub used_at: Micros,
    /// When its time to live ends; `None` if it has none.
    pub expires_at: Option<Micros>,
}

impl Entry {
    /// Whether the time to live has ended: strictly after `expires_at`, as in Valkey's
    /// `keyIsExpired`.
    pub fn is_expired(&self, now: Micros) -> bool {
        self.expires_at.is_some_and(|end| now > end)
    }
}

/// Entries by slot. Keys lie apart from the rest, because a look-up compares keys only.
#[derive(Clone, Debug, Hash, Default)]
pub(super) struct Slab {
    pub(super) keys: Vec<Key>,
    entries: Vec<Entry>,
    free: Vec<Slot>,
}

impl Slab {
    pub(super) fn len(&self) -> u32 {
        (self.entries.len() - self.free.len()) as u32
    }

    pub(super) fn entry(&self, slot: Slot) -> &Entry {
        &self.entries[slot as usize]
    }

    pub(super) fn entry_mut(&mut self, slot: Slot) -> &mut Entry {
        &mut self.entries[slot as usize]
    }

    pub(super) fn insert(&mut self, entry: Entry) -> Slot {
        if let Some(slot) = self.free.pop() {
            self.keys[slot as usize] = entry.key;
            self.entries[slot as usize] = entry;
            return slot;
        }
        self.keys.push(entry.key);
        self.entries.push(entry);
        self.entries.len() as Slot - 1
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Entry {
        self.free.push(slot);
        self.entries[slot as usize]
    }
}
