//! How long things take: quantile tables of whole microseconds.
//!
//! Four numbers that people quote (p50, p90, p99, max) instead of a distribution's parameters, and
//! linear interpolation instead of logarithms, whose last bits differ between platforms.

use crate::units::Micros;
use serde::{Deserialize, Serialize};

/// A latency distribution by its quantiles, in microseconds. Valid if the four never decrease and
/// the median is not 0; the scenario's validation sees to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with p50_us, p90_us, p99_us and max_us"
)]
pub struct Latency {
    /// Half of all operations are done within this.
    pub p50_us: u64,
    /// Nine tenths are.
    pub p90_us: u64,
    /// All but one in a hundred are.
    pub p99_us: u64,
    /// All are.
    pub max_us: u64,
}

impl Latency {
    /// Makes a table from its four quantiles, in microseconds.
    pub const fn new(p50_us: u64, p90_us: u64, p99_us: u64, max_us: u64) -> Self {
        Latency {
            p50_us,
            p90_us,
            p99_us,
            max_us,
        }
    }

    /// The latency at a draw's place in the distribution. The fastest operation takes half the
    /// median: about the second percentile of the log-normal shape that measurements show.
    pub fn at(&self, draw: u64) -> Micros {
        let place = draw >> 32; // of 2^32
        let per_mille = |n: u64| (n << 32) / 1000;
        let points = [
            (0, self.p50_us / 2),
            (per_mille(500), self.p50_us),
            (per_mille(900), self.p90_us),
            (per_mille(990), self.p99_us),
            (1 << 32, self.max_us),
        ];
        let upper = points.iter().position(|&(end, _)| place < end).unwrap_or(4);
        let ((from, low), (to, high)) = (points[upper - 1], points[upper]);
        Micros(low + (high - low) * (place - from) / (to - from))
    }
}

/// Application to cache and back, same availability zone: between the 0.17 ms and 0.45 ms that the
/// ElastiCache user guide measures; tail as for a log-normal with σ = 0.47, spikes of ten times.
pub const SAME_ZONE_ROUND_TRIP: Latency = Latency::new(250, 460, 750, 2_500);

/// The engine's own work on a simple command: microseconds of it, with hiccups.
pub const ENGINE_SERVICE: Latency = Latency::new(10, 36, 100, 1_000);

/// A point read by key in a relational database: single-digit milliseconds, tail from I/O and locks.
pub const DATABASE_READ: Latency = Latency::new(4_000, 9_700, 20_000, 60_000);

/// A committed write, flushed to a synchronous standby in another zone.
pub const DATABASE_WRITE: Latency = Latency::new(8_000, 19_400, 40_000, 120_000);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::draw::{Stream, draw};

    #[test]
    fn the_quantiles_of_many_draws_are_the_tables() {
        let mut samples: Vec<u64> = (0..20_000)
            .map(|request| {
                DATABASE_READ
                    .at(draw(7, Stream::DatabaseRead, request, 0))
                    .0
            })
            .collect();
        samples.sort_unstable();
        let near = |got: u64, want: u64| assert!(got.abs_diff(want) * 20 < want, "{got} {want}");
        near(samples[10_000], DATABASE_READ.p50_us);
        near(samples[18_000], DATABASE_READ.p90_us);
        near(samples[19_800], DATABASE_READ.p99_us);
        assert!(samples[0] >= DATABASE_READ.p50_us / 2);
        assert!(samples[19_999] <= DATABASE_READ.max_us);
    }

    #[test]
    fn the_ends_are_exact() {
        let table = Latency::new(10, 20, 30, 40);
        assert_eq!(table.at(0), Micros(5));
        assert_eq!(table.at(1 << 63), Micros(10));
        assert_eq!(table.at(u64::MAX), Micros(39));
        assert_eq!(Latency::new(7, 7, 7, 7).at(u64::MAX), Micros(7));
    }
}
