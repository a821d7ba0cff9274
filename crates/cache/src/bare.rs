//! A cache of keys without values, which only counts misses over millions of requests.

use super::policy::{AnyPolicy, Policy};
use super::settings::{CacheSettings, Capacity};
use super::shape::Shape;
use super::slab::{FIRST_ENTRY, Node, Slab, Slot};
use super::{CAPACITY_MAX, PolicyKind};
use crate::units::{Key, Micros};

/// A cache of keys, under the same policies and with the same slab as [`Cache`](super::Cache).
///
/// Its entries have no values and never expire. Its one command is the request of the reference
/// simulators: a read, and a write after a miss. It counts as [`Cache::request`](super::Cache::request)
/// would, and touches a fraction of the memory: it keeps an entry's node, and the time of its last use only
/// where the policy goes by that.
#[derive(Debug)]
pub struct BareCache {
    slab: Slab,
    policy: AnyPolicy,
}

impl BareCache {
    /// An empty cache, with default tuning and seed 0.
    ///
    /// # Panics
    /// If the capacity is 0 or above [`CAPACITY_MAX`].
    pub fn new(policy: PolicyKind, capacity: u32) -> Self {
        assert!((1..=CAPACITY_MAX).contains(&capacity));
        let mut slab = Slab::new(Capacity::Entries(capacity));
        let policy = AnyPolicy::new(&CacheSettings::new(policy, capacity), &slab);
        if policy.goes_by_use() {
            slab.keep_uses(capacity);
        }
        BareCache { slab, policy }
    }

    /// Takes requests, each with its key and its time, and returns how many were misses.
    pub fn misses(&mut self, requests: impl Iterator<Item = (Key, Micros)>) -> u64 {
        self.policy.misses(&mut self.slab, requests)
    }

    /// The policy's inner order, as [`Cache::shape`](super::Cache::shape) gives it.
    pub fn shape(&self, now: Micros) -> Shape {
        self.policy.shape(&self.slab, now)
    }
}

/// The slab's part for entries that have a node and nothing else.
impl Slab {
    /// Whether there is no room for another one.
    #[inline]
    fn is_full(&self) -> bool {
        u64::from(self.len()) == self.limit()
    }

    /// Makes room for the last use of each entry.
    fn keep_uses(&mut self, entries: u32) {
        let slots = (FIRST_ENTRY + entries) as usize;
        self.used_at.resize(slots, Micros::ZERO);
    }

    /// Puts a new one into a slot where none has been.
    #[inline]
    fn add(&mut self, key: Key) -> Slot {
        let slot = self.nodes.len() as Slot;
        self.nodes.push(Node::new(key));
        self.index.insert(key, slot);
        slot
    }

    /// Puts a new one in the place of one that is no longer in any ring.
    #[inline]
    fn replace(&mut self, slot: Slot, key: Key) -> Slot {
        let node = &mut self.nodes[slot as usize];
        self.index.remove(node.key);
        *node = Node::new(key);
        self.index.insert(key, slot);
        slot
    }
}

/// Compiled once for any policy, and again for the fastest ones.
#[inline]
pub(super) fn misses(
    policy: &mut (impl Policy + ?Sized),
    slab: &mut Slab,
    requests: impl Iterator<Item = (Key, Micros)>,
) -> u64 {
    let (mut misses, by_use) = (0, policy.goes_by_use());
    for (key, now) in requests {
        let Some(slot) = slab.find(key) else {
            misses += 1;
            fill(policy, slab, key, now, by_use);
            continue;
        };
        policy.on_hit(slab, slot, now);
        if by_use {
            slab.set_used_at(slot, now);
        }
    }
    misses
}

/// The rarer half of a request, out of the way of the other.
#[inline(never)]
fn fill(policy: &mut (impl Policy + ?Sized), slab: &mut Slab, key: Key, now: Micros, by_use: bool) {
    policy.admit(slab, key, 1);
    let slot = if slab.is_full() {
        let Some((victim, _)) = policy.victim(slab, now) else {
            return;
        };
        policy.on_evict(slab, victim);
        slab.replace(victim, key)
    } else {
        slab.add(key)
    };
    if by_use {
        slab.set_used_at(slot, now);
    }
    policy.on_insert(slab, slot);
}
