//! The digits move clients: 1 to 9 the client of that number, 0 nobody.

use crate::session::{Session, race};
use crate::view::shell::keyboard::is_typing;
use crate::view::state::ViewState;
use gloo::events::EventListener;
use timeline::Command;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

/// Listens while the page has the focus.
#[hook]
pub(super) fn use_digits(session: &Session, view: &UseReducerDispatcher<ViewState>) {
    let deps = (session.clone(), view.clone());
    use_effect_with(deps, |(session, view)| {
        let (session, view) = (session.clone(), view.clone());
        let document = gloo::utils::document();
        let listener = EventListener::new(&document, "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let held = event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat();
            let sheet = gloo::utils::document().query_selector("dialog[open]");
            if held || is_typing(event) || matches!(sheet, Ok(Some(_))) {
                return;
            }
            if let Ok(digit) = event.key().parse::<u32>() {
                press(&session, &view, digit);
            }
        });
        move || drop(listener)
    });
}

fn press(session: &Session, view: &UseReducerDispatcher<ViewState>, digit: u32) {
    let scene = session.scene();
    let scenario = scene.run.scenario();
    if scenario.input.schedule.is_none() {
        return;
    }
    if digit == 0 {
        if let Some(client) = race::nobody(scenario) {
            crate::view::timeline::dock::send(session, view, Command::Move { client });
        }
        return;
    }
    let turns = race::turns(&scene.run, scene.frame.step);
    if let Some(turn) = turns.iter().find(|turn| turn.client == digit) {
        super::make_move(session, view, turn);
    }
}
