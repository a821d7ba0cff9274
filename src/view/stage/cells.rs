//! More entries than can be read: a small cell each, whose shape and colour show its state. All cells of a
//! state are one path, so that thousands cost no more than a few.

use super::chip::description;
use super::order::{Order, mark};
use super::shapes::mark_words;
use super::{LETTER, text};
use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::layout::Section;
use std::fmt::Write;
use std::rc::Rc;
use timeline::{CacheFrame, EntryFrame};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct CellsProps {
    /// The cells' place.
    pub section: Section,
    /// The width of the stage, to which a pointer's place is scaled.
    pub stage_w: f64,
    pub cache: Rc<CacheFrame>,
    /// The line of text about the entry that is pointed at, or that not all entries are drawn.
    pub tell_y: f64,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
    /// The key that is followed.
    pub followed: Option<Rc<str>>,
}

/// The states that a cell tells apart, each with its class and its word.
pub(super) const STATES: [(&str, &str); 3] = [
    ("cell-fresh", "live"),
    ("cell-stale", "stale"),
    ("cell-expired", "expired"),
];

const fn state(entry: &EntryFrame) -> usize {
    match (entry.expired, entry.stale) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

/// The outline of a cell in a state: a square, a diamond, a hollow square.
pub(super) fn outline(path: &mut String, state: usize, x: f64, y: f64) {
    let written = match state {
        1 => write!(path, "M{} {}l5 5-5 5-5-5z", px(x + 5.0), px(y)),
        2 => write!(path, "M{} {}h7v7h-7z", px(x + 1.5), px(y + 1.5)),
        _ => write!(path, "M{} {}h9v9h-9z", px(x + 0.5), px(y + 0.5)),
    };
    debug_assert!(written.is_ok());
}

/// A queue of many entries.
#[function_component(Cells)]
pub(super) fn cells(props: &CellsProps) -> Html {
    let pointed = use_state_eq(|| None::<usize>);
    let (section, cache) = (&props.section, &props.cache);
    let order = Order::of(cache);
    let Some((queue, places)) = order.queue(section.name) else {
        return html! {};
    };
    let grid = section.grid;
    // Where not all fit, those that go next are shown.
    let left_out = places.len().saturating_sub(grid.cells);
    let first = places.start + left_out;
    let next_out = super::cache_box::next_out(cache);
    let hand = cache.shape.as_ref().and_then(|shape| shape.hand.as_ref());

    let mut paths = [String::new(), String::new(), String::new()];
    let mut rings = String::new();
    let mut arrows = String::new();
    for (cell, place) in (first..places.end).enumerate() {
        let Some(entry) = order.entry(place) else {
            continue;
        };
        let (x, y) = grid.at(cell);
        let state = state(entry);
        outline(&mut paths[state], state, x, y);
        let of_interest = [&props.asked, &props.followed];
        if of_interest
            .iter()
            .any(|key| key.as_ref() == Some(&entry.key))
            || hand == Some(&entry.key)
        {
            let written = write!(rings, "M{} {}h13v13h-13z", px(x - 1.5), px(y - 1.5));
            debug_assert!(written.is_ok());
        }
        if next_out == Some(&entry.key) {
            let written = write!(arrows, "M{} {}l7-7m-5 0h5v5", px(x + 1.5), px(y + 8.5));
            debug_assert!(written.is_ok());
        }
    }
    let shown = places.len() - left_out;
    let told = pointed
        .filter(|&cell| cell < shown)
        .unwrap_or(shown.saturating_sub(1));
    let entry = order.entry(first + told).filter(|_| shown > 0);
    let told = entry.map(|entry| {
        let mark = mark(queue, places.start, first + told);
        let words = mark.map(|mark| mark_words(cache.policy, mark));
        description(entry, words.as_deref(), next_out == Some(&entry.key))
    });
    let area = grid.area();
    let point = {
        let (pointed, stage_w) = (pointed.clone(), props.stage_w);
        Callback::from(move |event: PointerEvent| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            let stage = target.and_then(|target| target.closest("svg").ok().flatten());
            if let Some(stage) = stage.map(|stage| stage.get_bounding_client_rect()) {
                let scale = stage_w / stage.width().max(1.0);
                let x = (f64::from(event.client_x()) - stage.left()) * scale;
                let y = (f64::from(event.client_y()) - stage.top()) * scale;
                pointed.set(grid.cell_at(x, y));
            }
        })
    };
    let leave = {
        let pointed = pointed.clone();
        Callback::from(move |_: PointerEvent| pointed.set(None))
    };
    let walk = {
        let pointed = pointed.clone();
        Callback::from(move |event: KeyboardEvent| {
            let now = pointed.unwrap_or(shown.saturating_sub(1));
            let to = match event.key().as_str() {
                "ArrowLeft" => now.checked_sub(1),
                "ArrowRight" => Some(now + 1),
                "ArrowUp" => now.checked_sub(grid.columns()),
                "ArrowDown" => Some(now + grid.columns()),
                _ => None,
            };
            // At an edge the stage goes on to what is next to the cells.
            if let Some(to) = to.filter(|&to| to < shown) {
                event.prevent_default();
                event.stop_propagation();
                pointed.set(Some(to));
            }
        })
    };
    let cursor = pointed
        .filter(|&cell| cell < shown)
        .map(|cell| grid.at(cell));
    let said = match &told {
        Some(told) if cursor.is_some() => {
            let told = told.replacen(", version ", " v", 1);
            fit(&told, (area.w / LETTER) as usize)
        }
        // A queue among several says so beside its name.
        _ if left_out > 0 && section.label.is_none() => {
            let all = grouped(places.len() as u64);
            format!("showing {} of {all}", grouped(shown as u64))
        }
        _ => String::new(),
    };
    html! {
        <g class="cells">
            { for paths.into_iter().zip(STATES).map(|(path, (class, _))| html! { <path {class} d={path} /> }) }
            <path class="cell-ring" d={rings} />
            <path class="mark-out" d={arrows} />
            if let Some((x, y)) = cursor {
                <rect class="cell-cursor" x={px(x - 2.0)} y={px(y - 2.0)} width={px(grid.w + 4.0)} height={px(grid.h + 4.0)} rx="2" />
            }
            <rect class="cell-area" x={px(area.x)} y={px(area.y)} width={px(area.w)} height={px(area.h)}
                role="button" tabindex="-1" aria-haspopup="menu" data-key={entry.map(|entry| entry.key.to_string())}
                aria-label={told.clone().unwrap_or_else(|| "no entries".to_owned())}
                onpointermove={point.clone()} onpointerdown={point} onpointerleave={leave} onkeydown={walk} />
            if !said.is_empty() {
                { text(area.x, props.tell_y, if cursor.is_some() { "t tell" } else { "t" }, said) }
            }
        </g>
    }
}
