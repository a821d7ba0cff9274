//! The words in the cache's box: what each queue is called and holds, and what stands below them.

use super::cache_box::CacheBoxProps;
use super::cells::{STATES, outline};
use super::rate_lines::{RATE_LINES, rate_lines};
use super::{text, text_w};
use crate::view::shell::format::{bytes, grouped, px};
use crate::view::stage::layout::{Rect, Section, SectionKind};
use cache::{About, PolicyKind};
use timeline::{CacheFrame, QueueFrame, ShapeFrame};
use yew::prelude::*;

/// A part's name with how full it is, and what is in it.
pub(super) fn label(props: &CacheBoxProps, section: &Section) -> Option<Html> {
    let (x, y) = section.label?;
    let known = props.cache.shape.as_ref();
    let queue = known.and_then(|known| queue(known, section.name));
    let name = match section.kind {
        SectionKind::Sample => "last sample",
        _ => section.name,
    };
    let held = queue.map_or_else(String::new, |queue| held(&props.cache, queue));
    let left_out = queue.map_or(0, |queue| {
        (queue.count as usize).saturating_sub(section.grid.cells)
    });
    let held = match left_out {
        0 => held,
        _ if section.dense => format!("{held}, {} drawn", section.grid.cells),
        _ => held,
    };
    let area = section.grid.area();
    let right = props
        .layout
        .cache
        .map_or(area.x + area.w, |rect| rect.x + rect.w - 12.0);
    let taken = name.len() as f64 * 9.0 + text_w(&held) + 24.0;
    let fits = x + taken + text_w(section.hint) < right;
    let over = queue.is_some_and(|queue| {
        let counted = props.cache.capacity_bytes.is_none();
        counted
            && queue
                .limit
                .is_some_and(|limit| u64::from(queue.count) > limit)
    });
    Some(html! {
        <g>
            <text x={px(x)} y={px(y)}>
                <tspan class="h">{ name }</tspan>
                <tspan class={if over { "over" } else { "t" }} dx="7">{ held }</tspan>
            </text>
            if fits {
                { text(right, y, "t end", section.hint) }
            }
        </g>
    })
}

pub(super) fn queue<'a>(shape: &'a ShapeFrame, name: &str) -> Option<&'a QueueFrame> {
    shape.queues.iter().find(|queue| queue.name == name)
}

/// How much a queue holds, of its share if it has one; ARC's T1 with its target.
fn held(cache: &CacheFrame, queue: &QueueFrame) -> String {
    let count = grouped(queue.count.into());
    let target = cache.shape.as_ref().and_then(|shape| shape.target_milli);
    let in_bytes = cache.capacity_bytes.is_some();
    match (queue.limit, target) {
        (Some(limit), _) if in_bytes => format!("{count}, share {}", bytes(limit)),
        (Some(limit), _) if is_share(cache.policy, queue.name) => {
            format!("{count}, share {}", grouped(limit))
        }
        (Some(limit), _) => format!("{count} of {}", grouped(limit)),
        (None, Some(milli)) if queue.name == "T1" && in_bytes => {
            format!("{count}, target {}", bytes(milli / 1000))
        }
        (None, Some(milli)) if queue.name == "T1" => {
            format!("{count}, target {}", milli_number(milli))
        }
        _ => count,
    }
}

/// Whether a queue may hold more than its limit, which is the share at which entries begin to leave it.
fn is_share(policy: PolicyKind, name: &str) -> bool {
    let mut queues = policy.about().queues.iter();
    queues.any(|queue| queue.name == name && !queue.hard && !queue.ghosts)
}

/// Thousandths as people read them: `2`, `2.5`, `2.67`.
fn milli_number(milli: u64) -> String {
    let hundredths = (milli + 5) / 10;
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => grouped(whole),
        (_, 0) => format!("{}.{}", grouped(whole), rest / 10),
        _ => format!("{}.{rest:02}", grouped(whole)),
    }
}

/// The lines below the entries: what the order's ends mean, what the policy does, how far the rate is used, the
/// legend.
pub(super) fn notes(props: &CacheBoxProps, rect: Rect, about: &About) -> Vec<Html> {
    let (left, right) = (rect.x + 12.0, rect.x + rect.w - 12.0);
    let mut lines = Vec::new();
    let mut y = props.layout.notes_y + 14.0;
    let sections = &props.layout.sections;
    if about.ordered && !about.ring && sections.len() == 1 {
        lines.push(ends(props.cache.policy, left, right, y));
        y += 22.0;
    }
    if let Some(note) = about.note {
        lines.push(text(left, y, "t", note));
        y += 22.0;
    }
    if let Some(rate) = &props.cache.serverless {
        lines.push(rate_lines(rate, rect, y, props.at));
        y += 22.0 * RATE_LINES as f64;
    }
    if sections.iter().any(|section| section.dense) {
        lines.push(legend(left, y));
    }
    lines
}

/// What the two ends of the order mean.
fn ends(policy: PolicyKind, left: f64, right: f64, y: f64) -> Html {
    let (first, last) = policy.about().ends;
    let from = left + text_w(first) + 8.0;
    html! {
        <g>
            { text(left, y, "t", first) }
            <path class="order" d={format!("M{} {}H{}", px(from), px(y - 4.5), px(right - text_w(last) - 12.0))} />
            <path class="order-tip" d={format!("M{} {}l-8-4v8z", px(right - text_w(last) - 8.0), px(y - 4.5))} />
            { text(right, y, "t end", last) }
        </g>
    }
}

/// What the cells of the dense drawing say.
fn legend(left: f64, y: f64) -> Html {
    let mut x = left;
    let mut items = Vec::with_capacity(STATES.len());
    for (state, (class, word)) in STATES.into_iter().enumerate() {
        let mut path = String::new();
        outline(&mut path, state, x, y - 10.0);
        items.push(html! { <g><path {class} d={path} />{ text(x + 15.0, y, "t", word) }</g> });
        x += 15.0 + text_w(word) + 14.0;
    }
    html! { <g>{ for items }</g> }
}
