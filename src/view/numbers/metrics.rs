//! The numbers so far, each lane beside the same requests without a cache: four of them, and on request all.

use super::cost::Costs;
use super::number::{Cell, NUMBERS, Number, Rank};
use crate::view::glossary::Term;
use crate::view::shell::format::letter;
use scenario::WorkloadInput;
use sim::Operation;
use std::rc::Rc;
use timeline::Frame;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MetricsProps {
    pub frame: Rc<Frame>,
    /// Whether the workload reads at all.
    pub has_reads: bool,
}

/// The four numbers, with a button for the others.
#[function_component(Metrics)]
pub fn metrics(props: &MetricsProps) -> Html {
    let all = use_state_eq(|| false);
    let frame = &props.frame;
    let toggle = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(!*all))
    };
    html! {
        <>
            <section class="four" aria-label="Numbers so far">
                { for NUMBERS.iter().filter(|number| number.is_first(props.has_reads)).map(|number| card(number, frame)) }
                <button class="btn all-numbers" type="button" aria-expanded={all.to_string()} onclick={toggle}>
                    { if *all { "Fewer numbers" } else { "All numbers" } }
                </button>
            </section>
            if *all {
                <Table frame={frame.clone()} />
                <Costs frame={frame.clone()} />
            }
        </>
    }
}

/// Whether a workload reads at all: where it only writes, other numbers come first.
pub fn has_reads(workload: &WorkloadInput) -> bool {
    match workload {
        WorkloadInput::Generated(settings) => settings.read_per_mille > 0,
        WorkloadInput::Script(requests) => requests.iter().any(|of| of.op == Operation::Read),
    }
}

/// A number in every lane.
fn card(number: &Number, frame: &Frame) -> Html {
    html! {
        <div class="figure">
            <h3><Term text={number.name} says={number.title} /></h3>
            <dl>
                { for number.cells(frame).iter().enumerate().map(|(i, cell)| html! {
                    <div class={classes!((i == frame.lanes.len()).then_some("base"))}>
                        <dt>{ who(frame, i) }</dt><dd>{ value(cell) }</dd>
                    </div>
                }) }
            </dl>
        </div>
    }
}

/// A lane's letter, or that it is the one without a cache.
fn who(frame: &Frame, i: usize) -> Html {
    match frame.lanes.get(i) {
        Some(lane) => html! {
            <><span class="sr-only">{ "Lane " }</span>{ letter(i) }<span class="sr-only">{ format!(" ({})", lane.name) }</span></>
        },
        None => html! { { "no cache" } },
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    frame: Rc<Frame>,
}

/// All numbers, one a row.
#[function_component(Table)]
fn table(props: &TableProps) -> Html {
    let frame = &props.frame;
    let lanes = frame.lanes.len();
    let base = |i: usize| (i == lanes).then_some("base");
    let heads = (0..=lanes).map(|i| match frame.lanes.get(i) {
        Some(lane) => html! { <>{ letter(i) }{ " " }<b>{ lane.name.to_string() }</b></> },
        None => html! { { frame.without_cache() } },
    });
    html! {
        <>
            <div class="metrics-box" role="region" tabindex="0" aria-label="All numbers so far">
                <table class="metrics">
                    <caption class="sr-only">{ "All numbers so far" }</caption>
                    <thead><tr>
                        <th scope="col">{ "So far" }</th>
                        { for heads.enumerate().map(|(i, head)| html! { <th scope="col" class={classes!(base(i))}>{ head }</th> }) }
                    </tr></thead>
                    <tbody>
                        { for NUMBERS.iter().filter(|number| number.is_told(frame)).map(|number| html! {
                            <tr>
                                <th scope="row"><Term text={number.name} says={number.title} /></th>
                                { for number.cells(frame).iter().enumerate().map(|(i, cell)| html! { <td class={classes!(base(i))}>{ value(cell) }</td> }) }
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
            if lanes > 1 {
                <p class="metrics-key" aria-hidden="true">
                    { "Best value in " }<b>{ "bold" }</b>{ ", worst " }<span class="rank-worst">{ "underlined" }</span>{ "." }
                </p>
            }
        </>
    }
}

fn value(cell: &Cell) -> Html {
    let (class, word) = match cell.rank {
        Rank::Best => ("rank-best", " best"),
        Rank::Worst => ("rank-worst", " worst"),
        Rank::None => ("rank-none", ""),
    };
    html! {
        <>
            <span class={classes!("value", class, cell.warn.then_some("warn"))}>{ cell.text.clone() }</span>
            if !word.is_empty() {
                <span class="sr-only">{ word }</span>
            }
        </>
    }
}
