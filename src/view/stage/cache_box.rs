//! The cache node on the stage.

use super::{LETTER, party, text};
use crate::cache::PolicyKind;
use crate::timeline::{CacheFrame, EntryFrame};
use crate::units::Micros;
use crate::view::format::{fit, grouped, px};
use crate::view::layout::{Grid, Rect};
use std::rc::Rc;
use yew::prelude::*;

/// What is drawn.
#[derive(Properties, PartialEq)]
pub(super) struct CacheBoxProps {
    /// The node's place.
    pub rect: Rect,
    /// The entries' places.
    pub grid: Grid,
    /// The instant.
    pub at: Micros,
    /// The lane's time to live, which a full bar stands for.
    pub ttl: Option<Micros>,
    /// The cache.
    pub cache: Rc<CacheFrame>,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
}

/// About how wide a text of 14 px proportional type is.
fn text_w(text: &str) -> f64 {
    text.len() as f64 * 7.6
}

/// What stands in a place for an entry.
enum Place<'a> {
    Entry(&'a EntryFrame),
    More(usize),
    Empty,
}

/// The entries that fit, in the policy's order; where not all do, the first ones, how many are left
/// out, and the next one out.
fn places(cache: &CacheFrame, cells: usize) -> Vec<Place<'_>> {
    let entries = &cache.entries;
    let mut places: Vec<Place> = Vec::with_capacity(cells);
    if entries.len() <= cells {
        places.extend(entries.iter().map(Place::Entry));
    } else {
        let head = cells.saturating_sub(2);
        places.extend(entries[..head].iter().map(Place::Entry));
        places.push(Place::More(entries.len() - head - 1));
        places.extend(entries.last().map(Place::Entry));
    }
    places.resize_with(cells, || Place::Empty);
    places
}

/// The cache node with its entries in the policy's order.
#[function_component(CacheBox)]
pub(super) fn cache_box(props: &CacheBoxProps) -> Html {
    let (cache, grid, rect) = (&props.cache, &props.grid, props.rect);
    let places = places(cache, grid.cells);
    let used = used(cache);
    let room = ((rect.w - 84.0 - text_w(&used)) / LETTER).max(0.0) as usize;
    let next_out = next_out(cache).map(|key| format!("next out: {key}"));
    // Less than a few letters of the key would tell nothing.
    let next_out = next_out.filter(|_| room > 13).map(|next| fit(&next, room));
    let right = rect.x + rect.w - 12.0;
    let left = rect.x + 12.0;
    let (first, last) = cache.policy.ends();
    let ends_y = grid.at(grid.cells - 1).1 + grid.h + 20.0;
    let stale = cache
        .entries
        .iter()
        .filter(|entry| entry.stale && !entry.expired)
        .count();

    // Drawn in the order of their keys: an element that stays where it is in the document can glide
    // to its new place.
    let mut entries: Vec<(usize, &EntryFrame)> = Vec::new();
    let mut rest: Vec<Html> = Vec::new();
    for (cell, place) in places.iter().enumerate() {
        let (x, y) = grid.at(cell);
        match place {
            Place::Entry(entry) => {
                let gap = entries.partition_point(|(_, other)| other.key < entry.key);
                entries.insert(gap, (cell, entry));
            }
            // How many more entries fit where bytes are counted nobody knows.
            Place::Empty if cache.capacity_bytes.is_some() => {}
            Place::Empty => rest.push(html! {
                <rect class="empty" x={px(x)} y={px(y)} width={px(grid.w)} height={px(grid.h)} rx="8" />
            }),
            Place::More(count) => rest.push(html! {
                <text class="t middle" x={px(x + grid.w / 2.0)} y={px(y + 27.0)}>
                    { more(*count) }
                </text>
            }),
        }
    }
    html! {
        <g>
            { party(rect, "party-cache") }
            { text(left, rect.y + 23.0, "h", "Cache") }
            { text(left + 52.0, rect.y + 23.0, "t", used) }
            <g>{ for next_out.map(|next| text(right, rect.y + 23.0, "t end", next)) }</g>
            <g>{ for rest }</g>
            <g>{ for entries.into_iter().map(|(cell, entry)| chip(props, cell, entry)) }</g>
            { text(left, ends_y, "t", first) }
            <path class="order" d={format!("M{} {}H{}", px(left + text_w(first) + 8.0), px(ends_y - 4.5), px(right - text_w(last) - 12.0))} />
            <path class="order-tip" d={format!("M{} {}l-8-4v8z", px(right - text_w(last) - 8.0), px(ends_y - 4.5))} />
            { text(right, ends_y, "t end", last) }
            <g>{ for (stale > 0).then(|| stale_note(props, left, ends_y + 21.0, stale)) }</g>
        </g>
    }
}

