//! The cache node's replica: it follows with a lag, and takes over in a failover.

use super::{CacheNode, World};
use crate::deployment::NodeId;
use crate::monitor::Spoiler;
use crate::setup::LaneSetup;
use crate::write_queue::Queued;
use cache::units::{Key, Micros};
use cache::{Cache, Ttl, Value};
use std::collections::{BTreeMap, VecDeque};

/// A replica of the cache node, and the changes on their way to it.
#[derive(Clone, Debug, Hash)]
pub(super) struct Replica {
    cache: Cache,
    lag: Micros,
    on_the_way: VecDeque<Change>,
}

/// A change of the node's contents: a key is stored with value, size and expiry, or removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) struct Change {
    pub(super) at: Micros,
    pub(super) key: Key,
    pub(super) set: Option<(Value, u32, Option<Micros>)>,
}

impl Replica {
    pub(super) fn new(setup: &LaneSetup) -> Self {
        Replica {
            cache: Cache::new(&setup.cache.engine),
            lag: setup.cache.replica_lag.unwrap_or_default(),
            on_the_way: VecDeque::new(),
        }
    }

    /// Applies the changes that have arrived by `now`.
    fn catch_up(&mut self, now: Micros) {
        while let Some(&change) = self.on_the_way.front() {
            if change.at.after(self.lag) > now {
                break;
            }
            self.on_the_way.pop_front();
            let Change { at, key, set } = change;
            match set {
                Some((value, size, end)) => {
                    let ttl = end.map_or(Ttl::Clear, Ttl::Until);
                    // The replica is as large as the node, which had room for the entry.
                    let _ = self.cache.set(key, value, size, ttl, at, |_| {});
                }
                None => {
                    self.cache.delete(key, at);
                }
            }
        }
    }

    /// Loses its contents and the changes on their way.
    pub(super) fn clear(&mut self) {
        self.cache.flush(|_| {});
        self.on_the_way.clear();
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        self.cache.heap_bytes() + (self.on_the_way.len() * size_of::<Change>()) as u64
    }
}

impl CacheNode {
    /// Gives the replica the node's first contents.
    pub(super) fn start_replica(&mut self) {
        if let Some(replica) = &mut self.replica {
            replica.cache = self.cache.clone();
        }
    }

    pub(super) fn tell_replica(&mut self, change: Change) {
        if let Some(replica) = &mut self.replica {
            replica.on_the_way.push_back(change);
            // Changes that have arrived need not be kept.
            replica.catch_up(change.at);
        }
    }
}

impl World {
    /// Loses the writes that a node has queued for the database, and returns them.
    pub(super) fn lose_queue(&mut self, id: NodeId) -> BTreeMap<Key, Queued> {
        let node = self.node_mut(id);
        node.leases.clear();
        node.write_queue.lose()
    }

    /// The replica takes over with the changes that have reached it; later ones are lost. Without a
    /// replica an empty node takes over. Returns the writes that had not reached the database.
    pub(super) fn fail_over(&mut self, id: NodeId) -> BTreeMap<Key, Queued> {
        let now = self.now;
        let Some(replica) = &mut self.node_mut(id).replica else {
            return self.lose_contents(id);
        };
        replica.catch_up(now);
        replica.on_the_way.clear();
        let cache = replica.cache.clone();
        self.node_mut(id).cache = cache;
        self.drop_strays(id);
        self.judge_promoted(id, Spoiler::FailOver);
        self.lose_queue(id)
    }
}
