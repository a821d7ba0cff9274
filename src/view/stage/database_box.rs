//! The database on the stage.

use super::{LETTER, party, text};
use crate::timeline::{CacheFrame, DatabaseFrame, RowFrame};
use crate::view::format::{fit, grouped, px};
use crate::view::layout::{Grid, Rect};
use std::rc::Rc;
use yew::prelude::*;

/// What is drawn.
#[derive(Properties, PartialEq)]
pub(super) struct DatabaseBoxProps {
    /// The database's place.
    pub rect: Rect,
    /// The rows' places.
    pub grid: Grid,
    /// Whether the stage is a narrow one.
    pub stacked: bool,
    /// The database.
    pub database: Rc<DatabaseFrame>,
    /// The key that the shown request asks for.
    pub asked: Option<Rc<str>>,
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

/// The database with its rows and its pool of connections.
#[function_component(DatabaseBox)]
pub(super) fn database_box(props: &DatabaseBoxProps) -> Html {
    let (database, rect, grid) = (&props.database, props.rect, &props.grid);
    let shown = shown_rows(props, grid.cells);
    let top = rect.y + 23.0;
    let right = rect.x + rect.w - 12.0;
    let left_out = database.row_count as usize - shown.len();
    // The pool's numbers need the room where some wait and the stage is narrow.
    let crowded = props.stacked && database.queued > 0;
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

fn row_box(props: &DatabaseBoxProps, cell: usize, row: &RowFrame) -> Html {
    let grid = &props.grid;
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
