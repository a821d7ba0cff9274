//! The availability zones on the stage, a row each, with the headings of the shards above them and the ways to the nodes
//! in them.

use super::ways::nodes_with_ways;
use super::{text, text_w};
use crate::view::shell::format::{grouped, px};
use crate::view::stage::node_places::{HEADING_LINE, NodePlaces};
use crate::view::stage::zone_grid::{ShardHeading, ZoneRow};
use timeline::NodeFrame;
use yew::prelude::*;

/// About how wide a digit is, which matters where a column is narrow.
const DIGIT: f64 = 8.4;

/// The headings of shards with their slots.
pub(super) fn shard_headings(places: &NodePlaces, nodes: &[NodeFrame]) -> Html {
    let name = |heading: &ShardHeading| format!("Shard {}", heading.shard);
    let indent = |heading: &ShardHeading| match heading.lines_below {
        0 => text_w(&name(heading)) * 1.1 + 6.0,
        _ => 0.0,
    };
    let told: Vec<Vec<Vec<String>>> = places
        .shards
        .iter()
        .map(|heading| {
            let mut members = nodes.iter().filter(|node| node.shard == heading.shard);
            let owner = members.find(|node| !node.slots.is_empty());
            owner.map_or_else(Vec::new, |node| slots_told(node, heading.lines_below))
        })
        .collect();
    // All shards say it in the same way: the first for which all have room.
    let has_room = |way: &usize| {
        places.shards.iter().zip(&told).all(|(heading, told)| {
            let room = heading.rect.w - indent(heading);
            let mut lines = told.get(*way).into_iter().flatten();
            lines.all(|line| line.chars().count() as f64 * DIGIT <= room)
        })
    };
    let way = (0..WAYS_TO_TELL).find(has_room);
    let heading = |(heading, told): (&ShardHeading, &Vec<Vec<String>>)| {
        let (x, y) = (heading.rect.x + 1.0, heading.rect.y + 13.0);
        let first = y + HEADING_LINE * f64::from(heading.lines_below.min(1));
        let lines = way.and_then(|way| told.get(way)).into_iter().flatten();
        let lines = lines.enumerate().map(|(nth, line)| {
            let y = first + HEADING_LINE * nth as f64;
            text(x + indent(heading), y, "t", line.clone())
        });
        html! {
            <g key={heading.shard}>
                { text(x, y, "h", name(heading)) }
                <g>{ for lines }</g>
            </g>
        }
    };
    html! { <g>{ for places.shards.iter().zip(&told).map(heading) }</g> }
}

/// How many ways there are to say which slots a shard has.
const WAYS_TO_TELL: usize = 3;

/// The ways to say which slots a node has, in lines: the ranges, or their number where there is no room for those.
fn slots_told(node: &NodeFrame, lines: u8) -> Vec<Vec<String>> {
    let of_range = |(first, last): &(u16, u16)| u64::from(last - first) + 1;
    let count: u64 = node.slots.iter().map(of_range).sum();
    let noun = if count == 1 { "slot" } else { "slots" };
    let count = grouped(count);
    let ranges = node.slot_ranges();
    if lines < 2 {
        return vec![
            vec![node.slots_in_words()],
            vec![ranges],
            vec![format!("{count} {noun}")],
        ];
    }
    let broken = match node.slots[..] {
        [(first, last)] => vec![format!("{first}–"), last.to_string()],
        _ => vec![ranges],
    };
    vec![
        vec![node.slots_in_words()],
        broken,
        vec![count, noun.to_owned()],
    ]
}

/// The rows, under their nodes.
pub(super) fn zone_rows(places: &NodePlaces, nodes: &[NodeFrame]) -> Html {
    let row = |row: &ZoneRow| {
        let here = || {
            let here = nodes.iter().filter(|node| node.zone == Some(row.zone));
            here.filter(|node| node.in_use)
        };
        let down = here().next().is_some() && here().all(|node| !node.reachable);
        zone_row(row, down)
    };
    html! { <g>{ for places.zones.iter().map(row) }</g> }
}

fn zone_row(row: &ZoneRow, down: bool) -> Html {
    let ZoneRow { zone, rect, .. } = row;
    let (x, y) = (rect.x + 6.0, rect.y);
    let none = if down { ": no node answers" } else { "" };
    let label = format!("Zone {zone}{none}");
    html! {
        <g key={zone.to_string()}>
            <rect class={classes!("zone-row", down.then_some("dark"))} x={px(rect.x)} y={px(y)} width={px(rect.w)}
                height={px(rect.h)} rx="8" data-zone={zone.to_string()} role="button" tabindex="-1"
                aria-haspopup="menu" aria-label={label.clone()} />
            if row.name_above {
                { text(x, y + 19.0, if down { "b" } else { "t" }, label) }
            } else {
                { text(x, y + 22.0, "t", "zone") }
                { text(x, y + 40.0, "h", zone.to_string()) }
            }
        </g>
    }
}

/// The ways to the nodes within the cache's box: to each where it stands beside the application, or to the one that is
/// asked.
pub(super) fn ways_inside(places: &NodePlaces, nodes: &[NodeFrame], asked: Option<u16>) -> Html {
    let inside = |node: &NodeFrame| {
        let way = places.way_in(node.id)?;
        let lit = asked == Some(node.id);
        (lit || way.turn == way.end).then(|| {
            let class = classes!(
                "way",
                "way-cache",
                "inside",
                (lit && node.reachable).then_some("lit"),
                (!node.reachable).then_some("cut")
            );
            let [edge, turn, end] =
                [way.edge, way.turn, way.end].map(|(x, y)| format!("{} {}", px(x), px(y)));
            html! { <path key={node.id} {class} d={format!("M{edge}L{turn}L{end}")} /> }
        })
    };
    let shown = nodes_with_ways(places, nodes, asked);
    html! { <g>{ for shown.into_iter().filter_map(inside) }</g> }
}
