//! The keyboard: everything that the transport does, from anywhere on the page.

use super::dock::carry_out;
use super::state::{Action, SPEEDS, ViewState};
use crate::session::Session;
use crate::timeline::{Command, Unit};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

/// The keys and what they do, as the sheet lists them.
pub const KEYS: [(&str, &str); 9] = [
    ("→ or .", "one event forward"),
    ("← or ,", "one event back"),
    ("Shift →", "to the next request"),
    ("Shift ←", "to the request before"),
    ("Home / End", "to the start / to the end"),
    ("Space", "play or pause"),
    ("O", "open a trace"),
    ("T", "change the theme"),
    ("?", "open or close this sheet"),
];

/// What a key asks for.
enum Wish {
    Go(Command),
    TogglePlay,
    OpenTrace,
    Theme,
    Help,
}

/// Listens while the page has the focus.
#[hook]
pub fn use_keyboard(session: &Session, view: &UseReducerHandle<ViewState>) {
    let session = session.clone();
    let deps = (view.speed, view.help, view.theme);
    let dispatcher = view.dispatcher();
    use_effect_with(deps, move |&(speed, help, theme)| {
        let document = gloo::utils::document();
        let listen = move |event: &web_sys::Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if event.ctrl_key() || event.alt_key() || event.meta_key() || is_typing(event) {
                return;
            }
            let last = session.scene().run.known_steps();
            let Some(wish) = wish(event, last) else {
                return;
            };
            if help && !matches!(wish, Wish::Help) {
                return;
            }
            event.prevent_default();
            match wish {
                Wish::Go(command) => carry_out(&session, command),
                Wish::TogglePlay if session.scene().speed.is_some() => {
                    carry_out(&session, Command::Pause)
                }
                Wish::TogglePlay => {
                    let (_, speed) = SPEEDS[speed];
                    carry_out(&session, Command::Play { speed });
                }
                Wish::OpenTrace => super::header::choose_file(),
                Wish::Theme => dispatcher.dispatch(Action::Theme(super::header::next_theme(theme))),
                Wish::Help => dispatcher.dispatch(Action::Help(!help)),
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&document, "keydown", options, listen);
        move || drop(listener)
    });
}

fn wish(event: &KeyboardEvent, last: u32) -> Option<Wish> {
    let step = |by, unit| Some(Wish::Go(Command::Step { by, unit }));
    let unit = if event.shift_key() {
        Unit::Request
    } else {
        Unit::Event
    };
    match event.key().as_str() {
        "ArrowRight" => step(1, unit),
        "ArrowLeft" => step(-1, unit),
        "." => step(1, Unit::Event),
        "," => step(-1, Unit::Event),
        "Home" => Some(Wish::Go(Command::Reset)),
        "End" => Some(Wish::Go(Command::Seek { step: last })),
        " " if !on_button(event) => Some(Wish::TogglePlay),
        "o" | "O" => Some(Wish::OpenTrace),
        "t" | "T" => Some(Wish::Theme),
        "?" => Some(Wish::Help),
        _ => None,
    }
}

fn target(event: &KeyboardEvent) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Whether the key belongs to the control that has the focus. The slider moves by arrow keys itself,
/// and does the same as the shortcut.
fn is_typing(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| {
        let takes_keys = element.matches("input, select, textarea").unwrap_or(false);
        let slider = element.matches("input[type=range]").unwrap_or(false);
        let arrows = event.key().starts_with("Arrow") && !event.shift_key();
        takes_keys && !(slider && !arrows && event.key() != "Home" && event.key() != "End")
    })
}

fn on_button(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.matches("button, a, summary").unwrap_or(false))
}
