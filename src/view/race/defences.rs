//! The defences as switches: the moves stay, and are replayed with what is switched on.

use super::replay;
use crate::session::race::{self, rule, title, verdict};
use crate::session::{Edit, Snapshot};
use crate::view::context::Page;
use crate::view::shell::format::letter;
use scenario::{Defence, Scenario};
use yew::prelude::*;

/// A row of switches for each lane, and the way to put a lane with what is on beside the one without.
pub(super) fn defences(page: &Page, scenario: &Scenario, made: usize) -> Html {
    let lanes = scenario.lanes.len();
    let all = race::defences(scenario);
    html! {
        <div class="race-defences">
            { for scenario.lanes.iter().enumerate().map(|(lane, setup)| {
                let on: Vec<Defence> = all.iter().copied().filter(|defence| defence.is_on(&setup.strategy)).collect();
                let label = match lanes {
                    1 => "Replay these moves with a defence:".to_owned(),
                    _ => format!("Replay lane {} with", letter(lane)),
                };
                html! {
                    <div class="race-lane" role="group" aria-label={label.clone()}>
                        <span class="race-label" aria-hidden="true">{ label }</span>
                        { for all.iter().map(|defence| switch(page, lane, *defence, defence.is_on(&setup.strategy), made)) }
                        if lanes == 1 && !on.is_empty() {
                            { beside(page, lane, on, made) }
                        }
                    </div>
                }
            }) }
        </div>
    }
}

fn switch(page: &Page, lane: usize, defence: Defence, on: bool, made: usize) -> Html {
    let page = page.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let edit = Edit::Defence(lane, defence, !on);
        replay(&page, &edit, made, |snapshot| {
            told(snapshot, lane, defence, !on, made, &edit)
        });
    });
    let description = rule(defence);
    html! {
        <button class="race-defence" type="button" role="switch" aria-checked={on.to_string()} title={description} {onclick}>
            <span class="race-knob" aria-hidden="true"></span>{ title(defence) }
        </button>
    }
}

fn beside(page: &Page, lane: usize, on: Vec<Defence>, made: usize) -> Html {
    let page = page.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let edit = Edit::Beside(lane, on.clone());
        replay(&page, &edit, made, |_| edit.sentence());
    });
    html! { <button class="btn" type="button" {onclick}>{ "Put both side by side" }</button> }
}

/// What the same moves have come to, now that a defence is on or off.
fn told(
    snapshot: &Snapshot,
    lane: usize,
    defence: Defence,
    on: bool,
    made: usize,
    edit: &Edit,
) -> String {
    if made == 0 {
        return edit.sentence();
    }
    let with = if on { "With" } else { "Without" };
    let verdict = verdict(&snapshot.run, lane);
    format!("{with} “{}” the same moves {verdict}", title(defence))
}
