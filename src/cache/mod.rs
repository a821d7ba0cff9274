//! The cache engine: a slab of entries, an index from key to slot, and a policy that says who goes.
//!
//! It has no clock of its own (every call is told the time), does no I/O and knows no browser. The
//! stage and the whole-file replay of traces run this same code.

mod index;
mod list;
mod policy;
mod slab;

pub use policy::{EvictionReason, PolicyKind};
pub use slab::{Entry, Value};

use crate::units::{Key, Micros, Version};
use index::Index;
use policy::{AnyPolicy, Policy};
use slab::{Slab, Slot};

/// The largest capacity the engine takes, in entries.
pub const CAPACITY_MAX: u32 = 1_000_000;

/// A cache of bounded size.
#[derive(Clone, Debug, Hash)]
pub struct Cache {
    capacity: u32,
    slab: Slab,
    index: Index,
    policy: AnyPolicy,
}

/// The answer to a read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// The key was there: its entry as it stood before this read.
    Hit(Entry),
    /// The key was not there, or its time to live had ended, in which case it has been removed.
    Miss {
        /// The removal of the expired entry, if there was one.
        expired: Option<Removal>,
    },
}

/// An entry that left the cache, or a value that was overwritten in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Removal {
    /// The entry as it was.
    pub entry: Entry,
    /// Why it went.
    pub cause: RemovalCause,
}

/// Why an entry left the cache. Every removal has exactly one cause.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RemovalCause {
    /// The policy chose it to make room.
    Evicted(EvictionReason),
    /// Its time to live had ended, and an access found it so.
    Expired,
    /// It was deleted on request.
    Deleted,
    /// Its value was overwritten; the key stayed.
    Replaced,
}

impl Cache {
    /// An empty cache for `capacity` entries.
    ///
    /// # Panics
    /// If the capacity is 0 or above [`CAPACITY_MAX`]: scenarios and traces are validated first.
    pub fn new(policy: PolicyKind, capacity: u32) -> Self {
        assert!((1..=CAPACITY_MAX).contains(&capacity));
        Cache {
            capacity,
            slab: Slab::default(),
            index: Index::new(),
            policy: AnyPolicy::new(policy),
        }
    }

    /// How many entries fit.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// How many entries are resident, expired ones that nothing has touched yet among them.
    pub fn len(&self) -> u32 {
        self.slab.len()
    }

    /// Whether nothing is resident.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The policy in use.
    pub fn policy(&self) -> PolicyKind {
        self.policy.kind()
    }

    /// The entries in the policy's order, the next one out last.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> + '_ {
        self.policy.order().map(|slot| self.slab.entry(slot))
    }

    /// The entry that the next insertion would evict if the cache were full.
    pub fn next_out(&self) -> Option<&Entry> {
        self.policy.next_out().map(|slot| self.slab.entry(slot))
    }

    /// The entry under `key`, expired or not, without counting as a use of it.
    pub fn peek(&self, key: Key) -> Option<&Entry> {
        let slot = self.index.find(key, &self.slab.keys)?;
        Some(self.slab.entry(slot))
    }

    /// Reads `key` at `now`. An entry whose time to live has ended is removed and counts as a miss.
    pub fn get(&mut self, key: Key, now: Micros) -> Lookup {
        let Some(slot) = self.index.find(key, &self.slab.keys) else {
            return Lookup::Miss { expired: None };
        };
        let before = *self.slab.entry(slot);
        if before.is_expired(now) {
            let expired = Some(self.remove(slot, RemovalCause::Expired));
            return Lookup::Miss { expired };
        }
        self.slab.entry_mut(slot).used_at = now;
        self.policy.on_hit(slot);
        Lookup::Hit(before)
    }

    /// Stores `value` under `key` at `now`; with `expires_at` a time to live, without it none: like
    /// the engines' plain `SET`, it drops an earlier one.
    ///
    /// Evicts while the cache is full and then inserts. `on_removed` hears of every removal, in
    /// order.
    pub fn set(
        &mut self,
        key: Key,
        value: Value,
        expires_at: Option<Micros>,
        now: Micros,
        mut on_removed: impl FnMut(Removal),
    ) {
        if let Some(slot) = self.index.find(key, &self.slab.keys) {
            let before = *self.slab.entry(slot);
            if before.is_expired(now) {
                on_removed(self.remove(slot, RemovalCause::Expired));
            } else {
                let entry = self.slab.entry_mut(slot);
                entry.value = value;
                entry.used_at = now;
                entry.expires_at = expires_at;
                self.policy.on_hit(slot);
                on_removed(Removal {
                    entry: before,
                    cause: RemovalCause::Replaced,
                });
                return;
            }
        }
        while self.len() >= self.capacity {
            let Some(slot) = self.policy.next_out() else {
                unreachable!("a full cache has an entry to evict");
            };
            let reason = self.policy.reason(self.slab.entry(slot), now);
            on_removed(self.remove(slot, RemovalCause::Evicted(reason)));
        }
        let slot = self.slab.insert(Entry {
            key,
            value,
            inserted_at: now,
            used_at: now,
            expires_at,
        });
        self.index.insert(key, slot, &self.slab.keys);
        self.policy.on_insert(slot);
    }

    /// Deletes `key`, if it is there.
    pub fn delete(&mut self, key: Key, now: Micros) -> Option<Removal> {
        let slot = self.index.find(key, &self.slab.keys)?;
        let cause = if self.slab.entry(slot).is_expired(now) {
            RemovalCause::Expired
        } else {
            RemovalCause::Deleted
        };
        Some(self.remove(slot, cause))
    }

    /// Reads `key` and stores it if it was not there: the request of the reference simulators. Gives
    /// whether it was a hit.
    pub fn request(&mut self, key: Key, now: Micros) -> bool {
        match self.get(key, now) {
            Lookup::Hit(_) => true,
            Lookup::Miss { .. } => {
                let value = Value {
                    version: Version(1),
                    origin: None,
                };
                self.set(key, value, None, now, |_| {});
                false
            }
        }
    }

    fn remove(&mut self, slot: Slot, cause: RemovalCause) -> Removal {
        self.policy.on_remove(slot);
        let key = self.slab.entry(slot).key;
        self.index.remove(key, slot, &self.slab.keys);
        Removal {
            entry: self.slab.remove(slot),
            cause,
        }
    }
}
