//! Nodes over a day: a fixed number of shards, what is beyond them, and a failover.

use super::{DayInput, HOURS, STEP_S, STEPS, in_a_month};
use crate::cost::{Cost, NODES_RAISED_MAX, PlanInput, Prices, month};
use crate::deployment::replication::{NODE_TIMEOUT, REPLACED_AFTER, gap};
use cache::units::Micros;
use serde::Serialize;

const STEP_US: u64 = STEP_S * 1_000_000;

/// A step of nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct NodesStep {
    /// The requests that they serve at most.
    pub supports: u64,
    /// Those that they serve.
    pub served: u64,
    /// Those beyond what they serve. Nodes do not throttle: these wait and time out.
    pub beyond: u64,
    /// Those that fail because a primary is gone.
    pub failed: u64,
}

/// A day of nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct NodesDay {
    /// How many shards there are.
    pub shards: u64,
    /// All nodes, primaries and replicas.
    pub nodes: u64,
    /// The commands a second that all of them serve at most.
    pub supports_per_second: u64,
    /// The requests that they serve.
    pub served: u64,
    /// Those beyond what they serve.
    pub beyond: u64,
    /// Those that fail because a primary is gone.
    pub failed: u64,
    /// How long a shard is without a primary, in microseconds; 0 without a failover.
    pub gap_us: u64,
    /// A day; `null` where the price of nodes is not known.
    pub day: Option<Cost>,
    /// A month of such days.
    pub month: Option<Cost>,
}

impl NodesDay {
    /// The requests that are not served.
    pub fn not_served(&self) -> u64 {
        self.beyond + self.failed
    }
}

/// How long a shard is without a primary. With replicas: the silence is noticed, a replica elected, the endpoint
/// repointed. Without: the node is replaced, and begins empty.
pub fn failover_gap(replicas: u32) -> Micros {
    match replicas {
        0 => REPLACED_AFTER,
        _ => gap(NODE_TIMEOUT),
    }
}

/// What one shard serves in a second: its primary, or as much as keeps neither the primary busy beyond its rate
/// with writes, nor all nodes together with everything.
fn shard_rate(input: &DayInput, plan: &PlanInput) -> u64 {
    let node = u64::from(input.node_requests_per_second);
    if !input.replica_reads {
        return node;
    }
    let writes = 1_000 - u64::from(plan.read_per_mille.min(1_000));
    let by_writes = (node * 1_000).checked_div(writes).unwrap_or(u64::MAX);
    by_writes.min(node * (1 + u64::from(plan.replicas)))
}

/// How many of 1,000 requests for a shard need its primary: all of them, or the writes and its part of the reads.
fn primary_per_mille(input: &DayInput, plan: &PlanInput) -> u64 {
    let reads = match input.replica_reads && plan.replicas > 0 {
        true => u64::from(plan.read_per_mille.min(1_000)),
        false => return 1_000,
    };
    1_000 - reads + reads / (1 + u64::from(plan.replicas))
}

/// How much of a step is within the gap, in microseconds.
fn overlap(step: u64, gap: &std::ops::Range<u64>) -> u64 {
    let (from, to) = (step * STEP_US, (step + 1) * STEP_US);
    to.min(gap.end).saturating_sub(from.max(gap.start))
}

pub(super) fn play(
    requests: &[u64],
    input: &DayInput,
    plan: &PlanInput,
    prices: &Prices,
) -> (Vec<NodesStep>, NodesDay) {
    let shard_rate = shard_rate(input, plan);
    let each = 1 + u64::from(plan.replicas);
    let for_data = plan.shards();
    let shards = if input.sized_for_peak {
        let peak = requests.iter().copied().max().unwrap_or(0);
        let needed = peak.div_ceil(shard_rate.max(1) * STEP_S);
        needed.min(NODES_RAISED_MAX / each).max(for_data)
    } else {
        for_data
    };
    let supports = shards * shard_rate * STEP_S;
    let starts = input
        .failover_hour
        .map(|hour| u64::from(hour) * 3_600_000_000);
    let gap = starts.map_or(0..0, |at| at..at + failover_gap(plan.replicas).0);
    let of_primary = primary_per_mille(input, plan);
    let step = |(step, &requests): (usize, &u64)| {
        let gone = overlap(step as u64 % STEPS, &gap) * of_primary;
        let of = u128::from(STEP_US) * 1_000 * u128::from(shards);
        let failed = (u128::from(requests) * u128::from(gone) / of) as u64;
        // The other shards have their own part of the requests, and of the rate.
        let reached = requests - failed;
        let served = match requests > supports {
            true => (u128::from(reached) * u128::from(supports) / u128::from(requests)) as u64,
            false => reached,
        };
        NodesStep {
            supports,
            served,
            beyond: reached - served,
            failed,
        }
    };
    let steps: Vec<NodesStep> = requests.iter().enumerate().map(step).collect();
    let all: u128 = requests.iter().map(|&requests| u128::from(requests)).sum();
    let day = NodesDay {
        shards,
        nodes: shards * each,
        supports_per_second: shards * shard_rate,
        served: steps.iter().map(|step| step.served).sum(),
        beyond: steps.iter().map(|step| step.beyond).sum(),
        failed: steps.iter().map(|step| step.failed).sum(),
        gap_us: gap.end - gap.start,
        day: plan.node_based_cost_over(prices, HOURS, shards, all),
        month: plan.node_based_cost_over(prices, month::HOURS, shards, in_a_month(all)),
    };
    (steps, day)
}
