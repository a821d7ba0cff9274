//! Several cache nodes on the stage, each with its slots and entries; where they are many, how full each is.

use super::cache_box::next_out;
use super::chip::{self, Chip};
use super::node_heading::heading;
use super::text;
use super::zone_rows::{shard_headings, ways_inside, zone_rows};
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
            { shard_headings(&props.places, &props.nodes) }
            { zone_rows(&props.places, &props.nodes) }
            { ways_inside(&props.places, &props.nodes, props.asked_node) }
            <g>{ for boxes.enumerate().map(|(place, (node, rect))| match props.places.entries.get(place) {
                Some(grid) => with_entries(props, node, *rect, grid),
                None => cell(props, node, *rect),
            }) }</g>
        </g>
    }
}

fn outline(props: &NodesBoxProps, node: &NodeFrame, rect: Rect, radius: &'static str) -> Html {
    let class = classes!(
        "node-box",
        (!node.in_use).then_some("unused"),
        (node.in_use && !node.reachable).then_some("down"),
        (node.role == Role::Replica).then_some("replica"),
        (node.zone.is_some() && node.role == Role::Primary).then_some("primary"),
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

/// The band of its availability zone along a node's left side, where there are too many nodes for a row a zone.
fn zone_band(node: &NodeFrame, rect: Rect) -> Html {
    let Some(zone) = node.zone else {
        return Html::default();
    };
    let (x, top, bottom) = (px(rect.x + 3.5), rect.y + 4.0, rect.y + rect.h - 4.0);
    html! { <line class={classes!("zone-band", format!("zone-{zone}"))} x1={x.clone()} x2={x} y1={px(top)} y2={px(bottom)} /> }
}

fn with_entries(props: &NodesBoxProps, node: &NodeFrame, rect: Rect, grid: &Grid) -> Html {
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
    let empty = if all_fit && node.in_use && !node.stopped {
        fit..room
    } else {
        0..0
    };
    html! {
        <g key={node.id}>
            { outline(props, node, rect, "8") }
            { heading(node, rect, props.places.heading_lines) }
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

/// How many entries have no room.
fn more(grid: &Grid, cell: usize, count: usize) -> Html {
    let (x, y) = grid.at(cell);
    let words = format!("+{} more", grouped(count as u64));
    text(x + grid.w / 2.0, y + grid.h / 2.0 + 5.0, "t middle", words)
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
