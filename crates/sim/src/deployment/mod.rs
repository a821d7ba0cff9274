//! What a lane's cache is made of, one file a deployment: a cluster of shards, or Memcached nodes among
//! which the client chooses. Each says which node a client asks for a key, and which node has it.

pub mod cluster;
pub mod ketama;
mod memcached;
pub mod modulo;
pub mod slots;

use super::fault::Fault;
use super::workload::Workload;
use cache::units::Key;
pub use cluster::{Client, Cluster};
use memcached::Servers;
pub use memcached::{Hashing, Memcached};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// A cache node's number in its lane, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct NodeId(pub u16);

/// The first node hashes as nothing: a lane of one node hashes as it did before there could be more.
impl Hash for NodeId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0 > 0 {
            self.0.hash(state);
        }
    }
}

/// Which of a lane's cache nodes a fault reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Reach {
    /// All of them.
    #[default]
    All,
    /// This one.
    One(NodeId),
    /// None: it has nothing to change in this lane.
    None,
}

/// All nodes hash as nothing, because faults once knew no others.
impl Hash for Reach {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Reach::All => {}
            Reach::One(node) => node.0.hash(state),
            Reach::None => u16::MAX.hash(state),
        }
    }
}

/// What a lane's cache is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Deployment {
    /// One node.
    #[default]
    Node,
    /// Shards that share the slots.
    Cluster(Cluster),
    /// Memcached nodes, which know nothing of each other.
    Memcached(Memcached),
}

impl Deployment {
    /// How many nodes there can be during a run.
    pub fn node_count(self) -> u16 {
        match self {
            Deployment::Node => 1,
            Deployment::Cluster(cluster) => cluster.shards,
            Deployment::Memcached(memcached) => memcached.places(),
        }
    }

    /// Whether clients have nodes to choose among.
    pub fn has_several(self) -> bool {
        self != Deployment::Node
    }

    /// The noun for one of its parts, which are counted from 1.
    pub fn noun(self) -> &'static str {
        match self {
            Deployment::Node => "cache",
            Deployment::Cluster(_) => "shard",
            Deployment::Memcached(_) => "node",
        }
    }

    /// Where a key stands: its slot in a cluster, its hash among Memcached nodes.
    pub fn place_of(self, key: &[u8]) -> u32 {
        match self {
            Deployment::Node => 0,
            Deployment::Cluster(_) => slots::slot_of(key).into(),
            Deployment::Memcached(memcached) => memcached.hash_of(key),
        }
    }
}

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
}

impl Deployed {
    /// Before the first request.
    pub(super) fn start(deployment: Deployment, workload: &Workload) -> Self {
        let keys = match deployment.has_several() {
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
        }
    }

    /// Where a key of the workload stands; `None` for one that was added by hand.
    pub(super) fn place(&self, key: Key) -> Option<u32> {
        match self.deployment {
            Deployment::Node => Some(0),
            _ => self.places.get(key.0 as usize).copied(),
        }
    }

    /// The node that has the keys of a place.
    pub(super) fn holder(&self, place: u32) -> NodeId {
        match (self.deployment, &self.servers) {
            (Deployment::Cluster(cluster), _) => cluster.owner(place as u16),
            (Deployment::Memcached(_), Some(servers)) => servers.at(place),
            _ => NodeId::default(),
        }
    }

    /// The node that the client asks first.
    pub(super) fn asked(&self, place: u32) -> NodeId {
        match self.deployment {
            Deployment::Cluster(cluster) => match cluster.client {
                Client::ClusterAware => self.holder(place),
                Client::FollowsMoved => {
                    let known = self.learned.get(&(place as u16));
                    known.copied().unwrap_or_default()
                }
                Client::Plain => NodeId::default(),
            },
            _ => self.holder(place),
        }
    }

    /// Notes what a MOVED has told the client, and returns whether it asks there.
    pub(super) fn learn(&mut self, slot: u16, owner: NodeId) -> bool {
        let Deployment::Cluster(cluster) = self.deployment else {
            return false;
        };
        match cluster.client {
            Client::Plain => false,
            Client::ClusterAware => true,
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
            Deployment::Cluster(cluster) => Some(slots::even_range(node.0, cluster.shards)),
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
            Fault::FailOverCache => used && self.is_reachable(node),
            _ => false,
        }
    }

    /// Begins or ends a fault of the nodes; their contents are the world's.
    pub(super) fn suffer(&mut self, fault: Fault, reach: Reach) {
        let all = (0..self.deployment.node_count()).map(NodeId);
        let reached: Vec<NodeId> = match reach {
            Reach::All => all.collect(),
            Reach::One(node) => vec![node],
            Reach::None => return,
        };
        for node in reached {
            if !self.is_changed_by(fault, node) {
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
    }
}
