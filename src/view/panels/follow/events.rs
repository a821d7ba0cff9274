//! What happened to the followed key or request, event by event: those up to the playhead in full, those
//! still to come lighter.

use crate::view::context::use_page;
use crate::view::shell::format::{clock, grouped, letter, ms};
use crate::view::stage::marks::{Mark, MarkIcon};
use cache::units::Micros;
use std::rc::Rc;
use timeline::{Happening, Run, Subject, Trail};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// What happened to a subject around the playhead. It is searched for again only where the playhead comes
/// near the end of what is known.
#[hook]
pub fn use_trail(run: &Rc<Run>, subject: Option<Subject>, step: u32) -> Option<Rc<Trail>> {
    let kept = use_mut_ref(|| None::<(Rc<Run>, Subject, Rc<Trail>)>);
    let subject = subject?;
    let mut kept = kept.borrow_mut();
    if let Some((of, about, trail)) = &*kept
        && Rc::ptr_eq(of, run)
        && *about == subject
        && trail.covers(step)
    {
        return Some(trail.clone());
    }
    let trail = Rc::new(Trail::around(run, subject, step));
    *kept = Some((run.clone(), subject, trail.clone()));
    Some(trail)
}

#[derive(PartialEq, Properties)]
pub struct EventsProps {
    pub trail: Rc<Trail>,
    /// The name of the key or request.
    pub name: String,
    /// The step at the playhead.
    pub step: u32,
    pub lanes: usize,
    /// The instant from which times are told; `None` for the scenario's start.
    pub since: Option<Micros>,
}

/// The list, and the buttons to the next event and the one before.
#[function_component(Events)]
pub fn events(props: &EventsProps) -> Html {
    let page = use_page();
    let trail = &props.trail;
    let (next, step) = (trail.after(props.step), props.step);
    let before = trail.happenings[..next]
        .iter()
        .rev()
        .map(|happening| happening.step)
        .find(|&other| other < step);
    let after = trail.happenings.get(next).map(|happening| happening.step);
    let list = use_node_ref();
    {
        let list = list.clone();
        let shown = (trail.clone(), next);
        use_effect_with(shown, move |_| keep_in_sight(&list));
    }
    let (first, last) = (*trail.steps.start(), *trail.steps.end());
    let go = |label: &str, to: Option<u32>| {
        let onclick = page.on_press(move |page| to.into_iter().for_each(|step| page.go_to(step)));
        html! { <button class="btn" type="button" aria-disabled={to.is_none().then_some("true")} {onclick}>{ label.to_owned() }</button> }
    };
    html! {
        <div class="events">
            <div class="events-top">
                <h3>{ format!("Every event of {}", props.name) }</h3>
                { go("Previous event", before) }
                { go("Next event", after) }
            </div>
            if first > 1 || trail.goes_on {
                <p class="events-part">
                    { format!("Searched only steps {} to {}. ", grouped(first.into()), grouped(last.into())) }
                    if first > 1 { { go("Search further back", Some(first)) } }
                    if trail.goes_on { { go("Search further", Some(last)) } }
                </p>
            }
            <ol class={classes!("events-list", props.since.is_none().then_some("by-clock"))} ref={list}>
                { for trail.happenings.iter().enumerate().map(|(i, happening)| {
                    let place = match happening.step {
                        of if of == step => Place::Now,
                        of if of < step => Place::Past,
                        _ => Place::Ahead,
                    };
                    html! {
                        <Row key={i} trail={trail.clone()} {i} {place}
                            last={i + 1 == next} lanes={props.lanes} since={props.since} />
                    }
                }) }
            </ol>
            if trail.happenings.is_empty() {
                <p class="events-part">{ format!("Nothing happens to {} here.", props.name) }</p>
            }
        </div>
    }
}

/// Scrolls the list, and nothing but the list, so that the latest event is in it.
fn keep_in_sight(list: &NodeRef) {
    let Some(list) = list.cast::<HtmlElement>() else {
        return;
    };
    let latest = list.query_selector(".latest").ok().flatten();
    let latest = latest.and_then(|row| row.dyn_into::<HtmlElement>().ok());
    let top = latest.map_or(0, |row| row.offset_top());
    let (from, room) = (list.scroll_top(), list.client_height());
    // What comes next is wanted in sight as well.
    if top < from || top > from + room * 2 / 3 {
        list.set_scroll_top(top - room / 3);
    }
}

/// Where an event is, seen from the playhead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Past,
    Now,
    Ahead,
}

#[derive(PartialEq, Properties)]
struct RowProps {
    trail: Rc<Trail>,
    i: usize,
    place: Place,
    last: bool,
    lanes: usize,
    since: Option<Micros>,
}

/// One event.
#[function_component(Row)]
fn row(props: &RowProps) -> Html {
    let page = use_page();
    let Happening {
        step,
        at,
        lanes,
        said,
        ..
    } = &props.trail.happenings[props.i];
    let step = *step;
    let onclick = page.on_press(move |page| page.go_to(step));
    let class = classes!(
        match props.place {
            Place::Past => None,
            Place::Now => Some("now"),
            Place::Ahead => Some("ahead"),
        },
        props.last.then_some("latest")
    );
    let when = match props.since {
        Some(began) => format!("+{}", ms(at.since(began))),
        None => clock(*at),
    };
    let why = match said.why.as_str() {
        "" => ".".to_owned(),
        why => format!(": {why}."),
    };
    html! {
        <li {class} data-step={step.to_string()}>
            <button type="button" {onclick} aria-current={(props.place == Place::Now).then_some("step")}>
                <span class="event-at"><span>{ format!("step {step}") }</span>{ " " }<span>{ when }</span></span>
                if props.lanes > 1 {
                    <span class="event-lanes">
                        <span class="sr-only">{ if lanes.len() > 1 { "Lanes " } else { "Lane " } }</span>
                        { for lanes.iter().map(|&lane| html! { <span class="tag small">{ letter(lane.into()) }</span> }) }
                    </span>
                }
                <span class="event-said"><MarkIcon mark={Mark::of(said.kind)} /><b>{ said.what.clone() }</b>{ why }</span>
            </button>
        </li>
    }
}
