//! Distributions of latencies and other spans of time, in whole microseconds.
//!
//! Usually a table of the four numbers that people quote (p50, p90, p99, max), with linear
//! interpolation between them. Where theory wants it there is the exponential distribution, whose
//! queues have formulas, and a constant.

use super::fixed_point::{LN_2, log2};
use cache::draw::{scaled, share};
use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// A distribution of latencies, or of other spans of time. Validation checks that the numbers are in
/// range and that the quantiles never decrease.
///
/// Written down as an object with `p50_us`, `p90_us`, `p99_us` and `max_us`, or with
/// `exponential_mean_us`, or with `constant_us`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Latency {
    /// By four quantiles.
    Quantiles {
        /// Half of all operations are done within this.
        p50_us: u64,
        /// Nine tenths are done within this.
        p90_us: u64,
        /// All but one in a hundred are done within this.
        p99_us: u64,
        /// All are done within this.
        max_us: u64,
    },
    /// The exponential distribution, which is memoryless: the time that is left is distributed as at the
    /// start. Its standard deviation is its mean.
    Exponential {
        /// The mean.
        mean_us: u64,
    },
    /// Always the same.
    Constant {
        /// The length.
        us: u64,
    },
}

/// Spans are drawn this much finer than a microsecond where they are added up: rounding each gap
/// between arrivals would change their rate.
pub(super) const FINE_BITS: u32 = 10;

impl Latency {
    /// Makes a table from its four quantiles, in microseconds.
    pub const fn new(p50_us: u64, p90_us: u64, p99_us: u64, max_us: u64) -> Self {
        Latency::Quantiles {
            p50_us,
            p90_us,
            p99_us,
            max_us,
        }
    }

    /// The span at a draw's place in the distribution. The fastest of a table takes half its median:
    /// about the second percentile of the log-normal shape that measurements show.
    pub fn at(&self, draw: u64) -> Micros {
        match *self {
            Latency::Quantiles {
                p50_us,
                p90_us,
                p99_us,
                max_us,
            } => Micros(at_quantile([p50_us, p90_us, p99_us, max_us], draw)),
            Latency::Constant { us } => Micros(us),
            Latency::Exponential { .. } => {
                Micros((self.fine_at(draw) + (1 << (FINE_BITS - 1))) >> FINE_BITS)
            }
        }
    }

    /// The same in units of 2⁻¹⁰ microseconds.
    pub(super) fn fine_at(&self, draw: u64) -> u64 {
        match *self {
            Latency::Exponential { mean_us } => {
                // The span is -ln(1 - place) means, and what is left of the place is !draw / 2^64.
                let log2 = (64_u64 << 32).saturating_sub(log2((!draw).max(1)));
                let means = scaled(log2, LN_2 as u32);
                match u32::try_from(mean_us) {
                    Ok(mean_us) => scaled(means << FINE_BITS, mean_us),
                    Err(_) => {
                        ((u128::from(mean_us) * u128::from(means)) >> (32 - FINE_BITS)) as u64
                    }
                }
            }
            _ => self.at(draw).0 << FINE_BITS,
        }
    }
}

/// The value at a draw's place in a distribution given by its median, its 90th and 99th percentile
/// and its maximum. The smallest is half the median.
pub(super) fn at_quantile([p50, p90, p99, max]: [u64; 4], draw: u64) -> u64 {
    const fn per_mille(n: u64) -> u64 {
        (n << 32) / 1000 // of 2^32
    }
    const P50: u64 = per_mille(500);
    const P90: u64 = per_mille(900);
    const P99: u64 = per_mille(990);
    const ALL: u64 = per_mille(1000);
    // The lengths are constants, so that no division is needed.
    match draw >> 32 {
        place if place < P50 => between::<{ P50 }>(p50 / 2, p50, place),
        place if place < P90 => between::<{ P90 - P50 }>(p50, p90, place - P50),
        place if place < P99 => between::<{ P99 - P90 }>(p90, p99, place - P90),
        place => between::<{ ALL - P99 }>(p99, max, place - P99),
    }
}

