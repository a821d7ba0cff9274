//! Workloads that people meet, as scenarios: each is one line of a table, and what its figures are
//! taken from.

use super::catalogue::lane;
use super::input::ScenarioInput;
use super::lane_input::LaneInput;
use super::workload_input::WorkloadInput;
use cache::units::Micros;
use sim::workload::{Generated, Popularity, ValueSizes};
use sim::{Latency, Pattern, ReadPath, WritePath};

const SECOND_US: u64 = 1_000_000;

/// A workload that people meet.
#[derive(PartialEq, Eq, Debug)]
pub struct Preset {
    /// What programs call it.
    pub name: &'static str,
    /// What it is called on screen.
    pub title: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    write: WritePath,
    read_per_mille: u32,
    alpha_milli: u32,
    value_bytes: u32,
    ttl_us: Option<u64>,
    ttl_jitter_percent: u32,
    key_prefix: &'static str,
    keys: u32,
    mean_gap_us: u64,
}

/// All of them.
///
/// YCSB is B. F. Cooper et al., "Benchmarking cloud serving systems with YCSB", SoCC 2010: records of
/// 1 KB, a Zipf constant of 0.99, and workload A, half reads and half writes, called a session store.
/// Twitter's clusters are those of J. Yang et al., "A large scale analysis of hundreds of in-memory
/// cache clusters at Twitter", OSDI 2020: a median α of 1.21 where one was fitted, more than a third
/// of the clusters writing more than 30 % of the time, and times to live from seconds to 30 days, often
/// 60 s, 300 s and 1 h. What neither says is chosen so that it can be watched: the keys, and gaps
/// between requests that let times to live end within the run.
pub const PRESETS: [Preset; 5] = [
    Preset {
        name: "product-page",
        title: "Product page",
        about: "Most shoppers look at the same few products. 97 % reads; each page is cached for about five minutes (±15 %) and deleted from the cache when the product changes.",
        write: WritePath::Invalidate,
        read_per_mille: 970,
        alpha_milli: 990,
        value_bytes: 2_048,
        ttl_us: Some(300 * SECOND_US),
        ttl_jitter_percent: 15,
        key_prefix: "product:",
        keys: 5_000,
        mean_gap_us: 100_000,
    },
    Preset {
        name: "session-store",
        title: "Session store",
        about: "Every click reads or updates the visitor's session (half reads, half writes). Writes also go to the cache; a session expires half an hour after its last write.",
        write: WritePath::WriteThrough,
        read_per_mille: 500,
        alpha_milli: 600,
        value_bytes: 1_024,
        ttl_us: Some(1_800 * SECOND_US),
        ttl_jitter_percent: 0,
        key_prefix: "session:",
        keys: 2_000,
        mean_gap_us: 300_000,
    },
    Preset {
        name: "leaderboard",
        title: "Leaderboard",
        about: "Players read and update scores: 30 % writes, tiny values that never expire.",
        write: WritePath::WriteThrough,
        read_per_mille: 700,
        alpha_milli: 1_000,
        value_bytes: 50,
        ttl_us: None,
        ttl_jitter_percent: 0,
        key_prefix: "player:",
        keys: 2_000,
        mean_gap_us: 20_000,
    },
    Preset {
        name: "analytics-counters",
        title: "Analytics counters",
        about: "Page-view counters: 80 % writes to a few hot keys, written to the cache now and to the database later.",
        write: WritePath::WriteBehind,
        read_per_mille: 200,
        alpha_milli: 1_200,
        value_bytes: 20,
        ttl_us: Some(3_600 * SECOND_US),
        ttl_jitter_percent: 0,
        key_prefix: "page:",
        keys: 1_000,
        mean_gap_us: 20_000,
    },
    Preset {
        name: "rate-limiter",
        title: "Rate limiter",
        about: "Every API call updates its caller's 60-second counter: writes only, so this cache never gets a hit.",
        write: WritePath::WriteThrough,
        read_per_mille: 0,
        alpha_milli: 800,
        value_bytes: 8,
        ttl_us: Some(60 * SECOND_US),
        ttl_jitter_percent: 0,
        key_prefix: "caller:",
        keys: 1_000,
        mean_gap_us: 20_000,
    },
];

impl Preset {
    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The scenario: 10,000 requests of eight clients, in a lane that writes as the preset is usually
    /// built, beside plain cache-aside, whose writes go to the database only. Each cache has room for
    /// a tenth of the keys.
    pub fn scenario(&self) -> ScenarioInput {
        let lane = |write: Option<WritePath>| -> LaneInput {
            let mut lane = lane(Pattern::CacheAside);
            lane.strategy.read = ReadPath::CacheAside;
            lane.strategy.write = write.unwrap_or(lane.strategy.write);
            lane.strategy.ttl_us = self.ttl_us.map(Micros);
            lane.strategy.defences.ttl_jitter_percent = self.ttl_jitter_percent;
            lane.cache.capacity = self.keys / 10;
            lane
        };
        ScenarioInput {
            title: self.title.to_owned(),
            intro: self.about.to_owned(),
            seed: "1".to_owned(),
            warm: Vec::new(),
            absent: Vec::new(),
            workload: WorkloadInput::Generated(Generated {
                requests: 10_000,
                clients: 8,
                keys: self.keys,
                key_prefix: self.key_prefix.to_owned(),
                popularity: Popularity::Zipf {
                    alpha_milli: self.alpha_milli,
                },
                read_per_mille: self.read_per_mille,
                gap: Latency::Exponential {
                    mean_us: self.mean_gap_us,
                },
                value_bytes: ValueSizes::FixedBytes(self.value_bytes),
                ttl: None,
                absent_per_mille: 0,
            }),
            faults: Vec::new(),
            schedule: None,
            lanes: vec![lane(Some(self.write)), lane(None)],
            commands: Vec::new(),
        }
    }
}
