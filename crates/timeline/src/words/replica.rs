//! What replicas do and what becomes of them: the facts, their words, and which of them an event tells.

use super::durable::DurableFact;
use super::duration::duration;
use super::fact::{Fact, NodeName};
use super::{grouped, node, trouble};
use cache::units::{Micros, Version};
use sim::{Applied, Fault, LaneSetup, NodeId, Stage};
use std::fmt::{Display, Formatter, Result};
use std::rc::Rc;

/// A clause about replicas, with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplicaFact {
    /// The primary endpoint leads to this node.
    PrimaryEndpoint(NodeName),
    /// The reader endpoint has led the client to this node.
    ReaderEndpoint(NodeName),
    /// The client's slot map gives a slot to this node.
    MapSays(u16, NodeName),
    /// The client reads the keys of a slot from this node.
    ReadsSlotFrom(u16, NodeName),
    /// A replica stores this version, because its primary did.
    Stores(NodeName, Rc<str>, Version),
    /// A replica removes a key, because its primary did.
    Removes(NodeName, Rc<str>),
    /// The primary's change has reached it.
    ChangeArrived,
    /// A replica has a copy of this version where its primary has another or none.
    ServesOld(NodeName, Rc<str>, Version),
    /// A replica has no copy where its primary has one.
    Lacks(NodeName, Rc<str>),
    /// The primary has a copy of this version, which is on its way.
    PrimaryHas(Version),
    /// The primary has no copy.
    PrimaryHasNone,
    /// The other nodes take one for failed.
    TakenForFailed(NodeName),
    /// Nothing has been heard from it for this time.
    SilentFor(Micros),
    /// No replica takes over from a primary that has failed.
    NoneTakesOver(NodeName),
    /// None works and has the data.
    NoneHasTheData,
    /// A replica becomes the primary.
    Promoted(NodeName),
    /// This many changes of that node had not reached it.
    ChangesLost(u32, NodeName),
    /// The primary endpoint leads to this node from now on.
    EndpointMoves(NodeName),
    /// Clients connect to it.
    ClientsConnect,
    /// A cluster's client loads the slot map again.
    MapFetched,
    /// It says that this node is the primary of a shard.
    PrimaryOfShard(NodeName, u16),
    /// A replica has loaded its primary's data.
    Synced(NodeName),
    /// It holds this many entries.
    AnswersWith(u32),
    /// A new node takes the place of one that had failed.
    Replaced(NodeName),
    /// It loads the primary's data before it answers.
    CopiesFirst,
    /// It is empty.
    ComesEmpty,
    /// The node has no replica.
    HasNone,
    /// The primary holds no usable copy of a key; a replica may.
    PrimaryLacks(Rc<str>),
    /// What a fault of a node means where nodes have replicas.
    FaultMeans(Fault, NodeName),
}

impl Display for ReplicaFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ReplicaFact::PrimaryEndpoint(node) => write!(f, "the primary endpoint leads to {node}"),
            ReplicaFact::ReaderEndpoint(node) => {
                write!(f, "the reader endpoint leads this client to {node}")
            }
            ReplicaFact::MapSays(slot, node) => {
                write!(f, "the client's slot map gives slot {slot} to {node}")
            }
            ReplicaFact::ReadsSlotFrom(slot, node) => {
                write!(f, "this client reads slot {slot} from {node}")
            }
            ReplicaFact::Stores(node, key, version) => {
                write!(f, "{} stores {key} v{}", node.capital(), version.0)
            }
            ReplicaFact::Removes(node, key) => write!(f, "{} removes {key}", node.capital()),
            ReplicaFact::ChangeArrived => f.write_str("its primary's change has arrived"),
            ReplicaFact::ServesOld(node, key, version) => {
                let node = node.capital();
                write!(f, "{node} is behind and serves {key} v{}", version.0)
            }
            ReplicaFact::Lacks(node, key) => {
                write!(f, "{} is behind and does not have {key}", node.capital())
            }
            ReplicaFact::PrimaryHas(version) => {
                let version = version.0;
                write!(f, "its primary has v{version}, which has not arrived yet")
            }
            ReplicaFact::PrimaryHasNone => {
                f.write_str("its primary has removed it, and that has not arrived yet")
            }
            ReplicaFact::TakenForFailed(node) => {
                write!(f, "{} is taken for failed", node.capital())
            }
            ReplicaFact::SilentFor(span) => {
                write!(f, "nothing has been heard from it for {}", duration(*span))
            }
            ReplicaFact::NoneTakesOver(node) => write!(f, "No replica takes over from {node}"),
            ReplicaFact::NoneHasTheData => {
                f.write_str("none of its replicas works and has its data")
            }
            ReplicaFact::Promoted(node) => write!(f, "{} becomes the primary", node.capital()),
            ReplicaFact::ChangesLost(0, from) => write!(f, "it has got every change of {from}"),
            ReplicaFact::ChangesLost(1, from) => {
                write!(f, "1 change of {from} had not reached it, and is lost")
            }
            ReplicaFact::ChangesLost(count, from) => {
                write!(
                    f,
                    "{count} changes of {from} had not reached it, and are lost"
                )
            }
            ReplicaFact::EndpointMoves(node) => {
                write!(f, "The primary endpoint now leads to {node}")
            }
            ReplicaFact::ClientsConnect => f.write_str("commands go there from now on"),
            ReplicaFact::MapFetched => f.write_str("The client fetches the slot map again"),
            ReplicaFact::PrimaryOfShard(node, shard) => {
                write!(f, "{node} is the primary of shard {shard} now")
            }
            ReplicaFact::Synced(node) => {
                write!(f, "{} has copied its primary's data", node.capital())
            }
            ReplicaFact::AnswersWith(1) => f.write_str("it answers again, with 1 entry"),
            ReplicaFact::AnswersWith(count) => {
                write!(
                    f,
                    "it answers again, with {} entries",
                    grouped((*count).into())
                )
            }
            ReplicaFact::Replaced(node) => write!(f, "A new node takes the place of {node}"),
            ReplicaFact::CopiesFirst => {
                f.write_str("it copies its primary's data before it answers")
            }
            ReplicaFact::ComesEmpty => f.write_str("it is empty"),
            ReplicaFact::HasNone => f.write_str("it has no replica"),
            ReplicaFact::PrimaryLacks(key) => {
                write!(f, "the primary holds no usable copy of {key}")
            }
            ReplicaFact::FaultMeans(fault, node) => {
                f.write_str(trouble::replicated_fault(*fault, *node))
            }
        }
    }
}

