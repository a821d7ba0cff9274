//! What the scenario is called, and where it begins.

use super::super::ranges::{INTRO_CHARS_MAX, KEY_BYTES_MAX, NAME_CHARS_MAX, TIME, WARM};
use super::{Field, Kind, List, Optional};
use crate::Plain;

pub(super) static FIELDS: [Field; 6] = [
    Field::new(
        "/title",
        "Title",
        Kind::Text(NAME_CHARS_MAX),
        "What the scenario is called.",
    ),
    Field::new(
        "/intro",
        "Introduction",
        Kind::Text(INTRO_CHARS_MAX),
        "What to look at; it stands above the lanes before the first step.",
    ),
    Field::new(
        "/seed",
        "Seed",
        Kind::Text(20),
        "Fixes every random draw: the same seed gives the same latencies, in every lane.",
    ),
    Field::new(
        "/warm",
        "Warm cache",
        Kind::List(List {
            range: WARM,
            noun: "key",
            of: &[
                Field::new("/key", "Key", Kind::Text(KEY_BYTES_MAX), ""),
                Field::new("/age_us", "Age", Kind::Span(TIME), ""),
            ],
            more: Some(|warm| {
                let key = (1..).map(|n| format!("key:{n}")).find(|key| {
                    let mut known = warm.iter().filter_map(|copy| copy.field("key")?.text());
                    known.all(|known| known != key)
                });
                Plain::object([
                    ("key", Plain::Text(key.unwrap_or_default())),
                    ("age_us", Plain::from(0)),
                ])
            }),
            in_order_of: None,
        }),
        "What every cache holds before the first request, least recently used first. A copy as old as its time to live is not there.",
    ),
    Field::new(
        "/absent",
        "Keys without a row",
        Kind::Names,
        "Keys of a script that the database has no row for until they are written, with blanks between them.",
    ),
    Field::new(
        "/schedule",
        "Moves",
        Kind::Optional(Optional {
            of: &Kind::Numbers,
            when_on: || Plain::List(Vec::new()),
            absent: "time decides",
        }),
        "The clients in the order in which they execute one instruction each. Switched off, time decides.",
    ),
];
