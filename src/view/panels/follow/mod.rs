//! Reading the moment: what happens to one key or one request, event by event, and a request as a
//! sequence diagram. With nothing chosen, the request on the stage is shown.

mod choose;
mod diagram;
mod events;
mod picture;
mod scale;
mod standing;

use super::{Panel, PanelProps, TWO_FROM};
use crate::session::Snapshot;
use crate::view::context::use_page;
use crate::view::dialogs::export::{SVG, file_name, standalone_svg};
use crate::view::state::Follow;
use cache::units::Micros;
use choose::Choose;
use diagram::Diagram;
use events::{Events, use_trail};
use sim::Operation;
use standing::{KeyStanding, RequestStanding};
use timeline::{Sequence, Subject, Trail};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Above this ratio of a whole request to what its client waits for, a linear scale has no room for the
/// latter.
const LONG_AFTERWARDS: u64 = 8;

/// A key or a request through time.
pub const PANEL: Panel = Panel {
    name: "follow",
    title: "Follow",
    is_in: |_| true,
    draw: |props| html! { <FollowPanel ..props /> },
    keep: |page| page,
};

/// The panel.
#[function_component(FollowPanel)]
pub(super) fn follow_panel(props: &PanelProps) -> Html {
    let page = use_page();
    let snapshot = &props.snapshot;
    let scenario = snapshot.run.scenario();
    let step = snapshot.frame.step;
    let chosen_log = use_state_eq(|| None::<bool>);
    let (here, width) = use_width();
    let drawing = use_node_ref();

    let on_stage = on_stage(snapshot);
    let subject = match &props.follow {
        Some(Follow::Key(key)) => scenario.key_named(key).map(Subject::Key),
        Some(Follow::Request(number)) => (1..=scenario.request_count())
            .contains(number)
            .then(|| Subject::Request(number - 1)),
        None => on_stage.map(|number| Subject::Request(number - 1)),
    };
    let trail = use_trail(&snapshot.run, subject, step);
    let drawn = match subject {
        Some(Subject::Request(number)) => Some(number + 1),
        Some(Subject::Key(_)) => trail.as_ref().and_then(|trail| latest_request(trail, step)),
        None => None,
    };
    let sequences = use_memo((snapshot.run.clone(), drawn), |(run, drawn)| {
        drawn.map_or_else(Vec::new, |request| Sequence::of(run, request))
    });

    let name = match (subject, &props.follow) {
        (None, Some(_)) => None,
        (Some(Subject::Key(key)), _) => Some(scenario.key_name(key).to_string()),
        (Some(Subject::Request(number)), _) => Some(format!("request {}", number + 1)),
        (None, None) => None,
    };
    let began = sequences.first().map(|sequence| sequence.began_at);
    let since = match subject {
        Some(Subject::Request(_)) => began,
        _ => None,
    };
    let log = chosen_log.unwrap_or_else(|| needs_log(&sequences));
    let title = drawn.map(|request| title_of(snapshot, request));
    let set_log = |log: bool| {
        let chosen = chosen_log.clone();
        Callback::from(move |_: MouseEvent| chosen.set(Some(log)))
    };
    let save = {
        let drawing = drawing.clone();
        let title = format!(
            "{} · {}",
            title.as_deref().unwrap_or_default(),
            snapshot.run.scenario().input.title
        );
        page.on_press(move |page| {
            let svg = drawing.cast::<Element>();
            let svg = svg.and_then(|drawing| standalone_svg(&drawing, &title));
            match svg {
                Some(svg) => page.save(&file_name(&title, "svg"), SVG, &svg),
                None => page.refuse("This browser cannot save the diagram.".to_owned()),
            }
        })
    };
    let button = |of: bool, label: &str| {
        html! { <button class="btn" type="button" aria-pressed={(log == of).to_string()} onclick={set_log(of)}>{ label.to_owned() }</button> }
    };
    html! {
        <div class="follow" ref={here}>
            <Choose snapshot={snapshot.clone()} follow={props.follow.clone()} />
            if let Some(Subject::Key(key)) = subject {
                <KeyStanding snapshot={snapshot.clone()} of={key} />
            }
            if let (None, Some(follow)) = (subject, &props.follow) {
                <p>{ format!("This scenario has no {}.", choose::name(follow)) }</p>
            } else if subject.is_none() {
                <p>{ "No request has begun yet. Press Step, and the first one is drawn here." }</p>
            }
            if let (Some(title), false) = (title, sequences.is_empty()) {
                <div class="diagram">
                    <div class="diagram-top">
                        <h3>{ title }</h3>
                        <div class="segmented" role="group" aria-label="Time’s scale">
                            { button(false, "To scale") }
                            { button(true, "Log scale") }
                        </div>
                        <button class="btn" type="button" onclick={save}>{ "Save as SVG" }</button>
                    </div>
                    <Diagram snapshot={snapshot.clone()} sequences={sequences.clone()} {log} {width} drawing={drawing} />
                    if sequences.iter().any(|sequence| !sequence.complete) {
                        <p class="events-part">{ "The request continues beyond this diagram." }</p>
                    }
                </div>
            }
            if let Some(request) = drawn.filter(|_| drawn != on_stage) {
                <RequestStanding snapshot={snapshot.clone()} {request} />
            }
            if let (Some(trail), Some(name)) = (trail, name) {
                <Events {trail} {name} {step} lanes={snapshot.frame.lanes.len()} {since} />
            }
        </div>
    }
}

