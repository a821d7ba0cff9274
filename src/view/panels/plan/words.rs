//! The sentences of a plan.

use crate::view::shell::format::{bytes, counted, dollars, grouped};
use sim::cost::{Cost, Limit, LimitKind, MicroUsd, Plan, PlanInput};
use std::cmp::Ordering;

/// Which deployment is cheaper, by how much, and what the dearer one is paid for.
pub fn verdict(input: &PlanInput, plan: &Plan) -> String {
    let serverless = &plan.serverless;
    let Some(nodes) = &plan.node_based else {
        let total = dollars(serverless.cost.total_micro_usd);
        let limit = match serverless.is_possible() {
            true => "",
            false => ", but reaches a limit",
        };
        return format!(
            "Serverless costs {total} a month{limit}. No source gives the price of {} nodes, so there is nothing to compare it with.",
            input.engine.title()
        );
    };
    let totals = [nodes.cost, serverless.cost].map(|cost| cost.total_micro_usd);
    let [of_nodes, of_serverless] = totals.map(dollars);
    match (nodes.is_possible(), serverless.is_possible()) {
        (true, true) => {}
        (true, false) => {
            return format!(
                "Serverless reaches a limit. Nodes cost {of_nodes} a month by the memory that they need; whether they serve the requests is not counted."
            );
        }
        (false, true) => {
            return format!(
                "Only serverless can do this, for {of_serverless} a month: the nodes reach a limit."
            );
        }
        (false, false) => return "Both reach a limit.".to_owned(),
    }
    let [nodes_cents, serverless_cents] = totals.map(MicroUsd::cents);
    let apart = dollars(MicroUsd(nodes_cents.abs_diff(serverless_cents) * 10_000));
    if nodes_cents == serverless_cents {
        format!("Both cost {of_nodes} a month.")
    } else if nodes_cents < serverless_cents {
        let why = most_of_serverless(input, &serverless.cost, serverless.billed_bytes);
        format!(
            "Node-based is cheaper by {apart} a month: {of_nodes} against {of_serverless}. {why}"
        )
    } else {
        let why = most_of_nodes(&nodes.cost, nodes.nodes);
        format!(
            "Serverless is cheaper by {apart} a month: {of_serverless} against {of_nodes}. {why}"
        )
    }
}

/// The largest part of what serverless charges.
fn most_of_serverless(input: &PlanInput, cost: &Cost, billed_bytes: u64) -> String {
    if cost.storage_micro_usd >= cost.requests_micro_usd {
        let (amount, size) = (dollars(cost.storage_micro_usd), bytes(billed_bytes));
        format!(
            "Serverless charges most for storage, {amount} for {size}; a node costs the same full or empty."
        )
    } else {
        let amount = dollars(cost.requests_micro_usd);
        let rate = grouped(input.requests_per_second.into());
        format!(
            "Serverless charges most for requests, {amount} for {rate} per second; a node costs the same busy or idle."
        )
    }
}

/// The largest part of what nodes cost.
fn most_of_nodes(cost: &Cost, nodes: u64) -> String {
    if cost.nodes_micro_usd >= cost.cross_zone_micro_usd {
        let amount = dollars(cost.nodes_micro_usd);
        let nodes = counted(nodes as usize, "node");
        format!("Nodes are paid for every hour, busy or not: {amount} for {nodes}.")
    } else {
        let amount = dollars(cost.cross_zone_micro_usd);
        format!("The largest part of the node-based price is data between zones: {amount}.")
    }
}

