//! The cache node on the stage: its entries in the policy's own shape.

use super::cells::Cells;
use super::chip::{self, Chip};
use super::labels::{label, notes, queue};
use super::node_places::NodePlaces;
use super::nodes_box::NodesBox;
use super::order::{self, Order};
use super::shapes::candidate_words;
use super::slips::{Slip, slips};
use super::{LETTER, party, text, text_w};
use crate::view::shell::format::{bytes, fit, grouped, px};
use crate::view::stage::animated_time::{AnimatedTime, Resolution, use_animated_time};
use crate::view::stage::layout::{Grid, Layout, Rect, Section, SectionKind};
use cache::About;
use cache::units::Micros;
use std::ops::Range;
use std::rc::Rc;
use timeline::{CacheFrame, CandidateFrame, EntryFrame, NodeFrame, QueueFrame};
use yew::prelude::*;

/// The finest parts of a bar that the eye can tell apart.
const BAR_PARTS: u64 = 200;

#[derive(Properties, PartialEq)]
pub(super) struct CacheBoxProps {
    pub layout: Layout,
    /// The instant of the frame.
    pub at: Micros,
    /// The instant of the picture, up to which TTL bars have drained.
    pub now: AnimatedTime,
    /// The lane's TTL, which a full bar stands for.
    pub ttl: Option<Micros>,
    pub cache: Rc<CacheFrame>,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
    /// The key that is followed.
    pub followed: Option<Rc<str>>,
    /// Whether the cache has lost its contents at this very step.
    pub emptied: bool,
    /// The cache's nodes, where there are several.
    #[prop_or_default]
    pub nodes: Vec<NodeFrame>,
    /// The node that the shown request asks.
    #[prop_or_default]
    pub asked_node: Option<u16>,
}

/// The cache node with what it holds.
#[function_component(CacheBox)]
pub(super) fn cache_box(props: &CacheBoxProps) -> Html {
    let bars_at = use_animated_time(&props.now, bars_resolution(props));
    let Some(rect) = props.layout.cache else {
        return html! {};
    };
    let about = props.cache.policy.about();
    let order = Order::of(&props.cache);
    let mut chips: Vec<Chip> = Vec::new();
    let mut rest: Vec<Html> = Vec::new();
    let sections = &props.layout.sections;
    for section in sections.iter() {
        rest.extend(label(props, section));
        match section.kind {
            SectionKind::Entries if section.dense => rest.push(cells(props, section)),
            SectionKind::Entries => {
                let at = (bars_at, about);
                entries(props, section, at, &order, &mut chips, &mut rest);
            }
            SectionKind::Ghosts => rest.push(ghosts(props, section)),
            SectionKind::Sample | SectionKind::Pool => rest.push(candidates(props, section, about)),
        }
    }
    html! {
        <g>
            { party(rect, "cache", "Cache") }
            { heading(props, rect) }
            if !props.nodes.is_empty() {
                <NodesBox places={NodePlaces::clone(&props.layout.node_places)} nodes={props.nodes.clone()} {bars_at} ttl={props.ttl}
                    asked={props.asked.clone()} asked_node={props.asked_node} followed={props.followed.clone()} />
            }
            <g>{ for rest }</g>
            <g>{ for chips.into_iter().map(Chip::draw) }</g>
            <g>{ for notes(props, rect, about) }</g>
        </g>
    }
}

/// The smallest change of time that TTL bars can show; `None` without bars.
fn bars_resolution(props: &CacheBoxProps) -> Option<Resolution> {
    let has_bar = |entry: &EntryFrame| entry.expires_at_us.is_some() && !entry.expired;
    let places = &props.layout.node_places;
    let dense = match places.is_empty() {
        true => props.layout.sections.iter().all(|section| section.dense),
        false => !places.show_entries(),
    };
    let bars = !dense && props.cache.entries.iter().any(has_bar);
    let part = props.ttl.map_or(1_000, |ttl| ttl.0 / BAR_PARTS);
    bars.then(|| Resolution::Each(Micros(part.max(1))))
}

/// The heading: how full the cache is, and which key goes next or that none does.
fn heading(props: &CacheBoxProps, rect: Rect) -> Html {
    let cache = &props.cache;
    let (left, right, y) = (rect.x + 12.0, rect.x + rect.w - 12.0, rect.y + 23.0);
    let used = used(cache);
    let room = rect.w - 24.0 - 52.0 - text_w(&used) - 30.0;
    let full = cache.capacity_bytes.is_none() && cache.used == cache.capacity;
    let said = match next_out(cache) {
        // Each of several nodes has its own.
        _ if !props.nodes.is_empty() && !props.emptied => None,
        _ if props.emptied => Some(("#mark-fault", "just emptied".to_owned())),
        Some(key) => {
            let letters = (room - text_w("next out: ")) / LETTER;
            // Less than a few letters of the key would tell nothing.
            let key = (letters > 4.0).then(|| fit(key, letters as usize));
            key.map(|key| ("#mark-out", format!("next out: {key}")))
        }
        None if full && !cache.policy.about().evicts => {
            Some(("#mark-reject", "full: rejects writes".to_owned()))
        }
        None => None,
    };
    html! {
        <>
            { text(left, y, "h", "Cache") }
            { text(left + 52.0, y, "t", used) }
            <g>
            { for said.map(|(mark, words)| html! {
                <g>
                    <use href={mark} x={px(right - text_w(&words) * 0.95 - 13.0)} y={px(y - 5.0)} />
                    { text(right, y, "t end", words) }
                </g>
            }) }
            </g>
        </>
    }
}

