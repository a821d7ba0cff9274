//! What stands above a node's entries: its name, its role, its slots and its state, in one line or in several.

use super::{text, text_w};
use crate::view::shell::format::{fit, px};
use crate::view::stage::layout::Rect;
use crate::view::stage::node_places::HEADING_LINE;
use timeline::{NodeFrame, Role};
use yew::prelude::*;

/// How wide the mark of a log is.
const LOG_W: f64 = 9.0;

/// The heading of a node's box.
pub(super) fn heading(node: &NodeFrame, rect: Rect, lines: u8) -> Html {
    match lines {
        0 | 1 => in_one_line(node, rect),
        lines => in_lines(node, rect, lines),
    }
}

/// What it is in its shard or among Regions, from the longest words to the shortest; none where nodes have no replicas.
fn roles(node: &NodeFrame) -> Vec<String> {
    let short = match node.role {
        Role::Replica if node.region.is_some() => "secondary",
        Role::Replica => "replica",
        Role::Primary | Role::Node => "primary",
    };
    match (node.zone, node.region) {
        // Its row says the zone.
        (Some(_), _) => vec![short.to_owned()],
        (None, Some(_)) => vec![node.role_in_words(), short.to_owned()],
        (None, None) => Vec::new(),
    }
}

fn in_one_line(node: &NodeFrame, rect: Rect) -> Html {
    let (left, right, y) = (rect.x + 9.0, rect.x + rect.w - 9.0, rect.y + 18.0);
    let name = node.name();
    // A heading is bold.
    let aside = left + text_w(&name) * 1.1 + 10.0;
    let state = node.state();
    // The log's mark stands before the words, if there is one.
    let mark_at = right - text_w(&state) - LOG_W - 4.0;
    let mark = node.unlogged.map(|unlogged| log_mark(mark_at, y, unlogged));
    let taken = if mark.is_some() { LOG_W + 4.0 } else { 0.0 };
    // What stands beside the name goes first where there is no room for all.
    let room = right - text_w(&state) - taken - 8.0 - aside;
    let (mut wanted, slots) = (roles(node), node.slots_in_words());
    if wanted.is_empty() {
        wanted = vec![slots, node.slot_ranges()];
    } else if !slots.is_empty() {
        wanted.insert(0, format!("{}, {slots}", wanted[0]));
    }
    let mut wanted = wanted.into_iter();
    let aside_words = wanted.find(|words| text_w(words) <= room);
    html! {
        <>
            { text(left, y, "h", name) }
            { text(aside, y, "t", aside_words.unwrap_or_default()) }
            { text(right, y, "t end", state) }
            { mark }
        </>
    }
}

/// Its name, its state below it, and its role beside the name or below both. Its slots stand above its shard.
fn in_lines(node: &NodeFrame, rect: Rect, lines: u8) -> Html {
    let (left, right, y) = (rect.x + 7.0, rect.x + rect.w - 6.0, rect.y + 18.0);
    let state_y = y + HEADING_LINE;
    let role = roles(node).pop().unwrap_or_default();
    let mark = node
        .unlogged
        .map(|unlogged| log_mark(right - LOG_W, state_y, unlogged));
    let taken = if mark.is_some() { LOG_W + 4.0 } else { 0.0 };
    html! {
        <>
            { text(left, y, "h", node.name()) }
            { text(left, state_y, "t", short_state(node, right - left - taken)) }
            if lines > 2 {
                { text(left, state_y + HEADING_LINE, "t", role) }
            } else {
                { text(right, y, "t end", role) }
            }
            { mark }
        </>
    }
}

/// Its state, or the news in it where there is no room for all.
fn short_state(node: &NodeFrame, room: f64) -> String {
    let state = node.state();
    if text_w(&state) <= room {
        return state;
    }
    let news = state.rsplit(", ").next().unwrap_or_default();
    fit(news, (room / text_w("n")) as usize)
}

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
