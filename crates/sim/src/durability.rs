//! Durability of ElastiCache for Valkey 9: whether a shard's changes are in a log in several zones, and when.

use super::latency::Latency;
use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// When a write is logged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a durability")]
pub enum Durability {
    /// Never: what is in memory is lost with it.
    #[default]
    Off,
    /// After its reply.
    Async,
    /// Before its reply, in two zones.
    Sync,
}

impl Durability {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Durability; 3] = [Durability::Off, Durability::Async, Durability::Sync];
}

/// A lane's durability with its times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DurabilitySetup {
    /// When a write is logged.
    pub mode: Durability,
    /// How long a write waits for the log before it is answered.
    pub write: Latency,
    /// How long after its reply a write is logged.
    pub lag: Latency,
}

/// Writes are rejected while the log is further behind than this: ElastiCache's documentation on asynchronous
/// durability.
pub const BEHIND_MAX: Micros = Micros(10_000_000);

/// How long a node takes to load what is in the log. It answers nothing meanwhile. An estimate: as long as a replica
/// takes to copy its primary's contents.
pub const RESTORE: Micros = super::deployment::replication::SYNC;
