//! The picture of one lane: application, cache node, database, and the ways between them. Messages
//! are drawn over it by `messages`, because only they move while nothing happens.

use super::format::{fit, grouped, px};
use super::layout::{Curve, Layout, Rect};
use crate::sim::{Operation, Party};
use crate::timeline::{CacheFrame, DatabaseFrame, EntryFrame, RequestFrame, RowFrame};
use crate::units::Micros;
use std::rc::Rc;
use yew::prelude::*;

/// The width of a letter of 14 px monospaced type.
pub const LETTER: f64 = 8.45;

/// About how wide a text of 14 px proportional type is.
fn text_w(text: &str) -> f64 {
    text.len() as f64 * 7.6
}

/// What the picture is of.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// The geometry.
    pub layout: Layout,
    /// The instant.
    pub at: Micros,
    /// The lane's time to live, which a full bar stands for.
    pub ttl: Option<Micros>,
    /// The cache node.
    pub cache: Rc<CacheFrame>,
    /// The database.
    pub database: Rc<DatabaseFrame>,
    /// The request that the application is shown working on.
    pub request: Option<RequestFrame>,
    /// How many more are under way.
    pub others: usize,
    /// Which ways have something on them.
    pub lit: (bool, bool),
}

/// The picture without what moves.
#[function_component(Stage)]
pub fn stage(props: &StageProps) -> Html {
    let layout = &props.layout;
    html! {
        <g>
            { way(layout, &layout.to_cache, "way-cache", props.lit.0, layout.cache.is_some()) }
            { way(layout, &layout.to_database, "way-database", props.lit.1, true) }
            { app(props) }
            <g>{ for layout.cache.map(|rect| cache(props, rect)) }</g>
            { database(props) }
        </g>
    }
}

fn way(layout: &Layout, curve: &Curve, class: &'static str, lit: bool, there: bool) -> Html {
    let [a, b, c, d] = curve.0.map(|(x, y)| format!("{} {}", px(x), px(y)));
    // A message keeps clear of the application's box; the way begins at its edge.
    let (x, y) = curve.0[0];
    let edge = y.clamp(layout.app.y, layout.app.y + layout.app.h);
    let path = format!("M{} {}L{a}C{b}, {c}, {d}", px(x), px(edge));
    html! {
        <path class={classes!("way", class, lit.then_some("lit"), (!there).then_some("gone"))} d={path} />
    }
}

fn party(rect: Rect, class: &'static str) -> Html {
    html! {
        <rect class={classes!("party", class)} x={px(rect.x)} y={px(rect.y)}
            width={px(rect.w)} height={px(rect.h)} rx="10" />
    }
}

fn text(x: f64, y: f64, class: &'static str, content: impl Into<AttrValue>) -> Html {
    html! { <text x={px(x)} y={px(y)} class={class}>{ content.into() }</text> }
}

