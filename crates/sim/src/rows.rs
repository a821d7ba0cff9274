//! The rows of a database that have been written.

use super::database::Row;
use cache::units::{Key, Micros, Version};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// A row that was never written.
const UNWRITTEN: Row = Row {
    version: Version(0),
    committed_at: Micros::ZERO,
};

/// As many rows as there are keys; those that were never written take no memory.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    len: u32,
    written: BTreeMap<Key, Row>,
}

impl Rows {
    /// So many rows that were never written.
    pub(super) fn new(len: u32) -> Self {
        Rows {
            len,
            written: BTreeMap::new(),
        }
    }

    /// What was written to a row last; version 0 if nothing was.
    pub(super) fn get(&self, key: Key) -> Row {
        self.written.get(&key).copied().unwrap_or(UNWRITTEN)
    }

    pub(super) fn set(&mut self, key: Key, row: Row) {
        self.written.insert(key, row);
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        // A map's nodes are about two thirds full.
        (self.written.len() * size_of::<(Key, Row)>() * 3 / 2) as u64
    }
}

/// Every row in order, written or not.
impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.len as usize).hash(state);
        for key in 0..self.len {
            self.get(Key(key)).hash(state);
        }
    }
}
