//! The cache engine: a slab of entries, an index from key to slot, and an eviction policy.
//!
//! It has no clock of its own (every call is told the time), does no I/O and knows no browser. The
//! stage and the whole-file replay of traces run this same code; what only counts misses runs the same
//! policies, slab and index without values (`bare.rs`). The commands are in `command.rs`,
//! the active expiry cycle in `expiry.rs`.
//!
//! # Conventions
//!
//! - **Room is made before inserting**: a SET evicts while the new entry does not fit, then stores.
//!   Valkey itself lets a write overshoot and refuses the next one; so its caches are over their limit
//!   by one write at times, and these never are.
//! - **A refusal for want of memory keeps what was evicted on the way evicted**, as in the engine, and
//!   keeps the old value of the key, if there is one, with its TTL. It can only happen where
//!   the policy knows no entry any more: under [`Scope::Volatile`] and `noeviction`. Reads, deletes and
//!   overwriting without growth go on.
//! - **An entry that alone exceeds the capacity** is refused as [`Refusal::TooLarge`], and the key's
//!   old value is deleted, as in Memcached: an old copy must not outlive a newer one.
//! - **An overwrite counts as a use.** If the value grows and the policy's choice falls on that very
//!   entry, the entry leaves the policy's order until others have made room, and then joins it anew.
//! - **EXPIRE and PERSIST count as a use**, because the engine looks the key up for writing. An
//!   instant that has passed already does not delete the key there and then, as it does in the engine:
//!   the next access finds it expired, with the same reply to every later command.
//! - **Under [`Scope::Volatile`] the policy knows exactly the entries with a TTL.** One that
//!   gains a TTL joins as a new entry, one that loses it leaves without a trace.

mod bare;
mod command;
pub mod draw;
mod entry;
mod expiry;
mod ghosts;
mod index;
mod outcome;
mod policy;
mod ring;
mod sample;
mod segment;
mod settings;
mod shape;
mod sketch;
mod slab;
pub mod units;

pub use bare::BareCache;
pub use entry::{Entry, Value};
pub use expiry::ACTIVE_EXPIRE_PERIOD;
pub use outcome::{ActiveCycle, Lookup, Refusal, Removal, RemovalCause};
pub use policy::{
    About, Compared, EvictionReason, LFU_INITIAL, MemcachedSegment, PolicyKind, QueueAbout,
    from_maxmemory_policy, lfu_after_idling, lfu_after_use, maxmemory_policies, maxmemory_policy,
};
pub use settings::{CAPACITY_BYTES_MAX, CAPACITY_MAX, CacheSettings, Capacity, Scope, Ttl, Tuning};
pub use shape::{Candidate, Member, QueueShape, Shape};

use crate::units::{Key, Micros};
use policy::AnyPolicy;
use slab::{OUTSIDE, Slab, Slot};

/// A cache of bounded size.
///
/// Its memory is in proportion to its entries and, with 4 bytes each (twice as much under a policy that
/// remembers ghosts), to the largest key number. Storing a key from 2^27 on panics: keys have to be
/// numbered without large gaps.
#[derive(Clone, Debug, Hash)]
pub struct Cache {
    settings: CacheSettings,
    slab: Slab,
    policy: AnyPolicy,
    /// When the latest command was given.
    now: Micros,
    /// Where the active expiry cycle goes on.
    expiry_cursor: u32,
}

impl Cache {
    /// An empty cache.
    ///
    /// # Panics
    /// If the capacity is 0 or above [`CAPACITY_MAX`] or [`CAPACITY_BYTES_MAX`], or if samples or
    /// keys of the expiry cycle are 0: scenarios and traces are validated first.
    pub fn new(settings: &CacheSettings) -> Self {
        match settings.capacity {
            Capacity::Entries(entries) => assert!((1..=CAPACITY_MAX).contains(&entries)),
            Capacity::Bytes { capacity_bytes, .. } => {
                assert!((1..=CAPACITY_BYTES_MAX).contains(&capacity_bytes));
            }
        }
        assert!(settings.tuning.samples > 0 && settings.tuning.active_expire_keys > 0);
        let slab = Slab::new(settings.capacity);
        Cache {
            settings: *settings,
            policy: AnyPolicy::new(settings, &slab),
            slab,
            now: Micros::ZERO,
            expiry_cursor: 0,
        }
    }

    /// How the cache is set up.
    pub fn settings(&self) -> &CacheSettings {
        &self.settings
    }

