//! Where the cheaper deployment changes, found by halving over whole numbers.

use super::limits::SHARDS_MAX;
use super::plan::PlanInput;
use super::prices::Prices;
use serde::Serialize;

/// The highest rate that is planned for and searched, in requests a second.
pub const RATE_MAX: u32 = 20_000_000;
/// The most data that is planned for and searched, in bytes: 10 TB, which is beyond what serverless holds.
pub const DATA_MAX: u64 = 10_000_000_000_000;

/// Where both cost the same: the first rate or size at which nodes are no dearer than serverless, or no
/// longer so. The other inputs stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BreakEven {
    /// In requests a second in the busy hours; `null` if it is beyond every rate that can be planned.
    pub requests_per_second: Option<u32>,
    /// In bytes of data, the smallest first. There can be several, because each further shard is paid for as a
    /// whole.
    pub data_bytes: Vec<u64>,
}

pub(super) fn break_even(input: &PlanInput, prices: &Prices) -> BreakEven {
    BreakEven {
        requests_per_second: by_rate(input, prices),
        data_bytes: by_data(input, prices),
    }
}

/// Whether nodes cost at most as much as serverless; `None` where their price is not known.
fn nodes_are_no_dearer(input: &PlanInput, prices: &Prices) -> Option<bool> {
    let nodes = input.node_based_cost(prices)?;
    Some(nodes.total_micro_usd <= input.serverless_cost(prices).total_micro_usd)
}

/// Both grow with the rate in a straight line, so that they cross once or never.
fn by_rate(input: &PlanInput, prices: &Prices) -> Option<u32> {
    let at = |requests_per_second| {
        let input = PlanInput {
            requests_per_second,
            ..input.clone()
        };
        nodes_are_no_dearer(&input, prices)
    };
    let first = at(0)?;
    let changed = at(RATE_MAX)? != first;
    let found =
        changed.then(|| first_change(0, RATE_MAX.into(), |rate| at(rate as u32) != Some(first)));
    found.map(|rate| rate as u32)
}

/// As long as the number of shards stays the same, nodes cost the same, and serverless grows: the two cross
/// at most once within a shard, and perhaps where a shard is added.
fn by_data(input: &PlanInput, prices: &Prices) -> Vec<u64> {
    let at = |data_bytes| {
        let input = PlanInput {
            data_bytes,
            ..input.clone()
        };
        nodes_are_no_dearer(&input, prices)
    };
    let mut found = Vec::new();
    let Some(mut side) = at(0) else { return found };
    let shard_bytes = input.usable_bytes();
    for shard in 0..SHARDS_MAX {
        let (from, to) = (shard * shard_bytes + 1, (shard + 1) * shard_bytes);
        if from > DATA_MAX {
            break;
        }
        let to = to.min(DATA_MAX);
        if at(from) != Some(side) {
            found.push(from);
            side = !side;
        }
        if at(to) != Some(side) {
            found.push(first_change(from, to, |bytes| at(bytes) != Some(side)));
            side = !side;
        }
    }
    found
}

/// The first number above `before` for which `is_after` holds; it holds for `after`.
fn first_change(mut before: u64, mut after: u64, is_after: impl Fn(u64) -> bool) -> u64 {
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if is_after(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}
