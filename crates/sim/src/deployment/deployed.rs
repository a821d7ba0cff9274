//! A deployment at a moment: which nodes are in use and can be reached, and what the client knows.

use super::cluster::{Answer, Client};
use super::memcached::Servers;
use super::replication::{Replication, Shard};
use super::serverless::Meter;
use super::{Deployment, NodeId, Reach, slots};
use crate::fault::Fault;
use crate::workload::Workload;
use cache::units::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// A deployment at a moment: the nodes that are in use and can be reached, and what the client knows.
#[derive(Clone, Debug)]
pub struct Deployed {
    deployment: Deployment,
    /// The places of the workload's keys.
    places: Rc<[u32]>,
    /// Nodes that are cut off: they work, and messages do not reach them.
    cut: BTreeSet<NodeId>,
    /// Nodes that have stopped.
    stopped: BTreeSet<NodeId>,
    /// The slots that a client without a map has learned.
    learned: BTreeMap<u16, NodeId>,
    /// The Memcached servers on the client's list.
    servers: Option<Rc<Servers>>,
    /// The shards' nodes, where shards have replicas.
    shards: Vec<Shard>,
    /// The rate of a serverless cache, and what is used of it.
    meter: Option<Meter>,
}

impl Deployed {
    /// Before the first request.
    pub(crate) fn start(deployment: Deployment, workload: &Workload) -> Self {
        let keys = match deployment.has_places() {
            true => 0..workload.key_count(),
            false => 0..0,
        };
        let place = |key| deployment.place_of(workload.key_name(Key(key)).as_bytes());
        Deployed {
            deployment,
            places: keys.map(place).collect(),
            cut: BTreeSet::new(),
            stopped: BTreeSet::new(),
            learned: BTreeMap::new(),
            servers: match deployment {
                Deployment::Memcached(memcached) => Some(Rc::new(memcached.start())),
                _ => None,
            },
            shards: match deployment.replication() {
                Some(_) => (0..deployment.shard_count())
                    .map(|shard| Shard::new(deployment.first_of(shard)))
                    .collect(),
                None => Vec::new(),
            },
            meter: match deployment {
                Deployment::Serverless(serverless) => Some(Meter::new(serverless)),
                _ => None,
            },
        }
    }

    /// The rate of a serverless cache, and what is used of it; `None` without one.
    pub fn meter(&self) -> Option<&Meter> {
        self.meter.as_ref()
    }

    pub(crate) fn meter_mut(&mut self) -> Option<&mut Meter> {
        self.meter.as_mut()
    }

    /// About how much memory it takes beside its own fields, in bytes.
    pub(crate) fn heap_bytes(&self) -> u64 {
        self.meter.as_ref().map_or(0, Meter::heap_bytes)
    }

    /// Where a key of the workload stands; `None` for one that was added by hand.
    pub(crate) fn place(&self, key: Key) -> Option<u32> {
        match self.deployment {
            Deployment::Node | Deployment::ReplicationGroup(_) => Some(0),
            _ => self.places.get(key.0 as usize).copied(),
        }
    }

    /// The node that has the keys of a place: of a shard with replicas the primary.
    pub(crate) fn holder(&self, place: u32) -> NodeId {
        match (self.deployment, &self.servers) {
            (Deployment::Cluster(cluster), _) => {
                let shard = cluster.shard_of(place as u16);
                let with_replicas = self.shards.get(usize::from(shard));
                with_replicas.map_or(NodeId(shard), |shard| shard.primary)
            }
            (Deployment::ReplicationGroup(_), _) => self.shards[0].primary,
            (Deployment::Memcached(_), Some(servers)) => servers.at(place),
            _ => NodeId::default(),
        }
    }

