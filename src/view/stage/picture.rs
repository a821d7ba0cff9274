//! A lane's stage with what moves on it, its keyboard, and the same in words.

use crate::session::acts::Thing;
use crate::view::shell::format::px;
use crate::view::stage::act_menu::Press;
use crate::view::stage::animated_time::AnimatedTime;
use crate::view::stage::entries_table::EntriesTable;
use crate::view::stage::layout::Layout;
use crate::view::stage::messages::Messages;
use crate::view::stage::{Stage, Working, cache_faults, database_faults, needs, traffic};
use crate::view::state::Follow;
use cache::units::Micros;
use sim::{LaneSetup, Zone};
use std::rc::Rc;
use timeline::{Frame, LaneFrame, RequestFrame};
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};
use yew::prelude::*;

/// The elements that can be pressed.
const PRESSED: &str = "[data-key], [data-request], [data-node], [data-zone], [data-thing]";
/// A wider thing has its menu where the pointer is.
const WIDE: f64 = 160.0;

/// A lane at an instant.
#[derive(Properties, PartialEq)]
pub struct PictureProps {
    /// Which lane, from 0.
    pub lane: usize,
    /// Its settings.
    pub setup: Rc<LaneSetup>,
    /// The frame.
    pub frame: Rc<Frame>,
    /// The frame left behind, while the picture is on the way from it.
    #[prop_or_default]
    pub before: Option<Rc<Frame>>,
    /// The instant of the picture.
    pub now: AnimatedTime,
    /// The width of the stage, in CSS pixels.
    pub width: u32,
    /// How many clients there are.
    pub clients: usize,
    /// Whether the cache node has lost its contents at this very step.
    #[prop_or_default]
    pub emptied: bool,
    /// What is followed.
    #[prop_or_default]
    pub followed: Option<Follow>,
    /// What a press on something does.
    #[prop_or_default]
    pub on_press: Callback<Press>,
}

/// A lane's stage.
#[function_component(Picture)]
pub fn picture(props: &PictureProps) -> Html {
    let lane = &props.frame.lanes[props.lane];
    let samples = props.setup.cache.engine.tuning.samples;
    let needs = needs(
        &lane.cache,
        &lane.nodes,
        &lane.database,
        samples,
        props.clients,
    );
    let layout = use_memo((props.width, needs), |(width, needs)| {
        Layout::new(*width, needs)
    });
    let layout = Layout::clone(&layout);
    let view_box = format!("0 0 {} {}", px(layout.width), px(layout.height));
    let ttl = props.setup.strategy.ttl_us;
    let (to_cache, to_database) = traffic(lane);
    let onclick = use_callback(props.on_press.clone(), |event: MouseEvent, on_press| {
        let element = event.target_dyn_into::<Element>();
        if let Some(press) = element.and_then(|element| press_of(&element, Some(&event))) {
            on_press.emit(press);
        }
    });
    let onkeydown = use_callback(props.on_press.clone(), |event: KeyboardEvent, on_press| {
        hear_key(&event, on_press);
    });
    let (onfocusin, onfocusout) = use_focus_kept();
    let followed = match &props.followed {
        Some(Follow::Request(number)) => Some(*number),
        _ => None,
    };
    html! {
        <div class="stage-box">
            <svg class="stage" viewBox={view_box} role="group" tabindex="0" aria-label={summary(lane, props.frame.at_us)} {onclick} {onkeydown} {onfocusin} {onfocusout}>
                <Stage layout={layout.clone()} at={props.frame.at_us} now={props.now.clone()} {ttl}
                    cache={lane.cache.clone()} nodes={lane.nodes.clone()} database={lane.database.clone()}
                    replica={props.setup.database.replica_lag.is_some()}
                    working={working(lane, layout.request_lines)} faults={lane.faults} {to_cache} {to_database}
                    emptied={props.emptied} follow={props.followed.clone()} />
                <Messages {layout} lane={props.lane} frame={props.frame.clone()} before={props.before.clone()}
                    now={props.now.clone()} {followed} />
            </svg>
            <EntriesTable cache={lane.cache.clone()} nodes={lane.nodes.clone()} has_database={lane.database.exists()} now={props.frame.at_us} />
        </div>
    }
}

