//! What one thing costs for a month of 730 hours, each rounded once, to whole micro-dollars.
//!
//! Sources: the ElastiCache pricing page (nodes, gigabyte-hours, ECPUs and their minimum), the User Guide on
//! reserved memory, EC2's prices for data between zones. `prices.json` has the figures.

use super::money::MicroUsd;
use cache::units::Micros;
use serde::Serialize;

/// The hours of a month, as AWS counts them in its examples.
pub const HOURS: u64 = 730;

/// The seconds of a month in one of the 24 hours of a day.
const SECONDS_PER_HOUR_OF_DAY: u64 = HOURS * 3_600 / 24;

/// A month in microseconds.
const MONTH_US: u128 = HOURS as u128 * 3_600 * 1_000_000;

/// A gigabyte, as it is billed, in bytes.
const GB: u128 = 1_000_000_000;

/// How many thousandths a simple command counts for at least: one ECPU.
const ECPU_MIN_MILLI: u64 = 1_000;

/// The requests of a month, at this rate during the busy hours of each day.
pub fn requests(per_second: u32, hours_a_day: u32) -> u128 {
    u128::from(per_second) * u128::from(hours_a_day) * u128::from(SECONDS_PER_HOUR_OF_DAY)
}

/// The ECPUs of one command, in thousandths: the highest of 1, the kilobytes that it moves, and how many
/// times as much vCPU time it takes as a simple one. A kilobyte is 1,000 bytes. The vCPU time of a simple read or
/// write is 1, in thousandths 1,000.
pub fn milli_ecpu(moved_bytes: u64, relative_vcpu_milli: u64) -> u64 {
    ECPU_MIN_MILLI.max(moved_bytes).max(relative_vcpu_milli)
}

/// The memory of a node that data can take, in bytes: a quarter is reserved for replication and backups
/// (`reserved-memory-percent`).
pub fn usable_bytes(maxmemory_bytes: u64) -> u64 {
    maxmemory_bytes * 3 / 4
}

/// The nodes: every hour of every one of them, primary or replica, busy or not.
pub fn nodes(node_hour: MicroUsd, shards: u64, replicas: u64) -> MicroUsd {
    nodes_over(HOURS, node_hour, shards, replicas)
}

/// The same for another number of hours.
pub fn nodes_over(hours: u64, node_hour: MicroUsd, shards: u64, replicas: u64) -> MicroUsd {
    MicroUsd(hours * shards * (1 + replicas) * node_hour.0)
}

/// The surcharge for synchronous durability, in thousandths of what the nodes cost.
pub fn durability(nodes: MicroUsd, per_mille: u32) -> MicroUsd {
    rounded(u128::from(nodes.0) * u128::from(per_mille), 1_000)
}

/// What serverless stores, or the minimum that it bills.
pub fn storage(stored_bytes: u64, minimum_bytes: u64, gb_hour: MicroUsd) -> MicroUsd {
    storage_over(HOURS, stored_bytes, minimum_bytes, gb_hour)
}

/// The same for another number of hours.
pub fn storage_over(
    hours: u64,
    stored_bytes: u64,
    minimum_bytes: u64,
    gb_hour: MicroUsd,
) -> MicroUsd {
    let billed = u128::from(stored_bytes.max(minimum_bytes));
    rounded(billed * u128::from(hours) * u128::from(gb_hour.0), GB)
}

/// The requests to serverless, in thousandths of an ECPU.
pub fn ecpus(milli_ecpu: u128, million_ecpu: MicroUsd) -> MicroUsd {
    rounded(milli_ecpu * u128::from(million_ecpu.0), 1_000_000_000)
}

/// Extrapolates a count over `span` to a whole month at the same rate; `None` while no time has passed.
pub fn whole_month(count: u64, span: Micros) -> Option<u128> {
    let all = u128::from(count) * MONTH_US + u128::from(span.0) / 2;
    all.checked_div(span.0.into())
}

/// Data that goes from one zone to another. Each direction has the same price, and a value crosses in one.
pub fn cross_zone(bytes: u128, gb: MicroUsd) -> MicroUsd {
    rounded(bytes * u128::from(gb.0), GB)
}

/// A fraction to the nearest whole number. No inputs in their ranges exceed it, but a caller's might.
fn rounded(numerator: u128, denominator: u128) -> MicroUsd {
    let nearest = (numerator + denominator / 2) / denominator;
    MicroUsd(u64::try_from(nearest).unwrap_or(u64::MAX))
}

/// The costs of a month by what is paid for; parts that a deployment does not have are zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Cost {
    /// Node-hours.
    pub nodes_micro_usd: MicroUsd,
    /// Gigabyte-hours.
    pub storage_micro_usd: MicroUsd,
    /// ECPUs.
    pub requests_micro_usd: MicroUsd,
    /// Data between zones.
    pub cross_zone_micro_usd: MicroUsd,
    /// The surcharge for durability.
    pub durability_micro_usd: MicroUsd,
    /// Their sum.
    pub total_micro_usd: MicroUsd,
}

impl Cost {
    /// The same with its sum.
    pub(super) fn summed(self) -> Self {
        let parts = [
            self.nodes_micro_usd,
            self.storage_micro_usd,
            self.requests_micro_usd,
            self.cross_zone_micro_usd,
            self.durability_micro_usd,
        ];
        let total = parts
            .iter()
            .fold(0, |sum: u64, part| sum.saturating_add(part.0));
        Cost {
            total_micro_usd: MicroUsd(total),
            ..self
        }
    }
}
