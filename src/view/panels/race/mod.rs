//! Race mode: where people schedule. The goal and whether it is reached, a button for each client, the
//! moves made so far, and the defences with which the same moves can be replayed.

mod clients;
mod guards;
mod keys;
mod made;
mod watch;

use crate::session::race::{self, ClientTurn};
use crate::session::{Edit, Scene, Session};
use crate::view::context::{Page, use_page};
use crate::view::state::{Action, ViewState};
use timeline::Command;
use yew::prelude::*;

#[derive(Clone, Properties, PartialEq)]
pub struct RaceProps {
    pub scene: Scene,
}

/// The panel; nothing where time decides.
#[function_component(Race)]
pub fn race(props: &RaceProps) -> Html {
    let page = use_page();
    keys::use_digits(&page.session, &page.view);
    let scene = &props.scene;
    let scenario = scene.run.scenario();
    let Some(moves) = &scenario.input.schedule else {
        return html! {};
    };
    let step = scene.frame.step;
    let made = scene.run.moves_made(step) as usize;
    let turns = race::turns(&scene.run, step);
    html! {
        <section class="race" aria-label="Race">
            <p class="race-goal"><b>{ "Goal" }</b>{ race::goal(scenario) }</p>
            <div class="race-clients" role="group" aria-label="Whose turn it is">
                { for turns.into_iter().map(|turn| clients::client(&page, turn)) }
                { clients::nobody(&page, scenario) }
            </div>
            { made::made(&page, props, moves, made) }
            <watch::Watch ..props.clone() />
            { guards::guards(&page, scenario, made) }
        </section>
    }
}

/// Makes a move, if the client can.
fn make_move(session: &Session, view: &UseReducerDispatcher<ViewState>, turn: &ClientTurn) {
    if turn.can_move() {
        let client = turn.client;
        crate::view::timeline::dock::send(session, view, Command::Move { client });
    }
}

/// Has other moves made, and goes to before the first of them.
fn replace_moves(session: &Session, view: &UseReducerDispatcher<ViewState>, moves: Vec<u32>) {
    match session.edit(&Edit::Schedule(moves)) {
        Ok(()) => crate::view::timeline::dock::carry_out(session, Command::Reset),
        Err(invalid) => crate::view::stage::controls::refuse(view, invalid.message),
    }
}

/// Goes to the end of a move.
fn go_to_move(session: &Session, number: usize) {
    let run = session.scene().run;
    let step = run.end_of_move(number as u32);
    crate::view::timeline::dock::carry_out(session, Command::Seek { step });
}

/// Changes what the lanes have against the race, and goes to where the same moves end now. Tells what
/// they have come to.
fn replay(page: &Page, edit: &Edit, made: usize, tell: impl Fn(&Scene) -> String) {
    let session = &page.session;
    match session.edit(edit) {
        Ok(()) => {
            go_to_move(session, made);
            let told = tell(&session.scene());
            page.view.dispatch(Action::Notice(None));
            page.view.dispatch(Action::Told(told.into()));
        }
        Err(invalid) => crate::view::stage::controls::refuse(&page.view, invalid.message),
    }
}
