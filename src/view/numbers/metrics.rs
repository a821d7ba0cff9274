//! The numbers so far, each lane beside the same requests without a cache.

use crate::view::numbers::plot::Quantity;
use crate::view::shell::format::{grouped, letter, ms, per_mille};
use cache::units::Micros;
use std::rc::Rc;
use timeline::{Frame, MetricsFrame, duration};
use yew::prelude::*;

/// Below this width of the page the table stands on its side, in CSS pixels.
const SIDEWAYS_BELOW: u32 = 1101;

#[derive(Properties, PartialEq)]
pub struct MetricsProps {
    pub frame: Rc<Frame>,
    /// The width of the page, in CSS pixels.
    pub page_width: u32,
    /// Whether text is so large that less fits beside it.
    pub large: bool,
    /// Whether the page is shown on a projector, which enlarges its text.
    pub present: bool,
}

impl MetricsProps {
    /// Whether the table has one number a row, because a row of all numbers has no room.
    fn is_sideways(&self) -> bool {
        let below = if self.present {
            SIDEWAYS_BELOW * 5 / 4
        } else {
            SIDEWAYS_BELOW
        };
        self.large || self.page_width < below
    }
}

/// Which of two numbers is the better one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Higher,
    Lower,
    Neither,
}

/// A number that each lane has.
struct Number {
    name: &'static str,
    title: &'static str,
    better: Better,
    /// Whether any value but 0 is a warning.
    warns: bool,
    /// Whether only a lane with a cache has it.
    of_cache: bool,
    of: fn(&MetricsFrame) -> Option<u64>,
    text: fn(u64) -> String,
}

impl Number {
    const fn count(
        name: &'static str,
        title: &'static str,
        better: Better,
        of: fn(&MetricsFrame) -> Option<u64>,
    ) -> Self {
        Number {
            name,
            title,
            better,
            warns: false,
            of_cache: false,
            of,
            text: grouped,
        }
    }

    const fn latency(
        name: &'static str,
        title: &'static str,
        of: fn(&MetricsFrame) -> Option<u64>,
    ) -> Self {
        Number {
            // A column has no room for thousands of milliseconds.
            text: |us| match us {
                0..999_500 => ms(Micros(us)),
                _ => duration(Micros(us)),
            },
            ..Number::count(name, title, Better::Lower, of)
        }
    }
}

/// All of them, in the order of the table.
const NUMBERS: [Number; 15] = [
    Number {
        of_cache: true,
        text: per_mille,
        ..Number::count(
            "Hit rate",
            "Hits of all look-ups (CloudWatch: CacheHitRate)",
            Better::Higher,
            MetricsFrame::hit_per_mille,
        )
    },
    Number::latency("Read p50", "Half of the reads took at most this", |m| {
        m.read_p50_us.map(|us| us.0)
    }),
    Number::latency("p95", "95 % of the reads took at most this", |m| {
        m.read_p95_us.map(|us| us.0)
    }),
    Number::latency("p99", "99 % of the reads took at most this", |m| {
        m.read_p99_us.map(|us| us.0)
    }),
    Number::latency("longest", "The longest that a read took", |m| {
        m.read_max_us.map(|us| us.0)
    }),
    Number::latency("Write p50", "Half of the writes took at most this", |m| {
        m.write_p50_us.map(|us| us.0)
    }),
    Number::count(
        "Database reads",
        "Rows read from the database",
        Better::Lower,
        |m| Some(m.database_reads),
    ),
    Number {
        text: per_mille,
        ..Number::count(
            "busy",
            "How much of the time the database's connections were busy",
            Better::Lower,
            |m| m.database_busy_per_mille,
        )
    },
    Number::count(
        "queue",
        "The most queries that waited for a connection at once",
        Better::Lower,
        |m| Some(m.queued_max.into()),
    ),
    Number {
        warns: true,
        of_cache: true,
        ..Number::count(
            "Stale reads",
            "Reads that got an out-of-date copy",
            Better::Lower,
            |m| Some(m.stale_reads),
        )
    },
    Number {
        of_cache: true,
        text: |us| duration(Micros(us)),
        ..Number::count(
            "oldest",
            "How out of date the worst stale read was",
            Better::Lower,
            |m| m.stale_age_max_us.map(|us| us.0),
        )
    },
    Number {
        of_cache: true,
        ..Number::count(
            "Evictions",
            "Entries removed to make room (CloudWatch: Evictions)",
            Better::Lower,
            |m| Some(m.evictions),
        )
    },
    Number {
        of_cache: true,
        ..Number::count(
            "Expired",
            "Entries removed because their TTL had run out (CloudWatch: Reclaimed)",
            Better::Neither,
            |m| Some(m.expirations),
        )
    },
    Number {
        of_cache: true,
        text: |bytes| Quantity::Bytes.text(bytes),
        ..Number::count(
            "Stored",
            "What keys and values take (CloudWatch's BytesUsedForCache counts the engine's overhead too)",
            Better::Neither,
            |m| Some(m.stored_bytes),
        )
    },
    Number {
        warns: true,
        ..Number::count(
            "Errors",
            "Trips to the cache or the database that failed",
            Better::Lower,
            |m| Some(m.failed_trips),
        )
    },
];

