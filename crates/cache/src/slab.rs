//! The entries, held in one place and named by slot number, so that nothing is allocated per
//! operation once the cache has grown to its size.
//!
//! The part of an entry that is read at every use takes 16 bytes, so that four entries share a cache
//! line. The time of the last use, which is written at every use and hardly ever read, takes 8 elsewhere,
//! and the rest 24. A keyframe copies these 48 bytes an entry. A TTL costs 16 more, early reloading 24, a
//! place among the entries of a sampling policy 4, and a ghost 24. The index costs 4 bytes a key, not an
//! entry, and no keyframe has one.
//!
//! The first few slots hold no entries: they are the ends of the rings in `ring.rs`.

use super::entry::{Entry, Value};
use super::index::{Index, Keyed, NO_KEY};
use super::settings::Capacity;
use crate::units::{Key, Micros, Version};
use std::hash::{Hash, Hasher};

/// The number of a place in the slab. 32 bits on every platform, so that hashes agree.
pub(super) type Slot = u32;

/// Marks "no slot" in links.
pub(super) const NO_SLOT: Slot = Slot::MAX;

/// The ends of the rings that a policy may use: slots without entries.
pub(super) const RINGS: [Slot; 3] = [0, 1, 2];

/// The ring of the entries that the policy does not know.
pub(super) const OUTSIDE: Slot = 3;

pub(super) const FIRST_ENTRY: Slot = 4;

/// Stands for "no TTL".
const ETERNAL: u32 = u32::MAX;

/// Stands for "there from the start".
const NO_ORIGIN: u32 = u32::MAX;

/// The part that is read at every use of an entry or of its neighbours.
#[derive(Clone, Copy, Debug, Hash)]
#[repr(align(16))]
pub(super) struct Node {
    pub(super) key: Key,
    pub(super) towards_head: Slot,
    pub(super) towards_tail: Slot,
    /// The policy's own: a reference bit, a counter, the number of a queue.
    pub(super) mark: u32,
}

impl Keyed for Node {
    #[inline]
    fn key(&self) -> Key {
        self.key
    }
}

impl Node {
    /// In no ring, and with mark 0.
    #[inline]
    pub(super) fn new(key: Key) -> Self {
        Node {
            key,
            towards_head: NO_SLOT,
            towards_tail: NO_SLOT,
            mark: 0,
        }
    }
}

/// The rest of an entry.
#[derive(Clone, Copy, Debug)]
struct Rest {
    inserted_at: Micros,
    version: Version,
    origin: u32,
    size_bytes: u32,
    /// Its place in `Slab::volatile`, if it has a TTL.
    volatile_place: u32,
}

impl Rest {
    /// For an entry in `bare.rs`, which has no rest.
    const BARE: Rest = Rest {
        inserted_at: Micros::ZERO,
        version: Value::FIRST.version,
        origin: NO_ORIGIN,
        size_bytes: 1,
        volatile_place: ETERNAL,
    };
}

/// The end of an entry's TTL.
#[derive(Clone, Copy, Debug, Hash)]
struct Volatile {
    expires_at: Micros,
    slot: Slot,
}

/// What strategies that reload copies early need to know.
#[derive(Clone, Copy, PartialEq, Debug, Hash)]
struct Reload {
    fresh_until: Option<Micros>,
    rebuild: Micros,
}

impl Reload {
    const NONE: Reload = Reload {
        fresh_until: None,
        rebuild: Micros::ZERO,
    };
}

/// Entries by slot, with the totals.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    pub(super) nodes: Vec<Node>,
    /// When each was used last.
    pub(super) used_at: Vec<Micros>,
    rest: Vec<Rest>,
    /// By slot, up to the last entry that needs one.
    reloads: Vec<Reload>,
    free: Vec<Slot>,
    /// From key to slot.
    pub(super) index: Index,
    /// The entries with a TTL, in no order that means anything.
    volatile: Vec<Volatile>,
    /// The sizes of all entries, without overhead.
    sizes: u64,
    /// The capacity, in the unit of [`weight`](Self::weight).
    limit: u64,
    /// The weight of an entry is `weight_each`, and `weight_a_byte` for each byte of its size: capacities in
    /// entries and in bytes need no branch.
    weight_each: u64,
    weight_a_byte: u64,
}

impl Slab {
    pub(super) fn new(capacity: Capacity) -> Self {
        let end = |slot| Node {
            key: NO_KEY,
            towards_head: slot,
            towards_tail: slot,
            mark: 0,
        };
        let nothing = Rest {
            inserted_at: Micros::ZERO,
            version: Version(0),
            origin: NO_ORIGIN,
            size_bytes: 0,
            volatile_place: ETERNAL,
        };
        let (limit, weight_each, weight_a_byte) = match capacity {
            Capacity::Entries(entries) => (entries.into(), 1, 0),
            Capacity::Bytes {
                capacity_bytes,
                overhead_bytes,
            } => (capacity_bytes, overhead_bytes.into(), 1),
        };
        Slab {
            nodes: (0..FIRST_ENTRY).map(end).collect(),
            used_at: vec![Micros::ZERO; FIRST_ENTRY as usize],
            rest: vec![nothing; FIRST_ENTRY as usize],
            reloads: Vec::new(),
            free: Vec::new(),
            index: Index::default(),
            volatile: Vec::new(),
            sizes: 0,
            limit,
            weight_each,
            weight_a_byte,
        }
    }