fn app(props: &StageProps) -> Html {
    let rect = props.layout.app;
    let (x, y) = (rect.x + 12.0, rect.y);
    let Some(request) = &props.request else {
        return html! {
            <g>
                { party(rect, "party-app") }
                { text(x, y + 26.0, "h", "App") }
                <g>{ if props.layout.stacked { text(x + 46.0, y + 26.0, "t", "idle") } else { text(x, y + 49.0, "t", "idle") } }</g>
            </g>
        };
    };
    let verb = match request.op {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    let room = if props.layout.stacked {
        rect.w - 196.0
    } else {
        rect.w - 24.0
    };
    let call = fit(&format!("{verb} {}", request.key), (room / LETTER) as usize);
    let number = match props.others {
        0 => format!("request {}", request.id),
        n => format!("request {} +{n}", request.id),
    };
    if props.layout.stacked {
        return html! {
            <g>
                { party(rect, "party-app") }
                { text(x, y + 27.0, "h", "App") }
                { text(x + 40.0, y + 27.0, "k", call) }
                { text(rect.x + rect.w - 12.0, y + 27.0, "t end", number) }
            </g>
        };
    }
    html! {
        <g>
            { party(rect, "party-app") }
            { text(x, y + 24.0, "h", "App") }
            { text(x, y + 48.0, "t", number) }
            { text(x, y + 75.0, "k", call) }
        </g>
    }
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
    if cache.capacity as usize <= cells {
        places.extend(entries.iter().map(Place::Entry));
    } else if entries.len() < cells {
        // The free places go on behind the last cell: one cell says how many.
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

fn cache(props: &StageProps, rect: Rect) -> Html {
    let cache = &props.cache;
    let grid = &props.layout.chips;
    let places = places(cache, grid.cells);
    let full = cache.used == cache.capacity;
    let room = ((rect.w - 130.0) / LETTER) as usize;
    let next_out = cache.next_out().filter(|_| full);
    let next_out = next_out.map(|key| fit(&format!("next out: {key}"), room));
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
            { text(left + 52.0, rect.y + 23.0, "t",
                format!("{} of {}", grouped(cache.used.into()), grouped(cache.capacity.into()))) }
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

/// How many entries are left out, in a cell's width.
fn more(count: usize) -> String {
    let count = grouped(count as u64);
    if count.len() > 3 {
        format!("+{count}")
    } else {
        format!("+{count} more")
    }
}

fn stale_note(props: &StageProps, left: f64, y: f64, count: usize) -> Html {
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

fn chip(props: &StageProps, cell: usize, entry: &EntryFrame) -> Html {
    let grid = &props.layout.chips;
    let (x, y) = grid.at(cell);
    let asked = props
        .request
        .as_ref()
        .is_some_and(|request| request.key == entry.key);
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

/// The rows that fit: the one asked for now first, then those of the entries that the policy keeps
/// longest, then any.
fn shown_rows(props: &StageProps, cells: usize) -> Vec<&RowFrame> {
    let rows = &props.database.rows;
    if rows.len() <= cells {
        return rows.iter().collect();
    }
    let order = |row: &RowFrame, key: &str| (row.key.len(), &*row.key).cmp(&(key.len(), key));
    let asked = props.request.iter().map(|request| &request.key);
    let wanted = asked.chain(props.cache.entries.iter().map(|entry| &entry.key));
    let found = wanted.filter_map(|key| rows.binary_search_by(|row| order(row, key)).ok());
    let mut shown: Vec<usize> = Vec::with_capacity(cells);
    for place in found.chain(0..rows.len()) {
        if shown.len() == cells {
            break;
        }
        if let Err(gap) = shown.binary_search(&place) {
            shown.insert(gap, place);
        }
    }
    shown.into_iter().map(|place| &rows[place]).collect()
}

fn database(props: &StageProps) -> Html {
    let database = &props.database;
    let (rect, grid) = (props.layout.database, &props.layout.rows);
    let shown = shown_rows(props, grid.cells);
    let top = rect.y + 23.0;
    let right = rect.x + rect.w - 12.0;
    let left_out = database.row_count as usize - shown.len();
    // The pool's numbers need the room where some wait and the stage is narrow.
    let crowded = props.layout.stacked && database.queued > 0;
    let rows = match left_out {
        0 => String::new(),
        _ if crowded => String::new(),
        _ => format!("{} rows", grouped(database.row_count.into())),
    };
    html! {
        <g>
            { party(rect, "party-database") }
            { text(rect.x + 14.0, top, "h", "Database") }
            { text(rect.x + 92.0, top, "t", rows) }
            <g>{ connections(database, right, top, left_out == 0) }</g>
            <g>{ for shown.into_iter().enumerate().map(|(cell, row)| row_box(props, cell, row)) }</g>
        </g>
    }
}

/// The pool as circles, filled where a query runs; as numbers where there are too many or some wait.
fn connections(database: &DatabaseFrame, right: f64, y: f64, labelled: bool) -> Html {
    const CIRCLES: u32 = 4;
    if database.connections > CIRCLES || database.queued > 0 {
        let waiting = match database.queued {
            0 => String::new(),
            n => format!(", {n} wait"),
        };
        let busy = format!(
            "{} of {} busy{waiting}",
            database.busy, database.connections
        );
        return text(right, y, "t end", busy);
    }
    let x = |i: u32| right - 7.0 - f64::from(database.connections - 1 - i) * 20.0;
    let circle = |i: u32| {
        let busy = (i < database.busy).then_some("busy");
        html! { <circle class={classes!("connection", busy)} cx={px(x(i))} cy={px(y - 5.0)} r="6.5" /> }
    };
    let label = labelled.then(|| text(x(0) - 14.0, y, "t end", "connections"));
    html! { <>{ for label }{ for (0..database.connections).map(circle) }</> }
}

fn row_box(props: &StageProps, cell: usize, row: &RowFrame) -> Html {
    let grid = &props.layout.rows;
    let (x, y) = grid.at(cell);
    let version = format!("v{}", row.version.0);
    let room = (grid.w - 16.0) / LETTER - version.len() as f64 - 0.5;
    html! {
        <g key={&*row.key} class={classes!("row", row.in_use.then_some("in-use"))}
            transform={format!("translate({} {})", px(x), px(y))}>
            <title>{ row.key.to_string() }</title>
            <rect class="row-box" width={px(grid.w)} height={px(grid.h)} rx="6" />
            <text class="k" x="8" y="19">{ fit(&row.key, room.max(1.0) as usize) }</text>
            <text class="v end" x={px(grid.w - 8.0)} y="19">{ version }</text>
        </g>
    }
}

/// Which ways have a message or a query on them: (to the cache, to the database).
pub fn lit(lane: &crate::timeline::LaneFrame) -> (bool, bool) {
    let on = |party: Party| {
        lane.messages
            .iter()
            .any(|message| message.from == party || message.to == party)
    };
    (
        on(Party::Cache),
        on(Party::Database) || lane.database.busy > 0,
    )
}
