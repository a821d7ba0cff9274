//! The inputs as they are written down: in links, files and JavaScript objects.
//!
//! Numbers here are plain and may be out of range; `validate` turns them into what the simulation
//! takes. A field that is left out has the default documented with it; an unknown field is refused.

use super::lane_input::LaneInput;
use super::workload_input::WorkloadInput;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::cost::{PlanInput, Prices};
use sim::day::DayInput;
use sim::{Fault, Intervention, Zone};

/// A scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario object")]
pub struct ScenarioInput {
    /// The title on screen.
    #[serde(default)]
    pub title: String,
    /// What to look at, in a sentence or two; shown before the first step.
    #[serde(default)]
    pub intro: String,
    /// Fixes every random draw: a whole number below 2^64, as text because JavaScript's numbers are
    /// too small for it. "1" if left out.
    #[serde(default = "default_seed")]
    pub seed: String,
    /// What every cache holds before the first request, least recently used first.
    #[serde(default)]
    pub warm: Vec<WarmInput>,
    /// The keys of a script that the database has no row for until they are written.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The requests that every lane gets.
    pub workload: WorkloadInput,
    /// The faults in order of time, each in every lane or in one.
    #[serde(default)]
    pub faults: Vec<FaultInput>,
    /// The order in which clients move, one instruction at a time; if left out, the clock decides.
    #[serde(default)]
    pub schedule: Option<Vec<u32>>,
    /// The configurations that are compared: one to four.
    pub lanes: Vec<LaneInput>,
    /// What a person does to the lanes during the run, in order of the steps; at most one thing at a step.
    #[serde(default)]
    pub commands: Vec<Intervention>,
    /// The traffic and the data for which node-based and serverless are compared.
    #[serde(default)]
    pub plan: PlanInput,
    /// What ElastiCache charges; prices that are left out are the published ones.
    #[serde(default)]
    pub prices: Prices,
    /// A day of traffic for which both are compared; it changes nothing in the run.
    #[serde(default)]
    pub day: DayInput,
}

impl ScenarioInput {
    /// The inputs as JSON, every field included.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("inputs are plain data")
    }

    /// Whether others differ in their plan, prices and day at most, so that they run alike.
    pub fn runs_like(&self, other: &Self) -> bool {
        let same = ScenarioInput {
            plan: self.plan.clone(),
            prices: self.prices.clone(),
            day: self.day.clone(),
            ..other.clone()
        };
        *self == same
    }

    /// The inputs as JSON text, every field included.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("inputs are plain data")
    }
}

/// A fault that is scheduled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a fault object")]
pub struct FaultInput {
    /// When it happens, in microseconds from the start; no earlier than the one before it.
    pub at_us: u64,
    /// The fault.
    pub fault: Fault,
    /// The lane, from 1; every lane if left out.
    #[serde(default)]
    pub lane: Option<u32>,
    /// The cache node, from 1, where there are several; every node if left out.
    #[serde(default)]
    pub node: Option<u16>,
    /// The availability zone whose nodes it reaches, where nodes have replicas; every zone if left out.
    #[serde(default)]
    pub zone: Option<Zone>,
}

/// A copy, of version 1, that is in the cache from the start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a key and its age_us")]
pub struct WarmInput {
    /// Its key.
    pub key: String,
    /// How much of its TTL has passed, in microseconds; 0 if left out. A copy as old as its lane's TTL is left
    /// out.
    #[serde(default)]
    pub age_us: u64,
}

fn default_seed() -> String {
    "1".to_owned()
}
