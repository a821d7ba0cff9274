//! The moves made so far, to go back to any of them, and those that were taken back.

use super::{RaceProps, go_to_move, replace_moves};
use crate::view::context::Page;
use crate::view::stage::marks::{Mark, MarkIcon};
use scenario::{Race, ScenarioInput};
use std::rc::Rc;
use timeline::{Command, Pace, ReadingPace, fault_title};
use yew::prelude::*;

/// The row of moves, of which the first `made` have been made.
pub(super) fn made(page: &Page, props: &RaceProps, moves: &[u32], made: usize) -> Html {
    let scenario = props.snapshot.run.scenario();
    let input = scenario.input.clone();
    let chip = |(i, &client): (usize, &u32)| {
        let number = i + 1;
        let idle = !scenario.workload.has_client(client);
        let who = if idle {
            "nobody".to_owned()
        } else {
            format!("client {client}")
        };
        let taken_back = if number > made { ", taken back" } else { "" };
        let label = format!("Move {number}: {who}{taken_back}");
        let class = classes!(
            "race-chip",
            (number > made).then_some("back"),
            idle.then_some("idle")
        );
        let onclick = page.on_press(move |page| go_to_move(page, number));
        html! {
            <li>
                <button {class} type="button" aria-label={label.clone()} title={label} {onclick}
                    aria-current={(number == made).then_some("step")}>{ if idle { "·".to_owned() } else { client.to_string() } }</button>
            </li>
        }
    };
    html! {
        <div class="race-made">
            <span class="race-label" id="race-moves">{ "Moves" }</span>
            <ol class="race-chips" aria-labelledby="race-moves">
                { for faults_after(&input, 0, moves.len()) }
                { for moves.iter().enumerate().flat_map(|(i, client)| {
                    std::iter::once(chip((i, client))).chain(faults_after(&input, i + 1, moves.len()))
                }) }
                if moves.is_empty() {
                    <li class="race-none">{ "none yet" }</li>
                }
            </ol>
            { buttons(page, props, &input, moves.len(), made) }
        </div>
    }
}

fn buttons(
    page: &Page,
    props: &RaceProps,
    input: &Rc<ScenarioInput>,
    count: usize,
    made: usize,
) -> Html {
    let button = |name: &'static str, on: bool, act: Callback<MouseEvent>| {
        let onclick = on.then_some(act);
        html! { <button class="btn" type="button" aria-disabled={(!on).to_string()} {onclick}>{ name }</button> }
    };
    let go_to = |number: usize| page.on_press(move |page| go_to_move(page, number));
    let start_over = page.on_press(|page| replace_moves(page, Vec::new()));
    let show = Race::of(input).map(|race| {
        page.on_press(move |page| {
            replace_moves(page, race.moves.to_vec());
            page.carry_out(Command::Play {
                pace: Pace::Reading(ReadingPace::Normal),
            });
        })
    });
    html! {
        <span class="race-buttons">
            { button("Undo move", made > 0, go_to(made.saturating_sub(1))) }
            { button("Redo move", made < count, go_to(made + 1)) }
            { button("Start over", count > 0 || props.snapshot.frame.step > 0, start_over) }
            { for show.map(|show| button("Show me", true, show)) }
        </span>
    }
}

/// The faults after a move; with the last one all later faults as well.
fn faults_after(input: &ScenarioInput, number: usize, count: usize) -> Vec<Html> {
    let after = |at_us: u64| at_us.div_ceil(sim::MOVE_EVERY.0) as usize;
    let here = input.faults.iter().filter(|fault| {
        let after = after(fault.at_us);
        after == number || (number == count && after > count)
    });
    let item = |fault: &scenario::FaultInput| {
        let after = after(fault.at_us);
        let when = if after > count {
            format!(" after move {after}")
        } else {
            String::new()
        };
        html! {
            <li class="race-fault"><MarkIcon mark={Some(Mark::Fault)} />{ fault_title(fault.fault) }{ when }</li>
        }
    };
    here.map(item).collect()
}
