//! Real traces: reading them, and replaying a whole file through a cache without simulating time.

mod csv_table;
mod reader;
mod replay;

pub use reader::{BadTrace, read};
pub use replay::{Replay, miss_count, replay};

use crate::scenario::{
    LaneInput, REQUESTS_MAX, RequestInput, ScenarioInput, WorkloadInput, default_lanes,
};
use crate::sim::{Operation, OwnTtl};
use crate::units::{Key, Micros};
use std::rc::Rc;

/// A trace, read and checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// What it is called: its file's name.
    pub name: String,
    /// The names of the keys, by number, in order of first appearance.
    pub keys: Vec<Rc<str>>,
    /// The requests, in the file's order.
    pub records: Vec<Record>,
    /// The columns of the file that nothing is done with.
    pub unused_columns: Vec<String>,
    /// Whether the file said when its requests arrived; if not they are a second apart.
    pub timed: bool,
}

/// One request of a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// When, from the first request.
    pub at: Micros,
    /// What it wants; a read unless the file says otherwise.
    pub operation: Operation,
    /// Of which key.
    pub key: Key,
    /// What the file says about its time to live.
    pub ttl: OwnTtl,
}

impl Trace {
    /// The scenario that steps through the trace's beginning in the given lanes: its first 10,000
    /// requests.
    pub fn scenario(&self, lanes: Vec<LaneInput>, seed: String) -> ScenarioInput {
        let beginning = self.records.iter().take(REQUESTS_MAX);
        let script = beginning.map(|record| RequestInput {
            at_us: record.at.0,
            client: 1,
            op: record.operation,
            key: self.keys[record.key.0 as usize].to_string(),
            ttl_us: record.ttl.as_us(),
        });
        ScenarioInput {
            title: self.name.chars().take(100).collect(),
            intro: String::new(),
            seed,
            warm: Vec::new(),
            workload: WorkloadInput::Script(script.collect()),
            lanes,
        }
    }

    /// The lanes to begin with: the opening scene's, with room for a tenth of the keys and, where the
    /// file gives no times, without a time to live.
    pub fn lanes(&self) -> Vec<LaneInput> {
        let mut lanes = default_lanes();
        for lane in &mut lanes {
            lane.cache.capacity =
                (self.keys.len() as u32 / 10).clamp(1, crate::cache::CAPACITY_MAX);
            if !self.timed {
                lane.strategy.ttl_us = None;
            }
        }
        lanes
    }
}