/// Keeps the focus on the stage where the entry that has it goes, as when it is evicted: the stage itself
/// takes it then, and arrow keys go on from there.
#[hook]
fn use_focus_kept() -> (Callback<FocusEvent>, Callback<FocusEvent>) {
    let focused = use_mut_ref(|| None::<Element>);
    let stage = use_mut_ref(|| None::<HtmlElement>);
    let onfocusin = {
        let (focused, stage) = (focused.clone(), stage.clone());
        Callback::from(move |event: FocusEvent| {
            let element = event.target_dyn_into::<Element>();
            let of = element.as_ref().and_then(|of| of.closest(".stage").ok()?);
            *stage.borrow_mut() = of.map(JsCast::unchecked_into);
            *focused.borrow_mut() = element;
        })
    };
    let onfocusout = {
        let focused = focused.clone();
        Callback::from(move |event: FocusEvent| {
            // Some browsers send it for a removed element as well, which nobody has left.
            let left = event.target_dyn_into::<Element>();
            if left.is_some_and(|left| left.is_connected()) && event.related_target().is_some() {
                focused.take();
            }
        })
    };
    use_effect(move || {
        let gone = focused
            .borrow()
            .as_ref()
            .is_some_and(|of| !of.is_connected());
        let nowhere = || {
            let active = gloo::utils::document().active_element();
            active.is_none_or(|active| active.tag_name() == "BODY")
        };
        if gone && nowhere() {
            focused.take();
            // Cloned, because the focus event borrows it.
            let stage = stage.borrow().clone();
            if let Some(stage) = stage {
                // A phone would scroll to it otherwise, away from the sentence.
                let still = FocusOptions::new();
                still.set_prevent_scroll(true);
                stage.focus_with_options(&still).ok();
            }
        }
    });
    (onfocusin, onfocusout)
}

/// The requests that the application is shown working on.
fn working(lane: &LaneFrame, lines: usize) -> Working {
    let told = lane.shown_request();
    let others = || {
        let told = told.map(|told| told.id);
        lane.requests
            .iter()
            .filter(move |other| Some(other.id) != told)
    };
    let shown: Vec<RequestFrame> = others().take(lines).cloned().collect();
    Working {
        told: told.cloned(),
        more: (lane.request_count as usize)
            .saturating_sub(shown.len())
            .saturating_sub(lane.requests.len() - others().count()),
        others: shown,
    }
}

/// How far the rate of a serverless cache is used; empty without one.
fn rate(lane: &LaneFrame, at: Micros) -> String {
    let Some(rate) = &lane.cache.serverless else {
        return String::new();
    };
    let news = [rate.throttled_in_words(), rate.growth_in_words(at)];
    let news = news.iter().filter(|news| !news.is_empty());
    let news: String = news.map(|news| format!(", {news}")).collect();
    format!(
        " and has used {} in this second, {}{news}",
        rate.of_cache(),
        rate.of_slot()
    )
}

fn summary(lane: &LaneFrame, at: Micros) -> String {
    let cache = if lane.cache.exists() {
        format!(
            "the cache holds {} of {} entries{}",
            lane.cache.used,
            lane.cache.capacity,
            rate(lane, at)
        )
    } else {
        "there is no cache".to_owned()
    };
    let waiting = match lane.database.queued {
        0 => String::new(),
        n => format!(", {n} queries wait"),
    };
    let database = match &lane.database {
        database if !database.exists() => "there is no database".to_owned(),
        database if database.connections == 0 => {
            let hottest = database.hottest().map(|(units, reads)| {
                let [words, ..] = units.in_words(reads);
                format!(", {words} in this second")
            });
            format!(
                "{}: {}{}",
                database.name(),
                database.load(),
                hottest.unwrap_or_default()
            )
        }
        database => format!(
            "{} of {} database connections are busy{waiting}",
            database.busy, database.connections
        ),
    };
    let faults = [
        ("Cache", lane.cache.exists(), cache_faults(&lane.faults)),
        (
            "Database",
            lane.database.exists(),
            database_faults(&lane.faults),
        ),
    ];
    let faults = faults
        .iter()
        .filter(|(_, exists, faults)| *exists && !faults.is_empty());
    let faults: String = faults
        .map(|(of, _, faults)| format!(" {of}: {faults}."))
        .collect();
    format!(
        "{}: {cache}, {database}, {} messages in flight.{faults} \
        Move with the arrow keys; Enter shows what you can do.",
        lane.name,
        lane.messages.len()
    )
}

