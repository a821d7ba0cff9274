//! The invariant monitor: it knows which copies in the cache are out of date and since which event,
//! so that a broken promise can be traced to the step that broke it.
//!
//! It watches two promises: that some TTL or pending delete bounds how long a copy stays stale, and
//! that no acknowledged write is lost.

use cache::units::{Key, Micros};
use std::collections::BTreeMap;

/// What left an old copy in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Spoiler {
    /// A request stored a value that a write had overtaken.
    OldFill,
    /// A write changed the row and left the copy as it was.
    Write,
    /// The last changes had not reached the replica that took over.
    FailOver,
    /// A person stored an old version from the console.
    Console,
    /// A Memcached node came or went, so that another node's old copy counts.
    NodesChanged,
    /// A durable node came back with what was in the log.
    Restored,
}

/// How and when a copy became stale. It names an instant rather than an event's number, which would
/// depend on the other lanes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Spoiled {
    /// The cause.
    pub by: Spoiler,
    /// The instant at which the copy became stale.
    pub at: Micros,
    /// The request that caused it, if there is one.
    pub request: Option<u32>,
}

/// The copies that are out of date.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Monitor {
    spoiled: BTreeMap<Key, Spoiled>,
}

impl Monitor {
    /// Notes that the copy of `key` is stale. The first cause stays.
    pub(super) fn spoil(&mut self, key: Key, how: Spoiled) {
        self.spoiled.entry(key).or_insert(how);
    }

    /// Notes that the copy of `key` is gone or up to date.
    pub(super) fn clear(&mut self, key: Key) {
        self.spoiled.remove(&key);
    }

    /// Forgets the keys that are not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(Key) -> bool) {
        self.spoiled.retain(|&key, _| keep(key));
    }

    /// Notes that all copies are gone.
    pub(super) fn clear_all(&mut self) {
        self.spoiled.clear();
    }

    /// About how much memory a clone takes beside its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        (self.spoiled.len() * size_of::<(Key, Spoiled)>()) as u64
    }

    /// The keys whose copies are out of date.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.spoiled.keys().copied()
    }

    pub(super) fn of(&self, key: Key) -> Option<Spoiled> {
        self.spoiled.get(&key).copied()
    }
}
