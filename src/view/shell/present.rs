//! Present mode, for a projector: larger text, without the page's own bar, and the keys of a remote control.

use crate::view::context::{Page, use_page};
use crate::view::dialogs::modal::use_modal;
use crate::view::shell::focus::go_to;
use crate::view::state::{Action, ViewState};
use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo::utils::{document, document_element, window};
use timeline::Unit;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// The mark of present mode at the document's root, by which the style sheet knows it.
pub const MARK: &str = "data-present";

/// The button that plays.
const PLAY: &str = ".ic.main";

/// The recap, while there is one.
const RECAP: &str = ".recap";

/// Marks the document while present mode is on, and listens to the remote control.
#[hook]
pub fn use_present(page: &Page, view: &UseReducerHandle<ViewState>) {
    use_effect_with(view.present, |&present| {
        let root = document_element();
        let before = root.has_attribute(MARK);
        if present {
            root.set_attribute(MARK, "").ok();
        } else {
            root.remove_attribute(MARK).ok();
        }
        if present != before {
            keep_focus(present);
            // Present mode begins with the sentence, and the focus may have scrolled to the transport.
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        // Text and margins have changed with the mark: whatever measures the page does so again.
        if (present || before)
            && let Ok(resize) = Event::new("resize")
        {
            window().dispatch_event(&resize).ok();
        }
    });
    let page = page.clone();
    use_effect_with(
        (view.present, view.blank, view.unit),
        move |&(present, blank, unit)| {
            let options = EventListenerOptions {
                phase: EventListenerPhase::Capture,
                passive: false,
            };
            // Before the page's other keys: some of them mean something else here.
            let listener = present.then(|| {
                EventListener::new_with_options(&document(), "keydown", options, move |event| {
                    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                        return;
                    };
                    if let Some(wish) = wish(event, blank) {
                        event.prevent_default();
                        event.stop_propagation();
                        carry_out(&page, wish, unit);
                    }
                })
            });
            move || drop(listener)
        },
    );
}

/// The button that had the focus has gone: the one that a person wants next takes it.
fn keep_focus(present: bool) {
    let lost = document()
        .active_element()
        .is_none_or(|active| active.tag_name() == "BODY");
    let next = if present { PLAY } else { "#present" };
    let next = document().query_selector(next).ok().flatten();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok())
        && lost
    {
        next.focus().ok();
    }
}

/// What a key of a remote control asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wish {
    Step { forward: bool },
    Blank(bool),
    Leave,
}

fn wish(event: &KeyboardEvent, blank: bool) -> Option<Wish> {
    let held = event.ctrl_key() || event.alt_key() || event.meta_key();
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let typing = target.is_some_and(|target| {
        let field = target.matches("input:not([type=range]), select, textarea");
        field.unwrap_or(false)
    });
    let key = event.key();
    if blank {
        // Any key but those that only change what another one does, or move the focus.
        let silent = held || matches!(key.as_str(), "Shift" | "CapsLock" | "Tab");
        return (!silent).then_some(Wish::Blank(false));
    }
    // What is open above the page has its own keys.
    let above = document().query_selector("dialog[open], :popover-open");
    if held || matches!(above, Ok(Some(_))) {
        return None;
    }
    match key.as_str() {
        "PageDown" => Some(Wish::Step { forward: true }),
        "PageUp" => Some(Wish::Step { forward: false }),
        "." | "b" | "B" if !typing => Some(Wish::Blank(true)),
        "Escape" | "F5" => Some(Wish::Leave),
        _ => None,
    }
}

fn carry_out(page: &Page, wish: Wish, unit: Unit) {
    match wish {
        Wish::Step { forward } => turn(page, forward, unit),
        Wish::Blank(blank) => page.view.dispatch(Action::Blank(blank)),
        Wish::Leave => page.view.dispatch(Action::Present(false)),
    }
}

/// Steps. Behind the last step comes the recap, and before it the stage again.
fn turn(page: &Page, forward: bool, unit: Unit) {
    let recap = document().query_selector(RECAP).ok().flatten();
    let is_shown = recap.is_some() && document().active_element() == recap;
    match forward {
        true if recap.is_some() => go_to(RECAP),
        false if is_shown => {
            go_to(PLAY);
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        _ => page.step(forward, unit),
    }
}

#[derive(Properties, PartialEq)]
pub struct PresentBarProps {
    /// The scene's title.
    pub title: AttrValue,
}

/// What stands in place of the page's bar: the scene's title, and the way back.
#[function_component(PresentBar)]
pub fn present_bar(props: &PresentBarProps) -> Html {
    let page = use_page();
    let leave = page.on_press(|page| page.view.dispatch(Action::Present(false)));
    html! {
        <header class="bar-present">
            <h1>{ props.title.clone() }</h1>
            <button class="btn ghost" type="button" title="Leave present mode (Esc)" onclick={leave}>{ "Leave" }</button>
        </header>
    }
}

/// An empty screen, for as long as nobody is to look at it.
#[function_component(Blank)]
pub fn blank() -> Html {
    let page = use_page();
    let dialog = use_modal();
    let view = page.view.clone();
    let onclose = Callback::from(move |_: Event| view.dispatch(Action::Blank(false)));
    let show = page.on_press(|page| page.view.dispatch(Action::Blank(false)));
    html! {
        <dialog ref={dialog} class="screen-blank" aria-label="The screen is blank" {onclose}>
            <button type="button" aria-label="Show the page again" onclick={show}></button>
        </dialog>
    }
}
