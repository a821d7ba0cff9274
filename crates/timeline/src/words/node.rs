//! What one of several cache nodes is called and is like, in a few words, and why a command goes to it.

use super::{Fact, NodeName, grouped};
use crate::frame::{NodeFrame, Role};
use sim::deployment::slots;
use sim::{Client, Deployment, LaneSetup, NodeId};
use std::rc::Rc;

impl NodeFrame {
    /// Its name: `Shard 2`, `Node 2`.
    pub fn name(&self) -> String {
        match self.role {
            Role::Primary => format!("Shard {}", self.id),
            Role::Node => format!("Node {}", self.id),
        }
    }

    /// How full it is, or why it does not serve.
    pub fn state(&self) -> String {
        let cache = &self.cache;
        let full = match cache.capacity_bytes {
            Some(capacity) => {
                let used = grouped(cache.used_bytes);
                format!("{used} of {} bytes", grouped(capacity))
            }
            None => {
                let used = grouped(cache.used.into());
                format!("{used} of {}", grouped(cache.capacity.into()))
            }
        };
        match (self.in_use, self.stopped, self.reachable) {
            (false, ..) if self.at_start => "has left".to_owned(),
            (false, ..) => "can be added".to_owned(),
            (true, true, _) => "stopped".to_owned(),
            (true, false, false) => format!("{full}, cut off"),
            (true, false, true) => full,
        }
    }

    /// The slots that it owns; empty where nodes have none.
    pub fn slots_in_words(&self) -> String {
        match self.slot_ranges() {
            ranges if ranges.is_empty() => ranges,
            ranges => format!("slots {ranges}"),
        }
    }

    /// The ranges of its slots alone.
    pub fn slot_ranges(&self) -> String {
        let range = |(first, last): &(u16, u16)| format!("{first}–{last}");
        let ranges: Vec<String> = self.slots.iter().map(range).collect();
        ranges.join(", ")
    }
}

/// One of a lane's cache nodes.
pub(super) fn name(lane: &LaneSetup, node: NodeId) -> NodeName {
    NodeName {
        noun: lane.cache.deployment.noun(),
        number: node.0 + 1,
    }
}

/// Why a command about a key goes to a node.
pub(super) fn route(lane: &LaneSetup, key: Rc<str>, node: NodeId) -> Fact {
    let named = name(lane, node);
    match lane.cache.deployment {
        Deployment::Cluster(cluster) => {
            let slot = slots::slot_of(key.as_bytes());
            match cluster.client {
                Client::ClusterAware => Fact::SlotOwnedBy(key, slot, named),
                Client::Plain => Fact::KnowsOnly(named),
                Client::FollowsMoved if node == NodeId::default() => {
                    Fact::AsksWithoutMap(slot, named)
                }
                Client::FollowsMoved => Fact::WasToldOwner(slot, named),
            }
        }
        Deployment::Memcached(memcached) => Fact::HashChose(memcached.hashing, named),
        Deployment::Node => unreachable!("one node is the only one to ask"),
    }
}
