//! Several cache nodes on the stage, each with its slots and entries; where they are many, how full each is.

use super::cache_box::next_out;
use super::chip::{self, Chip};
use super::{text, text_w};
use crate::view::shell::format::{grouped, px};
use crate::view::stage::layout::{Grid, Rect};
use crate::view::stage::node_places::NodePlaces;
use cache::units::Micros;
use std::rc::Rc;
use timeline::{NodeFrame, Role};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct NodesBoxProps {
    pub places: NodePlaces,
    pub nodes: Vec<NodeFrame>,
    /// The instant of the TTL bars.
    pub bars_at: Micros,
    /// The lane's TTL, which a full bar stands for.
    pub ttl: Option<Micros>,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
    /// The node that it asks.
    pub asked_node: Option<u16>,
    /// The key that is followed.
    pub followed: Option<Rc<str>>,
}

/// The nodes.
#[function_component(NodesBox)]
pub(super) fn nodes_box(props: &NodesBoxProps) -> Html {
    let boxes = props.nodes.iter().zip(&props.places.boxes);
    html! {
        <g class="nodes">
            { for boxes.enumerate().map(|(place, (node, rect))| match props.places.entries.get(place) {
                Some(grid) => with_entries(props, node, *rect, grid),
                None => cell(props, node, *rect),
            }) }
        </g>
    }
}

