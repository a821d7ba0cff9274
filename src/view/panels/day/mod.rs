//! A day of traffic: what serverless and nodes serve of it, and what each costs.

mod lines;
mod presets;
mod sides;
mod words;

use self::lines::{Lines, busiest_hour, hours};
pub use self::presets::Preset;
use self::sides::{even, sides};
pub use self::words::day_verdict;
use super::plan::slider::{Slider, Stops, field, rows, use_draft};
use super::{Panel, PanelProps};
use crate::session::{Edit, Set};
use crate::view::context::use_page;
use crate::view::glossary::explained;
use crate::view::numbers::plot::{Chart, Table};
use crate::view::state::Action;
use serde_json::{Value, json};
use sim::cost::{RATE_MAX, scaling::ECPU_RATE_MAX};
use sim::day::{DayInput, Shape, day};
use yew::prelude::*;

/// A day of traffic.
pub const PANEL: Panel = Panel {
    name: "day",
    title: "Day",
    is_in: |_| true,
    draw: |props| html! { <DayPanel ..props /> },
    keep: |page| page,
};

/// How the traffic goes; a day without a sudden peak has no busy minutes.
const PEAK: (&str, Stops) = ("/day/peak_per_second", Stops::Decades(1, RATE_MAX as u64));
const BUSY: (&str, Stops) = ("/day/busy_minutes", Stops::Decades(1, 720));
const QUIET: (&str, Stops) = ("/day/quiet_per_mille", Stops::Steps(0, 1_000, 10));
/// How both are prepared.
const PRE_SCALED: (&str, Stops) = (
    "/day/pre_scaled_ecpu_per_second",
    Stops::Decades(0, ECPU_RATE_MAX),
);
const PRE_SCALED_WHEN: [&str; 2] = ["/day/pre_scaled_from_hour", "/day/pre_scaled_hours"];
const NODES: [&str; 4] = [
    "/day/node_requests_per_second",
    "/day/sized_for_peak",
    "/day/replica_reads",
    "/day/failover_hour",
];

