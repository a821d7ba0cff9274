//! Node-based or serverless: what each costs a month for the traffic and the data that a person drags.

mod curves;
mod prices;
mod sides;
pub(super) mod slider;
mod taken;
mod words;

use self::curves::{Curves, over_data, over_rate};
use self::prices::PriceList;
use self::sides::sides;
use self::slider::{Slider, Stops, field, rows, use_draft};
pub use self::taken::{Taken, from_lane, from_trace};
use self::words::{even_data, even_rate};
pub use self::words::{limit_sentence, verdict};
use super::{Panel, PanelProps};
use crate::session::Edit;
use crate::view::context::use_page;
use crate::view::glossary::explained;
use crate::view::numbers::plot::{Chart, Table};
use crate::view::shell::format::letter;
use scenario::ScenarioInput;
use serde_json::Value;
use sim::cost::{DATA_MAX, Prices, RATE_MAX, plan};
use sim::workload::VALUE_BYTES_MAX;
use std::rc::Rc;
use yew::prelude::*;

/// The costs of both deployments.
pub const PANEL: Panel = Panel {
    name: "plan",
    title: "Plan",
    is_in: |_| true,
    draw: |props| html! { <PlanPanel ..props /> },
    keep: |page| page,
};

/// The inputs with a slider.
const SLIDERS: [(&str, Stops); 6] = [
    (
        "/plan/requests_per_second",
        Stops::Decades(1, RATE_MAX as u64),
    ),
    ("/plan/data_bytes", Stops::Decades(1_000_000, DATA_MAX)),
    ("/plan/busy_hours", Stops::Steps(1, 24, 1)),
    ("/plan/read_per_mille", Stops::Steps(0, 1_000, 10)),
    (
        "/plan/value_bytes",
        Stops::Decades(10, VALUE_BYTES_MAX as u64),
    ),
    ("/plan/replicas", Stops::Steps(0, 5, 1)),
];
/// Those that are chosen from a list.
const CHOICES: [&str; 2] = ["/plan/engine", "/plan/node_type"];
/// Those that few people need.
const MORE: [&str; 4] = [
    "/plan/connections",
    "/plan/hot_key_per_mille",
    "/plan/cross_zone_percent",
    "/plan/durable",
];