    /// How many entries fit; where the capacity is in bytes, as many as have no bytes of their own,
    /// and at most `u32::MAX`.
    pub fn capacity(&self) -> u32 {
        match self.settings.capacity {
            Capacity::Entries(entries) => entries,
            Capacity::Bytes {
                capacity_bytes,
                overhead_bytes,
            } => {
                let most = capacity_bytes / u64::from(overhead_bytes.max(1));
                u32::try_from(most).unwrap_or(u32::MAX)
            }
        }
    }

    /// How many entries are resident, expired ones that nothing has touched yet among them.
    pub fn len(&self) -> u32 {
        self.slab.len()
    }

    /// When the first TTL ends.
    pub fn first_expiry(&self) -> Option<Micros> {
        self.slab.first_expiry()
    }

    /// Whether nothing is resident.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many resident entries have a TTL.
    pub fn volatile_len(&self) -> u32 {
        self.slab.volatile_len()
    }

    /// The sizes of all resident entries; where the capacity is in bytes, each with its overhead.
    pub fn used_bytes(&self) -> u64 {
        self.slab.bytes_used()
    }

    /// The policy in use.
    pub fn policy(&self) -> PolicyKind {
        self.settings.policy
    }

    /// The resident entries: first those that the policy does not know, then the policy's in the order
    /// of [`shape`](Self::shape)'s queues, but the next one out last of all.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.order().into_iter().map(|slot| self.slab.entry(slot))
    }

    fn order(&self) -> Vec<Slot> {
        let queues = self.shape().queues.into_iter();
        let members = queues
            .filter(|queue| !queue.ghosts)
            .flat_map(|queue| queue.members);
        let mut order: Vec<Slot> = members
            .filter_map(|member| self.slab.find(member.key))
            .collect();
        if let Some(next) = self.policy.next_out(&self.slab, self.now) {
            // Most often it is the last one anyway.
            if let Some(place) = order.iter().rposition(|&slot| slot == next) {
                order[place..].rotate_left(1);
            }
        }
        order
    }

    /// The entry that the insertion of a key never seen before would evict if the cache were full, at
    /// the time of the latest command; where the capacity is in bytes, of an entry without bytes of
    /// its own. `None` if the policy knows no entry.
    pub fn next_out(&self) -> Option<Entry> {
        let slot = self.policy.next_out(&self.slab, self.now)?;
        Some(self.slab.entry(slot))
    }

    /// The policy's inner order. Entries that the policy does not know are in a queue of their own,
    /// named `no ttl`, if there are any.
    pub fn shape(&self) -> Shape {
        let mut shape = self.policy.shape(&self.slab, self.now);
        if self.slab.tail(OUTSIDE).is_some() {
            let outside = QueueShape::of_ring("no ttl", None, &self.slab, OUTSIDE, |_| None);
            shape.queues.insert(0, outside);
        }
        shape
    }

    /// The entry under `key`, expired or not, without counting as a use of it.
    pub fn peek(&self, key: Key) -> Option<Entry> {
        let slot = self.slab.find(key)?;
        Some(self.slab.entry(slot))
    }

    /// The counter by which Valkey's LFU goes, as it is at `now`, of the entry under `key`. `None` if
    /// the key is not there or the policy has no such counters.
    pub fn frequency(&self, key: Key, now: Micros) -> Option<u8> {
        let slot = self.slab.find(key)?;
        self.policy.frequency(&self.slab, slot, now)
    }

    /// `CONFIG SET maxmemory-policy`: changes the policy and the scope. The entries stay; the new policy is
    /// told of them in the order of their last use, and begins to count with that.
    pub fn change_policy(&mut self, policy: PolicyKind, scope: Scope) {
        // Entries used at one instant keep the order they had: the first one was the last to go.
        let slots = self.order().into_iter().rev();
        let mut entries: Vec<Entry> = slots.map(|slot| self.slab.entry(slot)).collect();
        entries.sort_by_key(|entry| entry.used_at);
        let settings = CacheSettings {
            policy,
            scope,
            ..self.settings
        };
        let now = self.now;
        *self = Cache::new(&settings);
        for entry in &entries {
            self.now = entry.used_at;
            self.restore(entry);
        }
        self.now = now;
    }

    /// The bytes that it has allocated. A copy that has not been asked yet has no index.
    pub fn heap_bytes(&self) -> u64 {
        self.slab.heap_bytes() + self.policy.heap_bytes()
    }
}
