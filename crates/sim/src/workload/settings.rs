//! What a generator is told: how many requests, of which keys, how often, how large.

use crate::Latency;
use serde::{Deserialize, Serialize};

/// A generated workload's settings. Whatever is left out is as in YCSB's workload B (B. F. Cooper et
/// al., "Benchmarking cloud serving systems with YCSB", SoCC 2010): 95 % reads, Zipf with α = 0.99.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "an object with a generator's settings"
)]
pub struct Generated {
    /// How many requests; 10,000 if left out.
    pub requests: u32,
    /// How many clients send them, each as likely as the others; 8 if left out.
    pub clients: u32,
    /// How many keys there are; 1,000 if left out. The first is the most popular one.
    pub keys: u32,
    /// What their names begin with; a number from 1 follows. "key:" if left out.
    pub key_prefix: String,
    /// How requests are spread over the keys.
    pub popularity: Popularity,
    /// How many of 1,000 requests are reads, on average; 950 if left out.
    pub read_per_mille: u32,
    /// The time from one arrival to the next. Exponential gaps are a Poisson process: arrivals that
    /// know nothing of each other, on average 1,000 a second if left out.
    pub gap: Latency,
    /// How large values are. A key's value always has the same size.
    pub value_bytes: ValueSizes,
    /// TTLs of the keys' own, instead of the lanes'; a key's is always the same.
    pub ttl: Option<Latency>,
    /// How many of 1,000 keys the database has no row for at the start. They are spread evenly: with
    /// 100, every tenth key.
    pub absent_per_mille: u32,
    /// A scan that runs through keys of its own; none if left out.
    pub scan: Option<Scan>,
}

/// A scan: a report, a backup or a crawler reads many cold keys, each once and in order. Their numbers
/// follow those of all others, and the last client sends the reads. They take the places of other requests, evenly
/// spread, so that the rate of arrivals stays the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with from_request, requests and share_per_mille"
)]
pub struct Scan {
    /// The request with which it begins, from 1.
    pub from_request: u32,
    /// How many requests it lasts, those of others among them.
    pub requests: u32,
    /// How many of 1,000 of them are the scan's.
    pub share_per_mille: u32,
}

impl Scan {
    /// The scan's own place of request `number`, both from 0; `None` for a request of the others.
    pub(super) fn place(&self, number: u32) -> Option<u32> {
        let within = number.checked_sub(self.from_request.saturating_sub(1))?;
        let is_own = within < self.requests && self.before(within) != self.before(within + 1);
        is_own.then(|| self.before(within))
    }

    /// How many keys it reads.
    pub fn keys(&self) -> u32 {
        self.before(self.requests)
    }

    /// How many of its own requests there are among its first ones.
    fn before(&self, requests: u32) -> u32 {
        (u64::from(requests) * u64::from(self.share_per_mille) / 1000) as u32
    }
}

impl Default for Generated {
    fn default() -> Self {
        Generated {
            requests: 10_000,
            clients: 8,
            keys: 1_000,
            key_prefix: "key:".to_owned(),
            popularity: Popularity::Zipf { alpha_milli: 990 },
            read_per_mille: 950,
            gap: Latency::Exponential { mean_us: 1_000 },
            value_bytes: ValueSizes::FixedBytes(100),
            ttl: None,
            absent_per_mille: 0,
            scan: None,
        }
    }
}

/// How requests are spread over the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "lowercase",
    rename_all_fields = "snake_case",
    deny_unknown_fields
)]
pub enum Popularity {
    /// The key of rank k is asked for in proportion to 1/k^α.
    Zipf {
        /// α in thousandths. 0 is uniform; web traffic is around 1.
        alpha_milli: u32,
    },
    /// Every key is as likely as every other.
    Uniform,
    /// All keys in order, and again.
    Scan,
    /// The first keys in order, and again.
    Loop {
        /// The number of keys.
        length: u32,
    },
    /// As Zipf, but what is popular moves on.
    Shifting {
        /// α in thousandths.
        alpha_milli: u32,
        /// The number of requests after which it moves.
        period_requests: u32,
        /// The number of keys by which it moves.
        shift_keys: u32,
    },
}

/// How large values are, in bytes, without their keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    rename_all_fields = "snake_case",
    deny_unknown_fields
)]
pub enum ValueSizes {
    /// All of one size.
    FixedBytes(u32),
    /// By quantiles, with straight lines between them; the smallest is half the median.
    Quantiles {
        /// Half of all values are at most this large.
        p50_bytes: u32,
        /// Nine tenths are.
        p90_bytes: u32,
        /// All but one in a hundred are.
        p99_bytes: u32,
        /// All are.
        max_bytes: u32,
    },
    /// A generalized Pareto distribution: many small values and a few very large ones. The shape
    /// that B. Atikoglu et al. fitted to a pool at Facebook ("Workload analysis of a large-scale
    /// key-value store", SIGMETRICS 2012) has a scale of 214.476 and a shape of 0.348, beyond some
    /// 15 bytes. Nothing is larger than a mebibyte, memcached's limit for an item.
    Pareto {
        /// The smallest value.
        base_bytes: u32,
        /// The scale, in thousandths of a byte.
        scale_milli: u32,
        /// The shape, in thousandths: how heavy the tail is.
        shape_milli: u32,
    },
}
