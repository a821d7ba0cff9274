//! Write-behind's queue of writes for the database. It lives in the cache node and is lost with
//! the node's contents.

use cache::units::{Key, Version};
use std::collections::BTreeMap;

/// The newest unwritten version of each key, and the request that will write it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct WriteQueue {
    queued: BTreeMap<Key, Queued>,
}

/// One key that waits to be written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Queued {
    /// The version that will be written.
    pub(super) version: Version,
    /// The request that queued the key first, and that will write it.
    pub(super) request: u32,
}

impl WriteQueue {
    /// Queues a version, and returns the one that it replaces if the key was already queued.
    pub(super) fn push(&mut self, key: Key, version: Version, request: u32) -> Option<Version> {
        match self.queued.get_mut(&key) {
            Some(queued) => Some(std::mem::replace(&mut queued.version, version)),
            None => {
                self.queued.insert(key, Queued { version, request });
                None
            }
        }
    }

    /// Takes out the version that `request` is to write, unless it has been lost.
    pub(super) fn take(&mut self, key: Key, request: u32) -> Option<Version> {
        let queued = self.queued.get(&key)?;
        if queued.request != request {
            return None;
        }
        self.queued.remove(&key).map(|queued| queued.version)
    }

    /// Puts back a version that could not be written, unless a newer one is queued. Returns whether it did.
    pub(super) fn push_back(&mut self, key: Key, version: Version, request: u32) -> bool {
        let free = !self.queued.contains_key(&key);
        if free {
            self.queued.insert(key, Queued { version, request });
        }
        free
    }

    /// Takes out what is queued of keys.
    pub(super) fn take_all(&mut self, of: impl Fn(Key) -> bool) -> BTreeMap<Key, Queued> {
        let (taken, kept) = std::mem::take(&mut self.queued)
            .into_iter()
            .partition(|(key, _)| of(*key));
        self.queued = kept;
        taken
    }

    /// Adds what another queue had.
    pub(super) fn add(&mut self, queued: BTreeMap<Key, Queued>) {
        self.queued.extend(queued);
    }

    /// Whether it is `request` that will write the key.
    pub(super) fn is_from(&self, key: Key, request: u32) -> bool {
        let queued = self.queued.get(&key);
        queued.is_some_and(|queued| queued.request == request)
    }

    pub(super) fn version(&self, key: Key) -> Option<Version> {
        self.queued.get(&key).map(|queued| queued.version)
    }

    pub(super) fn len(&self) -> u32 {
        self.queued.len() as u32
    }

    /// Puts back what was not lost.
    pub(super) fn restore(&mut self, kept: BTreeMap<Key, Queued>) {
        self.queued = kept;
    }

    /// Empties the queue, and returns the writes that are lost.
    pub(super) fn lose(&mut self) -> BTreeMap<Key, Queued> {
        std::mem::take(&mut self.queued)
    }
}