    pub(super) fn len(&self) -> u32 {
        (self.nodes.len() - self.free.len()) as u32 - FIRST_ENTRY
    }

    /// The slot that holds `key`, if any.
    #[inline]
    pub(super) fn find(&self, key: Key) -> Option<Slot> {
        self.index.find(key, &self.nodes)
    }

    /// How many entries have a TTL.
    pub(super) fn volatile_len(&self) -> u32 {
        self.volatile.len() as u32
    }

    /// When the first TTL ends.
    pub(super) fn first_expiry(&self) -> Option<Micros> {
        let ends = self.volatile.iter().map(|volatile| volatile.expires_at);
        ends.min()
    }

    /// One of the entries with a TTL.
    pub(super) fn volatile_slot(&self, place: u32) -> Slot {
        self.volatile[place as usize].slot
    }

    /// The capacity, in entries or in bytes.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// A percentage of the limit, rounded down.
    pub(super) fn share(&self, percent: u64) -> u64 {
        self.limit / 100 * percent + self.limit % 100 * percent / 100
    }

    /// The part of [`limit`](Self::limit) that is taken.
    #[inline]
    pub(super) fn weight_used(&self) -> u64 {
        self.sizes * self.weight_a_byte + u64::from(self.len()) * self.weight_each
    }

    /// The sizes of all entries; where the capacity is in bytes, each with its overhead.
    pub(super) fn bytes_used(&self) -> u64 {
        match self.weight_a_byte {
            0 => self.sizes,
            _ => self.weight_used(),
        }
    }

    /// The part of the capacity that an entry of that size takes: its bytes with the overhead where these
    /// are counted, otherwise one.
    #[inline]
    pub(super) fn weigh(&self, size_bytes: u32) -> u64 {
        u64::from(size_bytes) * self.weight_a_byte + self.weight_each
    }

    /// The part of the capacity that the entry in `slot` takes.
    #[inline]
    pub(super) fn weight(&self, slot: Slot) -> u64 {
        self.weigh(self.rest(slot).size_bytes)
    }

    #[inline]
    pub(super) fn node(&self, slot: Slot) -> &Node {
        &self.nodes[slot as usize]
    }

    #[inline]
    pub(super) fn key(&self, slot: Slot) -> Key {
        self.node(slot).key
    }

    #[inline]
    pub(super) fn mark(&self, slot: Slot) -> u32 {
        self.node(slot).mark
    }

    #[inline]
    pub(super) fn set_mark(&mut self, slot: Slot, mark: u32) {
        self.nodes[slot as usize].mark = mark;
    }

    #[inline]
    pub(super) fn is_expired(&self, slot: Slot, now: Micros) -> bool {
        self.expires_at(slot).is_some_and(|end| now > end)
    }

    #[inline]
    pub(super) fn is_volatile(&self, slot: Slot) -> bool {
        // Where nothing has a TTL, no entry need be looked at.
        !self.volatile.is_empty() && self.rest[slot as usize].volatile_place != ETERNAL
    }

    /// When the TTL runs out, if there is one.
    #[inline]
    pub(super) fn expires_at(&self, slot: Slot) -> Option<Micros> {
        if !self.is_volatile(slot) {
            return None;
        }
        let place = self.rest[slot as usize].volatile_place;
        Some(self.volatile[place as usize].expires_at)
    }

    /// When the entry was used last.
    #[inline]
    pub(super) fn used_at(&self, slot: Slot) -> Micros {
        self.used_at.get(slot as usize).copied().unwrap_or_default()
    }

    /// Notes a use.
    #[inline]
    pub(super) fn set_used_at(&mut self, slot: Slot, at: Micros) {
        self.used_at[slot as usize] = at;
    }

    /// How long the entry has gone unused at `now`.
    #[inline]
    pub(super) fn idle(&self, slot: Slot, now: Micros) -> Micros {
        now.since(self.used_at(slot))
    }

    /// How long ago the key entered the cache.
    pub(super) fn age(&self, slot: Slot, now: Micros) -> Micros {
        now.since(self.rest(slot).inserted_at)
    }

    #[inline(always)]
    pub(super) fn entry(&self, slot: Slot) -> Entry {
        let node = self.node(slot);
        let rest = &self.rest[slot as usize];
        let reload = self.reloads.get(slot as usize).unwrap_or(&Reload::NONE);
        Entry {
            key: node.key,
            value: Value {
                version: rest.version,
                origin: (rest.origin != NO_ORIGIN).then_some(rest.origin),
                fresh_until: reload.fresh_until,
                rebuild: reload.rebuild,
            },
            size_bytes: rest.size_bytes,
            inserted_at: rest.inserted_at,
            used_at: self.used_at(slot),
            expires_at: self.expires_at(slot),
        }
    }