/// The value at `so_far` of `LENGTH` parts of the way from `low` to `high`.
#[inline(always)]
fn between<const LENGTH: u64>(low: u64, high: u64, so_far: u64) -> u64 {
    let way = high - low;
    // Latencies fit 32 bits, as `so_far` does; TTLs may not.
    low + match way >> 32 {
        0 => way * so_far / LENGTH,
        _ => share(way, so_far as u32, LENGTH as u32),
    }
}

/// How a distribution is written down. One object for all kinds rather than an untagged enum, which
/// would lose the path of what is wrong.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with p50_us, p90_us, p99_us and max_us, with exponential_mean_us, or with constant_us"
)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p50_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p90_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p99_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exponential_mean_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constant_us: Option<u64>,
}

const NOTHING_WRITTEN: Written = Written {
    p50_us: None,
    p90_us: None,
    p99_us: None,
    max_us: None,
    exponential_mean_us: None,
    constant_us: None,
};

impl TryFrom<Written> for Latency {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Latency, &'static str> {
        let Written {
            p50_us,
            p90_us,
            p99_us,
            max_us,
            exponential_mean_us,
            constant_us,
        } = written;
        let quantiles = [p50_us, p90_us, p99_us, max_us];
        let of_table = quantiles.iter().any(Option::is_some);
        match (of_table, exponential_mean_us, constant_us) {
            (false, Some(mean_us), None) => Ok(Latency::Exponential { mean_us }),
            (false, None, Some(us)) => Ok(Latency::Constant { us }),
            (_, None, None) => match quantiles {
                [Some(p50_us), Some(p90_us), Some(p99_us), Some(max_us)] => {
                    Ok(Latency::new(p50_us, p90_us, p99_us, max_us))
                }
                [None, ..] => Err("missing field `p50_us`"),
                [_, None, ..] => Err("missing field `p90_us`"),
                [_, _, None, _] => Err("missing field `p99_us`"),
                [.., None] => Err("missing field `max_us`"),
            },
            _ => Err("expected quantiles, exponential_mean_us or constant_us, but found several"),
        }
    }
}

impl From<Latency> for Written {
    fn from(latency: Latency) -> Written {
        match latency {
            Latency::Quantiles {
                p50_us,
                p90_us,
                p99_us,
                max_us,
            } => Written {
                p50_us: Some(p50_us),
                p90_us: Some(p90_us),
                p99_us: Some(p99_us),
                max_us: Some(max_us),
                ..NOTHING_WRITTEN
            },
            Latency::Exponential { mean_us } => Written {
                exponential_mean_us: Some(mean_us),
                ..NOTHING_WRITTEN
            },
            Latency::Constant { us } => Written {
                constant_us: Some(us),
                ..NOTHING_WRITTEN
            },
        }
    }
}

/// Application to cache and back, same availability zone: between the 0.17 ms and 0.45 ms that the
/// ElastiCache user guide measures; tail as for a log-normal with σ = 0.47, spikes of ten times.
pub const SAME_ZONE_ROUND_TRIP: Latency = Latency::new(250, 460, 750, 2_500);

/// Application to cache and back where the two are in different zones: tests found 0.8 to 1.3 ms with a long tail;
/// log-normal with σ = 0.49, spikes of ten times.
pub const OTHER_ZONE_ROUND_TRIP: Latency = Latency::new(800, 1_500, 2_500, 8_000);

/// Application to cache and back where the two are in different Regions, an ocean apart: an assumption.
pub const OTHER_REGION_ROUND_TRIP: Latency = Latency::new(80_000, 82_000, 90_000, 200_000);

/// How long a change takes to reach another Region of a Global Datastore: ElastiCache's documentation says typically
/// less than a second.
pub const REGION_LAG: Latency = Latency::new(300_000, 500_000, 900_000, 1_500_000);

/// The engine's own work on a simple command: microseconds of it, with hiccups.
pub const ENGINE_SERVICE: Latency = Latency::new(10, 36, 100, 1_000);

