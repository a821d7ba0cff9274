//! The scenario's title and introduction, and the state that it begins with.

use super::super::ranges::{INTRO_CHARS_MAX, KEY_BYTES_MAX, NAME_CHARS_MAX, TIME};
use super::{Field, Kind, List, Optional};
use cache::CAPACITY_MAX;
use serde_json::{Value, json};

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
        "What to watch for. Shown above the lanes at step 0.",
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
            range: (0, CAPACITY_MAX as u64),
            noun: "key",
            of: &[
                Field::new("/key", "Key", Kind::Text(KEY_BYTES_MAX), ""),
                Field::new("/age_us", "Age", Kind::Span(TIME), ""),
            ],
            more: Some(|warm| {
                let key = (1..).map(|n| format!("key:{n}")).find(|key| {
                    let mut known = warm.iter().filter_map(|copy| copy.get("key")?.as_str());
                    known.all(|known| known != key)
                });
                json!({
                    "key": key.unwrap_or_default(),
                    "age_us": 0,
                })
            }),
            in_order_of: None,
        }),
        "What every cache holds before the first request, least recently used first. Copies older than the TTL are left out.",
    ),
    Field::new(
        "/absent",
        "Keys without a row",
        Kind::Names,
        "Keys of a request list that have no database row until they are written, separated by spaces.",
    ),
    Field::new(
        "/schedule",
        "Moves",
        Kind::Optional(Optional {
            of: &Kind::Numbers,
            when_on: || Value::Array(Vec::new()),
            absent: "the clock decides",
        }),
        "Which client runs its next line, in order. Off: the clock decides.",
    ),
];
