//! The database on the stage, or the words that there is none.

use super::{LETTER, party, text, text_w};
use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::layout::{Grid, NO_DATABASE_LINE, Rect};
use cache::units::Version;
use std::rc::Rc;
use timeline::{CacheFrame, DatabaseFrame, RowFrame, UnitsFrame};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct DatabaseBoxProps {
    /// The database's place.
    pub rect: Rect,
    /// The rows' places.
    pub grid: Grid,
    /// Whether reads are answered by a replica, which lags behind.
    pub replica: bool,
    pub database: Rc<DatabaseFrame>,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
    /// The key that is followed.
    pub followed: Option<Rc<str>>,
    /// The cache, where not all rows are shown and its entries decide which.
    pub cache: Option<Rc<CacheFrame>>,
}

/// The rows that fit: the one asked for now first, then those of the entries that the policy keeps
/// longest, then any.
fn shown_rows(props: &DatabaseBoxProps, cells: usize) -> Vec<&RowFrame> {
    let rows = &props.database.rows;
    if rows.len() <= cells {
        return rows.iter().collect();
    }
    let order = |row: &RowFrame, key: &str| (row.key.len(), &*row.key).cmp(&(key.len(), key));
    let entries = props.cache.iter().flat_map(|cache| &cache.entries);
    let wanted = props.asked.iter().chain(entries.map(|entry| &entry.key));
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

/// How many queries run, as far as there is room.
fn running(database: &DatabaseFrame, room: f64) -> String {
    if database.connections > 0 {
        return format!("{} of {} busy", database.busy, database.connections);
    }
    let running = format!("{} running", grouped(database.busy.into()));
    if database.throttled == 0 {
        return running;
    }
    let throttled = format!("{} throttled", grouped(database.throttled));
    let both = format!("{running}, {throttled}");
    if text_w(&both) > room {
        throttled
    } else {
        both
    }
}

/// The database with its rows, and its pool of connections or what is used of its units.
#[function_component(DatabaseBox)]
pub(super) fn database_box(props: &DatabaseBoxProps) -> Html {
    let (database, rect, grid) = (&props.database, props.rect, &props.grid);
    let shown = shown_rows(props, grid.cells);
    let top = rect.y + 23.0;
    let (left, right) = (rect.x + 14.0, rect.x + rect.w - 12.0);
    let left_out = database.row_count as usize - shown.len();
    let rows = match left_out {
        0 if props.replica => "read from a replica".to_owned(),
        0 => String::new(),
        _ => format!("{} rows", grouped(database.row_count.into())),
    };
    // The names of services are wider.
    let begin = match database.connections {
        0 => 110.0,
        _ => 92.0,
    };
    let busy = running(database, rect.w - begin - 12.0 - 8.0);
    // Beside each other, or else the number of rows goes without.
    let room = rect.w - begin - 12.0 - text_w(&busy) - 8.0;
    let rows = if text_w(&rows) > room {
        String::new()
    } else {
        rows
    };
    html! {
        <g>
            { party(rect, "database", "Database") }
            { text(left, top, "h", database.name()) }
            { text(rect.x + begin, top, "t", rows) }
            { text(right, top, "t end", busy) }
            { load(database, left, right, top + 22.0) }
            <g>{ for shown.into_iter().enumerate().map(|(cell, row)| row_box(props, cell, row)) }</g>
        </g>
    }
}

/// The words that stand in place of a database, in lines that fit a width.
pub(super) fn no_database_lines(width: f64) -> &'static [&'static str] {
    const ONE: [&str; 1] = ["No database: the cache holds the only copy."];
    const TWO: [&str; 2] = ["No database:", "the cache holds the only copy."];
    if text_w(ONE[0]) <= width { &ONE } else { &TWO }
}

/// What stands in place of a database.
pub(super) fn no_database(rect: Rect) -> Html {
    let lines = no_database_lines(rect.w).iter().zip(1..);
    let line = |(words, nth): (&&'static str, u32)| {
        let y = rect.y + NO_DATABASE_LINE * f64::from(nth) - 4.0;
        text(rect.x, y, "t no-database", *words)
    };
    html! { <g>{ for lines.map(line) }</g> }
}

/// The most connections drawn as circles.
const CIRCLES: u32 = 4;
/// The most drawn as dots; more are a bar.
const DOTS: u32 = 16;
/// From one mark of a waiting query to the next.
const WAITING_PITCH: f64 = 7.0;

/// The line below the heading: how much of what limits the database is in use.
fn load(database: &DatabaseFrame, left: f64, right: f64, y: f64) -> Html {
    match database.connections {
        0 if database.units.is_empty() => text(left, y, "t", "no pool: queries begin at once"),
        0 => units(database, left, right, y),
        _ => pool(database, left, right, y),
    }
}

/// The most partitions drawn as columns.
const COLUMNS: usize = 16;
/// From one column to the next.
const COLUMN_PITCH: f64 = 9.0;
/// How high a column is.
const COLUMN_HEIGHT: f64 = 13.0;

