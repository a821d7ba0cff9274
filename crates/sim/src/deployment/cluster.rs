//! What a cluster's node answers to a command: it serves it, sends the client to another node, or refuses.
//!
//! `tests/it/real_cluster.rs` compares [`answer`] with real servers.

use super::kind::Kind;
use super::{Deployed, Deployment, NodeId, Replication, Resharding, slots};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};

/// A cluster as it is set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cluster {
    /// How many shards share the slots.
    pub shards: u16,
    /// What the client can do.
    pub client: Client,
    /// The shards' replicas.
    pub replication: Replication,
    /// How slots are moved when a shard is added or removed.
    pub resharding: Resharding,
    /// The setting `cluster-require-full-coverage`: whether all slots have to be served for any of them to be.
    /// ElastiCache sets it to no.
    pub full_coverage: bool,
}

/// What a client knows of a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a kind of client")]
pub enum Client {
    /// It loads the map of the slots when it connects, and asks the right shard.
    #[default]
    ClusterAware,
    /// It has no map: it asks the first shard, follows MOVED, and remembers the slot's owner.
    FollowsMoved,
    /// It is made for one node, and takes MOVED for an error.
    Plain,
}

impl Client {
    /// Every kind of client, in the order in which they are offered.
    pub const ALL: [Client; 3] = [Client::ClusterAware, Client::FollowsMoved, Client::Plain];
}

impl Cluster {
    /// The shard that owns a slot at the start, from 0.
    pub fn shard_of(self, slot: u16) -> u16 {
        slots::shard_of(slot, self.shards)
    }
}

impl Kind for Cluster {
    fn noun(&self) -> &'static str {
        match Kind::replication(self) {
            Some(_) => "node",
            None => "shard",
        }
    }

    fn shard_count(&self) -> u16 {
        self.shards
    }

    fn replication(&self) -> Option<Replication> {
        Some(self.replication).filter(|replication| replication.replicas > 0)
    }

    fn has_places(&self) -> bool {
        true
    }

    fn has_slots(&self) -> bool {
        true
    }

    fn place_of(&self, key: &[u8]) -> u32 {
        slots::slot_of(key).into()
    }

    fn holder(&self, now: &Deployed, place: u32) -> NodeId {
        now.primary_of(now.owner(place as u16))
    }

    fn asked(&self, now: &Deployed, place: u32, client: u32, reads: bool) -> NodeId {
        let slot = place as u16;
        match self.client {
            Client::ClusterAware => match Kind::replication(self) {
                Some(_) => now.asked_of(now.known_owner(slot), client, reads),
                None => NodeId(now.known_owner(slot)),
            },
            Client::FollowsMoved => now.learned.get(&slot).copied().unwrap_or_default(),
            Client::Plain => NodeId::default(),
        }
    }

    fn is_changed_by(&self, now: &Deployed, fault: Fault, node: NodeId) -> Option<bool> {
        match fault {
            Fault::AddShard => Some(now.shard_to_add().is_some()),
            Fault::RemoveShard => Some(now.shard_to_remove(node).is_some()),
            _ => None,
        }
    }
}

impl Deployment {
    /// The settings of a cluster; `None` if it is something else.
    pub fn cluster(self) -> Option<Cluster> {
        match self {
            Deployment::Cluster(cluster) => Some(cluster),
            _ => None,
        }
    }
}

impl Deployed {
    /// What a cluster's node answers to a command about a key of a slot; `None` if there is no cluster. `asking` says
    /// that the client has said `ASKING`, and `has_key` whether the node has a copy.
    pub(crate) fn answer(
        &self,
        node: NodeId,
        slot: u16,
        reads: bool,
        asking: bool,
        has_key: impl FnOnce() -> bool,
    ) -> Option<Answer> {
        let cluster = self.deployment.cluster()?;
        let owner = self.holder(slot.into());
        // The client has said READONLY on its connections to replicas.
        let reads_for_owner = reads
            && cluster.replication.endpoint.prefers_replica(true)
            && self.deployment.shard_of(node) == self.deployment.shard_of(owner);
        let migration = self.migration(node, slot);
        let view = View {
            node: node.0,
            owner: Some(owner.0),
            migration,
            asking,
            reads_for: reads_for_owner.then_some(owner.0),
            health: Health {
                majority: true,
                all_slots_served: !self.coverage.is_down(),
                full_coverage: cluster.full_coverage,
            },
        };
        let here = migration.is_none() || has_key();
        Some(answer(&view, &[NamedKey { slot, here }]))
    }

