//! The numbers so far, each lane beside the same requests without a cache.

use super::format::{grouped, letter, ms, per_mille, px};
use crate::timeline::{Frame, MetricsFrame};
use crate::units::Micros;
use std::rc::Rc;
use yew::prelude::*;

/// Of which frame.
#[derive(Properties, PartialEq)]
pub struct MetricsProps {
    /// The frame.
    pub frame: Rc<Frame>,
    /// Whether the table stands on its side: one number a row.
    pub sideways: bool,
}

/// A cell: its text, how long a bar stands for it (of 1), and whether it is a warning.
struct Cell {
    text: String,
    bar: Option<f64>,
    warn: bool,
}

/// A number that is shown of every lane.
struct Column {
    name: &'static str,
    title: &'static str,
    cells: Vec<Cell>,
}

/// The table.
#[function_component(Metrics)]
pub fn metrics(props: &MetricsProps) -> Html {
    let frame = &props.frame;
    let columns = columns(frame);
    let lanes = frame.lanes.len();
    let heads: Vec<Html> = (0..=lanes)
        .map(|i| match frame.lanes.get(i) {
            Some(lane) => html! { <>{ letter(i) }{ " " }<b>{ lane.name.to_string() }</b></> },
            None => html! { { "No cache" } },
        })
        .collect();
    let base = |i: usize| (i == lanes).then_some("base");
    if props.sideways {
        return html! {
            <div class="metrics-box" role="region" tabindex="0" aria-label="Numbers so far">
            <table class="metrics sideways">
                <caption class="sr-only">{ "Numbers so far" }</caption>
                <thead><tr>
                    <th scope="col">{ "So far" }</th>
                    { for heads.into_iter().enumerate().map(|(i, head)| html! { <th scope="col" class={classes!(base(i))}>{ head }</th> }) }
                </tr></thead>
                <tbody>
                    { for columns.into_iter().map(|column| html! {
                        <tr>
                            <th scope="row" title={column.title}>{ column.name }</th>
                            { for column.cells.into_iter().enumerate().map(|(i, cell)| html! { <td class={classes!(base(i))}>{ value(&cell) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
            </div>
        };
    }
    html! {
        <table class="metrics">
            <caption class="sr-only">{ "Numbers so far" }</caption>
            <thead><tr>
                <th scope="col">{ "So far" }</th>
                { for columns.iter().map(|column| html! { <th scope="col" title={column.title}>{ column.name }</th> }) }
            </tr></thead>
            <tbody>
                { for heads.into_iter().enumerate().map(|(i, head)| html! {
                    <tr class={classes!(base(i))}>
                        <th scope="row">{ head }</th>
                        { for columns.iter().map(|column| {
                            let cell = &column.cells[i];
                            html! { <td>{ bar(cell) }{ value(cell) }</td> }
                        }) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}

fn value(cell: &Cell) -> Html {
    html! { <span class={classes!("value", cell.warn.then_some("warn"))}>{ cell.text.clone() }</span> }
}

fn bar(cell: &Cell) -> Html {
    const WIDTH: f64 = 42.0;
    match cell.bar {
        None => html! {},
        Some(share) => html! {
            <svg class="spark" width={px(WIDTH)} height="8" aria-hidden="true">
                <rect x={px(WIDTH * (1.0 - share))} width={px(WIDTH * share)} height="8" rx="2" />
            </svg>
        },
    }
}

fn columns(frame: &Frame) -> Vec<Column> {
    let all: Vec<&MetricsFrame> = frame
        .lanes
        .iter()
        .map(|lane| &lane.metrics)
        .chain([&frame.baseline])
        .collect();
    let lanes = frame.lanes.len();
    let has_cache = |i: usize| frame.lanes.get(i).is_some_and(|lane| lane.cache.exists());
    let count = |name, title, warn: bool, of: fn(&MetricsFrame) -> u64, needs_cache: bool| Column {
        name,
        title,
        cells: all
            .iter()
            .enumerate()
            .map(|(i, metrics)| match needs_cache && !has_cache(i) {
                true => none(),
                false => Cell {
                    text: grouped(of(metrics)),
                    bar: None,
                    warn: warn && of(metrics) > 0,
                },
            })
            .collect(),
    };
    let latency = |name, title, of: fn(&MetricsFrame) -> Option<Micros>| {
        let longest = all.iter().filter_map(|metrics| of(metrics)).max();
        let longest = longest.map_or(1.0, |span| span.0.max(1) as f64);
        let cell = |metrics: &&MetricsFrame| match of(metrics) {
            Some(span) => Cell {
                text: ms(span),
                bar: Some(span.0 as f64 / longest),
                warn: false,
            },
            None => none(),
        };
        let cells = all.iter().map(cell).collect();
        Column { name, title, cells }
    };
    let hit_rate = all.iter().enumerate().map(|(i, metrics)| {
        match metrics.hit_per_mille().filter(|_| i < lanes) {
            Some(share) => Cell {
                text: per_mille(share),
                bar: Some(share as f64 / 1000.0),
                warn: false,
            },
            None => none(),
        }
    });
    vec![
        Column {
            name: "Hit rate",
            title: "Hits of all look-ups (CloudWatch: CacheHitRate)",
            cells: hit_rate.collect(),
        },
        latency("Read p50", "Half of the reads took at most this", |m| {
            m.read_p50_us
        }),
        latency("p95", "95 of 100 reads took at most this", |m| {
            m.read_p95_us
        }),
        latency("p99", "99 of 100 reads took at most this", |m| {
            m.read_p99_us
        }),
        latency("Write p50", "Half of the writes took at most this", |m| {
            m.write_p50_us
        }),
        count(
            "Database reads",
            "Rows read from the database",
            false,
            |m| m.database_reads,
            false,
        ),
        count(
            "Stale reads",
            "Hits on a copy older than the row",
            true,
            |m| m.stale_reads,
            true,
        ),
        count(
            "Evictions",
            "Entries removed to make room (CloudWatch: Evictions)",
            false,
            |m| m.evictions,
            true,
        ),
    ]
}

fn none() -> Cell {
    Cell {
        text: "–".to_owned(),
        bar: None,
        warn: false,
    }
}
