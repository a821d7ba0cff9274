//! What a lane's cache is made of, one file a kind of deployment, each of which implements `Kind`: which node a client
//! asks for a key, which node has it, and which faults change it.

pub mod cluster;
mod coverage;
mod deployed;
mod global;
pub mod ketama;
mod kind;
mod memcached;
pub mod modulo;
mod node;
pub(crate) mod replication;
mod replication_group;
mod reshard_step;
pub(crate) mod resharding;
mod serverless;
pub mod slot_map;
pub mod slots;
mod zone;

use super::fault::Fault;
pub use cluster::{Client, Cluster};
pub use deployed::Deployed;
pub use global::GlobalDatastore;
use kind::Kind;
pub use memcached::{Hashing, Memcached};
pub use replication::{Endpoint, NODE_TIMEOUT, Replication, Stage};
pub use reshard_step::{GivenUp, ReshardStep};
pub use resharding::Resharding;
pub use serverless::{Exceeded, Meter, Serverless};
pub use slot_map::{Move, SlotMap};
use std::hash::{Hash, Hasher};
pub use zone::Zone;

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
    /// Those in this availability zone.
    Zone(Zone),
    /// None: it has nothing to change in this lane.
    None,
}

/// All nodes hash as nothing, because faults once knew no others.
impl Hash for Reach {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Reach::All => {}
            Reach::One(node) => node.0.hash(state),
            Reach::Zone(zone) => (u16::MAX - 1 - *zone as u16).hash(state),
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
    /// A primary with replicas, without slots.
    ReplicationGroup(Replication),
    /// One endpoint with a rate, behind which nobody sees a node.
    Serverless(Serverless),
    /// A primary Region, and others that follow it.
    GlobalDatastore(GlobalDatastore),
}

impl Deployment {
    /// How many nodes there can be during a run.
    pub fn node_count(self) -> u16 {
        self.shard_count() * self.shard_size()
    }

    /// What its kind decides. This is the one place that lists the kinds.
    fn kind(&self) -> &dyn Kind {
        match self {
            Deployment::Node => &node::Node,
            Deployment::Cluster(cluster) => cluster,
            Deployment::Memcached(memcached) => memcached,
            Deployment::ReplicationGroup(replication) => replication,
            Deployment::Serverless(serverless) => serverless,
            Deployment::GlobalDatastore(global) => global,
        }
    }

    /// How many shards there are. A node that knows nothing of others is a shard of its own.
    pub fn shard_count(self) -> u16 {
        self.kind().shard_count()
    }

    /// How its shards are replicated; `None` if they have no replicas.
    pub fn replication(self) -> Option<Replication> {
        self.kind().replication()
    }

    /// How many nodes a shard has.
    fn shard_size(self) -> u16 {
        1 + self.replication().map_or(0, |of| of.replicas)
    }

    /// The shard that a node belongs to, from 0.
    pub fn shard_of(self, node: NodeId) -> u16 {
        node.0 / self.shard_size()
    }

    /// A shard's first node, which is its primary at the start.
    pub fn first_of(self, shard: u16) -> NodeId {
        NodeId(shard * self.shard_size())
    }

    /// A shard's nodes.
    pub fn members(self, shard: u16) -> impl Iterator<Item = NodeId> {
        let first = self.first_of(shard).0;
        (first..first + self.shard_size()).map(NodeId)
    }

    /// Whether a fault that reaches so far concerns a node.
    pub fn is_reached(self, reach: Reach, node: NodeId) -> bool {
        match reach {
            Reach::All => true,
            Reach::One(one) => node == one,
            Reach::Zone(zone) => self.zone_of(node) == Some(zone),
            Reach::None => false,
        }
    }

    /// Whether clients have nodes to choose among.
    pub fn has_several(self) -> bool {
        self.kind().has_several()
    }

    /// Whether keys have slots.
    pub fn has_slots(self) -> bool {
        self.kind().has_slots()
    }

    /// Whether its nodes notice when a primary fails, and elect another one.
    pub fn fails_over(self) -> bool {
        self.kind().fails_over()
    }

    /// Whether it has no node that a fault could reach, but only a connection that can be cut as a whole.
    pub fn hides_nodes_from(self, fault: Fault, reach: Reach) -> bool {
        let of_connection =
            matches!(fault, Fault::CutCache | Fault::HealCache) && reach == Reach::All;
        self.kind().hides_nodes() && fault.is_of_nodes() && !of_connection
    }

    /// The noun for one of its parts, which are counted from 1.
    pub fn noun(self) -> &'static str {
        self.kind().noun()
    }

    /// Where a key stands: its slot in a cluster, its hash among Memcached nodes.
    pub fn place_of(self, key: &[u8]) -> u32 {
        self.kind().place_of(key)
    }
}
