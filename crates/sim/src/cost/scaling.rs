//! How fast serverless grows: the law by itself, for whoever keeps the clock.
//!
//! Sources: the ElastiCache User Guide on scaling (30,000 ECPU a second on an empty cache, 90,000 with reads
//! from replicas; Valkey 8 and later doubles every 2 to 3 minutes) and on limits; its troubleshooting page (up
//! to 10 to 12 minutes a doubling elsewhere). The middle of each span is taken.

use super::prices::Engine;
use crate::fixed_point::{ONE, exp2};
use cache::units::Micros;

/// What a new cache executes, in ECPUs a second.
pub const ECPU_RATE_START: u64 = 30_000;
/// The same where reads go to replicas.
pub const ECPU_RATE_START_WITH_REPLICAS: u64 = 90_000;
/// The most that a cache executes, in ECPUs a second.
pub const ECPU_RATE_MAX: u64 = 15_000_000;

/// How long the supported rate takes to double while demand is above it. A Valkey cache is taken for one of
/// version 8 or later.
pub const fn doubling(engine: Engine) -> Micros {
    match engine {
        Engine::Valkey => Micros(150_000_000),
        Engine::RedisOss | Engine::Memcached => Micros(660_000_000),
    }
}

/// What a rate has grown to after demand has been above it for so long: exactly twice as much after each
/// doubling, evenly in ratio between two, and never above the most that there is.
pub fn grown(rate: u64, over: Micros, doubling: Micros) -> u64 {
    let (doublings, rest) = (over.0 / doubling.0.max(1), over.0 % doubling.0.max(1));
    let fraction = (u128::from(rest) << 32) / u128::from(doubling.0.max(1));
    let between = u128::from(rate) * u128::from(exp2(fraction as u64)) / u128::from(ONE);
    // From 1 on, 24 doublings go beyond the most that there is; more would overflow.
    let grown = between << doublings.min(24);
    (grown as u64).min(ECPU_RATE_MAX)
}