/// How full it is, in what its capacity is counted in, and what write-behind still owes the database.
fn used(cache: &CacheFrame) -> String {
    let used = match cache.capacity_bytes {
        Some(bytes) => format!("{} of {} bytes", grouped(cache.used_bytes), grouped(bytes)),
        None => format!(
            "{} of {}",
            grouped(cache.used.into()),
            grouped(cache.capacity.into())
        ),
    };
    match cache.queued_writes {
        0 => used,
        queued => format!("{used}, {} to write", grouped(queued.into())),
    }
}

/// The key that goes when room is needed, if it is already known that it will be.
fn next_out(cache: &CacheFrame) -> Option<&Rc<str>> {
    let full = cache.capacity_bytes.is_some() || cache.used == cache.capacity;
    let evicts = cache.policy != PolicyKind::NoEviction;
    cache.next_out().filter(|_| full && evicts)
}

/// How many entries are left out, in a cell's width.
fn more(count: usize) -> String {
    let count = grouped(count as u64);
    if count.len() > 3 {
        format!("+{count}")
    } else {
        format!("+{count} more")
    }
}

fn stale_note(props: &CacheBoxProps, left: f64, y: f64, count: usize) -> Html {
    let stale = props
        .cache
        .entries
        .iter()
        .find(|entry| entry.stale && !entry.expired);
    let note = match (count, stale) {
        (1, Some(entry)) => format!("stale: the row is at v{}", entry.row_version.0),
        _ => format!("{} stale copies", grouped(count as u64)),
    };
    html! {
        <g>
            <use href="#mark-stale" x={px(left + 7.0)} y={px(y - 5.0)} />
            { text(left + 20.0, y, "t stale-text", note) }
        </g>
    }
}

fn chip(props: &CacheBoxProps, cell: usize, entry: &EntryFrame) -> Html {
    let grid = &props.grid;
    let (x, y) = grid.at(cell);
    let asked = props.asked.as_ref() == Some(&entry.key);
    let version = format!("v{}", entry.version.0);
    let room = (grid.w - 16.0) / LETTER - version.len() as f64 - 0.3;
    let bar_w = grid.w - 16.0;
    let left = entry.expires_at_us.map(|end| {
        let left = end.since(props.at).0 as f64;
        let whole = props
            .ttl
            .map_or(left, |ttl| ttl.0 as f64)
            .max(left)
            .max(1.0);
        left / whole
    });
    let class = classes!(
        "chip",
        entry.stale.then_some("stale"),
        entry.expired.then_some("expired"),
        asked.then_some("asked")
    );
    html! {
        <g key={&*entry.key} {class} transform={format!("translate({} {})", px(x), px(y))}>
            <title>{ entry.key.to_string() }</title>
            <rect class="chip-box" width={px(grid.w)} height={px(grid.h)} rx="8" />
            <text class="k" x="8" y="19">{ fit(&entry.key, room.max(1.0) as usize) }</text>
            <text class="v end" x={px(grid.w - 8.0)} y="19">{ version }</text>
            <g>
            if entry.expired {
                <text class="t small" x="8" y="37">{ "expired" }</text>
            } else if let Some(left) = left {
                <rect class="ttl" x="8" y="29" width={px(bar_w)} height="5" rx="2.5" />
                <rect class="ttl-left" x="8" y="29" width={px(bar_w * left)} height="5" rx="2.5" />
            } else {
                <path class="no-ttl" d={format!("M8 31.5H{}", px(8.0 + bar_w))} />
            }
            </g>
        </g>
    }
}
