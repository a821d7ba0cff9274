//! The menu at a thing that was pressed on the stage: what it is in full, and what can be done to it now.
//!
//! It is a popover of the platform, so Escape, a press elsewhere and the way the focus goes back are the
//! browser's own. Only its place is set here, because the things on the stage are no HTML elements.

use crate::session::acts::{Act, Thing};
use crate::view::context::{Page, use_page};
use crate::view::panels::console;
use crate::view::shell::format::letter;
use crate::view::shell::menu::closes_behind;
use crate::view::state::{Action, Follow};
use scenario::field::in_words;
use sim::Operation;
use std::rc::Rc;
use timeline::{Command, Frame};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// The most keys that are offered to choose among.
const KEYS_OFFERED: usize = 6;
/// How far the menu stays from the window's edges and from the thing, in CSS pixels.
const EDGE: f64 = 8.0;

/// Something on the stage that was pressed, and where it stands in the window, in CSS pixels.
#[derive(Debug)]
pub struct Press {
    /// What was pressed.
    pub thing: Thing,
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
}

#[derive(Properties)]
pub struct ActMenuProps {
    /// Which lane, from 0.
    pub lane: usize,
    /// The frame at the playhead, on which it depends what can be done.
    pub frame: Rc<Frame>,
    /// What was pressed; `None` while the menu is closed.
    pub press: Option<Rc<Press>>,
    /// Called when the menu has closed.
    pub on_close: Callback<()>,
}

/// Each press is one of its own, even if it is on the same thing.
impl PartialEq for ActMenuProps {
    fn eq(&self, other: &Self) -> bool {
        let same_press = match (&self.press, &other.press) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_press
            && self.lane == other.lane
            && Rc::ptr_eq(&self.frame, &other.frame)
            && self.on_close == other.on_close
    }
}

/// The menu of a lane's stage.
#[function_component(ActMenu)]
pub fn act_menu(props: &ActMenuProps) -> Html {
    let page = use_page();
    let list = use_node_ref();
    let only = use_state_eq(|| false);
    let asking = use_state_eq(|| None::<Operation>);
    let id = format!("acts-{}", letter(props.lane));
    use_shown(&list, props.press.clone(), *asking);
    let ontoggle = {
        let (list, only, asking) = (list.clone(), only.clone(), asking.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |_: Event| {
            if list.cast::<Element>().is_some_and(|list| !is_open(&list)) {
                only.set(false);
                asking.set(None);
                on_close.emit(());
            }
        })
    };
    let Some(press) = &props.press else {
        return html! { <div ref={list} {id} class="menu acts" popover="auto" /> };
    };
    let snapshot = page.session.snapshot();
    let lanes = snapshot.frame.lanes.len();
    let in_lane = (*only).then_some(props.lane as u32 + 1);
    let on_choose = {
        let (page, list, asking) = (page.clone(), list.clone(), asking.clone());
        Callback::from(move |act: Act| match act {
            Act::AskFor(operation) => asking.set(Some(operation)),
            act => {
                hide(&list);
                page.do_it(&act, in_lane);
            }
        })
    };
    let on_key = {
        let (page, list) = (page.clone(), list.clone());
        Callback::from(move |(operation, key): (Operation, Rc<str>)| {
            let act = Act::Ask(operation, key);
            let command = act.command(in_lane)?;
            match page.session.act(command) {
                Ok(()) => {
                    hide(&list);
                    None
                }
                Err(invalid) => Some(invalid.named("What you typed")),
            }
        })
    };
    let on_only = {
        let only = only.clone();
        Callback::from(move |wanted: bool| only.set(wanted))
    };
    html! {
        <div ref={list} id={id.clone()} class="menu acts" popover="auto" role="group" aria-labelledby={format!("{id}-head")}
            {ontoggle} onfocusout={closes_behind(id.clone())} onkeydown={Callback::from(walk)}>
            <Acts {id} told={snapshot.told(&press.thing, props.lane)} thing={press.thing.clone()}
                acts={snapshot.acts(&press.thing, props.lane, *only)} asking={*asking}
                keys={snapshot.keys_to_choose(props.lane, KEYS_OFFERED)}
                lane={(lanes > 1).then(|| letter(props.lane))} only={*only} {on_choose} {on_key} {on_only} />
        </div>
    }
}