/// A limit with what the plan needs and what there is.
pub fn limit_sentence(input: &PlanInput, limit: &Limit) -> String {
    let [value, most] = [limit.value, limit.limit].map(grouped);
    let [value_bytes, most_bytes] = [limit.value, limit.limit].map(bytes);
    let (engine, node_type) = (input.engine.title(), input.node_type.name());
    match limit.kind {
        LimitKind::ShardMemory => format!(
            "One {node_type} holds {most_bytes}, because 25 % of its memory is reserved: {value_bytes} needs {}.",
            counted(input.shards() as usize, "shard")
        ),
        LimitKind::Shards => {
            format!("A cluster has at most {most} shards; this plan needs {value}.")
        }
        LimitKind::Nodes => format!(
            "A cluster has at most {most} nodes unless AWS raises the quota, to 500 at most; this plan needs {value}."
        ),
        LimitKind::NodesRaised => {
            format!("A cluster has at most {most} nodes; this plan needs {value}.")
        }
        LimitKind::Subnet28 => subnet(&value, "/28", &most),
        LimitKind::Subnet24 => subnet(&value, "/24", &most),
        LimitKind::Connections => {
            format!("One {node_type} takes at most {most} connections; this plan opens {value}.")
        }
        LimitKind::DurabilityMissing => format!(
            "Synchronous durability needs Valkey on nodes of the families M, R or C; this plan has {engine} on {node_type}."
        ),
        LimitKind::DurabilityReplicas => {
            "Synchronous durability needs at least 1 replica per shard; this plan has none."
                .to_owned()
        }
        LimitKind::DurabilityWrites => format!(
            "A durable primary takes at most 100 MiB ({most_bytes}) of writes per second; this plan writes {value_bytes} to each."
        ),
        LimitKind::ServerlessDurability => {
            "Serverless does not offer synchronous durability.".to_owned()
        }
        LimitKind::ServerlessStorage => format!(
            "A serverless cache stores at most 5,000 GiB ({most_bytes}); this plan has {value_bytes}."
        ),
        LimitKind::ServerlessMinimum => format!(
            "A serverless {engine} cache is billed for at least {most_bytes}; this plan has {value_bytes}."
        ),
        LimitKind::EcpuRate => format!(
            "A serverless cache executes at most {most} ECPU per second; this plan asks for {value}."
        ),
        LimitKind::SlotRate => format!(
            "One slot gets at most {most} ECPU per second, and the hottest key alone asks for {value}: the rest is throttled."
        ),
        LimitKind::SlotRateWithoutReplicas => format!(
            "One slot gets at most {most} ECPU per second, and the hottest key alone asks for {value}. With reads from replicas, on port 6380, it gets 90,000."
        ),
        LimitKind::ServerlessConnections => {
            format!("A serverless cache takes {most} connections; of {value}, some may fail.")
        }
    }
}

fn subnet(nodes: &str, size: &str, addresses: &str) -> String {
    format!(
        "Each node takes an IP address: {nodes} do not fit into one {size} subnet, which leaves {addresses}."
    )
}

/// Where both cost the same as the traffic grows.
pub(super) fn even_rate(plan: &Plan) -> String {
    match plan.break_even.requests_per_second {
        Some(rate) => format!(
            "Both cost the same at {} requests per second.",
            grouped(rate.into())
        ),
        None => format!("{} at every rate.", cheaper(plan)),
    }
}

/// Which one is cheaper, where it is everywhere the same one.
fn cheaper(plan: &Plan) -> &'static str {
    let nodes = plan.node_based.as_ref();
    let nodes = nodes.map(|nodes| nodes.cost.total_micro_usd.0);
    let serverless = plan.serverless.cost.total_micro_usd.0;
    match nodes.map(|nodes| nodes.cmp(&serverless)) {
        Some(Ordering::Less) => "Nodes are cheaper",
        Some(Ordering::Equal) => "Both cost the same",
        Some(Ordering::Greater) | None => "Serverless is cheaper",
    }
}

/// Where both cost the same as the data grows.
pub(super) fn even_data(plan: &Plan) -> String {
    /// The most sizes that are named.
    const NAMED: usize = 3;
    let found = &plan.break_even;
    let sizes: Vec<String> = found.data_bytes.iter().map(|&size| bytes(size)).collect();
    match &*sizes {
        [] => format!("{} at every data size.", cheaper(plan)),
        [only] => format!("Both cost the same at {only} of data."),
        [named @ .., last] if sizes.len() <= NAMED => {
            let named = named.join(", ");
            format!(
                "The cheaper one changes at {named} and {last}: each further shard is paid for as a whole."
            )
        }
        _ => format!(
            "The cheaper one changes {} times, the first three at {}: each further shard is paid for as a whole.",
            sizes.len(),
            sizes[..NAMED].join(", ")
        ),
    }
}