/// How long a change takes to reach a cache's replica: milliseconds, with a tail.
pub const REPLICA_LAG: Latency = Latency::new(1_000, 9_000, 50_000, 200_000);

/// How long a write waits until it is in a durable shard's log in two zones: single-digit milliseconds, σ = 0.39.
pub const LOG_WRITE: Latency = Latency::new(4_000, 6_600, 10_000, 30_000);

/// How long after its reply an asynchronous write is in the log: an estimate. ElastiCache's documentation only says
/// that up to ten seconds can be lost.
pub const LOG_LAG: Latency = Latency::new(1_000_000, 2_500_000, 5_000_000, 10_000_000);

/// A point read by key in a relational database: single-digit milliseconds, tail from I/O and locks.
pub const DATABASE_READ: Latency = Latency::new(4_000, 9_700, 20_000, 60_000);

/// A committed write, flushed to a synchronous standby in another zone.
pub const DATABASE_WRITE: Latency = Latency::new(8_000, 19_400, 40_000, 120_000);

/// DynamoDB reads an item: single-digit milliseconds; log-normal with σ = 0.47, spikes of three times.
pub const DYNAMODB_READ: Latency = Latency::new(4_000, 7_300, 12_000, 36_000);

/// DynamoDB writes an item, to a quorum of its copies: σ = 0.52.
pub const DYNAMODB_WRITE: Latency = Latency::new(6_000, 11_700, 20_000, 60_000);

/// MemoryDB reads from memory, as a cache does.
pub const MEMORYDB_READ: Latency = ENGINE_SERVICE;

/// MemoryDB writes to a log in several zones before it answers: single-digit milliseconds, σ = 0.39.
pub const MEMORYDB_WRITE: Latency = Latency::new(4_000, 6_600, 10_000, 30_000);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};

    fn samples(of: Latency) -> Vec<u64> {
        let sample = |request| of.at(draw(7, Stream::DatabaseRead, request, 0)).0;
        let mut samples: Vec<u64> = (0..20_000).map(sample).collect();
        samples.sort_unstable();
        samples
    }

    fn assert_near(got: u64, want: u64) {
        assert!(got.abs_diff(want) * 20 < want, "{got} {want}");
    }

    #[test]
    fn the_quantiles_of_many_draws_are_the_tables() {
        let samples = samples(DATABASE_READ);
        assert_near(samples[10_000], 4_000);
        assert_near(samples[18_000], 9_700);
        assert_near(samples[19_800], 20_000);
        assert!(samples[0] >= 2_000);
        assert!(samples[19_999] <= 60_000);
    }

    #[test]
    fn the_ends_are_exact() {
        let table = Latency::new(10, 20, 30, 40);
        assert_eq!(table.at(0), Micros(5));
        assert_eq!(table.at(1 << 63), Micros(10));
        assert_eq!(table.at(u64::MAX), Micros(39));
        assert_eq!(Latency::new(7, 7, 7, 7).at(u64::MAX), Micros(7));
        let years = 1_000_000_000_000_000;
        assert_eq!(Latency::new(2, 2, 2, years).at(0), Micros(1));
        let last = Latency::new(2, 2, 2, years).at(u64::MAX).0;
        assert!((years - 1_000_000_000..years).contains(&last), "{last}");
    }

    #[test]
    fn an_exponential_distribution_has_its_mean_and_its_quantiles() {
        let samples = samples(Latency::Exponential { mean_us: 10_000 });
        assert_near(samples.iter().sum::<u64>() / 20_000, 10_000);
        // Multiples of ln 2, ln 10 and ln 100.
        assert_near(samples[10_000], 6_931);
        assert_near(samples[18_000], 23_026);
        assert_near(samples[19_800], 46_052);
        let exponential = Latency::Exponential { mean_us: 1_000 };
        assert_eq!(exponential.at(0), Micros(0));
        assert_eq!(exponential.at(1 << 63), Micros(693));
        assert_eq!(exponential.at(u64::MAX), Micros(44_361));
        assert_eq!(Latency::Constant { us: 7 }.at(u64::MAX), Micros(7));
    }
}