/// A thing and what can be done to it.
#[derive(Properties, PartialEq)]
pub struct ActsProps {
    /// The menu's id.
    pub id: String,
    /// What the thing is in full, and what it is like.
    pub told: (String, String),
    /// The thing.
    pub thing: Thing,
    /// What can be done.
    pub acts: Vec<Act>,
    /// The operation whose key is being chosen.
    pub asking: Option<Operation>,
    /// The keys to choose among.
    pub keys: Vec<Rc<str>>,
    /// The lane's letter, if there are several.
    pub lane: Option<char>,
    /// Whether only that lane is meant.
    pub only: bool,
    /// Does something.
    pub on_choose: Callback<Act>,
    /// Asks for a key, and returns why that is refused.
    pub on_key: Callback<(Operation, Rc<str>), Option<String>>,
    /// Chooses whether only that lane is meant.
    pub on_only: Callback<bool>,
}

/// What is in the menu.
#[function_component(Acts)]
pub fn acts(props: &ActsProps) -> Html {
    let head = format!("{}-head", props.id);
    let (name, like) = match props.asking {
        Some(Operation::Read) => ("Read which key?".to_owned(), String::new()),
        Some(Operation::Write) => ("Write which key?".to_owned(), String::new()),
        None => props.told.clone(),
    };
    let item = |title: String, chosen: Callback<()>| {
        let onclick = chosen.reform(|_: MouseEvent| ());
        html! { <button key={title.clone()} class="link" type="button" role="menuitem" {onclick}>{ title }</button> }
    };
    let items: Html = match props.asking {
        None => props
            .acts
            .iter()
            .map(|act| {
                let (on_choose, chosen) = (props.on_choose.clone(), act.clone());
                item(
                    act.title(&props.thing),
                    Callback::from(move |()| on_choose.emit(chosen.clone())),
                )
            })
            .collect(),
        Some(operation) => props
            .keys
            .iter()
            .map(|key| {
                let (on_key, asked) = (props.on_key.clone(), key.clone());
                let chosen =
                    Callback::from(move |()| drop(on_key.emit((operation, asked.clone()))));
                item(key.to_string(), chosen)
            })
            .collect(),
    };
    html! {
        <>
            <p id={head.clone()} class="acts-head"><b>{ name }</b><span>{ like }</span></p>
            if props.asking.is_some() || !props.acts.is_empty() {
                <div class="acts-list" role="menu" aria-labelledby={head}>
                    { items }
                    { for props.lane.map(|lane| whose(props, lane)) }
                </div>
            } else {
                <p class="acts-none">{ "There is nothing to do here at this moment." }</p>
            }
            if let Some(operation) = props.asking {
                <OtherKey {operation} id={format!("{}-key", props.id)} on_key={props.on_key.clone()} />
            }
        </>
    }
}

