//! The cache's nodes: which of them has a key, and what each holds.

use super::replica::Replica;
use super::replication::Incoming;
use super::{Slot, World};
use crate::deployment::{Deployed, NodeId};
use crate::lease::Leases;
use crate::setup::LaneSetup;
use crate::write_queue::WriteQueue;
use cache::units::{Key, Micros};
use cache::{Cache, Entry};

/// A cache node: the engine, with leases, write queue and replica.
#[derive(Clone, Debug, Hash)]
pub(super) struct CacheNode {
    pub(super) cache: Cache,
    /// When the engine, which executes one command at a time, is free again.
    pub(super) free_at: Micros,
    pub(super) leases: Leases,
    pub(super) write_queue: WriteQueue,
    pub(super) replica: Option<Replica>,
    /// What is on its way to it from its primary, if it is a replica of a deployment.
    pub(super) incoming: Incoming,
    /// When the expiry cycle next has something to expire.
    pub(super) expiry_due: Option<Micros>,
}

impl CacheNode {
    pub(super) fn new(setup: &LaneSetup) -> Self {
        CacheNode {
            cache: Cache::new(&setup.cache.engine),
            free_at: Micros::ZERO,
            leases: Leases::default(),
            write_queue: WriteQueue::default(),
            replica: setup.cache.replica_lag.map(|_| Replica::new(setup)),
            incoming: Incoming::default(),
            expiry_due: None,
        }
    }
}

impl World {
    /// The cache, if the strategy has one; of several nodes the first, whose settings all have.
    pub fn cache(&self) -> Option<&Cache> {
        self.nodes.first().map(|node| &node.cache)
    }

    /// The cache's nodes with their numbers, those that are not in use among them.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Cache)> {
        let numbered = (0..).map(NodeId).zip(&self.nodes);
        numbered.map(|(id, node)| (id, &node.cache))
    }

    /// Which nodes are in use and can be reached.
    pub fn deployed(&self) -> &Deployed {
        &self.deployed
    }

    /// Where a key stands among several nodes: its slot in a cluster, or its hash.
    pub fn place(&self, key: Key) -> u32 {
        self.deployed.place(key).unwrap_or_else(|| {
            let name = self.added.key_name(&self.workload, key);
            self.setup.cache.deployment.place_of(name.as_bytes())
        })
    }

    /// The node that has a key.
    pub fn holder(&self, key: Key) -> NodeId {
        let place = self.place(key);
        let owner = self.deployed.holder(place);
        match self.deployed.open_to(place as u16) {
            // Keys of its slot are being moved: what the owner does not have is the other's.
            Some(to) if !self.has_live_copy(owner, key) => to,
            _ => owner,
        }
    }

    /// Whether a node has a copy of a key that has not expired.
    pub(super) fn has_live_copy(&self, node: NodeId, key: Key) -> bool {
        let copy = self.nodes.get(usize::from(node.0));
        let copy = copy.and_then(|node| node.cache.peek(key));
        copy.is_some_and(|copy| !copy.is_expired(self.now))
    }

    /// The copy of a key in the node that has it, expired or not.
    pub fn copy(&self, key: Key) -> Option<Entry> {
        let node = self.nodes.get(usize::from(self.holder(key).0))?;
        node.cache.peek(key)
    }

    /// The caches that have keys of their own: of shards with replicas the primaries'.
    pub fn primaries(&self) -> impl Iterator<Item = &Cache> {
        let primaries = self.nodes().filter(|(id, _)| self.deployed.is_primary(*id));
        primaries.map(|(_, cache)| cache)
    }

    /// How many changes are on their way to a node from its primary.
    pub fn changes_behind(&self, node: NodeId) -> u32 {
        let node = self.nodes.get(usize::from(node.0));
        node.map_or(0, |node| node.incoming.len())
    }

    /// How many entries the primaries hold, and the size of their keys and values in bytes.
    pub(super) fn contents(&self) -> (u32, u64) {
        let count = self.primaries().map(Cache::len).sum();
        let entries = self.primaries().flat_map(Cache::entries);
        let sizes = entries.map(|entry| u64::from(entry.size_bytes));
        (count, sizes.sum())
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut CacheNode {
        let node = self.nodes.get_mut(usize::from(id.0));
        node.expect("only strategies with a cache send it messages")
    }

    /// The node that a request's command has reached.
    pub(super) fn node_of(&mut self, slot: Slot) -> &mut CacheNode {
        let node = self.request(slot).route.node;
        self.node_mut(node)
    }

    /// The node that has a key.
    pub(super) fn holder_mut(&mut self, key: Key) -> &mut CacheNode {
        self.node_mut(self.holder(key))
    }
}
