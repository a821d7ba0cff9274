//! The sentences of a day.

use crate::view::shell::format::{bytes, counted, dollars, grouped, per_mille, percent};
use cache::units::Micros;
use sim::cost::{MicroUsd, PlanInput, scaling};
use sim::day::{DayInput, NodesDay, ServerlessDay, Totals};
use timeline::duration;

/// What kind of model this is.
pub(super) const FLOW: &str = "Aggregated flow: rates in steps of 10 s, not single requests. Nothing here comes from the run above.";

/// Which deployment is cheaper on this day, and what each leaves unserved.
pub fn day_verdict(plan: &PlanInput, of: &Totals) -> String {
    let serverless = of.serverless.day.total_micro_usd;
    let Some(nodes) = of.nodes.day.map(|cost| cost.total_micro_usd) else {
        return format!(
            "Serverless costs {} a day. No source gives the price of {} nodes, so there is nothing to compare it with. {}",
            dollars(serverless),
            plan.engine.title(),
            throttled(of.requests, &of.serverless),
        );
    };
    let cents = [nodes, serverless].map(MicroUsd::cents);
    let [nodes, serverless] = [nodes, serverless].map(dollars);
    let apart = dollars(MicroUsd(cents[0].abs_diff(cents[1]) * 10_000));
    let cheaper = match cents {
        [nodes_cents, serverless_cents] if nodes_cents < serverless_cents => {
            format!("Node-based is cheaper by {apart} a day: {nodes} against {serverless}.")
        }
        [nodes_cents, serverless_cents] if nodes_cents > serverless_cents => {
            format!("Serverless is cheaper by {apart} a day: {serverless} against {nodes}.")
        }
        _ => format!("Both cost {nodes} a day."),
    };
    if of.nodes.not_served() + of.serverless.throttled == 0 {
        return format!("{cheaper} Both serve every request.");
    }
    let of_nodes = match of.nodes.not_served() {
        0 => "The nodes serve every request.".to_owned(),
        some => format!("The nodes leave {} unserved.", share(some, of.requests)),
    };
    format!(
        "{cheaper} {} {of_nodes}",
        throttled(of.requests, &of.serverless)
    )
}

fn throttled(requests: u64, of: &ServerlessDay) -> String {
    match of.throttled {
        0 => "Serverless throttles none.".to_owned(),
        some => format!("Serverless throttles {}.", share(some, requests)),
    }
}

/// So many requests, and how much of all that is.
fn share(part: u64, whole: u64) -> String {
    let count = counted(part as usize, "request");
    match part {
        0 => count,
        _ if part * 20_000 < whole => format!("{count} (less than 0.01 %)"),
        _ => format!("{count} ({})", percent(part, whole)),
    }
}

/// What is taken from the plan.
pub(super) fn of_plan(plan: &PlanInput) -> String {
    format!(
        "From the plan: {} of data, values of {}, {} on {}, {} per shard, {} reads.",
        bytes(plan.data_bytes),
        bytes(plan.value_bytes.into()),
        plan.engine.title(),
        plan.node_type.name(),
        counted(plan.replicas as usize, "replica"),
        per_mille(plan.read_per_mille.into()),
    )
}

/// What nodes leave unserved, and why.
pub(super) fn of_nodes(input: &DayInput, requests: u64, of: &NodesDay) -> Vec<String> {
    let rate = grouped(of.supports_per_second);
    let each = match of.shards {
        1 => "1 shard serves".to_owned(),
        shards => format!("{} shards serve", grouped(shards)),
    };
    let mut said = vec![format!("{each} up to {rate} requests per second.")];
    if of.beyond > 0 {
        said.push(format!(
            "Beyond that: {}. Nodes don't throttle, so these wait and time out.",
            share(of.beyond, requests)
        ));
    }
    if let Some(hour) = input.failover_hour {
        let gap = duration(Micros(of.gap_us));
        let why = match of.gap_us {
            ..60_000_000 => "until a replica has taken over",
            _ => "until the node has been replaced, because it has no replica",
        };
        said.push(format!(
            "The primary of one shard fails at {hour}:00, and {} for {gap}, {why}.",
            match of.failed {
                1 => "1 request fails".to_owned(),
                some => format!("{} requests fail", grouped(some)),
            }
        ));
    }
    said
}

/// What serverless throttles, and why.
pub(super) fn of_serverless(plan: &PlanInput, requests: u64, of: &ServerlessDay) -> Vec<String> {
    let mut said = vec![match of.throttled {
        0 => "No request is throttled.".to_owned(),
        some => format!("Throttled: {}.", share(some, requests)),
    }];
    if of.throttled_by_slot > 0 {
        said.push(format!(
            "Of these, {} are for the hottest key, whose slot has a limit of its own.",
            grouped(of.throttled_by_slot)
        ));
    }
    let unused = (of.billed_milli_ecpu - of.used_milli_ecpu) / 1_000;
    if unused > 0 {
        said.push(format!(
            "The pre-scaled minimum bills {} ECPU that are not used.",
            grouped(unused)
        ));
    }
    let doubling = duration(scaling::doubling(plan.engine));
    said.push(format!(
        "While demand is above it, the supported rate doubles every {doubling}."
    ));
    said
}