/// How full it is, in entries or bytes, and the writes that write-behind has queued.
fn used(cache: &CacheFrame) -> String {
    let used = match cache.capacity_bytes {
        // All digits of a large number have no room.
        Some(10_000_000..) => {
            let capacity = cache.capacity_bytes.unwrap_or_default();
            format!("{} of {}", bytes(cache.used_bytes), bytes(capacity))
        }
        Some(most) => format!("{} of {} bytes", grouped(cache.used_bytes), grouped(most)),
        None => format!(
            "{} of {}",
            grouped(cache.used.into()),
            grouped(cache.capacity.into())
        ),
    };
    match cache.queued_writes {
        0 => used,
        queued => format!("{used}, {} writes queued", grouped(queued.into())),
    }
}

/// The key that goes next, if the cache is full and evicts.
pub(super) fn next_out(cache: &CacheFrame) -> Option<&Rc<str>> {
    let full = cache.capacity_bytes.is_some() || cache.used == cache.capacity;
    let evicts = cache.policy.about().evicts;
    cache.next_out().filter(|_| full && evicts)
}

/// The entries of a queue, how many of them have no room, and the places that are free.
fn entries<'a>(
    props: &'a CacheBoxProps,
    section: &Section,
    (bars_at, about): (Micros, &About),
    order: &Order<'a>,
    chips: &mut Vec<Chip<'a>>,
    rest: &mut Vec<Html>,
) {
    let (cache, grid) = (&*props.cache, &section.grid);
    if grid.is_ring() {
        rest.push(circle(section));
    } else if section.label.is_some() {
        rest.push(track(props, section));
    }
    let Some((queue, places)) = order.queue(section.name) else {
        return;
    };
    let count = places.len();
    let shown = shown(order, places.clone(), grid);
    let cells = by_key(&shown, about.ordered);
    let next_out = next_out(cache);
    let known = cache.shape.as_ref();
    let hand = known.and_then(|known| known.hand.as_ref());
    for (nth, &(place, entry)) in shown.iter().enumerate() {
        // Where not all fit, the last one stands behind the number of those left out.
        let last = count > grid.cells && nth + 1 == shown.len();
        let cell = cells[nth] + usize::from(last && !grid.is_ring());
        let mark = order::mark(queue, places.start, place);
        let drawn =
            known.is_some_and(|known| known.sample.iter().any(|drawn| drawn.key == entry.key));
        let chip = Chip {
            entry,
            mark: about.mark.zip(mark).map(|(words, mark)| words(mark)),
            at: grid.at(cell),
            size: (grid.w, grid.h),
            left: chip::left(entry, bars_at, props.ttl),
            next_out: next_out == Some(&entry.key),
            drawn: drawn && about.compares.is_some(),
            hand: about.hand && hand == Some(&entry.key),
            asked: props.asked.as_ref() == Some(&entry.key),
            followed: props.followed.as_ref() == Some(&entry.key),
            sized: cache.capacity_bytes.is_some(),
        };
        // In the document by their keys: an element that stays where it is there can glide to its new
        // place.
        let gap = chips.partition_point(|other| other.entry.key < entry.key);
        chips.insert(gap, chip);
    }
    if count > shown.len() {
        let cell = if grid.is_ring() {
            shown.len()
        } else {
            shown.len().saturating_sub(1)
        };
        let (x, y) = grid.at(cell);
        let words = more(count - shown.len());
        rest.push(text(x + grid.w / 2.0, y + 31.0, "t middle", words));
    } else {
        let sections = props.layout.sections.iter();
        let queues = sections
            .filter(|other| other.kind == SectionKind::Entries)
            .count();
        let room = room_for(cache, queue, grid.cells, queues == 1);
        empty_places(section, count, room, rest);
    }
}

/// The entries of a queue that fit, with their places. In a circle they are read from the hand on, as it
/// walks; otherwise, where not all fit, the first ones and the last one are shown.
fn shown<'a>(order: &Order<'a>, places: Range<usize>, grid: &Grid) -> Vec<(usize, &'a EntryFrame)> {
    let count = places.len();
    let with_entry = |place: usize| Some((place, order.entry(place)?));
    if grid.is_ring() {
        let fit = if count > grid.cells {
            grid.cells - 1
        } else {
            count
        };
        return places.rev().take(fit).filter_map(with_entry).collect();
    }
    let head = if count > grid.cells {
        grid.cells.saturating_sub(2)
    } else {
        count
    };
    let last = (count > head).then(|| places.end - 1);
    let first = places.take(head);
    first.chain(last).filter_map(with_entry).collect()
}

