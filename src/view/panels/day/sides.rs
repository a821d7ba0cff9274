//! The two deployments side by side, and the day beside the same requests spread evenly.

use super::words::{of_nodes, of_serverless};
use crate::view::glossary::explained;
use crate::view::shell::format::{bytes, counted, dollars, ecpus, grouped, percent, price};
use sim::cost::{Cost, MicroUsd, PlanInput, Prices};
use sim::day::{Day, DayInput, STEP_S, Totals};
use yew::prelude::*;

/// The hours that are paid for.
const HOURS: u64 = 24;

/// A part of the price: its name, how it is made up, and the amount.
type Part = (&'static str, String, MicroUsd);

/// Both columns.
pub(super) fn sides(input: &DayInput, plan: &PlanInput, prices: &Prices, of: &Totals) -> Html {
    html! {
        <div class="plan-sides">
            { node_based(input, plan, prices, of) }
            { serverless(plan, prices, of) }
        </div>
    }
}

fn node_based(input: &DayInput, plan: &PlanInput, prices: &Prices, of: &Totals) -> Html {
    let nodes = &of.nodes;
    let said = of_nodes(input, of.requests, nodes);
    let note = "The number of nodes stays the same all day: scaling in and out is not modelled.";
    let hour = prices.node_hour(plan.engine, plan.node_type);
    let (Some(day), Some(month), Some(hour)) = (nodes.day, nodes.month, hour) else {
        return side("Node-based", None, Vec::new(), said, note);
    };
    let counted_nodes = counted(nodes.nodes as usize, "node");
    let parts = vec![
        (
            "Nodes",
            format!("{counted_nodes} × {HOURS} h × {}", price(hour)),
            day.nodes_micro_usd,
        ),
        (
            "Durability",
            format!(
                "{} on the nodes",
                percent(prices.durability_per_mille.into(), 1_000)
            ),
            day.durability_micro_usd,
        ),
        (
            "Between zones",
            format!("{} % of the traffic", plan.cross_zone_percent),
            day.cross_zone_micro_usd,
        ),
    ];
    side("Node-based", Some((day, month)), parts, said, note)
}

fn serverless(plan: &PlanInput, prices: &Prices, of: &Totals) -> Html {
    let listed = prices.serverless(plan.engine);
    let serverless = &of.serverless;
    let parts = vec![
        (
            "Storage",
            format!(
                "{} × {HOURS} h × {} per GB",
                bytes(plan.data_bytes.max(listed.minimum_bytes)),
                price(listed.gb_hour)
            ),
            serverless.day.storage_micro_usd,
        ),
        (
            "Requests",
            format!(
                "{} ECPU × {} per million",
                ecpus(serverless.billed_milli_ecpu / 1_000),
                price(listed.million_ecpu)
            ),
            serverless.day.requests_micro_usd,
        ),
    ];
    let said = of_serverless(plan, of.requests, serverless);
    let note = "At midnight it supports the demand of that moment, and at least what a new cache does. What it has reached it keeps: no source says how soon it scales down. Its own failovers are not modelled.";
    let costs = Some((serverless.day, serverless.month));
    side("Serverless", costs, parts, said, note)
}

fn side(
    name: &'static str,
    costs: Option<(Cost, Cost)>,
    parts: Vec<Part>,
    said: Vec<String>,
    note: &'static str,
) -> Html {
    let parts = parts.into_iter().filter(|(_, _, amount)| amount.0 > 0);
    let parts = parts.map(|(name, of, amount)| {
        html! { <div><dt>{ name }<span>{ of }</span></dt><dd>{ dollars(amount) }</dd></div> }
    });
    html! {
        <section class="plan-side" aria-label={name}>
            <h3>{ name }</h3>
            if let Some((day, month)) = costs {
                <p class="plan-total"><output aria-live="off">{ dollars(day.total_micro_usd) }</output>{ " a day" }</p>
                <p>{ format!("{} for a month of such days", dollars(month.total_micro_usd)) }</p>
                <dl>{ for parts }</dl>
            } else {
                <p>{ "No source gives the price of these nodes." }</p>
            }
            <ul>{ for said.iter().map(|said| html! { <li>{ explained(said) }</li> }) }</ul>
            <p class="absent">{ note }</p>
        </section>
    }
}

/// The day beside the same requests, spread evenly.
pub(super) fn even(day: &Day) -> Html {
    let [own, even] = [&day.total, &day.even];
    let row = |name: &'static str, of: &dyn Fn(&Totals) -> String| {
        html! { <tr><th scope="row">{ name }</th><td>{ of(own) }</td><td>{ of(even) }</td></tr> }
    };
    let amount = |cost: Option<Cost>| {
        cost.map_or_else(|| "–".to_owned(), |cost| dollars(cost.total_micro_usd))
    };
    let name = format!("The same {} requests, spread evenly", grouped(own.requests));
    html! {
        <div class="plot-table day-even" tabindex="0" role="region" aria-label={name.clone()}>
            <table>
                <caption>{ name }</caption>
                <thead><tr><td></td><th scope="col">{ "This day" }</th><th scope="col">{ "Evenly" }</th></tr></thead>
                <tbody>
                    { row("Peak, per second", &|of| grouped(of.peak_requests.div_ceil(STEP_S))) }
                    { row("Mean, per second", &|of| grouped((of.mean_milli_per_second() + 500) / 1_000)) }
                    { row("Nodes", &|of| grouped(of.nodes.nodes)) }
                    { row("Node-based, a day", &|of| amount(of.nodes.day)) }
                    { row("Serverless, a day", &|of| amount(Some(of.serverless.day))) }
                    { row("Node-based, a month", &|of| amount(of.nodes.month)) }
                    { row("Serverless, a month", &|of| amount(Some(of.serverless.month))) }
                    { row("Nodes leave unserved", &|of| grouped(of.nodes.not_served())) }
                    { row("Serverless throttles", &|of| grouped(of.serverless.throttled)) }
                </tbody>
            </table>
        </div>
    }
}
