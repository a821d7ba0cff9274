//! Dollars a month over the traffic and over the data, with the break-even.

use crate::view::numbers::plot::{Axis, Line, Look, Point, Quantity, Scale, Shape};
use crate::view::shell::format::{bytes, grouped};
use sim::cost::{DATA_MAX, Plan, PlanInput, Prices, RATE_MAX};
use std::rc::Rc;
use yew::AttrValue;

/// About how many points a line has.
const POINTS: u64 = 64;
/// The least that an axis goes to.
const RATE_MIN: u64 = 1_000;
const DATA_MIN: u64 = 1_000_000_000;

/// What a chart shows.
#[derive(Clone, PartialEq)]
pub(super) struct Curves {
    /// The traffic or the data.
    pub(super) x: Axis,
    /// Dollars.
    pub(super) y: Axis,
    pub(super) lines: Rc<[Line]>,
    /// The break-evens.
    pub(super) marks: Rc<[(u64, AttrValue)]>,
    /// What is planned.
    pub(super) now: u64,
}

/// The curves over requests per second.
pub(super) fn over_rate(input: &PlanInput, plan: &Plan, prices: &Prices) -> Curves {
    let even = plan.break_even.requests_per_second.map(u64::from);
    let now = input.requests_per_second.into();
    let to = end(now, even, RATE_MIN, RATE_MAX.into());
    let x = Axis::new("Requests per second", Quantity::Count, Scale::linear(to));
    let at = |requests_per_second| PlanInput {
        requests_per_second: requests_per_second as u32,
        ..input.clone()
    };
    let even: Vec<u64> = even.into_iter().collect();
    curves(x, now, &even, Vec::new(), prices, &at, grouped)
}

/// The curves over the size of the data. The line of nodes goes up with each shard.
pub(super) fn over_data(input: &PlanInput, plan: &Plan, prices: &Prices) -> Curves {
    let even = &plan.break_even.data_bytes;
    let now = input.data_bytes;
    let to = end(now, even.first().copied(), DATA_MIN, DATA_MAX);
    let x = Axis::new("Data", Quantity::Bytes, Scale::linear(to));
    let at = |data_bytes| PlanInput {
        data_bytes,
        ..input.clone()
    };
    let shard = input.usable_bytes();
    let steps = if to / shard <= POINTS {
        (1..=to / shard)
            .flat_map(|shards| [shards * shard, shards * shard + 1])
            .collect()
    } else {
        Vec::new()
    };
    curves(x, now, even, steps, prices, &at, bytes)
}

/// A round end beyond what is planned and the break-even.
fn end(now: u64, even: Option<u64>, least: u64, most: u64) -> u64 {
    let shown = now.max(even.unwrap_or(0)).max(least / 2);
    let to = Quantity::Count.round_step(shown + shown / 2);
    to.min(most)
}

fn curves(
    x: Axis,
    now: u64,
    even: &[u64],
    steps: Vec<u64>,
    prices: &Prices,
    at: &dyn Fn(u64) -> PlanInput,
    named: fn(u64) -> String,
) -> Curves {
    let to = x.scale.to();
    let even = || even.iter().copied().filter(|&at| at <= to);
    let mut places: Vec<u64> = (0..=POINTS).map(|i| to / POINTS * i).collect();
    places.extend(steps.into_iter().chain(even()).chain([now, to]));
    places.retain(|&place| place <= to);
    places.sort_unstable();
    places.dedup();
    let mut costs = Vec::with_capacity(places.len());
    for &place in &places {
        let input = at(place);
        let nodes = input.node_based_cost(prices);
        let nodes = nodes.map(|cost| cost.total_micro_usd.0);
        costs.push((
            place,
            nodes,
            input.serverless_cost(prices).total_micro_usd.0,
        ));
    }
    let line = |name: &'static str, look, points: Vec<Point>| Line {
        name: name.into(),
        full_name: name.into(),
        look,
        shape: Shape::Straight,
        points: points.into(),
    };
    let nodes = costs.iter().map(|&(x, y, _)| Point { x, y });
    let serverless = costs.iter().map(|&(x, _, y)| Point { x, y: Some(y) });
    let lines = [
        line("Node-based", Look::of(0), nodes.collect()),
        line("Serverless", Look::of(1), serverless.collect()),
    ];
    let most = lines.iter().filter_map(Line::most).max().unwrap_or(0);
    let scale = Scale::linear_to_tick(Quantity::Dollars, most, 4);
    Curves {
        x,
        y: Axis::new("Dollars a month", Quantity::Dollars, scale),
        lines: lines.into(),
        marks: even().map(|at| (at, named(at).into())).collect(),
        now,
    }
}