    #[inline]
    fn rest(&self, slot: Slot) -> &Rest {
        self.rest.get(slot as usize).unwrap_or(&Rest::BARE)
    }

    /// Puts a new entry without a TTL, in no ring and with mark 0, into a free slot.
    #[inline]
    pub(super) fn insert(&mut self, key: Key, value: Value, size_bytes: u32, now: Micros) -> Slot {
        let node = Node::new(key);
        let rest = Rest {
            inserted_at: now,
            version: value.version,
            origin: value.origin.unwrap_or(NO_ORIGIN),
            size_bytes,
            volatile_place: ETERNAL,
        };
        self.sizes += u64::from(size_bytes);
        let slot = match self.free.pop() {
            Some(slot) => {
                self.nodes[slot as usize] = node;
                self.used_at[slot as usize] = now;
                self.rest[slot as usize] = rest;
                slot
            }
            None => {
                self.nodes.push(node);
                self.used_at.push(now);
                self.rest.push(rest);
                self.nodes.len() as Slot - 1
            }
        };
        self.note_reload(slot, value);
        self.index.insert(key, slot);
        slot
    }

    #[inline]
    fn note_reload(&mut self, slot: Slot, value: Value) {
        let reload = Reload {
            fresh_until: value.fresh_until,
            rebuild: value.rebuild,
        };
        let place = slot as usize;
        if reload != Reload::NONE && self.reloads.len() <= place {
            self.reloads.resize(place + 1, Reload::NONE);
        }
        if let Some(noted) = self.reloads.get_mut(place) {
            *noted = reload;
        }
    }

    /// Overwrites a value.
    pub(super) fn rewrite(&mut self, slot: Slot, value: Value, size_bytes: u32) {
        let rest = &mut self.rest[slot as usize];
        rest.version = value.version;
        rest.origin = value.origin.unwrap_or(NO_ORIGIN);
        self.sizes = self.sizes - u64::from(rest.size_bytes) + u64::from(size_bytes);
        rest.size_bytes = size_bytes;
        self.note_reload(slot, value);
    }

    /// Sets when the key entered the cache, for an entry that is taken over.
    pub(super) fn set_inserted_at(&mut self, slot: Slot, at: Micros) {
        self.rest[slot as usize].inserted_at = at;
    }

    /// Sets or removes an entry's TTL.
    #[inline]
    pub(super) fn set_expiry(&mut self, slot: Slot, expires_at: Option<Micros>) {
        let place = self.rest[slot as usize].volatile_place;
        match expires_at {
            Some(expires_at) if place == ETERNAL => {
                self.rest[slot as usize].volatile_place = self.volatile.len() as u32;
                self.volatile.push(Volatile { expires_at, slot });
            }
            Some(expires_at) => self.volatile[place as usize].expires_at = expires_at,
            None if place == ETERNAL => {}
            None => {
                // The last of the volatile ones takes the place of the one that goes.
                self.volatile.swap_remove(place as usize);
                if let Some(moved) = self.volatile.get(place as usize) {
                    self.rest[moved.slot as usize].volatile_place = place;
                }
                self.rest[slot as usize].volatile_place = ETERNAL;
            }
        }
    }

    /// Frees a slot whose entry is in no ring any more.
    #[inline(always)]
    pub(super) fn remove(&mut self, slot: Slot) {
        if self.is_volatile(slot) {
            self.set_expiry(slot, None);
        }
        self.sizes -= u64::from(self.rest[slot as usize].size_bytes);
        let node = &mut self.nodes[slot as usize];
        self.index.remove(node.key);
        node.key = NO_KEY;
        self.free.push(slot);
    }

    /// The bytes that it has allocated.
    pub(super) fn heap_bytes(&self) -> u64 {
        let bytes = size_of_val(self.nodes.as_slice())
            + size_of_val(self.used_at.as_slice())
            + size_of_val(self.rest.as_slice())
            + size_of_val(self.reloads.as_slice())
            + size_of_val(self.free.as_slice())
            + size_of_val(self.volatile.as_slice());
        bytes as u64 + self.index.heap_bytes()
    }
}

/// Hashes slot by slot, although a slot's parts lie in several vectors.
impl Hash for Slab {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nodes.len().hash(state);
        for (node, (used_at, rest)) in self.nodes.iter().zip(self.used_at.iter().zip(&self.rest)) {
            (node, used_at, rest.size_bytes, rest.volatile_place).hash(state);
        }
        self.rest.len().hash(state);
        for rest in &self.rest {
            (rest.inserted_at, rest.version, rest.origin).hash(state);
        }
        (&self.reloads, &self.free, &self.index, &self.volatile).hash(state);
        (self.sizes, self.limit, self.weight_each, self.weight_a_byte).hash(state);
    }
}