    /// The node that a client asks first, with a command that reads or writes.
    pub(crate) fn asked(&self, place: u32, client: u32, reads: bool) -> NodeId {
        match self.deployment {
            Deployment::Cluster(cluster) => match cluster.client {
                Client::ClusterAware => match self.deployment.replication() {
                    Some(_) => self.asked_of(cluster.shard_of(place as u16), client, reads),
                    None => self.holder(place),
                },
                Client::FollowsMoved => {
                    let known = self.learned.get(&(place as u16));
                    known.copied().unwrap_or_default()
                }
                Client::Plain => NodeId::default(),
            },
            Deployment::ReplicationGroup(_) => self.asked_of(0, client, reads),
            _ => self.holder(place),
        }
    }

    /// The node of a shard with replicas that a client asks.
    fn asked_of(&self, shard: u16, client: u32, reads: bool) -> NodeId {
        let replica = self.replication().endpoint.prefers_replica(reads);
        let members = self.deployment.members(shard);
        self.shards[usize::from(shard)].asked(members, client, replica)
    }

    fn replication(&self) -> Replication {
        let replication = self.deployment.replication();
        replication.expect("only shards with replicas are kept")
    }

    /// What a cluster's node answers to a command about a key of a slot; `None` if there is no cluster.
    pub(crate) fn answer(&self, node: NodeId, slot: u16, reads: bool) -> Option<Answer> {
        let Deployment::Cluster(cluster) = self.deployment else {
            return None;
        };
        let owner = self.holder(slot.into());
        // The client has said READONLY on its connections to replicas.
        let reads_for_owner = reads
            && cluster.replication.endpoint.prefers_replica(true)
            && self.deployment.shard_of(node) == self.deployment.shard_of(owner);
        Some(cluster.answer(node, slot, owner, reads_for_owner))
    }

    /// The shard of a node, where shards have replicas.
    pub(crate) fn shard(&self, node: NodeId) -> Option<&Shard> {
        let shard = self.deployment.shard_of(node);
        self.shards.get(usize::from(shard))
    }

    pub(crate) fn shard_mut(&mut self, node: NodeId) -> Option<&mut Shard> {
        let shard = self.deployment.shard_of(node);
        self.shards.get_mut(usize::from(shard))
    }

    /// Whether a node is the primary of its shard, or has no replicas at all.
    pub fn is_primary(&self, node: NodeId) -> bool {
        self.shard(node).is_none_or(|shard| shard.primary == node)
    }

    /// Whether a node is a replica that loads its primary's contents.
    pub fn is_syncing(&self, node: NodeId) -> bool {
        self.shard(node)
            .is_some_and(|shard| shard.syncing.contains(&node))
    }

    /// When each node that has stopped did, where shards have replicas.
    pub(crate) fn stops(&self) -> impl Iterator<Item = (NodeId, cache::units::Micros)> {
        let stops = self.shards.iter().flat_map(|shard| &shard.stopped_at);
        stops.map(|(&node, &at)| (node, at))
    }

    /// The client finds out which node of a shard takes writes. Returns whether it did not know.
    pub(crate) fn repoint(&mut self, node: NodeId) -> bool {
        let Some(shard) = self.shard_mut(node) else {
            return false;
        };
        let news = shard.named != shard.primary;
        shard.named = shard.primary;
        news
    }

    /// A client without a slot map forgets where a node that does not answer was said to have slots.
    pub(crate) fn forget(&mut self, node: NodeId) {
        if !self.shards.is_empty() {
            self.learned.retain(|_, owner| *owner != node);
        }
    }

    /// A node that has stopped works again, empty.
    pub(crate) fn replace(&mut self, node: NodeId) {
        self.stopped.remove(&node);
        if let Some(shard) = self.shard_mut(node) {
            shard.stopped_at.remove(&node);
            shard.failed.remove(&node);
        }
    }

    /// Notes what a MOVED has told the client, and returns whether it asks there.
    pub(crate) fn learn(&mut self, slot: u16, owner: NodeId) -> bool {
        let Deployment::Cluster(cluster) = self.deployment else {
            return false;
        };
        match cluster.client {
            Client::Plain => false,
            Client::ClusterAware => {
                self.repoint(owner);
                true
            }
            Client::FollowsMoved => {
                self.learned.insert(slot, owner);
                true
            }
        }
    }