    /// Notes what a MOVED has told the client, and returns whether it asks there.
    pub(crate) fn learn(&mut self, slot: u16, owner: NodeId) -> bool {
        match self.deployment.cluster().map(|of| of.client) {
            None | Some(Client::Plain) => false,
            Some(Client::ClusterAware) => {
                self.repoint(owner);
                self.fetch_map();
                true
            }
            Some(Client::FollowsMoved) => {
                self.learned.insert(slot, owner);
                true
            }
        }
    }

    /// A client without a slot map forgets where a node that does not answer was said to have slots.
    pub(crate) fn forget(&mut self, node: NodeId) {
        if !self.shards.is_empty() || self.resharded.is_some() {
            self.learned.retain(|_, owner| *owner != node);
        }
    }
}

/// What a node answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It carries the command out.
    Serve,
    /// `MOVED`: another node has the slot, and the client is to remember that.
    Moved {
        /// The slot of the command's keys.
        slot: u16,
        /// Its owner.
        to: u16,
    },
    /// `ASK`: the slot is being moved. The node it goes to is to be asked this once, with `ASKING`.
    Ask {
        /// The slot of the command's keys.
        slot: u16,
        /// The node it goes to.
        to: u16,
    },
    /// `TRYAGAIN`: the slot is being moved, and this node has only some of the keys.
    TryAgain,
    /// `CROSSSLOT`: the keys are in different slots.
    CrossSlot,
    /// `CLUSTERDOWN The cluster is down`, whatever the slot.
    ClusterDown,
    /// `CLUSTERDOWN Hash slot not served`: the slot has no owner.
    SlotNotServed,
}

/// A slot on its way from one node to another, key by key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Migration {
    /// Away from the node that answers.
    Leaving {
        /// The node it goes to.
        to: u16,
    },
    /// To the node that answers.
    Arriving,
}

/// What makes a node refuse the keys of every slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Health {
    /// Whether the node reaches most of the primaries.
    pub majority: bool,
    /// Whether each slot has an owner that lives.
    pub all_slots_served: bool,
    /// The setting `cluster-require-full-coverage`: whether all slots have to be served for any of them to be.
    pub full_coverage: bool,
}

impl Health {
    /// Whether the node serves at all.
    pub fn is_up(self) -> bool {
        self.majority && (self.all_slots_served || !self.full_coverage)
    }
}

/// What a node goes by when a command arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct View {
    /// The node that answers.
    pub node: u16,
    /// Who it takes for the owner of the slot of the command's first key.
    pub owner: Option<u16>,
    /// Whether that slot is on its way from it or to it.
    pub migration: Option<Migration>,
    /// Whether the client has said `ASKING` just before.
    pub asking: bool,
    /// If the node is a replica, the client has said `READONLY` and the command reads: its primary.
    pub reads_for: Option<u16>,
    /// The state of the cluster, as the node sees it.
    pub health: Health,
}

/// A key that a command names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamedKey {
    /// Its slot.
    pub slot: u16,
    /// Whether the node that answers has an entry for it.
    pub here: bool,
}

/// What a node answers to a command with these keys, each of them named once.
pub fn answer(view: &View, keys: &[NamedKey]) -> Answer {
    let Some(&NamedKey { slot, .. }) = keys.first() else {
        return Answer::Serve;
    };
    if keys.iter().any(|key| key.slot != slot) {
        return Answer::CrossSlot;
    }
    let Some(owner) = view.owner else {
        return Answer::SlotNotServed;
    };
    if !view.health.is_up() {
        return Answer::ClusterDown;
    }
    let here = keys.iter().filter(|key| key.here).count();
    let all_here = here == keys.len();
    match view.migration {
        Some(Migration::Leaving { to }) if here == 0 => Answer::Ask { slot, to },
        Some(Migration::Leaving { .. }) if !all_here => Answer::TryAgain,
        // A single key that is not here is a miss: the owner, who has sent the client, has not got it either.
        Some(Migration::Arriving) if view.asking && (all_here || keys.len() == 1) => Answer::Serve,
        Some(Migration::Arriving) if view.asking => Answer::TryAgain,
        _ if owner == view.node || view.reads_for == Some(owner) => Answer::Serve,
        _ => Answer::Moved { slot, to: owner },
    }
}