/// The cell of each shown entry: its place in the queue, or where the policy keeps no order, its key's
/// place among the keys.
fn by_key(shown: &[(usize, &EntryFrame)], ordered: bool) -> Vec<usize> {
    let rank = |nth: usize| {
        let length = |nth: usize| (shown[nth].1.key.len(), &*shown[nth].1.key);
        (0..shown.len())
            .filter(|&other| length(other) < length(nth))
            .count()
    };
    let places = 0..shown.len();
    if ordered {
        places.collect()
    } else {
        places.map(rank).collect()
    }
}

/// How many places of a queue could be taken: its share, or all that are free if it is the only one. With
/// a capacity in bytes, the number of free places is unknown.
fn room_for(cache: &CacheFrame, queue: &QueueFrame, cells: usize, only: bool) -> usize {
    let count = queue.count as usize;
    if cache.capacity_bytes.is_some() {
        return count;
    }
    let free = (cache.capacity as usize).saturating_sub(cache.used as usize);
    let share = match queue.limit {
        Some(limit) => limit as usize,
        None if only => cells,
        None => 0,
    };
    cells.min(share.max(count)).min(count + free)
}

fn empty_places(section: &Section, from: usize, to: usize, rest: &mut Vec<Html>) {
    let grid = &section.grid;
    for cell in from..to.min(grid.cells) {
        let (x, y) = grid.at(cell);
        rest.push(html! {
            <rect class="empty" x={px(x)} y={px(y)} width={px(grid.w)} height={px(grid.h)} rx="8" />
        });
    }
}

/// The background of one queue among several, so that an empty one can be seen.
fn track(props: &CacheBoxProps, section: &Section) -> Html {
    let Rect { y, h, .. } = section.grid.area();
    let rect = props.layout.cache.unwrap_or(section.grid.area());
    html! {
        <rect class="queue-ground" x={px(rect.x + 6.0)} y={px(y - 4.0)} width={px(rect.w - 12.0)} height={px(h + 8.0)} rx="9" />
    }
}

/// The line on which the entries of a circle stand.
fn circle(section: &Section) -> Html {
    let (grid, area) = (&section.grid, section.grid.area());
    let (x, y) = (area.x + grid.w / 2.0, area.y + grid.h / 2.0);
    let (w, h) = (area.w - grid.w, area.h - grid.h);
    // Between the first cell and the second.
    let gap = px(area.x + grid.w + 7.0);
    html! {
        <>
            <rect class="order" x={px(x)} y={px(y)} width={px(w)} height={px(h)} rx="14" />
            <path class="order-tip" d={format!("M{gap} {}l-8-4v8z", px(y))} />
        </>
    }
}

fn cells(props: &CacheBoxProps, section: &Section) -> Html {
    // A line of its own, the last in the box.
    let last = props
        .layout
        .cache
        .map_or(0.0, |cache| cache.y + cache.h - 14.0);
    html! {
        <Cells key={section.name} section={*section} stage_w={props.layout.width} cache={props.cache.clone()}
            tell_y={last} asked={props.asked.clone()} followed={props.followed.clone()} />
    }
}

fn ghosts(props: &CacheBoxProps, section: &Section) -> Html {
    let known = props.cache.shape.as_ref();
    let Some(queue) = known.and_then(|known| queue(known, section.name)) else {
        return html! {};
    };
    // The newest first, as in the queues.
    let items: Vec<Slip> = queue
        .members
        .iter()
        .take(section.grid.cells)
        .map(|member| Slip {
            key: member.key.clone(),
            value: String::new(),
            gone: false,
        })
        .collect();
    slips(
        section,
        "ghost",
        &items,
        queue.count as usize,
        props.followed.as_ref(),
    )
}

fn candidates(props: &CacheBoxProps, section: &Section, about: &About) -> Html {
    let (Some(known), Some(compared)) = (&props.cache.shape, about.compares) else {
        return html! {};
    };
    let item = |candidate: &CandidateFrame| Slip {
        key: candidate.key.clone(),
        value: candidate_words(compared, candidate.value, props.at),
        gone: candidate.gone,
    };
    let cells = section.grid.cells;
    let (class, items, count): (_, Vec<Slip>, _) = match section.kind {
        SectionKind::Pool => {
            let best_first = known.pool.iter().rev().take(cells);
            ("pool", best_first.map(item).collect(), known.pool.len())
        }
        _ => {
            let sample = known.sample.iter().take(cells);
            ("sample", sample.map(item).collect(), known.sample.len())
        }
    };
    slips(section, class, &items, count, props.followed.as_ref())
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
