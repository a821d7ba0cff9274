//! The limits of the page, and the ranges that several inputs share. An input with a range of its own has
//! it in its row of the field table.

use super::lane_input::ECPU_PER_SECOND_MAX;
use sim::workload::VALUE_BYTES_MAX;

/// The lowest and the highest value that is allowed.
pub type Range = (u64, u64);

/// The most lanes that are compared.
pub const LANES_MAX: usize = 4;

/// The letter of a lane, from 0, in every sentence and on screen.
pub fn letter(lane: usize) -> char {
    char::from(b'A' + lane as u8)
}

/// The most commands to the worlds.
pub const COMMANDS_MAX: usize = 1_000;
/// The most clients.
pub const CLIENTS_MAX: u32 = 64;
/// The longest key, in bytes: memcached's limit.
pub const KEY_BYTES_MAX: usize = 250;
/// The latest arrival, and the longest TTL: about 31 years, in microseconds.
pub const TIME_MAX_US: u64 = 1_000_000_000_000_000;
/// The longest title or lane name, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// The longest introduction, in characters.
pub const INTRO_CHARS_MAX: usize = 400;
/// The most requests of a script.
pub const REQUESTS_MAX: usize = 10_000;
/// The most requests of a generated workload.
pub const GENERATED_REQUESTS_MAX: u32 = 4_000_000;
/// The most keys of a generated workload.
pub const KEYS_MAX: u32 = 1_000_000;

/// Shards of a cluster: ElastiCache's quota.
pub(super) const SHARDS: Range = (1, 500);
/// Replicas of a shard: ElastiCache's quota.
pub(super) const REPLICAS: Range = (0, 5);

/// How many Regions a Global Datastore has: a primary one and at most two others.
pub(super) const REGIONS: Range = (2, 3);

/// How long a Region's promotion takes, in microseconds.
pub(super) const PROMOTION: Range = (100_000, 600_000_000);
/// The most nodes of a cluster: ElastiCache's quota on request.
pub(super) const CLUSTER_NODES_MAX: u16 = 500;
/// A node timeout, in microseconds: from a tenth of a second to a minute.
pub(super) const NODE_TIMEOUT: Range = (100_000, 60_000_000);
/// Memcached nodes of a cluster: ElastiCache's quota.
pub(super) const MEMCACHED_NODES: Range = (1, 60);
/// What a serverless cache supports, in ECPUs a second: its quota.
pub(super) const ECPU_RATE: Range = (1, ECPU_PER_SECOND_MAX as u64);
/// What a slot of it gets, in ECPUs a second: the higher quota is that of reads from replicas too.
pub(super) const SLOT_ECPU_RATE: Range = (1, 90_000);
/// How long its rate takes to double, in microseconds: from a tenth of a second to an hour.
pub(super) const DOUBLING: Range = (100_000, 3_600_000_000);
/// Partitions of a DynamoDB table.
pub(super) const PARTITIONS: Range = (1, 64);
/// Units of a provisioned DynamoDB table, reads or writes: the service's default quota for a table ("Quotas in
/// Amazon DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>).
pub(super) const TABLE_UNITS: Range = (1, 40_000);
/// Seeds. They are written as text.
pub(super) const SEED: Range = (0, u64::MAX);
/// Lanes.
pub(super) const LANES: Range = (1, LANES_MAX as u64);
/// Moves of a schedule.
pub(super) const MOVES: Range = (0, 10_000);
/// Keys that a script says the database has no row for.
pub(super) const ABSENT: Range = (0, REQUESTS_MAX as u64);
/// Clients, and their numbers.
pub(super) const CLIENTS: Range = (1, CLIENTS_MAX as u64);
/// Instants of the scenario, in microseconds, and ages and own times to live, where 0 means none.
pub(super) const TIME: Range = (0, TIME_MAX_US);
/// Times to live, in microseconds.
pub(super) const TTL: Range = (1, TIME_MAX_US);
/// The size of a value, in bytes.
pub(super) const VALUE_BYTES: Range = (0, VALUE_BYTES_MAX as u64);

/// Requests of a generated workload.
pub(super) const GENERATED: Range = (1, GENERATED_REQUESTS_MAX as u64);
/// Keys of a generated workload.
pub(super) const KEYS: Range = (1, KEYS_MAX as u64);
/// A share in thousandths.
pub(super) const PER_MILLE: Range = (0, 1_000);
/// Zipf's α in thousandths: at the most nearly everything is one key.
pub(super) const ALPHA_MILLI: Range = (0, 10_000);
/// The longest mean gap between two generated arrivals, in microseconds: about 17 minutes.
pub(super) const GAP_MAX_US: u64 = 1_000_000_000;

/// The longest latency: a minute, in microseconds.
pub(super) const LATENCY_MAX_US: u64 = 60_000_000;
/// Delays of a strategy: that others wait for a lease, and that a flush, a second delete or the commit
/// log is late; up to a minute, in microseconds.
pub(super) const DELAY: Range = (1, 60_000_000);
/// A delay that may be none.
pub(super) const LAG: Range = (0, DELAY.1);