/// A press on an element of the picture, by the pointer or by a key.
fn press_of(element: &Element, pointer: Option<&MouseEvent>) -> Option<Press> {
    let element = element.closest(PRESSED).ok()??;
    let thing = thing_of(&element)?;
    let rect = element.get_bounding_client_rect();
    Some(match pointer {
        Some(pointer) if rect.width() > WIDE => {
            let (x, y) = (f64::from(pointer.client_x()), f64::from(pointer.client_y()));
            Press {
                thing,
                left: x,
                top: y,
                bottom: y,
            }
        }
        _ => Press {
            thing,
            left: rect.left(),
            top: rect.top(),
            bottom: rect.bottom(),
        },
    })
}

/// What an element of the picture stands for.
fn thing_of(element: &Element) -> Option<Thing> {
    if let Some(key) = element.get_attribute("data-key") {
        return Some(Thing::Key(key.into()));
    }
    if let Some(node) = element.get_attribute("data-node") {
        return node.parse().ok().map(Thing::Node);
    }
    if let Some(zone) = element.get_attribute("data-zone") {
        let mut zones = Zone::ALL.into_iter();
        let named = zones.find(|of| zone.starts_with(of.letter()));
        return named.map(Thing::Zone);
    }
    if let Some(request) = element.get_attribute("data-request") {
        return request.parse().ok().map(Thing::Request);
    }
    PARTIES
        .into_iter()
        .find(|(_, name)| element.get_attribute("data-thing").as_deref() == Some(*name))
        .map(|(thing, _)| thing)
}

/// The things that there are once in a lane, with their names in the document.
const PARTIES: [(Thing, &str); 5] = [
    (Thing::App, "app"),
    (Thing::Cache, "cache"),
    (Thing::Database, "database"),
    (Thing::WayToCache, "way-cache"),
    (Thing::WayToDatabase, "way-database"),
];

/// The picture is one stop of the Tab key: within it the arrow keys go to what is next in their
/// direction, and Enter or the space bar presses it.
fn hear_key(event: &KeyboardEvent, on_press: &Callback<Press>) {
    let Some(focused) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
        return;
    }
    let direction = match event.key().as_str() {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        "Enter" | " " => {
            if let Some(press) = press_of(&focused, None) {
                event.prevent_default();
                event.stop_propagation();
                on_press.emit(press);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(next) = next_of(&focused, direction) {
        next.unchecked_ref::<HtmlElement>().focus().ok();
    }
}

/// How far a heading is from the corner of its party's box.
const HEADING: f64 = 12.0;

/// The element nearest in a direction; from the picture itself, the one nearest to its corner.
fn next_of(focused: &Element, (right, down): (f64, f64)) -> Option<Element> {
    let stage = focused.closest("svg").ok()??;
    let inside = focused.closest(PRESSED).ok()?;
    // A party's box is around its entries and rows, so its place is that of its heading.
    let middle = |element: &Element| {
        let rect = element.get_bounding_client_rect();
        if element
            .matches(".party, .zone-row, .node-box")
            .unwrap_or(false)
        {
            return (rect.left() + HEADING, rect.top() + HEADING);
        }
        (
            rect.left() + rect.width() / 2.0,
            rect.top() + rect.height() / 2.0,
        )
    };
    let from = match &inside {
        Some(element) => middle(element),
        None => {
            let rect = stage.get_bounding_client_rect();
            (rect.left(), rect.top())
        }
    };
    let all = stage.query_selector_all(PRESSED).ok()?;
    let mut nearest: Option<(f64, Element)> = None;
    for nth in 0..all.length() {
        let Some(other) = all
            .get(nth)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let (x, y) = middle(&other);
        let (dx, dy) = (x - from.0, y - from.1);
        let along = dx * right + dy * down;
        let across = (dx * down).abs() + (dy * right).abs();
        let far = if inside.is_none() {
            dx.abs() + dy.abs()
        } else if along < 2.0 {
            continue;
        } else {
            along + 3.0 * across
        };
        if nearest.as_ref().is_none_or(|(best, _)| far < *best) {
            nearest = Some((far, other));
        }
    }
    nearest.map(|(_, element)| element)
}