fn outline(props: &NodesBoxProps, node: &NodeFrame, rect: Rect, radius: &'static str) -> Html {
    let class = classes!(
        "node-box",
        (!node.in_use).then_some("unused"),
        (node.in_use && !node.reachable).then_some("down"),
        (node.role == Role::Replica).then_some("replica"),
        (props.asked_node == Some(node.id)).then_some("asked")
    );
    let parts = [
        node.name(),
        node.role_in_words(),
        node.slots_in_words(),
        node.state(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let label = parts.join(", ");
    html! {
        <rect {class} x={px(rect.x)} y={px(rect.y)} width={px(rect.w)} height={px(rect.h)} rx={radius}
            data-node={node.id.to_string()} role="button" tabindex="-1" aria-haspopup="menu" aria-label={label.clone()}>
            <title>{ label }</title>
        </rect>
    }
}

/// The band of its availability zone along a node's left side, where nodes are in zones.
fn zone_band(node: &NodeFrame, rect: Rect) -> Html {
    let Some(zone) = node.zone else {
        return Html::default();
    };
    let (x, top, bottom) = (px(rect.x + 3.5), rect.y + 4.0, rect.y + rect.h - 4.0);
    html! { <line class={classes!("zone-band", format!("zone-{zone}"))} x1={x.clone()} x2={x} y1={px(top)} y2={px(bottom)} /> }
}

/// What stands beside a node's name, from the longest that is wanted to the shortest.
fn aside_words(node: &NodeFrame) -> Vec<String> {
    let (role, slots) = (node.role_in_words(), node.slots_in_words());
    match (role.is_empty(), node.role) {
        (true, _) => vec![slots, node.slot_ranges()],
        (false, Role::Primary) if !slots.is_empty() => {
            vec![format!("{role}, {slots}"), role, "primary".to_owned()]
        }
        (false, role_is) => {
            let short = match role_is {
                Role::Replica if node.region.is_some() => "secondary",
                Role::Replica => "replica",
                Role::Primary | Role::Node => "primary",
            };
            vec![role, short.to_owned()]
        }
    }
}

fn with_entries(props: &NodesBoxProps, node: &NodeFrame, rect: Rect, grid: &Grid) -> Html {
    let (left, right, y) = (rect.x + 9.0, rect.x + rect.w - 9.0, rect.y + 18.0);
    let name = node.name();
    // A heading is bold.
    let aside = left + text_w(&name) * 1.1 + 10.0;
    let state = node.state();
    // The word goes first where there is no room for all.
    // The log's mark stands before the words, if there is one.
    let mark_at = right - text_w(&state) - LOG_W - 4.0;
    let mark = node.unlogged.map(|unlogged| log_mark(mark_at, y, unlogged));
    let taken = if mark.is_some() { LOG_W + 4.0 } else { 0.0 };
    let room = right - text_w(&state) - taken - 8.0 - aside;
    let aside_words = aside_words(node)
        .into_iter()
        .find(|words| text_w(words) <= room)
        .unwrap_or_default();
    let cache = &node.cache;
    let next = next_out(cache);
    // The entries from the one that is kept longest on; where not all fit, the first ones.
    let all_fit = cache.entries.len() <= grid.cells;
    let fit = match all_fit {
        true => cache.entries.len(),
        false => grid.cells.saturating_sub(1),
    };
    let mut chips: Vec<Chip> = Vec::new();
    for (cell, entry) in cache.entries.iter().take(fit).enumerate() {
        let chip = Chip {
            entry,
            mark: None,
            at: grid.at(cell),
            size: (grid.w, grid.h),
            left: chip::left(entry, props.bars_at, props.ttl),
            next_out: next == Some(&entry.key),
            drawn: false,
            hand: false,
            asked: props.asked.as_ref() == Some(&entry.key),
            followed: props.followed.as_ref() == Some(&entry.key),
            sized: cache.capacity_bytes.is_some(),
        };
        // In the document by their keys, so that an element can glide to its new place.
        let gap = chips.partition_point(|other| other.entry.key < entry.key);
        chips.insert(gap, chip);
    }
    let room = match cache.capacity_bytes {
        Some(_) => fit,
        None => grid.cells.min(cache.capacity as usize),
    };
    let empty = if all_fit && node.in_use {
        fit..room
    } else {
        0..0
    };
    html! {
        <g key={node.id}>
            { outline(props, node, rect, "8") }
            { zone_band(node, rect) }
            { text(left, y, "h", name) }
            { text(aside, y, "t", aside_words) }
            { text(right, y, "t end", state) }
            { mark }
            <g>{ for empty.map(|cell| {
                let (x, y) = grid.at(cell);
                html! { <rect class="empty" x={px(x)} y={px(y)} width={px(grid.w)} height={px(grid.h)} rx="8" /> }
            }) }</g>
            <g>{ for chips.into_iter().map(Chip::draw) }</g>
            if !all_fit {
                { more(grid, fit, cache.entries.len() - fit) }
            }
        </g>
    }
}

/// How wide the mark of a log is.
const LOG_W: f64 = 9.0;

/// The log of a durable shard beside its primary: a sheet with lines, hollow while changes are not in it.
fn log_mark(x: f64, baseline: f64, unlogged: u32) -> Html {
    let class = classes!("log-mark", (unlogged > 0).then_some("behind"));
    let top = baseline - 10.0;
    let line = |nth: u8| {
        let y = top + 3.0 * f64::from(nth) + 2.5;
        html! { <line x1={px(x + 2.0)} x2={px(x + LOG_W - 2.0)} y1={px(y)} y2={px(y)} /> }
    };
    html! {
        <g {class}>
            <rect x={px(x)} y={px(top)} width={px(LOG_W)} height="11.5" rx="1.5" />
            { for (0..3).map(line) }
        </g>
    }
}

/// How many entries have no room.
fn more(grid: &Grid, cell: usize, count: usize) -> Html {
    let (x, y) = grid.at(cell);
    let words = format!("+{} more", grouped(count as u64));
    text(x + grid.w / 2.0, y + 31.0, "t middle", words)
}

/// A node among many: its number, and how full it is.
fn cell(props: &NodesBoxProps, node: &NodeFrame, rect: Rect) -> Html {
    let cache = &node.cache;
    let (used, capacity) = match cache.capacity_bytes {
        Some(capacity) => (cache.used_bytes, capacity),
        None => (cache.used.into(), cache.capacity.into()),
    };
    let full = used as f64 / capacity.max(1) as f64;
    let h = (rect.h - 2.0) * full.min(1.0);
    html! {
        <g key={node.id}>
            { outline(props, node, rect, "4") }
            { zone_band(node, rect) }
            <rect class="node-full" x={px(rect.x + 1.0)} y={px(rect.y + rect.h - 1.0 - h)}
                width={px(rect.w - 2.0)} height={px(h)} />
            if props.places.numbered {
                { text(rect.x + rect.w / 2.0, rect.y + 19.0, "t middle", node.id.to_string()) }
            }
        </g>
    }
}
