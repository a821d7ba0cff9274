//! What each lane costs a month, part by part, and what serverless would cost for the same.

use crate::view::glossary::explained;
use crate::view::shell::format::{dollars, letter};
use sim::cost::MicroUsd;
use std::rc::Rc;
use timeline::{CostPartFrame, Frame, LaneFrame};
use yew::prelude::*;

/// Under the costs.
const NOTE: &str = "The prices, with their dates and sources, are those of the panel Plan, and so is the engine, Memcached nodes aside; the node type is the lane’s. What depends on traffic is taken to go on all month as in the run so far. A command takes one ECPU for each kilobyte that it moves, and at least one.";

/// What [`Costs`] shows.
#[derive(Properties, PartialEq)]
pub struct CostsProps {
    /// The moment whose costs are shown.
    pub frame: Rc<Frame>,
}

/// The lanes' costs beside each other.
#[function_component(Costs)]
pub fn costs(props: &CostsProps) -> Html {
    let lanes = props.frame.lanes.iter().enumerate();
    html! {
        <section class="costs" aria-label="Cost a month, by parts">
            { for lanes.map(|(i, lane)| of_lane(i, lane)) }
            <p class="absent">{ explained(NOTE) }</p>
        </section>
    }
}

fn of_lane(i: usize, lane: &LaneFrame) -> Html {
    let cost = &lane.cost;
    let name = format!("Lane {}", letter(i));
    html! {
        <section class="plan-side" aria-label={format!("{name}: cost a month")}>
            <h3>{ name }{ total(cost.total_micro_usd) }</h3>
            { parts(&cost.parts) }
            if let Some(serverless) = &cost.serverless {
                <h3>{ explained("The same on serverless") }{ total(Some(serverless.total_micro_usd)) }</h3>
                { parts(&serverless.parts) }
            }
        </section>
    }
}

/// A sum behind a heading; why it is not known is said among the parts.
fn total(amount: Option<MicroUsd>) -> String {
    amount.map_or_else(String::new, |amount| {
        format!(": {} a month", dollars(amount))
    })
}

fn parts(parts: &[CostPartFrame]) -> Html {
    let part = |part: &CostPartFrame| {
        let amount = part.micro_usd.map_or_else(|| "–".to_owned(), dollars);
        html! { <div><dt>{ part.name }<span>{ part.text.clone() }</span></dt><dd>{ amount }</dd></div> }
    };
    html! { <dl>{ for parts.iter().map(part) }</dl> }
}
