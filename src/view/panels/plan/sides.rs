//! The two deployments side by side: dollars with their parts, memory, and the limits that are reached.

use super::words::limit_sentence;
use crate::view::glossary::explained;
use crate::view::shell::format::{bytes, counted, dollars, ecpus, grouped, percent, price};
use sim::cost::{Cost, Limit, MicroUsd, NodeBased, Plan, PlanInput, Prices, Serverless, month};
use yew::prelude::*;

/// Both columns.
pub(super) fn sides(input: &PlanInput, plan: &Plan, prices: &Prices) -> Html {
    html! {
        <div class="plan-sides">
            { node_based(input, plan.node_based.as_ref(), prices) }
            { serverless(input, &plan.serverless, prices) }
        </div>
    }
}

fn node_based(input: &PlanInput, nodes: Option<&NodeBased>, prices: &Prices) -> Html {
    let hour = prices.node_hour(input.engine, input.node_type);
    let (Some(nodes), Some(hour)) = (nodes, hour) else {
        let why = format!(
            "No source gives the price of {} nodes.",
            input.engine.title()
        );
        return html! {
            <section class="plan-side" aria-label="Node-based"><h3>{ "Node-based" }</h3><p>{ why }</p></section>
        };
    };
    let cost = &nodes.cost;
    let counted_nodes = counted(nodes.nodes as usize, "node");
    let parts = [
        (
            "Nodes",
            format!("{counted_nodes} × {} h × {}", month::HOURS, price(hour)),
            Some(cost.nodes_micro_usd),
        ),
        (
            "Durability",
            format!(
                "{} on the nodes",
                percent(prices.durability_per_mille.into(), 1_000)
            ),
            above_zero(cost.durability_micro_usd),
        ),
        (
            "Between zones",
            format!("{} % of the traffic", input.cross_zone_percent),
            above_zero(cost.cross_zone_micro_usd),
        ),
    ];
    let shards = counted(nodes.shards as usize, "shard");
    let replicas = match input.replicas {
        0 => "without replicas".to_owned(),
        some => format!("with {}", counted(some as usize, "replica")),
    };
    let each = if nodes.shards > 1 && input.replicas > 0 {
        " each"
    } else {
        ""
    };
    let memory = format!(
        "{shards} {replicas}{each}; {} of {} used ({}); room for {} more. A quarter of each node's memory is reserved.",
        bytes(input.data_bytes),
        bytes(nodes.usable_bytes),
        percent(input.data_bytes, nodes.usable_bytes),
        bytes(nodes.headroom_bytes),
    );
    let note = format!(
        "Shards are counted by memory only: no source says how many requests per second one {} serves. AWS has measured over 1 million on an r7g.4xlarge.",
        input.node_type.name()
    );
    side(
        "Node-based",
        input,
        cost,
        &parts,
        &memory,
        &nodes.limits,
        &note,
    )
}

fn serverless(input: &PlanInput, serverless: &Serverless, prices: &Prices) -> Html {
    let of = prices.serverless(input.engine);
    let cost = &serverless.cost;
    let milli_ecpu = u128::from(month::milli_ecpu(input.value_bytes.into(), 0));
    let requests = month::requests(input.requests_per_second, input.busy_hours);
    let ecpus = ecpus((requests * milli_ecpu / 1_000) as u64);
    let parts = [
        (
            "Storage",
            format!(
                "{} × {} h × {} per GB",
                bytes(serverless.billed_bytes),
                month::HOURS,
                price(of.gb_hour)
            ),
            Some(cost.storage_micro_usd),
        ),
        (
            "Requests",
            format!("{ecpus} ECPU × {} per million", price(of.million_ecpu)),
            Some(cost.requests_micro_usd),
        ),
    ];
    let memory = format!(
        "Stores {} and grows by itself; copies in three zones are in the price.",
        bytes(input.data_bytes)
    );
    let rate = grouped(serverless.milli_ecpu_per_second.div_ceil(1_000));
    let note = format!("{rate} ECPU per second in busy hours.");
    side(
        "Serverless",
        input,
        cost,
        &parts,
        &memory,
        &serverless.limits,
        &note,
    )
}

fn above_zero(amount: MicroUsd) -> Option<MicroUsd> {
    (amount.0 > 0).then_some(amount)
}

/// A part of the price: its name, how it is made up, and the amount, if there is one.
type Part = (&'static str, String, Option<MicroUsd>);

fn side(
    name: &'static str,
    input: &PlanInput,
    cost: &Cost,
    parts: &[Part],
    memory: &str,
    limits: &[Limit],
    note: &str,
) -> Html {
    let parts = parts.iter().filter_map(|(name, of, amount)| {
        let amount = dollars((*amount)?);
        Some(html! { <div><dt>{ *name }<span>{ of.clone() }</span></dt><dd>{ amount }</dd></div> })
    });
    let limit = |limit: &Limit| {
        let kind = if limit.stops { "Limit: " } else { "Note: " };
        html! { <li class={limit.stops.then_some("stops")}><b>{ kind }</b>{ limit_sentence(input, limit) }</li> }
    };
    html! {
        <section class="plan-side" aria-label={name}>
            <h3>{ name }</h3>
            <p class="plan-total"><output aria-live="off">{ dollars(cost.total_micro_usd) }</output>{ " a month" }</p>
            <dl>{ for parts }</dl>
            <p>{ explained(memory) }</p>
            if limits.is_empty() {
                <p class="absent">{ "No limit that is known here is reached." }</p>
            } else {
                <ul aria-label={format!("Limits of {}", name.to_lowercase())}>{ for limits.iter().map(limit) }</ul>
            }
            <p class="absent">{ explained(note) }</p>
        </section>
    }
}
