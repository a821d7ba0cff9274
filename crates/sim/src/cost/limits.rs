//! The limits of both deployments. Sources: the ElastiCache User Guide on quotas, on choosing between
//! deployment options, on scaling, on engine specific parameters and on durability.

use super::plan::PlanInput;
use super::prices::{Engine, NodeType};
use super::scaling::ECPU_RATE_MAX;
use serde::Serialize;

/// The most shards of a cluster.
pub const SHARDS_MAX: u64 = 500;
/// The most nodes of a cluster, unless AWS raises the quota.
const NODES_MAX: u64 = 90;
/// The most nodes to which it is raised.
pub(crate) const NODES_RAISED_MAX: u64 = 500;
/// The addresses that a /28 and a /24 subnet leave; each node takes one.
const SUBNET_28_ADDRESSES: u64 = 11;
const SUBNET_24_ADDRESSES: u64 = 251;
/// The most that clients may write to a durable primary, in bytes a second: 100 MiB.
const DURABLE_WRITES_MAX: u64 = 100 * 1024 * 1024;

/// The most that a serverless cache stores, in bytes: 5,000 GiB.
const SERVERLESS_BYTES_MAX: u64 = 5_000 * 1024 * 1024 * 1024;
/// The most on one slot, and so on one key.
pub(crate) const SLOT_ECPU_RATE_MAX: u64 = 30_000;
/// The same where reads go to replicas.
pub(crate) const SLOT_ECPU_RATE_WITH_REPLICAS_MAX: u64 = 90_000;
/// Its connections; further ones may or may not succeed.
const SERVERLESS_CONNECTIONS: u64 = 65_000;

/// A limit that a plan reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Limit {
    /// Which one.
    pub kind: LimitKind,
    /// What the plan needs.
    pub value: u64,
    /// What there is.
    pub limit: u64,
    /// Whether the plan fails on it; otherwise it costs something, or has to be asked for.
    pub stops: bool,
}

/// The limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// What one shard holds in the 75 % of its memory that is not reserved, in bytes.
    ShardMemory,
    /// Shards of a cluster.
    Shards,
    /// Nodes of a cluster without a raised quota.
    Nodes,
    /// Nodes of a cluster with it.
    NodesRaised,
    /// Addresses of a /28 subnet.
    Subnet28,
    /// Addresses of a /24 subnet.
    Subnet24,
    /// Connections of a node.
    Connections,
    /// Durability where the engine or the node type has none.
    DurabilityMissing,
    /// Replicas of each shard, of which durability needs one.
    DurabilityReplicas,
    /// Bytes written to a durable primary each second.
    DurabilityWrites,
    /// Durability of a serverless cache.
    ServerlessDurability,
    /// Bytes of a serverless cache.
    ServerlessStorage,
    /// The least that a serverless cache is billed for, in bytes.
    ServerlessMinimum,
    /// ECPUs a second.
    EcpuRate,
    /// ECPUs a second on the slot of the most popular key.
    SlotRate,
    /// The same, where reads from replicas would be enough.
    SlotRateWithoutReplicas,
    /// Connections of a serverless cache.
    ServerlessConnections,
}

/// Those that are reached, in the order in which they were looked at.
#[derive(Default)]
struct Reached(Vec<Limit>);

impl Reached {
    /// Adds a limit if a value is above it.
    fn above(&mut self, kind: LimitKind, value: u64, limit: u64, stops: bool) -> bool {
        let above = value > limit;
        if above {
            self.0.push(Limit {
                kind,
                value,
                limit,
                stops,
            });
        }
        above
    }

    fn below(&mut self, kind: LimitKind, value: u64, limit: u64, stops: bool) {
        if value < limit {
            self.0.push(Limit {
                kind,
                value,
                limit,
                stops,
            });
        }
    }
}

/// The limits that nodes reach.
pub(super) fn of_nodes(input: &PlanInput, shards: u64, usable_bytes: u64) -> Vec<Limit> {
    let mut reached = Reached::default();
    let nodes = shards * (1 + u64::from(input.replicas));
    reached.above(
        LimitKind::ShardMemory,
        input.data_bytes,
        usable_bytes,
        false,
    );
    reached.above(LimitKind::Shards, shards, SHARDS_MAX, true);
    if !reached.above(LimitKind::NodesRaised, nodes, NODES_RAISED_MAX, true) {
        reached.above(LimitKind::Nodes, nodes, NODES_MAX, false);
    }
    if !reached.above(LimitKind::Subnet24, nodes, SUBNET_24_ADDRESSES, false) {
        reached.above(LimitKind::Subnet28, nodes, SUBNET_28_ADDRESSES, false);
    }
    let connections = input.node_type.about().connections;
    reached.above(
        LimitKind::Connections,
        input.connections.into(),
        connections,
        true,
    );
    if input.durable {
        let offered = input.engine == Engine::Valkey && input.node_type != NodeType::T4gMicro;
        reached.above(LimitKind::DurabilityMissing, u64::from(!offered), 0, true);
        reached.below(
            LimitKind::DurabilityReplicas,
            input.replicas.into(),
            1,
            true,
        );
        let written = input.written_bytes_per_second().div_ceil(shards.max(1));
        reached.above(
            LimitKind::DurabilityWrites,
            written,
            DURABLE_WRITES_MAX,
            true,
        );
    }
    reached.0
}

/// The limits that serverless reaches.
pub(super) fn of_serverless(input: &PlanInput, minimum_bytes: u64) -> Vec<Limit> {
    let mut reached = Reached::default();
    reached.below(
        LimitKind::ServerlessMinimum,
        input.data_bytes,
        minimum_bytes,
        false,
    );
    reached.above(
        LimitKind::ServerlessStorage,
        input.data_bytes,
        SERVERLESS_BYTES_MAX,
        true,
    );
    let rate = input.milli_ecpu_per_second();
    reached.above(
        LimitKind::EcpuRate,
        rate.div_ceil(1_000),
        ECPU_RATE_MAX,
        true,
    );
    let hot = (rate * u64::from(input.hot_key_per_mille)).div_ceil(1_000_000);
    let written = (hot * u64::from(1_000 - input.read_per_mille.min(1_000))).div_ceil(1_000);
    // Writes go to the primary whatever reads do. Memcached has no replicas to read from.
    let replicas_would_do = input.engine != Engine::Memcached
        && hot <= SLOT_ECPU_RATE_WITH_REPLICAS_MAX
        && written <= SLOT_ECPU_RATE_MAX;
    let slot = match replicas_would_do {
        true => LimitKind::SlotRateWithoutReplicas,
        false => LimitKind::SlotRate,
    };
    reached.above(slot, hot, SLOT_ECPU_RATE_MAX, true);
    let connections = input.connections.into();
    reached.above(
        LimitKind::ServerlessConnections,
        connections,
        SERVERLESS_CONNECTIONS,
        true,
    );
    reached.above(
        LimitKind::ServerlessDurability,
        u64::from(input.durable),
        0,
        true,
    );
    reached.0
}
