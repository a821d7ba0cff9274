//! In each lane whether the goal is reached: the monitor's sentence, and the way to the step
//! that caused it. Where a defence is on, what it did.

use super::RaceProps;
use crate::session::race::{kept, reached};
use crate::view::context::{Page, use_page};
use crate::view::shell::format::letter;
use crate::view::stage::marks::{Mark, MarkIcon};
use yew::prelude::*;

/// What there is to do once the goal is reached.
const NEXT: &str = " Now switch on a defence below: the same moves run again with it.";

/// The goal's state in each lane.
#[function_component(Watch)]
pub(super) fn watch(props: &RaceProps) -> Html {
    let page = use_page();
    let scenario = props.snapshot.run.scenario();
    let lanes = scenario.lanes.len();
    html! {
        <ul class="race-lanes" aria-live="polite">
            { for (0..lanes).map(|lane| html! {
                <li>
                    if lanes > 1 {
                        <span class="tag small">{ letter(lane) }</span>
                    }
                    { state(&page, props, lane) }
                </li>
            }) }
        </ul>
    }
}

fn state(page: &Page, props: &RaceProps, lane: usize) -> Html {
    let (run, step) = (&props.snapshot.run, props.snapshot.frame.step);
    if let Some(reached) = reached(run, lane, step) {
        let cause = reached.cause;
        return html! {
            <>
                <MarkIcon mark={Some(Mark::Violation)} />
                <span class="race-text"><b class="race-reached">{ format!("You did it (step {}). ", reached.step) }</b>{ reached.text }{ NEXT }</span>
                { for cause.map(|cause| go_to(page, cause, "which caused it")) }
            </>
        };
    }
    match kept(run, lane, step) {
        Some(kept) => html! {
            <>
                <MarkIcon mark={None} />
                <span class="race-text"><b>{ "Not reached. " }</b>{ kept.text }</span>
                { go_to(page, kept.step, "where that happened") }
            </>
        },
        None => html! {
            <><MarkIcon mark={None} /><span class="race-text"><b>{ "Not reached yet." }</b></span></>
        },
    }
}

fn go_to(page: &Page, step: u32, why: &'static str) -> Html {
    let onclick = page.on_press(move |page| page.go_to(step));
    html! {
        <button class="btn" type="button" {onclick}>{ format!("Go to step {step}") }<span class="more">{ format!(", {why}") }</span></button>
    }
}