/// The panel.
#[function_component(DayPanel)]
fn day_panel(props: &PanelProps) -> Html {
    let page = use_page();
    let (draft, on_drag) = use_draft(&page);
    let in_force = props.snapshot.run.scenario().input.clone();
    let plain = use_memo((in_force.day.clone(), draft), |(day, draft)| {
        // What is dragged stands in for what is in force.
        let mut shown = json!({ "day": day });
        if let Some(draft) = draft
            && let Some(at) = shown.pointer_mut(draft.field.path)
        {
            *at = Value::from(draft.value);
        }
        shown
    });
    let input = use_memo(plain.clone(), |plain| {
        let day = plain.get("day").cloned().unwrap_or_default();
        serde_json::from_value::<DayInput>(day).unwrap_or_else(|_| in_force.day.clone())
    });
    let (plan, prices) = (&in_force.plan, &in_force.prices);
    let played = use_memo(
        (input.clone(), plan.clone(), prices.clone()),
        |(input, plan, prices)| {
            let day = day(input, plan, prices);
            let lines = Lines::of(&day, input);
            (day, lines)
        },
    );
    let (day, lines) = &*played;
    let slider = |(path, stops): (&'static str, Stops)| {
        let value = plain.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        html! { <Slider key={path} field={field(path)} {stops} {value} on_drag={on_drag.clone()} /> }
    };
    let preset = |preset: Preset| {
        let pressed = preset.input() == *input;
        let onclick = page.on_press(move |page| {
            page.edit(&Edit::Set(Set {
                values: vec![("/day".to_owned(), json!(preset.input()))],
                told: preset.told().to_owned(),
            }));
        });
        html! {
            <button class="btn" type="button" aria-pressed={pressed.to_string()} {onclick}>{ preset.title() }</button>
        }
    };
    let open_plan = {
        let view = page.view.clone();
        Callback::from(move |_: MouseEvent| view.dispatch(Action::Open(super::plan::PANEL)))
    };
    let is_sudden = matches!(input.shape, Shape::Spike | Shape::Launch);
    html! {
        <div class="plan day">
            <p class="plan-verdict" role="status">{ day_verdict(plan, &day.total) }</p>
            <div class="plan-taken">
                <div class="plan-buttons" role="group" aria-label="Days to begin with">{ for Preset::ALL.map(preset) }</div>
                <p class="absent">{ words::FLOW }</p>
            </div>
            <div class="inputs">
                { rows(&["/day/shape"], &plain) }
                { slider(PEAK) }
                if is_sudden {
                    { slider(BUSY) }
                    { slider(QUIET) }
                }
                { slider(PRE_SCALED) }
                if input.pre_scaled_ecpu_per_second > 0 { { rows(&PRE_SCALED_WHEN, &plain) } }
                { rows(&NODES, &plain) }
            </div>
            <div class="plan-buttons day-plan">
                <p>{ explained(&words::of_plan(plan)) }</p>
                <button class="btn" type="button" onclick={open_plan}>{ "Change it in Plan" }</button>
            </div>
            <Charts lines={lines.clone()} hours={hours(day)} busiest={busiest_hour(day)} failover={input.failover_hour.map(u64::from)} />
            { sides(&input, plan, prices, &day.total) }
            { even(day) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ChartsProps {
    lines: Lines,
    hours: Lines,
    /// The hour of the most requests.
    busiest: u64,
    /// The hour of the failover.
    failover: Option<u64>,
}

/// What is drawn of the day.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    Whole,
    Busiest,
    Failover,
    Table,
}

/// The two charts, of the whole day or of an hour, or a table of the hours.
#[function_component(Charts)]
fn charts(props: &ChartsProps) -> Html {
    let ChartsProps {
        lines,
        hours,
        busiest,
        failover,
    } = props;
    let chosen = use_state_eq(|| Drawn::Whole);
    let drawn = match (*chosen, failover) {
        (Drawn::Failover, None) => Drawn::Whole,
        (chosen, _) => chosen,
    };
    let cursor = use_state_eq(|| None);
    let hour = match drawn {
        Drawn::Busiest => Some(*busiest),
        Drawn::Failover => *failover,
        Drawn::Whole | Drawn::Table => None,
    };
    let lines = use_memo((lines.clone(), hour), |(lines, hour)| match hour {
        Some(hour) => lines.within(*hour),
        None => lines.clone(),
    });
    // Both are read at the same moment.
    let on_cursor = {
        let cursor = cursor.setter();
        Callback::from(move |at| cursor.set(at))
    };
    let choice = |(name, of): (&'static str, Drawn)| {
        let (set, cursor) = (chosen.setter(), cursor.setter());
        let onclick = Callback::from(move |_: MouseEvent| {
            set.set(of);
            cursor.set(None);
        });
        html! { <button class="btn" type="button" aria-pressed={(drawn == of).to_string()} {onclick}>{ name }</button> }
    };
    let choices = [
        ("Whole day", Drawn::Whole),
        ("Busiest hour", Drawn::Busiest),
        ("Hour of the failover", Drawn::Failover),
        ("As a table", Drawn::Table),
    ];
    let choices = choices
        .into_iter()
        .filter(|(_, of)| *of != Drawn::Failover || failover.is_some());
    let as_table = drawn == Drawn::Table;
    html! {
        <>
            <div class="plan-buttons" role="group" aria-label="What is drawn">{ for choices.map(choice) }</div>
            <div class={classes!("plots", as_table.then_some("as-tables"))}>
                if as_table {
                    <Table name="Requests, hour by hour" x={hours.x.clone()} y={hours.rates.clone()} lines={hours.of_rates.clone()} />
                } else {
                    <Chart name="Traffic" of="requests per second" x={lines.x.clone()} y={lines.rates.clone()} lines={lines.of_rates.clone()}
                        marks={lines.marks.clone()} cursor={*cursor} on_cursor={on_cursor.clone()} />
                    <Chart name="Not served" of="percent of the requests" x={lines.x.clone()} y={lines.shares.clone()} lines={lines.of_shares.clone()}
                        marks={lines.marks.clone()} cursor={*cursor} {on_cursor} />
                }
            </div>
        </>
    }
}