/// A change of the primary at a replica.
pub(super) fn applied(
    lane: &LaneSetup,
    key: Rc<str>,
    node: NodeId,
    what: Applied,
) -> Vec<ReplicaFact> {
    let named = node::name(lane, node);
    let does = match what {
        Applied::Stored { value, .. } => ReplicaFact::Stores(named, key, value.version),
        Applied::Removed => ReplicaFact::Removes(named, key),
    };
    vec![does, ReplicaFact::ChangeArrived]
}

/// A stage of a failover.
pub(super) fn stage(lane: &LaneSetup, node: NodeId, stage: Stage) -> Vec<Fact> {
    let deployment = lane.cache.deployment;
    let named = node::name(lane, node);
    let durable = lane.is_durable();
    let facts = match stage {
        Stage::Synced { entries: held } | Stage::Restored { held, .. } if durable => {
            let facts = [DurableFact::Restored(named), DurableFact::AnswersWith(held)];
            return facts.map(Fact::Durable).into();
        }
        Stage::Promoted { .. } if durable => {
            return vec![
                Fact::Replica(ReplicaFact::Promoted(named)),
                Fact::Durable(DurableFact::ReadsLog),
            ];
        }
        Stage::Replaced { .. } if durable => {
            return vec![
                Fact::Replica(ReplicaFact::Replaced(named)),
                Fact::Durable(DurableFact::LoadsFirst),
            ];
        }
        Stage::Noticed { .. } => {
            // A cluster without replicas has a timeout too.
            let cluster = deployment.cluster().map(|of| of.replication);
            let replication = cluster.or(deployment.replication());
            let silent = replication.map(|of| of.node_timeout).unwrap_or_default();
            vec![
                ReplicaFact::TakenForFailed(named),
                ReplicaFact::SilentFor(silent),
            ]
        }
        Stage::Leaderless { .. } => vec![
            ReplicaFact::NoneTakesOver(named),
            match deployment.replication().map(|of| of.replicas) {
                Some(0) => ReplicaFact::HasNone,
                _ => ReplicaFact::NoneHasTheData,
            },
        ],
        Stage::Promoted { from, lost, .. } => vec![
            ReplicaFact::Promoted(named),
            ReplicaFact::ChangesLost(lost, node::name(lane, from)),
        ],
        Stage::Repointed => match deployment.cluster() {
            Some(_) => vec![
                ReplicaFact::MapFetched,
                ReplicaFact::PrimaryOfShard(named, deployment.shard_of(node) + 1),
            ],
            None => vec![
                ReplicaFact::EndpointMoves(named),
                ReplicaFact::ClientsConnect,
            ],
        },
        Stage::Synced { entries } | Stage::Restored { held: entries, .. } => vec![
            ReplicaFact::Synced(named),
            ReplicaFact::AnswersWith(entries),
        ],
        Stage::ClusterDown | Stage::ClusterUp => unreachable!("told with the slots"),
        Stage::Replaced { replica } => vec![
            ReplicaFact::Replaced(named),
            match replica {
                true => ReplicaFact::CopiesFirst,
                false => ReplicaFact::ComesEmpty,
            },
        ],
    };
    facts.into_iter().map(Fact::Replica).collect()
}

/// A look-up at a replica that is behind its primary.
pub(super) fn behind(
    lane: &LaneSetup,
    key: Rc<str>,
    node: NodeId,
    found: Option<Version>,
    primary: Option<Version>,
) -> [ReplicaFact; 2] {
    let named = node::name(lane, node);
    [
        match found {
            Some(version) => ReplicaFact::ServesOld(named, key, version),
            None => ReplicaFact::Lacks(named, key),
        },
        match primary {
            Some(version) => ReplicaFact::PrimaryHas(version),
            None => ReplicaFact::PrimaryHasNone,
        },
    ]
}
