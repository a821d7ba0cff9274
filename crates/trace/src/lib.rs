//! Real traces: reading them, replaying a whole file through a cache without simulating time, and
//! miss-ratio curves.

mod bad;
mod builder;
mod curve;
mod engine;
mod format;
mod key_names;
mod reader;
mod record;
mod replay;
mod unpack;

pub use bad::{BadTrace, Place, Unit};
pub use builder::{RECORDS_MAX, UNPACKED_MAX};
pub use curve::{
    CurveJob, CurveOf, CurvePlan, CurvePoint, Curves, LruCurve, Progress, lru_curve, miss_count,
};
pub use format::{Format, Sample};
pub use key_names::KeyNames;
pub use reader::{ReadProgress, Reader, read};
pub use record::{Access, Lifetime, Record, Records, SPACING};
pub use replay::{Replay, ReplayJob, replay};

use scenario::{
    LaneInput, REQUESTS_MAX, RequestInput, ScenarioInput, WorkloadInput, default_lanes,
};
use sim::Operation;
use sim::workload::VALUE_BYTES_MAX;

/// A trace, read and checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The name of its file.
    pub name: String,
    /// The format of its file.
    pub format: &'static Format,
    /// The names of the keys, by number, in order of first appearance.
    pub keys: KeyNames,
    /// The requests, in the file's order.
    pub records: Records,
    /// What was ignored in the file, as people can read it: columns, and commands with how often they
    /// came.
    pub unused: Vec<String>,
}

impl Trace {
    /// Whether the file has times; if not, its requests are a second apart.
    pub fn timed(&self) -> bool {
        self.records.timed()
    }

    /// The scenario that steps through the trace's beginning in the given lanes: its first 10,000
    /// requests.
    ///
    /// A script knows reads and writes only, so a deletion becomes a write of its row, and a request that
    /// only changes a TTL is left out. Values have the sizes that a replay charges for, but at most
    /// 1 MiB, the largest value of a script.
    pub fn scenario(&self, lanes: Vec<LaneInput>, seed: String) -> ScenarioInput {
        let requests = self
            .records
            .iter()
            .filter(|record| record.access != Access::Expire);
        let script = requests.take(REQUESTS_MAX).map(|record| RequestInput {
            at_us: record.at.0,
            client: 1,
            op: match record.access {
                Access::Read => Operation::Read,
                _ => Operation::Write,
            },
            key: self.keys.name(record.key).into_owned(),
            ttl_us: record.lifetime.as_own_ttl().as_us(),
            value_bytes: (self.stored_bytes(&record) - self.keys.bytes(record.key))
                .min(VALUE_BYTES_MAX),
        });
        ScenarioInput {
            title: self.name.chars().take(100).collect(),
            intro: String::new(),
            seed,
            warm: Vec::new(),
            absent: Vec::new(),
            workload: WorkloadInput::Script(script.collect()),
            faults: Vec::new(),
            schedule: None,
            lanes,
            commands: Vec::new(),
            plan: Default::default(),
            prices: Default::default(),
            day: Default::default(),
        }
    }

    /// The lanes to begin with: the opening scene's, with room for a tenth of the keys, or for up to four of a
    /// few keys, and, if the file has no times, without a TTL.
    pub fn lanes(&self) -> Vec<LaneInput> {
        let mut lanes = default_lanes();
        for lane in &mut lanes {
            let keys = self.keys.len();
            lane.cache.capacity = (keys / 10)
                .max(4.min(keys / 2))
                .clamp(1, cache::CAPACITY_MAX);
            if !self.timed() {
                lane.strategy.ttl_us = None;
            }
        }
        lanes
    }

    /// How many bytes a cache is charged for the copy that a request stores. The stage and the counts of
    /// the whole file stand on one page, so both use this.
    fn stored_bytes(&self, record: &Record) -> u32 {
        record.stored_bytes(self.keys.bytes(record.key))
    }

    /// Its size on the heap, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        self.keys.heap_bytes() + self.records.heap_bytes()
    }
}
