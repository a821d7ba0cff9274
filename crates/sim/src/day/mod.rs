//! A day of traffic in steps of ten seconds: what serverless and nodes serve of it, and what each costs.
//!
//! This is aggregated flow: rates, not single requests. The world of `crate::world` plays requests one by one and
//! is too fine for a day. Value size, data size, engine, node type and replicas are the plan's, and so are
//! the functions of prices.

mod nodes;
mod serverless;
mod shape;

pub use nodes::{NodesDay, NodesStep, failover_gap};
pub use serverless::{ServerlessDay, ServerlessStep};
pub use shape::{SECONDS, Shape};

use crate::cost::{PlanInput, Prices, month};
use serde::{Deserialize, Serialize};

/// How long a step is, in seconds.
pub const STEP_S: u64 = 10;
/// The steps of a day.
pub const STEPS: u64 = SECONDS / STEP_S;
/// The steps of an hour.
const STEPS_AN_HOUR: usize = (3_600 / STEP_S) as usize;
/// The hours of a day, for which nodes and storage are paid.
const HOURS: u64 = 24;

/// A day's traffic, and how both deployments are prepared for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a day object")]
pub struct DayInput {
    /// How traffic goes over the day.
    pub shape: Shape,
    /// Commands to the cache a second at the peak; 100,000 if left out.
    pub peak_per_second: u32,
    /// How many minutes a spike or a launch lasts; 10 if left out.
    pub busy_minutes: u32,
    /// What there is besides a spike or before a launch, in thousandths of the peak; 50 if left out.
    pub quiet_per_mille: u32,
    /// What one node serves, in commands a second; 100,000 if left out, which is an assumption.
    pub node_requests_per_second: u32,
    /// Whether there are as many shards as the peak needs, and not only as many as the data needs.
    pub sized_for_peak: bool,
    /// Whether reads go to replicas too.
    pub replica_reads: bool,
    /// The hour at which the primary of one shard fails; `null` for none.
    pub failover_hour: Option<u32>,
    /// The minimum to which serverless is scaled beforehand, in ECPUs a second; 0 for none.
    pub pre_scaled_ecpu_per_second: u32,
    /// The hour from which the minimum holds; 11 if left out.
    pub pre_scaled_from_hour: u32,
    /// For how many hours it holds, to midnight at the latest; 2 if left out.
    pub pre_scaled_hours: u32,
}

impl Default for DayInput {
    fn default() -> Self {
        DayInput {
            shape: Shape::Diurnal,
            peak_per_second: 100_000,
            busy_minutes: 10,
            quiet_per_mille: 50,
            node_requests_per_second: 100_000,
            sized_for_peak: true,
            replica_reads: false,
            failover_hour: None,
            pre_scaled_ecpu_per_second: 0,
            pre_scaled_from_hour: 11,
            pre_scaled_hours: 2,
        }
    }
}

impl DayInput {
    /// The requests of a step, to the nearest whole one.
    pub fn requests_in(&self, step: u64) -> u64 {
        let busy = u64::from(self.busy_minutes) * 60;
        let quiet = u64::from(self.quiet_per_mille) * 1_000;
        let share = self.shape.millionths(step * STEP_S, busy, quiet);
        (u64::from(self.peak_per_second) * STEP_S * share + 500_000) / 1_000_000
    }
}

/// What became of a day, with either deployment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Day {
    /// The steps: what arrives, and what becomes of it.
    pub steps: Vec<DayStep>,
    /// The day as it is.
    pub total: Totals,
    /// The same number of requests, spread evenly over the day. Nothing fails, and nothing is pre-scaled.
    pub even: Totals,
}

/// A step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct DayStep {
    /// The requests that arrive.
    pub requests: u64,
    /// What serverless makes of them.
    pub serverless: ServerlessStep,
    /// What nodes make of them.
    pub nodes: NodesStep,
}

/// A whole day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Totals {
    /// The requests that arrive.
    pub requests: u64,
    /// The most in a step.
    pub peak_requests: u64,
    /// Serverless.
    pub serverless: ServerlessDay,
    /// Nodes.
    pub nodes: NodesDay,
}

impl Totals {
    /// How many requests arrive in a second, on average, in thousandths.
    pub fn mean_milli_per_second(&self) -> u64 {
        (self.requests * 1_000 + SECONDS / 2) / SECONDS
    }
}

/// Plays a day.
pub fn day(input: &DayInput, plan: &PlanInput, prices: &Prices) -> Day {
    let requests: Vec<u64> = (0..STEPS).map(|step| input.requests_in(step)).collect();
    let (total, steps) = play(&requests, input, plan, prices);
    let all = u128::from(total.requests);
    // The remainder comes first, so that no step has more than the first one.
    let until = |step: u64| (all * u128::from(step)).div_ceil(STEPS.into()) as u64;
    let requests: Vec<u64> = (0..STEPS)
        .map(|step| until(step + 1) - until(step))
        .collect();
    let undisturbed = DayInput {
        failover_hour: None,
        pre_scaled_ecpu_per_second: 0,
        ..input.clone()
    };
    let (even, _) = play(&requests, &undisturbed, plan, prices);
    Day { steps, total, even }
}

/// Plays a day of which each step's requests are known.
fn play(
    requests: &[u64],
    input: &DayInput,
    plan: &PlanInput,
    prices: &Prices,
) -> (Totals, Vec<DayStep>) {
    let (of_serverless, serverless) = serverless::play(requests, input, plan, prices);
    let (of_nodes, nodes) = nodes::play(requests, input, plan, prices);
    let parts = requests.iter().zip(of_serverless).zip(of_nodes);
    let steps = parts.map(|((&requests, serverless), nodes)| DayStep {
        requests,
        serverless,
        nodes,
    });
    let totals = Totals {
        requests: requests.iter().sum(),
        peak_requests: requests.iter().copied().max().unwrap_or(0),
        serverless,
        nodes,
    };
    (totals, steps.collect())
}

/// What a month of such days has of something that a day has so much of: a month is 730 hours.
fn in_a_month(of_day: u128) -> u128 {
    (of_day * u128::from(month::HOURS) + u128::from(HOURS) / 2) / u128::from(HOURS)
}

/// The highest of 1 ECPU and the kilobytes of a value: what a request takes, in thousandths.
fn milli_ecpu(plan: &PlanInput) -> u64 {
    month::milli_ecpu(plan.value_bytes.into(), 0)
}
