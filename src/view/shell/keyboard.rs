//! The page's keys.

use crate::view::actions::choose_file;
use crate::view::context::Page;
use crate::view::race;
use crate::view::state::{Action, PACES, ViewState};
use crate::view::timeline::{Tool, apply};
use gloo::events::{EventListener, EventListenerOptions};
use timeline::{Command, Unit};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

/// The keys and what they do, as the sheet lists them.
pub const SHEET: [(&str, &[(&str, &str)]); 5] = [
    (
        "Step",
        &[
            ("→ or .", "one event forward"),
            ("← or ,", "one event back"),
            ("Shift →", "to the next request"),
            ("Shift ←", "to the request before"),
            ("N / P", "next / previous (whatever “step by” is set to)"),
            ("Home / End", "to the start / to the end"),
        ],
    ),
    (
        "Play",
        &[
            ("Space", "play or pause"),
            ("< / >", "slower / faster"),
            ("[ / ]", "set loop start / end"),
            ("L", "loop on / off"),
            ("Shift L", "clear the loop"),
        ],
    ),
    (
        "Timeline",
        &[
            ("+ / −", "zoom in / out"),
            ("0", "show the whole run"),
            ("Wheel", "zoom in / out; sideways: along the run"),
            ("Shift drag", "drag to select a loop"),
            ("B", "back to the run before"),
        ],
    ),
    (
        "Page",
        &[
            ("1 … 9, 0", "in a race: move that client, nobody"),
            ("Ctrl Z", "undo the last change"),
            ("Ctrl Shift Z", "redo"),
            ("O", "open a trace"),
            ("T", "change the theme"),
            ("?", "open or close this sheet"),
        ],
    ),
    (
        "Present, also by remote control",
        &[
            (
                "Page Down / Page Up",
                "step forward / back; the recap comes last",
            ),
            (". or B", "blank the screen; any key shows it again"),
            ("Esc", "leave"),
        ],
    ),
];

/// What a key asks for.
enum Wish {
    Go(Command),
    Step {
        forward: bool,
        unit: Unit,
    },
    Use(Tool),
    Faster(bool),
    RunBefore,
    /// In a race: a move of the client of that number, or of nobody.
    Move(u32),
    TogglePlay,
    OpenTrace,
    Theme,
    Help,
}

/// Listens while the page has the focus.
#[hook]
pub fn use_keyboard(page: &Page, view: &UseReducerHandle<ViewState>) {
    let page = page.clone();
    let sheet = (view.help, view.sharing);
    let deps = (view.pace, sheet, view.theme, view.unit, view.zoom);
    use_effect_with(deps, move |&(pace, (help, sharing), theme, unit, zoom)| {
        let document = gloo::utils::document();
        let listen = move |event: &web_sys::Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if sharing {
                return;
            }
            if let Some(redo) = undoes(event)
                && !help
            {
                event.prevent_default();
                return page.undo(redo);
            }
            // Characters typed with AltGr, such as brackets, come with Ctrl and Alt.
            let written = event.get_modifier_state("AltGraph");
            let held = event.ctrl_key() || event.alt_key() || event.meta_key();
            if held && !written || is_typing(event) {
                return;
            }
            let run = page.session.snapshot().run;
            let last = run.known_steps();
            let race = run.scenario().input.schedule.is_some();
            let Some(wish) = wish(event, last, unit, race) else {
                return;
            };
            if help && !matches!(wish, Wish::Help) {
                return;
            }
            event.prevent_default();
            match wish {
                Wish::Go(command) => page.carry_out(command),
                Wish::Step { forward, unit } => page.step(forward, unit),
                Wish::Use(tool) => apply(tool, &page, zoom),
                Wish::Faster(faster) => {
                    let other = if faster {
                        pace + 1
                    } else {
                        pace.saturating_sub(1)
                    };
                    // Reading paces and proportions are two scales.
                    let kind = |place: usize| {
                        PACES
                            .get(place)
                            .map(|(_, pace)| std::mem::discriminant(pace))
                    };
                    if kind(other) == kind(pace) {
                        page.set_pace(other);
                    }
                }
                Wish::RunBefore => {
                    if let Some((parent, _)) = page.session.fork().parent {
                        page.switch_to(parent);
                    }
                }
                Wish::Move(client) => race::press(&page, client),
                Wish::TogglePlay if page.session.snapshot().playing.is_some() => {
                    page.carry_out(Command::Pause)
                }
                Wish::TogglePlay => page.play(pace),
                Wish::OpenTrace => choose_file(),
                Wish::Theme => page.view.dispatch(Action::Theme(theme.next())),
                Wish::Help => page.view.dispatch(Action::Help(!help)),
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&document, "keydown", options, listen);
        move || drop(listener)
    });
}

/// Whether the key undoes (`false`) or redoes a change of the scenario. In a field with something typed that
/// is not in force yet, it undoes the typing instead.
fn undoes(event: &KeyboardEvent) -> Option<bool> {
    // With Caps Lock on, letters come in the other case.
    let redo = match event.key().to_ascii_lowercase().as_str() {
        "z" => event.shift_key(),
        "y" => true,
        _ => return None,
    };
    let one_of_both = event.ctrl_key() != event.meta_key();
    if !one_of_both || event.alt_key() {
        return None;
    }
    let typing = target(event).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    let typing = typing.filter(|input| !matches!(input.type_().as_str(), "checkbox" | "range"));
    match typing {
        Some(input) if input.get_attribute("data-kept") != Some(input.value()) => None,
        _ => Some(redo),
    }
}

fn wish(event: &KeyboardEvent, last: u32, chosen: Unit, race: bool) -> Option<Wish> {
    let step = |forward, unit| Some(Wish::Step { forward, unit });
    let unit = if event.shift_key() {
        Unit::Request
    } else {
        Unit::Event
    };
    let key = event.key();
    if race && let Ok(client) = key.parse() {
        return (!event.repeat()).then_some(Wish::Move(client));
    }
    match key.as_str() {
        "ArrowRight" => step(true, unit),
        "ArrowLeft" => step(false, unit),
        "." => step(true, Unit::Event),
        "," => step(false, Unit::Event),
        "n" | "N" => step(true, chosen),
        "p" | "P" => step(false, chosen),
        ">" => Some(Wish::Faster(true)),
        "<" => Some(Wish::Faster(false)),
        "[" => Some(Wish::Use(Tool::LoopFrom)),
        "]" => Some(Wish::Use(Tool::LoopTo)),
        "l" => Some(Wish::Use(Tool::Loop)),
        "L" => Some(Wish::Use(Tool::NoLoop)),
        "+" | "=" => Some(Wish::Use(Tool::Closer)),
        "-" | "−" => Some(Wish::Use(Tool::Wider)),
        "0" => Some(Wish::Use(Tool::Fit)),
        "b" | "B" => Some(Wish::RunBefore),
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

/// Whether the key belongs to the control or the open menu that has the focus. The slider moves by arrow
/// keys itself, and does the same as the shortcut.
fn is_typing(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| {
        if matches!(element.closest("[popover]"), Ok(Some(_))) {
            return true;
        }
        let takes_keys = element.matches("input, select, textarea").unwrap_or(false);
        let slider = element.matches("input[type=range]").unwrap_or(false);
        let arrows = event.key().starts_with("Arrow") && !event.shift_key();
        takes_keys && !(slider && !arrows && event.key() != "Home" && event.key() != "End")
    })
}

fn on_button(event: &KeyboardEvent) -> bool {
    target(event).is_some_and(|element| element.matches("button, a, summary").unwrap_or(false))
}
