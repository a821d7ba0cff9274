//! The lane that a narrow screen shows: all of them one below the other, or one, with what the others hold in
//! a line each, and the next one a swipe away.

use crate::view::context::use_page;
use crate::view::shell::format::{fit, grouped, letter};
use crate::view::state::{Action, ViewState};
use gloo::events::EventListener;
use std::cell::Cell;
use std::rc::Rc;
use timeline::{EntryFrame, Frame, LaneFrame};
use wasm_bindgen::JsCast;
use web_sys::{Event, PointerEvent};
use yew::prelude::*;

/// How far a finger goes sideways in a swipe, in CSS pixels.
const SWIPE_PX: i32 = 48;
/// How many times farther it goes sideways than up or down.
const SIDEWAYS: i32 = 2;

#[derive(Properties, PartialEq)]
pub struct SoloSwitchProps {
    pub frame: Rc<Frame>,
    /// The one that is shown alone.
    pub solo: Option<usize>,
}

/// Lets a finger swipe to another lane over the element where the lanes are.
#[hook]
pub fn use_swipes(at: &NodeRef, solo: Option<usize>, lanes: usize) {
    let page = use_page();
    let at = at.clone();
    use_effect_with((solo, lanes), move |(solo, lanes)| {
        let listeners = solo.map(|solo| swipes(at, page.view, solo, *lanes));
        move || drop(listeners)
    });
}

/// Chooses which lane a narrow screen shows.
#[function_component(SoloSwitch)]
pub fn solo_switch(props: &SoloSwitchProps) -> Html {
    let page = use_page();
    let lanes = props.frame.lanes.len();
    let choose =
        |choice: Option<usize>| page.on_press(move |page| page.view.dispatch(Action::Solo(choice)));
    let others = (0..lanes).filter(|&lane| props.solo != Some(lane));
    html! {
        <div class="solo" role="group" aria-label="Lanes on the screen">
            { for others.map(|lane| match props.solo {
                Some(_) => other_lane(lane, &props.frame.lanes[lane], choose(Some(lane))),
                None => html! { <button class="btn" type="button" onclick={choose(Some(lane))}>{ format!("only {}", letter(lane)) }</button> },
            }) }
            if props.solo.is_some() {
                <button class="btn all-lanes" type="button" onclick={choose(None)}>{ "all" }</button>
            }
        </div>
    }
}

/// A lane that is not on the screen: what its cache holds and how many queries wait for its database, in a
/// line that brings it there.
fn other_lane(lane: usize, frame: &LaneFrame, onclick: Callback<MouseEvent>) -> Html {
    let entry = |entry: &EntryFrame| {
        let stale = entry.stale.then_some("stale");
        let word = if entry.stale { "stale " } else { "" };
        html! {
            <span class={classes!("mono", stale)}><span class="sr-only">{ word }</span>{ fit(&entry.key, KEY_LETTERS) }{ format!(" v{} ", entry.version.0) }</span>
        }
    };
    let entries = &frame.cache.entries;
    let waiting = frame.database.queued;
    html! {
        <button class="btn other-lane" type="button" {onclick}>
            <span class="sr-only">{ "Show lane " }</span><span class="tag small">{ letter(lane) }</span>
            <span class="sr-only">{ format!(" {}: ", frame.name) }</span>
            <span class="other-entries">
                if !frame.cache.exists() {
                    { "no cache" }
                } else if entries.is_empty() {
                    { "cache empty" }
                } else {
                    { for entries.iter().take(ENTRIES_SHOWN).map(entry) }
                }
            </span>
            if waiting > 0 {
                <span class="other-queue">{ counted_waiting(waiting) }</span>
            }
        </button>
    }
}

fn counted_waiting(queries: u32) -> String {
    match queries {
        1 => "1 query waits".to_owned(),
        _ => format!("{} queries wait", grouped(queries.into())),
    }
}

/// The most letters of a key in the line of a lane that is not on the screen.
const KEY_LETTERS: usize = 7;
/// The most entries in it.
const ENTRIES_SHOWN: usize = 8;

/// Goes to the next lane when a finger swipes to the left, and back when it swipes to the right. What
/// scrolls sideways by itself keeps the finger: the browser cancels the pointer then.
fn swipes(
    at: NodeRef,
    view: UseReducerDispatcher<ViewState>,
    solo: usize,
    lanes: usize,
) -> Option<[EventListener; 2]> {
    let at = at.cast::<web_sys::Element>()?;
    let down = Rc::new(Cell::new(None));
    let begun = down.clone();
    let begin = EventListener::new(&at, "pointerdown", move |event| begun.set(finger(event)));
    let end = EventListener::new(&at, "pointerup", move |event| {
        let (Some(from), Some(to)) = (down.take(), finger(event)) else {
            return;
        };
        let other = swiped(from, to).and_then(|by| solo.checked_add_signed(by));
        if let Some(other) = other.filter(|&other| other < lanes) {
            view.dispatch(Action::Solo(Some(other)));
        }
    });
    Some([begin, end])
}

/// A finger's number, x and y. Nothing for a mouse or a pen.
fn finger(event: &Event) -> Option<(i32, i32, i32)> {
    let event = event.dyn_ref::<PointerEvent>()?;
    let touches = event.pointer_type() == "touch";
    touches.then(|| (event.pointer_id(), event.client_x(), event.client_y()))
}

/// By how many lanes a finger has swiped.
fn swiped(from: (i32, i32, i32), to: (i32, i32, i32)) -> Option<isize> {
    let (dx, dy) = (to.1 - from.1, to.2 - from.2);
    let is_swipe = from.0 == to.0 && dx.abs() >= SWIPE_PX && dx.abs() >= SIDEWAYS * dy.abs();
    is_swipe.then_some(if dx < 0 { 1 } else { -1 })
}