/// Each partition, filled as far as its reads or its writes are used in this second, and in words the limit of which most is
/// used.
fn units(database: &DatabaseFrame, left: f64, right: f64, y: f64) -> Html {
    let partitions = database
        .units
        .iter()
        .filter(|units| units.partition.is_some());
    let partitions: Vec<&UnitsFrame> = partitions.collect();
    let words = database
        .hottest()
        .map(|(units, reads)| units.in_words(reads));
    let shortest = words
        .as_ref()
        .map_or(0.0, |[.., shortest]| text_w(shortest));
    let columns_w = partitions.len() as f64 * COLUMN_PITCH + 6.0;
    // Where there is no room for both, the words say more.
    let drawn = match partitions.len() {
        count if count <= COLUMNS && columns_w + shortest <= right - left => count,
        _ => 0,
    };
    let column = |(place, units): (usize, &&UnitsFrame)| {
        let share = |(used, most): (u32, u32)| f64::from(used) / f64::from(most);
        let filled = COLUMN_HEIGHT * share(units.of(true)).max(share(units.of(false)));
        let (x, top) = (left + place as f64 * COLUMN_PITCH, y - COLUMN_HEIGHT + 1.0);
        html! {
            <g>
                <rect class="partition used" x={px(x)} y={px(top + COLUMN_HEIGHT - filled)} width="6" height={px(filled)} />
                <rect class="partition" x={px(x)} y={px(top)} width="6" height={px(COLUMN_HEIGHT)} rx="1" />
            </g>
        }
    };
    let begin = match drawn {
        0 => left,
        _ => left + drawn as f64 * COLUMN_PITCH + 6.0,
    };
    let words = words.map(|[long, shorter, shortest]| {
        let fits = |words: &String| text_w(words) <= right - begin;
        [long, shorter].into_iter().find(fits).unwrap_or(shortest)
    });
    html! {
        <g>
            { for partitions.iter().take(drawn).enumerate().map(column) }
            { text(begin, y, "t units", words.unwrap_or_default()) }
        </g>
    }
}

/// The pool, filled where a query runs, and behind it the queries that wait for a connection.
fn pool(database: &DatabaseFrame, left: f64, right: f64, y: f64) -> Html {
    let (connections, busy) = (database.connections, database.busy);
    let (each, r, from) = match connections {
        0..=CIRCLES => (19.0, 6.5, left + 90.0),
        _ => (10.0, 4.0, left),
    };
    let middle = y - 5.0;
    let (drawn, end) = if connections <= DOTS {
        let dot = |i: u32| {
            let busy = (i < busy).then_some("busy");
            let x = from + r + f64::from(i) * each;
            html! { <circle class={classes!("connection", busy)} cx={px(x)} cy={px(middle)} r={px(r)} /> }
        };
        let dots = html! { <g>{ for (0..connections).map(dot) }</g> };
        (dots, from + f64::from(connections) * each)
    } else {
        let w = 140.0;
        let filled = w * f64::from(busy) / f64::from(connections);
        let bar = html! {
            <g>
                <rect class="connection" x={px(left)} y={px(middle - 5.0)} width={px(w)} height="10" rx="3" />
                <rect class="connection busy" x={px(left)} y={px(middle - 5.0)} width={px(filled)} height="10" rx="3" />
            </g>
        };
        (bar, left + w)
    };
    let waiting = (database.queued > 0).then(|| {
        let words = format!("{} wait", grouped(database.queued.into()));
        let begin = end + 8.0;
        let room = right - begin - text_w(&words) - 6.0;
        let fit = (room / WAITING_PITCH).max(0.0) as u32;
        let marks = (0..database.queued.min(fit)).map(|i| {
            let x = begin + f64::from(i) * WAITING_PITCH;
            html! { <rect class="waiting" x={px(x)} y={px(middle - 6.0)} width="4" height="12" rx="1.5" /> }
        });
        html! { <g>{ for marks }{ text(right, y, "t end", words) }</g> }
    });
    html! {
        <g>
            if connections <= CIRCLES {
                { text(left, y, "t", "connections") }
            }
            { drawn }
            { for waiting }
        </g>
    }
}

fn row_box(props: &DatabaseBoxProps, cell: usize, row: &RowFrame) -> Html {
    let grid = &props.grid;
    let (x, y) = grid.at(cell);
    let (version, label) = match row.version {
        Version(0) => ("none".to_owned(), format!("no row {} yet", row.key)),
        Version(version) => (
            format!("v{version}"),
            format!("row {}, version {version}", row.key),
        ),
    };
    let room = (grid.w - 16.0) / LETTER - version.len() as f64 - 0.5;
    let followed = props.followed.as_ref() == Some(&row.key);
    let doing = if row.in_use { ", a query runs" } else { "" };
    let label = label + doing;
    html! {
        <g key={&*row.key} class={classes!("row", row.in_use.then_some("in-use"), followed.then_some("followed"))}
            transform={format!("translate({} {})", px(x), px(y))}
            data-key={row.key.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
            <title>{ label }</title>
            if followed {
                <rect class="ring" x="-3" y="-3" width={px(grid.w + 6.0)} height={px(grid.h + 6.0)} rx="8" />
            }
            <rect class="row-box" width={px(grid.w)} height={px(grid.h)} rx="6" />
            <text class="k" x="8" y="19">{ fit(&row.key, room.max(1.0) as usize) }</text>
            <text class="v end" x={px(grid.w - 8.0)} y="19">{ version }</text>
        </g>
    }
}
