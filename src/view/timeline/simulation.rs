//! Simulates a long run in the background.

use crate::session::Session;
use crate::view::shell::slices::{Next, now_ms, use_slices};
use std::rc::Rc;
use timeline::Run;
use yew::prelude::*;

/// How many events are simulated between two looks at the clock.
const PIECE_EVENTS: u32 = 1_000;
/// How often the page hears how far the run has got, in milliseconds.
const TELL_MS: f64 = 250.0;

/// Simulates the rest of the session's run, and redraws the component now and then meanwhile.
#[hook]
pub fn use_simulation(session: &Session, run: &Rc<Run>) {
    let known = use_state_eq(|| 0).setter();
    let deps = (session.clone(), run.clone());
    use_slices(deps, move |(session, run)| {
        let (session, run) = (session.clone(), run.clone());
        let mut told_ms = now_ms();
        move || {
            if session.simulate(PIECE_EVENTS) {
                return Next::Nothing;
            }
            if now_ms() >= told_ms + TELL_MS {
                told_ms = now_ms();
                known.set(run.known_steps());
            }
            Next::Piece
        }
    });
}