    /// Whether a node is part of the deployment at this moment.
    pub fn is_in_use(&self, node: NodeId) -> bool {
        match &self.servers {
            Some(servers) => servers.has(node),
            None => node.0 < self.deployment.node_count(),
        }
    }

    /// Whether messages reach a node.
    pub fn is_reachable(&self, node: NodeId) -> bool {
        !self.cut.contains(&node) && !self.is_stopped(node)
    }

    /// Whether a node has stopped.
    pub fn is_stopped(&self, node: NodeId) -> bool {
        self.stopped.contains(&node)
    }

    /// Whether a node was part of the deployment at the start.
    pub fn was_in_use(&self, node: NodeId) -> bool {
        match self.deployment {
            Deployment::Memcached(memcached) => node.0 < memcached.nodes,
            _ => true,
        }
    }

    /// The slots that a node owns, in a cluster.
    pub fn slots(&self, node: NodeId) -> Option<RangeInclusive<u16>> {
        match self.deployment {
            Deployment::Cluster(cluster) => {
                let shard = self.deployment.shard_of(node);
                Some(slots::even_range(shard, cluster.shards))
            }
            _ => None,
        }
    }

    /// Whether a fault would change which nodes are in use or can be reached.
    pub fn is_changed_by(&self, fault: Fault, node: NodeId) -> bool {
        let used = self.is_in_use(node);
        match fault {
            Fault::StopCacheNode | Fault::CutCache => used && self.is_reachable(node),
            Fault::HealCache => used && self.cut.contains(&node),
            Fault::RemoveCacheNode => {
                used && self.servers.as_ref().is_some_and(|of| of.can_do_without())
            }
            Fault::AddCacheNode => self.servers.is_some() && !used,
            // No command reaches a node that is cut off.
            Fault::RestartCache => used && !self.cut.contains(&node),
            Fault::FailOverCache => match self.shard(node) {
                // The nodes' own failover needs a replica that has the data.
                Some(shard) => {
                    let mut members = self.deployment.members(self.deployment.shard_of(node));
                    shard.primary == node
                        && !self.is_stopped(node)
                        && members.any(|member| shard.can_take_over(member))
                }
                None => used && self.is_reachable(node),
            },
            _ => false,
        }
    }

    /// Begins or ends a fault of the nodes; their contents are the world's.
    pub(crate) fn suffer(&mut self, fault: Fault, reach: Reach) {
        for node in (0..self.deployment.node_count()).map(NodeId) {
            if !self.deployment.is_reached(reach, node) || !self.is_changed_by(fault, node) {
                continue;
            }
            match fault {
                Fault::StopCacheNode => {
                    self.stopped.insert(node);
                }
                Fault::RestartCache => {
                    self.stopped.remove(&node);
                }
                Fault::CutCache => {
                    self.cut.insert(node);
                }
                Fault::HealCache => {
                    self.cut.remove(&node);
                }
                Fault::RemoveCacheNode | Fault::AddCacheNode => {
                    self.cut.remove(&node);
                    self.stopped.remove(&node);
                    let servers = self.servers.as_mut().expect("only Memcached nodes change");
                    *servers = Rc::new(match fault {
                        Fault::AddCacheNode => servers.with(node),
                        _ => servers.without(node),
                    });
                }
                _ => {}
            }
        }
    }
}

/// A lane of one node has nothing to hash: its faults are those in force.
impl Hash for Deployed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.deployment.has_several() {
            self.cut.hash(state);
            self.stopped.hash(state);
            self.learned.hash(state);
            self.servers.hash(state);
        }
        if !self.shards.is_empty() {
            self.shards.hash(state);
        }
        if let Some(meter) = &self.meter {
            meter.hash(state);
        }
    }
}
