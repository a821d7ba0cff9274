//! A deployment at a moment: which nodes are in use and can be reached, and what the client knows.

use super::coverage::Coverage;
use super::memcached::Servers;
use super::replication::{Replication, Shard};
use super::resharding::Resharded;
use super::serverless::Meter;
use super::{Deployment, NodeId, Reach};
use crate::fault::Fault;
use crate::workload::Workload;
use cache::units::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A deployment at a moment: the nodes that are in use and can be reached, and what the client knows.
#[derive(Clone, Debug)]
pub struct Deployed {
    pub(super) deployment: Deployment,
    /// The places of the workload's keys.
    places: Rc<[u32]>,
    /// Nodes that are cut off: they work, and messages do not reach them.
    pub(super) cut: BTreeSet<NodeId>,
    /// Nodes that have stopped.
    pub(super) stopped: BTreeSet<NodeId>,
    /// The slots that a client without a map has learned.
    pub(super) learned: BTreeMap<u16, NodeId>,
    /// The Memcached servers on the client's list.
    pub(super) servers: Option<Rc<Servers>>,
    /// The shards' nodes, where shards have replicas.
    pub(super) shards: Vec<Shard>,
    /// Which slots have which owners, once a shard has been added or removed.
    pub(super) resharded: Option<Rc<Resharded>>,
    /// Which primaries are missing, where every slot has to be served.
    pub(super) coverage: Coverage,
    /// The rate of a serverless cache, and what is used of it.
    pub(super) meter: Option<Meter>,
    /// The Region that is being promoted.
    pub(crate) promoting: Option<NodeId>,
}

impl Deployed {
    /// Before the first request.
    pub(crate) fn start(deployment: Deployment, workload: &Workload) -> Self {
        let keys = match deployment.kind().has_places() {
            true => 0..workload.key_count(),
            false => 0..0,
        };
        let place = |key| deployment.place_of(workload.key_name(Key(key)).as_bytes());
        let mut deployed = Deployed {
            deployment,
            places: keys.map(place).collect(),
            cut: BTreeSet::new(),
            stopped: BTreeSet::new(),
            learned: BTreeMap::new(),
            servers: None,
            shards: match deployment.replication() {
                Some(_) => (0..deployment.shard_count())
                    .map(|shard| Shard::new(deployment.first_of(shard)))
                    .collect(),
                None => Vec::new(),
            },
            meter: None,
            resharded: None,
            coverage: Coverage::default(),
            promoting: None,
        };
        deployment.kind().start(&mut deployed);
        deployed
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
        match self.deployment.kind().has_places() {
            true => self.places.get(key.0 as usize).copied(),
            false => Some(0),
        }
    }

    /// The node that has the keys of a place: of a shard with replicas the primary. Where keys of a slot are being
    /// moved, some are at another node.
    pub(crate) fn holder(&self, place: u32) -> NodeId {
        self.deployment.kind().holder(self, place)
    }

    /// The node that a client asks first, with a command that reads or writes.
    pub(crate) fn asked(&self, place: u32, client: u32, reads: bool) -> NodeId {
        self.deployment.kind().asked(self, place, client, reads)
    }

    /// The node of a shard with replicas that a client asks.
    pub(super) fn asked_of(&self, shard: u16, client: u32, reads: bool) -> NodeId {
        let replica = self.replication().endpoint.prefers_replica(reads);
        let members = self.deployment.members(shard);
        self.shards[usize::from(shard)].asked(members, client, replica)
    }

    fn replication(&self) -> Replication {
        let replication = self.deployment.replication();
        replication.expect("only shards with replicas are kept")
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

    /// A node that has stopped works again, empty.
    pub(crate) fn replace(&mut self, node: NodeId) {
        self.stopped.remove(&node);
        self.coverage.recover(node);
        if let Some(shard) = self.shard_mut(node) {
            shard.stopped_at.remove(&node);
            shard.failed.remove(&node);
        }
    }

    /// Whether a node is part of the deployment at this moment.
    pub fn is_in_use(&self, node: NodeId) -> bool {
        match &self.servers {
            Some(servers) => servers.has(node),
            None => node.0 < self.nodes_so_far() && !self.has_left(node),
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

    /// Whether a node was part of the deployment at the start, or has been since.
    pub fn was_in_use(&self, node: NodeId) -> bool {
        self.deployment.kind().starts_with(node)
    }

    /// Whether a fault would change which nodes are in use or can be reached.
    pub fn is_changed_by(&self, fault: Fault, node: NodeId) -> bool {
        if let Some(changes) = self.deployment.kind().is_changed_by(self, fault, node) {
            return changes;
        }
        let used = self.is_in_use(node);
        match fault {
            Fault::StopCacheNode | Fault::CutCache => used && self.is_reachable(node),
            Fault::HealCache => used && self.cut.contains(&node),
            // No command reaches a node that is cut off.
            Fault::RestartCache => used && !self.cut.contains(&node),
            Fault::FailOverCache => match self.shard(node) {
                // The nodes' own failover needs a replica that has the data.
                Some(shard) => {
                    let mut members = self.deployment.members(self.deployment.shard_of(node));
                    used && shard.primary == node
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
        let deployment = self.deployment;
        for node in (0..self.nodes_so_far()).map(NodeId) {
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
                _ => deployment.kind().suffer(self, fault, node),
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
        if let Some(resharded) = &self.resharded {
            resharded.hash(state);
        }
        if self.coverage != Coverage::default() {
            self.coverage.hash(state);
        }
        if let Some(region) = self.promoting {
            region.0.hash(state);
        }
    }
}
