//! What one of several cache nodes is called and is like, in a few words, and why a command goes to it.

use super::replica::ReplicaFact;
use super::{Fact, NodeName, grouped, region};
use crate::frame::{NodeFrame, Role};
use sim::deployment::slots;
use sim::{Client, Deployment, LaneSetup, NodeId};
use std::rc::Rc;

impl NodeFrame {
    /// Its name: `Shard 2`, `Node 2`.
    pub fn name(&self) -> String {
        if let Some(region) = self.region {
            return format!("Region {region}");
        }
        match self.role {
            Role::Primary if self.zone.is_none() => format!("Shard {}", self.id),
            Role::Primary | Role::Replica | Role::Node => format!("Node {}", self.id),
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
            _ if self.syncing && self.unlogged.is_some() => "reading the log".to_owned(),
            _ if self.syncing => "syncing".to_owned(),
            (true, false, true) if self.moving.is_some() => self.moving_in_words(),
            (true, false, true) if self.leaving => format!("{full}, leaving"),
            (true, false, false) => format!("{full}, cut off"),
            (true, false, true) if self.unlogged.is_some_and(|count| count > 0) => {
                let unlogged = self.unlogged.unwrap_or_default();
                format!("{full}, {} not logged", grouped(unlogged.into()))
            }
            (true, false, true) if self.unlogged.is_some() => format!("{full}, logged"),
            (true, false, true) if self.behind > 0 => format!("{full}, {} behind", self.behind),
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

    /// Which slots are on their way from it, and where they go.
    fn moving_in_words(&self) -> String {
        let Some(moving) = &self.moving else {
            return String::new();
        };
        let count: u16 = moving
            .slots
            .iter()
            .map(|(first, last)| last - first + 1)
            .sum();
        match moving.slots[..] {
            [(first, last)] if first == last => format!("slot {first} → {}", moving.to),
            _ => format!("{} slots → {}", grouped(count.into()), moving.to),
        }
    }

    /// What it is among the nodes of its shard, and in which zone; empty where nodes have no replicas.
    pub fn role_in_words(&self) -> String {
        let Some(zone) = &self.zone else {
            return match (self.region, self.promoting, self.role) {
                (None, ..) => String::new(),
                (_, true, _) => "being promoted".to_owned(),
                (_, _, Role::Replica) => "secondary Region".to_owned(),
                _ => "primary Region".to_owned(),
            };
        };
        match self.role {
            Role::Replica => format!("replica, zone {zone}"),
            Role::Primary | Role::Node => format!("primary, zone {zone}"),
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
pub(super) fn route(lane: &LaneSetup, key: Rc<str>, node: NodeId, reads: bool) -> Fact {
    let named = name(lane, node);
    let deployment = lane.cache.deployment;
    let from_replica = deployment
        .replication()
        .is_some_and(|with| with.endpoint.prefers_replica(reads));
    match deployment {
        Deployment::ReplicationGroup(_) if from_replica => {
            Fact::Replica(ReplicaFact::ReaderEndpoint(named))
        }
        Deployment::ReplicationGroup(_) => Fact::Replica(ReplicaFact::PrimaryEndpoint(named)),
        Deployment::Cluster(cluster) => {
            let slot = slots::slot_of(key.as_bytes());
            match cluster.client {
                Client::ClusterAware if from_replica => {
                    Fact::Replica(ReplicaFact::ReadsSlotFrom(slot, named))
                }
                Client::ClusterAware if deployment.replication().is_some() => {
                    Fact::Replica(ReplicaFact::MapSays(slot, named))
                }
                Client::ClusterAware => Fact::SlotOwnedBy(key, slot, named),
                Client::Plain => Fact::KnowsOnly(named),
                Client::FollowsMoved if node == NodeId::default() => {
                    Fact::AsksWithoutMap(slot, named)
                }
                Client::FollowsMoved => Fact::WasToldOwner(slot, named),
            }
        }
        Deployment::GlobalDatastore(_) => Fact::Region(region::route(lane, node, reads)),
        Deployment::Memcached(memcached) => Fact::HashChose(memcached.hashing, named),
        Deployment::Node | Deployment::Serverless(_) => {
            unreachable!("one node is the only one to ask")
        }
    }
}
