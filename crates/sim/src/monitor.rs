//! The invariant monitor: it knows which copies in the cache are out of date and since which event,
//! so that a broken promise can be traced to the step that broke it.
//!
//! Two promises are watched: that a stale read is bounded by some time to live or pending delete, and
//! that a write that was acknowledged is not lost.

use cache::units::{Key, Micros};
use std::collections::BTreeMap;

/// What left an old copy in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Spoiler {
    /// A request stored a value that a write had overtaken.
    OldFill,
    /// A write changed the row and left the copy as it was.
    Write,
    /// The replica that took over had not heard of the last changes.
    FailOver,
    /// A person stored an old version from the console.
    Console,
}

/// How and when a copy came to be out of date. Names an instant and not an event's number, which would
/// depend on the other lanes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Spoiled {
    /// What did it.
    pub by: Spoiler,
    /// When: the instant of the step that did it.
    pub at: Micros,
    /// Its request, if it has one.
    pub request: Option<u32>,
}

/// The copies that are out of date.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Monitor {
    spoiled: BTreeMap<Key, Spoiled>,
}

impl Monitor {
    /// The copy of `key` is out of date. The first event that made it so counts.
    pub(super) fn spoil(&mut self, key: Key, how: Spoiled) {
        self.spoiled.entry(key).or_insert(how);
    }

    /// The copy of `key` is gone, or up to date.
    pub(super) fn clear(&mut self, key: Key) {
        self.spoiled.remove(&key);
    }

    /// All copies are gone.
    pub(super) fn clear_all(&mut self) {
        self.spoiled.clear();
    }

    /// About how much memory a clone takes beside its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        (self.spoiled.len() * size_of::<(Key, Spoiled)>()) as u64
    }

    pub(super) fn of(&self, key: Key) -> Option<Spoiled> {
        self.spoiled.get(&key).copied()
    }
}
