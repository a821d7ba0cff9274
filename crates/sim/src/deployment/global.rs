//! Global Datastore: a cache in one Region, and copies of it in others that only answer reads. No other Region takes
//! over by itself: a person promotes one.

use super::kind::Kind;
use super::{Deployed, Deployment, NodeId, Replication};
use crate::fault::Fault;
use cache::units::Micros;

/// A primary Region with secondary ones. Each has one node here: what happens within a Region is a replication
/// group's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GlobalDatastore {
    /// How changes reach the secondary Regions, and which Region clients ask. There is one replica for each
    /// secondary Region, of which ElastiCache allows two. The node timeout does not matter.
    pub replication: Replication,
    /// How long a promotion takes once a person has asked for it: "typically under a minute", says ElastiCache's
    /// documentation.
    pub promotion: Micros,
}

impl GlobalDatastore {
    /// The node in a client's own Region. Clients are counted from 1, and spread evenly over the Regions.
    pub fn own_of(self, client: u32) -> NodeId {
        let regions = u32::from(1 + self.replication.replicas);
        NodeId((client.saturating_sub(1) % regions) as u16)
    }
}

impl Kind for GlobalDatastore {
    fn noun(&self) -> &'static str {
        "Region"
    }

    fn replication(&self) -> Option<Replication> {
        Some(self.replication)
    }

    /// No Region takes over from another by itself.
    fn fails_over(&self) -> bool {
        false
    }

    fn holder(&self, now: &Deployed, _place: u32) -> NodeId {
        now.shards[0].primary
    }

    fn asked(&self, now: &Deployed, _place: u32, client: u32, reads: bool) -> NodeId {
        match self.replication.endpoint.prefers_replica(reads) {
            true => self.own_of(client),
            false => now.shards[0].named,
        }
    }

    fn is_changed_by(&self, now: &Deployed, fault: Fault, node: NodeId) -> Option<bool> {
        match fault {
            Fault::FailOverCache => Some(false),
            Fault::PromoteRegion => {
                Some(now.promoting.is_none() && now.shards[0].can_take_over(node))
            }
            _ => None,
        }
    }
}

impl Deployed {
    /// Whether a person promotes the Region of a node at this moment.
    pub fn is_promoting(&self, node: NodeId) -> bool {
        self.promoting == Some(node)
    }
}

impl Deployment {
    /// The setting of a Global Datastore; `None` if it is something else.
    pub fn global(self) -> Option<GlobalDatastore> {
        match self {
            Deployment::GlobalDatastore(global) => Some(global),
            _ => None,
        }
    }

    /// The Region of a node, from 1, where there are several.
    pub fn region_of(self, node: NodeId) -> Option<u16> {
        self.global().map(|_| node.0 + 1)
    }

    /// Whether a client's messages to a node leave the client's zone, or its Region.
    pub fn is_far(self, client: u32, node: NodeId) -> bool {
        match self.global() {
            Some(global) => global.own_of(client) != node,
            None => self.crosses_zones(client, node),
        }
    }
}
