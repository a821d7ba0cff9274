//! A shard's replicas: which nodes belong together, which is the primary, and what clients take for it.

use super::NodeId;
use crate::event::Gone;
use crate::latency::Latency;
use cache::units::Micros;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How the shards' replicas are set up and used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replication {
    /// How many replicas each shard has.
    pub replicas: u16,
    /// The endpoint that the client's commands go to.
    pub endpoint: Endpoint,
    /// How long a change of the primary takes to reach a replica. Changes arrive in their order.
    pub lag: Latency,
    /// How long a node has to be silent before the others take it for failed: `cluster-node-timeout`.
    pub node_timeout: Micros,
}

/// Which nodes of a shard the client uses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of an endpoint")]
pub enum Endpoint {
    /// The primary, for everything.
    #[default]
    Primary,
    /// The primary for writes, and a replica for reads.
    ReaderForReads,
    /// A replica for everything: writes are refused.
    Reader,
}

impl Endpoint {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Endpoint; 3] = [
        Endpoint::Primary,
        Endpoint::ReaderForReads,
        Endpoint::Reader,
    ];

    /// Whether a command goes to a replica.
    pub fn prefers_replica(self, reads: bool) -> bool {
        match self {
            Endpoint::Primary => false,
            Endpoint::ReaderForReads => reads,
            Endpoint::Reader => true,
        }
    }
}

impl Replication {
    /// How long after a failure has been noticed a replica is elected. Measured with three shards and a
    /// replica each: the first write succeeds about 1.4 times the node timeout after the primary is gone.
    pub const fn election(self) -> Micros {
        election(self.node_timeout)
    }
}

/// The node timeout if nothing else is said. Noticing and electing take 1.4 times as long together, so that writes
/// go on after a few seconds.
pub const NODE_TIMEOUT: Micros = Micros(3_000_000);

const fn election(node_timeout: Micros) -> Micros {
    Micros(node_timeout.0 * 2 / 5)
}

/// How long a shard with replicas is without a primary: its silence is noticed, a replica elected, and the
/// endpoint repointed.
pub(crate) const fn gap(node_timeout: Micros) -> Micros {
    Micros(node_timeout.0 + election(node_timeout).0 + REPOINTED_AFTER.0)
}

/// How long after a promotion the primary endpoint's name leads to the new primary: ElastiCache's
/// documentation says that writes go on "typically in a few seconds", most of which is the noticing.
pub(crate) const REPOINTED_AFTER: Micros = Micros(1_000_000);

/// How long a replica takes to load the primary's contents. It answers nothing meanwhile.
pub(crate) const SYNC: Micros = Micros(2_000_000);

/// How long after its failure a node is replaced: ElastiCache's FAQ says within about six minutes.
pub(crate) const REPLACED_AFTER: Micros = Micros(360_000_000);

/// A stage of a failover, or of what follows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// The other nodes have not heard of this one for the node timeout, and take it for failed.
    Noticed {
        /// Whether it was the primary.
        primary: bool,
    },
    /// No replica can take over from this primary.
    Leaderless {
        /// How many acknowledged writes are gone with it.
        gone: Gone,
    },
    /// This replica is the primary from now on.
    Promoted {
        /// The primary before it.
        from: NodeId,
        /// How many of that one's changes had not reached this replica, and are lost.
        lost: u32,
        /// How many entries all primaries hold after it.
        entries: u32,
        /// The size of their keys and values, in bytes.
        stored_bytes: u64,
        /// How many acknowledged writes are gone with that primary.
        gone: Gone,
    },
    /// Clients that ask for the primary get this node from now on.
    Repointed,
    /// This replica has loaded the primary's contents, and answers again.
    Synced {
        /// How many entries it has got.
        entries: u32,
    },
    /// A new node takes the place of this one, which had failed.
    Replaced {
        /// Whether it is a replica, which loads the primary's contents.
        replica: bool,
    },
    /// This primary has loaded what is in its shard's log, and answers again.
    Restored {
        /// How many entries it has got.
        held: u32,
        /// How many entries all primaries hold after it.
        entries: u32,
        /// The size of their keys and values, in bytes.
        stored_bytes: u64,
    },
}

/// One shard's nodes at a moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Shard {
    /// The node that takes writes.
    pub primary: NodeId,
    /// The node that clients take for the primary.
    pub named: NodeId,
    /// Replicas that load the primary's contents.
    pub syncing: BTreeSet<NodeId>,
    /// When each node that has stopped did.
    pub stopped_at: BTreeMap<NodeId, Micros>,
    /// Those of them that the others take for failed.
    pub failed: BTreeSet<NodeId>,
    /// How many changes of the primary each replica had not got when the primary stopped.
    pub missed: BTreeMap<NodeId, u32>,
}

impl Shard {
    pub(super) fn new(primary: NodeId) -> Self {
        Shard {
            primary,
            named: primary,
            syncing: BTreeSet::new(),
            stopped_at: BTreeMap::new(),
            failed: BTreeSet::new(),
            missed: BTreeMap::new(),
        }
    }

    /// Whether a replica has the primary's data and works, as far as the shard's other nodes can tell.
    pub fn can_take_over(&self, node: NodeId) -> bool {
        node != self.primary
            && !self.syncing.contains(&node)
            && !self.stopped_at.contains_key(&node)
    }

    /// The node that a client's command goes to. A client that reads from replicas keeps to one of them: the
    /// reader endpoint's name leads each connection to the next replica in turn.
    pub(super) fn asked(
        &self,
        members: impl Iterator<Item = NodeId>,
        client: u32,
        replica: bool,
    ) -> NodeId {
        if !replica {
            return self.named;
        }
        let readers = members.filter(|node| *node != self.named && !self.failed.contains(node));
        let readers: Vec<NodeId> = readers.collect();
        match readers.len() {
            0 => self.named,
            count => readers[client as usize % count],
        }
    }
}