/// The panel.
#[function_component(PlanPanel)]
fn plan_panel(props: &PanelProps) -> Html {
    let page = use_page();
    let (draft, on_drag) = use_draft(&page);
    let said = use_state_eq(|| None::<Taken>);
    let in_force = props.snapshot.run.scenario().input.clone();
    let plain = use_memo(in_force.clone(), |input| plain(input));
    // What is dragged stands in for what is in force.
    let shown = use_memo((plain, draft), |(plain, draft)| {
        let mut shown = Value::clone(plain);
        if let Some(draft) = draft
            && let Some(at) = shown.pointer_mut(draft.field.path)
        {
            *at = Value::from(draft.value);
        }
        shown
    });
    let input = use_memo(shown.clone(), |shown| {
        let plan = shown.get("plan").cloned().unwrap_or_default();
        serde_json::from_value(plan).unwrap_or_else(|_| in_force.plan.clone())
    });
    let prices = Rc::new(in_force.prices.clone());
    let planned = use_memo((input.clone(), prices.clone()), |(input, prices)| {
        let plan = plan(input, prices);
        let curves = [
            over_rate(input, &plan, prices),
            over_data(input, &plan, prices),
        ];
        (plan, curves)
    });
    let (plan, curves) = &*planned;
    let snapshot = &props.snapshot;
    let lanes = 0..snapshot.frame.lanes.len();
    let of_lanes = lanes.filter_map(|lane| {
        let name = format!("From lane {}", letter(lane));
        from_lane(&snapshot.frame, lane).map(|taken| (name, taken))
    });
    let of_trace = snapshot.trace.as_ref();
    let of_trace = of_trace.and_then(|open| from_trace(open, &in_force));
    let of_trace = of_trace.map(|taken| ("From the open trace".to_owned(), taken));
    let take = |(name, taken): (String, Taken)| {
        let said = said.clone();
        let onclick = page.on_press(move |page| {
            page.edit(&Edit::Set(taken.edit()));
            said.set(Some(taken.clone()));
        });
        html! { <button class="btn" type="button" {onclick}>{ name }</button> }
    };
    let taken: Vec<Html> = of_lanes.chain(of_trace).map(take).collect();
    // The sentence holds as long as the inputs are what was taken.
    let of_inputs = said.as_ref().filter(|taken| {
        let values = taken.edit().values;
        let mut values = values.iter();
        values.all(|(path, value)| shown.pointer(path) == Some(value))
    });
    let slider = |&(path, stops): &(&str, Stops)| {
        let value = shown.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        html! { <Slider key={path} field={field(path)} {stops} {value} on_drag={on_drag.clone()} /> }
    };
    html! {
        <div class="plan">
            <p class="plan-verdict" role="status">{ verdict(&input, plan) }</p>
            if !taken.is_empty() {
                <div class="plan-taken">
                    <div class="plan-buttons" role="group" aria-label="Take what was measured">{ for taken }</div>
                    if let Some(of) = of_inputs { <p class="absent">{ of.said.clone() }</p> }
                </div>
            }
            <div class="inputs">
                { for SLIDERS.iter().map(slider) }
                { rows(&CHOICES, &shown) }
            </div>
            <details class="plan-more">
                <summary>{ "More inputs" }</summary>
                <div class="inputs">{ rows(&MORE, &shown) }</div>
            </details>
            { sides(&input, plan, &prices) }
            <Drawn curves={curves.clone()} />
            if let Some(nodes) = &plan.node_based {
                <ul class="plan-even">
                    <li>{ even_rate(plan) }</li>
                    <li>{ explained(&even_data(plan)) }</li>
                    if !nodes.is_possible() || !plan.serverless.is_possible() {
                        <li>{ "That is by price alone: a limit is reached." }</li>
                    }
                </ul>
            }
            <PriceList plain={shown.clone()} are_published={*prices == Prices::default()} />
        </div>
    }
}

/// The inputs of the plan and the prices, as they are written down.
fn plain(input: &ScenarioInput) -> Value {
    serde_json::json!({ "plan": input.plan, "prices": input.prices })
}

#[derive(Properties, PartialEq)]
struct DrawnProps {
    curves: [Curves; 2],
}

/// The two charts, or the same as tables.
#[function_component(Drawn)]
fn drawn(props: &DrawnProps) -> Html {
    let as_tables = use_state_eq(|| false);
    let cursors = [use_state_eq(|| None), use_state_eq(|| None)];
    let names = ["By requests per second", "By data size"];
    let flip = {
        let as_tables = as_tables.clone();
        Callback::from(move |_: MouseEvent| as_tables.set(!*as_tables))
    };
    let chart = |i: usize| {
        let (
            Curves {
                x,
                y,
                lines,
                marks,
                now,
            },
            cursor,
        ) = (&props.curves[i], &cursors[i]);
        if *as_tables {
            return html! { <Table name={format!("Dollars a month, {}", names[i].to_lowercase())} x={x.clone()} y={y.clone()} lines={lines.clone()} /> };
        }
        let on_cursor = {
            let cursor = cursor.setter();
            Callback::from(move |at| cursor.set(at))
        };
        html! {
            <Chart name={names[i]} of="dollars a month"
                x={x.clone()} y={y.clone()} lines={lines.clone()} marks={marks.clone()} now={*now} cursor={**cursor} {on_cursor} />
        }
    };
    html! {
        <>
            <div class="plan-buttons">
                <button class="btn" type="button" aria-pressed={as_tables.to_string()} onclick={flip}>{ "As tables" }</button>
            </div>
            if !*as_tables {
                <p class="absent">{ "Solid upright line: your plan. Dotted upright lines: both cost the same." }</p>
            }
            <div class={classes!("plots", as_tables.then_some("as-tables"))}>{ chart(0) }{ chart(1) }</div>
        </>
    }
}
