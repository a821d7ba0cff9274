//! Race mode, in which a person decides who moves: the goal and whether it is reached, a button for each
//! client, the moves made so far, and the defences with which the same moves can be replayed.

mod clients;
mod defences;
mod made;
mod watch;

use crate::session::race::{self, ClientTurn};
use crate::session::{Edit, Snapshot};
use crate::view::context::{Page, use_page};
use crate::view::state::Action;
use timeline::Command;
use yew::prelude::*;

#[derive(Clone, Properties, PartialEq)]
pub struct RaceProps {
    pub snapshot: Snapshot,
}

/// The race; nothing where time decides who moves.
#[function_component(Race)]
pub fn race(props: &RaceProps) -> Html {
    let page = use_page();
    let snapshot = &props.snapshot;
    let scenario = snapshot.run.scenario();
    let Some(moves) = &scenario.input.schedule else {
        return html! {};
    };
    let step = snapshot.frame.step;
    let made = snapshot.run.moves_made(step) as usize;
    let turns = race::turns(&snapshot.run, step);
    html! {
        <section class="race" aria-label="Race">
            <p class="race-goal"><b>{ "Goal" }</b>{ race::goal(scenario) }</p>
            <p class="race-how">{ "Press a client to run its next line of code." }</p>
            <div class="race-clients" role="group" aria-label="Whose turn it is">
                { for turns.into_iter().map(|turn| clients::client(&page, turn)) }
                { clients::nobody(&page, scenario) }
            </div>
            { made::made(&page, props, moves, made) }
            <watch::Watch ..props.clone() />
            { defences::defences(&page, scenario, made) }
        </section>
    }
}

/// Makes a move, if the client can.
fn make_move(page: &Page, turn: &ClientTurn) {
    if turn.can_move() {
        let client = turn.client;
        page.send(Command::Move { client });
    }
}

/// Moves the client that a digit names, or nobody by 0.
pub fn press(page: &Page, digit: u32) {
    let snapshot = page.session.snapshot();
    if digit == 0 {
        if let Some(client) = race::nobody(snapshot.run.scenario()) {
            page.send(Command::Move { client });
        }
        return;
    }
    let turns = race::turns(&snapshot.run, snapshot.frame.step);
    if let Some(turn) = turns.iter().find(|turn| turn.client == digit) {
        make_move(page, turn);
    }
}

/// Replaces all moves, and goes to before the first of them.
fn replace_moves(page: &Page, moves: Vec<u32>) {
    match page.session.edit(&Edit::Schedule(moves)) {
        Ok(()) => page.carry_out(Command::Reset),
        Err(invalid) => page.refuse(invalid.message),
    }
}

/// Goes to the end of a move.
fn go_to_move(page: &Page, number: usize) {
    let run = page.session.snapshot().run;
    page.go_to(run.end_of_move(number as u32));
}

/// Switches defences, goes to where the same moves end now, and says what has become of them.
fn replay(page: &Page, edit: &Edit, made: usize, tell: impl Fn(&Snapshot) -> String) {
    match page.session.edit(edit) {
        Ok(()) => {
            go_to_move(page, made);
            page.view.dispatch(Action::Notice(None));
            page.tell(tell(&page.session.snapshot()));
        }
        Err(invalid) => page.refuse(invalid.message),
    }
}