/// The full name of a number, for rows: a column's short name goes on from its neighbour's.
fn alone(name: &'static str) -> &'static str {
    match name {
        "p95" => "Read p95",
        "p99" => "Read p99",
        "longest" => "Longest read",
        "busy" => "Database busy",
        "queue" => "Database queue",
        "oldest" => "Oldest copy",
        name => name,
    }
}

/// How a lane's number compares with the other lanes'.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Best,
    Worst,
    None,
}

struct Cell {
    text: String,
    warn: bool,
    rank: Rank,
}

/// The table.
#[function_component(Metrics)]
pub fn metrics(props: &MetricsProps) -> Html {
    let frame = &props.frame;
    let lanes = frame.lanes.len();
    let all = || {
        frame
            .lanes
            .iter()
            .map(|lane| &lane.metrics)
            .chain([&frame.baseline])
    };
    let columns: Vec<Vec<Cell>> = NUMBERS
        .iter()
        .map(|number| {
            let has_cache = |i: usize| frame.lanes.get(i).is_some_and(|lane| lane.cache.exists());
            let there = |i: usize| !number.of_cache || has_cache(i);
            let values = all().enumerate();
            cells(
                number,
                lanes,
                values.map(|(i, metrics)| (number.of)(metrics).filter(|_| there(i))),
            )
        })
        .collect();
    let heads = (0..=lanes).map(|i| match frame.lanes.get(i) {
        Some(lane) => html! { <>{ letter(i) }{ " " }<b>{ lane.name.to_string() }</b></> },
        None => html! { { "No cache" } },
    });
    let base = |i: usize| (i == lanes).then_some("base");
    let name = |number: &Number, scope: &'static str| html! { <th {scope} title={number.title}>{ if scope == "row" { alone(number.name) } else { number.name } }</th> };
    let sideways = props.is_sideways();
    let table = if sideways {
        html! {
            <table class="metrics sideways">
                <caption class="sr-only">{ "Numbers so far" }</caption>
                <thead><tr>
                    <th scope="col">{ "So far" }</th>
                    { for heads.enumerate().map(|(i, head)| html! { <th scope="col" class={classes!(base(i))}>{ head }</th> }) }
                </tr></thead>
                <tbody>
                    { for NUMBERS.iter().zip(&columns).map(|(number, cells)| html! {
                        <tr>
                            { name(number, "row") }
                            { for cells.iter().enumerate().map(|(i, cell)| html! { <td class={classes!(base(i))}>{ value(cell) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        }
    } else {
        html! {
            <table class="metrics">
                <caption class="sr-only">{ "Numbers so far" }</caption>
                <thead><tr>
                    <th scope="col">{ "So far" }</th>
                    { for NUMBERS.iter().map(|number| name(number, "col")) }
                </tr></thead>
                <tbody>
                    { for heads.enumerate().map(|(i, head)| html! {
                        <tr class={classes!(base(i))}>
                            <th scope="row">{ head }</th>
                            { for columns.iter().map(|cells| html! { <td>{ value(&cells[i]) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        }
    };
    html! {
        <>
            <div class="metrics-box" role="region" tabindex={sideways.then_some("0")} aria-label="Numbers so far">{ table }</div>
            if lanes > 1 {
                <p class="metrics-key" aria-hidden="true">
                    { "Best value in " }<b>{ "bold" }</b>{ ", worst " }<span class="rank-worst">{ "underlined" }</span>{ "." }
                </p>
            }
        </>
    }
}

fn cells(number: &Number, lanes: usize, values: impl Iterator<Item = Option<u64>>) -> Vec<Cell> {
    let values: Vec<Option<u64>> = values.collect();
    let of_lanes = || values[..lanes].iter().copied().flatten();
    let ends = of_lanes().min().zip(of_lanes().max());
    let (best, worst) = match (number.better, ends) {
        (Better::Lower, Some((least, most))) if least < most => (Some(least), Some(most)),
        (Better::Higher, Some((least, most))) if least < most => (Some(most), Some(least)),
        _ => (None, None),
    };
    let cell = |(i, value): (usize, &Option<u64>)| Cell {
        text: value.map_or_else(|| "–".to_owned(), number.text),
        warn: number.warns && value.is_some_and(|value| value > 0),
        rank: match *value {
            None => Rank::None,
            _ if i >= lanes => Rank::None,
            value if value == best => Rank::Best,
            value if value == worst => Rank::Worst,
            _ => Rank::None,
        },
    };
    values.iter().enumerate().map(cell).collect()
}

fn value(cell: &Cell) -> Html {
    let (class, word) = match cell.rank {
        Rank::Best => ("rank-best", " best"),
        Rank::Worst => ("rank-worst", " worst"),
        Rank::None => ("rank-none", ""),
    };
    html! {
        <>
            <span class={classes!("value", class, cell.warn.then_some("warn"))}>{ cell.text.clone() }</span>
            if !word.is_empty() {
                <span class="sr-only">{ word }</span>
            }
        </>
    }
}