/// The request on the stage: where the lanes show different ones, the newest.
fn on_stage(snapshot: &Snapshot) -> Option<u32> {
    let lanes = snapshot.frame.lanes.iter();
    let shown = lanes.filter_map(|lane| lane.shown_request());
    shown.map(|request| request.id).max()
}

/// The request, from 1, that did the latest of these happenings, or will do the next.
fn latest_request(trail: &Trail, step: u32) -> Option<u32> {
    let (past, ahead) = trail.happenings.split_at(trail.after(step));
    let mut nearest = past.iter().rev().chain(ahead);
    nearest.find_map(|happening| Some(happening.request? + 1))
}

fn title_of(snapshot: &Snapshot, request: u32) -> String {
    let scenario = snapshot.run.scenario();
    let (operation, key) = scenario.request(request - 1);
    let key = scenario.key_name(key);
    let what = match operation {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    format!("Request {request} · {what} {key}")
}

/// Whether a linear scale would hide what the client waits for.
fn needs_log(sequences: &[Sequence]) -> bool {
    let longest = |of: fn(&Sequence) -> Micros| sequences.iter().map(of).max().unwrap_or_default();
    let whole = longest(picture::span_of);
    let waited_for = longest(|sequence| sequence.latency().unwrap_or_default());
    whole.0 > waited_for.0.saturating_mul(LONG_AFTERWARDS)
}

/// The width that the page will give the panel: right at once in the usual cases, so that the first
/// picture does not move.
fn expected_width() -> u32 {
    let page = gloo::utils::document_element().client_width();
    let page = u32::try_from(page).unwrap_or(1280).min(1760);
    match page {
        TWO_FROM.. => (page - 50) / 2 - 30,
        621.. => page - 70,
        _ => page.saturating_sub(50),
    }
}

/// The panel's inner width, followed as it changes.
#[hook]
fn use_width() -> (NodeRef, u32) {
    let here = use_node_ref();
    let width = use_state_eq(expected_width);
    {
        let (here, width) = (here.clone(), width.clone());
        use_effect_with((), move |()| {
            let watched = here.cast::<Element>();
            let measure = {
                let watched = watched.clone();
                move || {
                    let measured = watched.as_ref().map_or(0, Element::client_width);
                    if let Some(measured) = u32::try_from(measured).ok().filter(|w| *w > 0) {
                        width.set(measured);
                    }
                }
            };
            let heard = Closure::<dyn FnMut()>::new(measure);
            let observer = ResizeObserver::new(heard.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(watched)) = (&observer, &watched) {
                observer.observe(watched);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(heard);
            }
        });
    }
    (here, *width)
}