/// The choice between all lanes and this one.
fn whose(props: &ActsProps, lane: char) -> Html {
    let choice = |only: bool, title: String| {
        let onclick = props.on_only.reform(move |_: MouseEvent| only);
        html! {
            <button class="choice" type="button" role="menuitemradio" aria-checked={(props.only == only).to_string()} {onclick}>{ title }</button>
        }
    };
    html! {
        <div class="acts-lanes" role="group" aria-label="Lanes that it reaches">
            { choice(false, "in all lanes".to_owned()) }
            { choice(true, format!("in lane {lane} only")) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OtherKeyProps {
    operation: Operation,
    id: String,
    on_key: Callback<(Operation, Rc<str>), Option<String>>,
}

/// A field for any key, also one that nobody has asked for yet.
#[function_component(OtherKey)]
fn other_key(props: &OtherKeyProps) -> Html {
    let input = use_node_ref();
    let refused = use_state_eq(|| None::<String>);
    let operation = props.operation;
    let onsubmit = {
        let (input, refused, on_key) = (input.clone(), refused.clone(), props.on_key.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let why = on_key.emit((operation, input.value().trim().into()));
            if why.is_some() {
                input.focus().ok();
            }
            refused.set(why);
        })
    };
    let verb = match operation {
        Operation::Read => "Read",
        Operation::Write => "Write",
    };
    let why = format!("{}-refused", props.id);
    let invalid = refused.is_some();
    html! {
        <form class="acts-key" {onsubmit}>
            <input ref={input} class="text-field" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                placeholder="another key, or a new one" aria-label="Another key, or a new one"
                aria-invalid={invalid.then_some("true")} aria-describedby={invalid.then(|| why.clone())} />
            <button class="btn" type="submit">{ verb }</button>
            if let Some(told) = &*refused {
                <p id={why} class="why" role="alert">{ told.clone() }</p>
            }
        </form>
    }
}

impl Page {
    /// Does what was chosen, in a lane from 1 or in all. What is done is seen at the step that it makes.
    fn do_it(&self, act: &Act, lane: Option<u32>) {
        match act {
            Act::FollowKey(key) => {
                let follow = Follow::Key(key.clone());
                self.view.dispatch(Action::Follow(Some(follow)));
            }
            Act::FollowRequest(number) => {
                let follow = Follow::Request(*number);
                self.view.dispatch(Action::Follow(Some(follow)));
            }
            Act::Console => self.view.dispatch(Action::Open(console::PANEL)),
            act => {
                let done = act.command(lane).map(|command| self.session.act(command));
                if let Some(Err(invalid)) = done {
                    self.refuse(in_words(&invalid));
                }
            }
        }
    }

    /// Stops the picture, so that what was pressed stays what it is.
    pub fn hold_still(&self) {
        if self.session.snapshot().playing.is_some() {
            self.carry_out(Command::Pause);
        }
    }
}

/// Opens the menu at what was pressed, and moves it within the window when it has grown or shrunk.
#[hook]
fn use_shown(list: &NodeRef, press: Option<Rc<Press>>, asking: Option<Operation>) {
    let list = list.clone();
    let address = press.as_ref().map(|press| Rc::as_ptr(press) as usize);
    use_effect_with((address, asking), move |_| {
        let (Some(list), Some(press)) = (list.cast::<HtmlElement>(), press) else {
            return;
        };
        if !is_open(&list) {
            // It can only fail where it is no popover.
            list.show_popover().ok();
        }
        put_at(&list, &press);
        if let Some(first) = stops(&list).into_iter().next() {
            first.focus().ok();
        }
    });
}

fn is_open(list: &Element) -> bool {
    list.matches(":popover-open").unwrap_or(false)
}

fn hide(list: &NodeRef) {
    if let Some(list) = list.cast::<HtmlElement>() {
        list.hide_popover().ok();
    }
}

/// Below what was pressed, or else above it, and within the window.
fn put_at(list: &HtmlElement, press: &Press) {
    let root = gloo::utils::document_element();
    let (width, height) = (
        f64::from(root.client_width()),
        f64::from(root.client_height()),
    );
    let size = list.get_bounding_client_rect();
    let last = (width - size.width() - EDGE).max(EDGE);
    let left = press.left.clamp(EDGE, last);
    let below = press.bottom + EDGE / 2.0;
    let above = press.top - size.height() - EDGE / 2.0;
    let lowest = (height - size.height() - EDGE).max(EDGE);
    let top = match (below <= lowest, above >= EDGE) {
        (true, _) => below.max(EDGE),
        (false, true) => above,
        (false, false) => lowest,
    };
    let style = list.style();
    for (name, value) in [("left", left), ("top", top)] {
        // It can only fail in a document without styles.
        style.set_property(name, &format!("{value:.0}px")).ok();
    }
}

/// What the arrow keys go to, in order.
fn stops(list: &Element) -> Vec<HtmlElement> {
    let Ok(all) = list.query_selector_all("button, input") else {
        return Vec::new();
    };
    let nodes = (0..all.length()).filter_map(|nth| all.get(nth));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}

/// Goes from item to item by the arrow keys, round and round.
fn walk(event: KeyboardEvent) {
    let target = event.target_dyn_into::<Element>();
    let list = target.as_ref().and_then(|of| of.closest(".acts").ok()?);
    let (Some(target), Some(list)) = (target, list) else {
        return;
    };
    let stops = stops(&list);
    let here = stops.iter().position(|of| **of == target);
    let (Some(here), count) = (here, stops.len()) else {
        return;
    };
    let typing = target.tag_name() == "INPUT";
    let to = match event.key().as_str() {
        "ArrowDown" => (here + 1) % count,
        "ArrowUp" => (here + count - 1) % count,
        "Home" if !typing => 0,
        "End" if !typing => count - 1,
        _ => return,
    };
    event.prevent_default();
    stops[to].focus().ok();
}
