//! The database's and the network's inputs, and the distributions of time that many inputs have.

use super::super::ranges::{GAP_MAX_US, LATENCY_MAX_US, TIME_MAX_US};
use super::{Field, Kind, Optional, Variant, count, none_or};
use serde_json::{Value, json};

/// Makes the kinds of distributions of spans up to a maximum.
macro_rules! distribution {
    ($name:ident, $max_us:expr) => {
        pub(super) static $name: [Variant; 3] = [
            Variant {
                tag: "p50_us",
                title: "Percentiles",
                about: "set p50, p90, p99 and max; values in between are interpolated",
                fields: &[
                    Field::new("/p50_us", "p50", Kind::Span((1, $max_us)), ""),
                    Field::new("/p90_us", "p90", Kind::Span((1, $max_us)), ""),
                    Field::new("/p99_us", "p99", Kind::Span((1, $max_us)), ""),
                    Field::new("/max_us", "max", Kind::Span((1, $max_us)), ""),
                ],
                make: |from| {
                    let middle = middle_us(from).max(1);
                    let at = |times: u64| Value::from((middle * times).min($max_us));
                    json!({
                        "p50_us": at(1),
                        "p90_us": at(2),
                        "p99_us": at(4),
                        "max_us": at(10),
                    })
                },
            },
            Variant {
                tag: "exponential_mean_us",
                title: "Exponential",
                about: "memoryless; standard deviation equals the mean",
                fields: &[Field::new(
                    "/exponential_mean_us",
                    "mean",
                    Kind::Span((1, $max_us)),
                    "",
                )],
                make: |from| {
                    let mean_us = Value::from(middle_us(from).max(1));
            json!({"exponential_mean_us": mean_us})
                },
            },
            Variant {
                tag: "constant_us",
                title: "Constant",
                about: "always the same",
                fields: &[Field::new(
                    "/constant_us",
                    "always",
                    Kind::Span((0, $max_us)),
                    "",
                )],
        make: |from| json!({"constant_us": middle_us(from)}),
            },
        ];
    };
}

distribution!(LATENCY, LATENCY_MAX_US);
distribution!(GAP, GAP_MAX_US);
distribution!(OWN_TTL, TIME_MAX_US);

/// The number that stands for a distribution when another kind is made of it, in microseconds.
fn middle_us(of: &Value) -> u64 {
    let known = ["p50_us", "exponential_mean_us", "constant_us"];
    let number = known.iter().find_map(|name| of.get(name)?.as_u64());
    number.unwrap_or(1_000)
}

pub(super) static DATABASE: [Field; 5] = [
    Field::new(
        "/lanes/*/database/connections",
        "Connections",
        count((1, 64), ""),
        "How many queries can run at once; the rest wait in a queue.",
    )
    .known_as("the pool; DatabaseConnections"),
    Field::new(
        "/lanes/*/database/read",
        "Read time",
        Kind::OneOf(&LATENCY),
        "How long a read takes once it has a connection.",
    )
    .known_as("ReadLatency"),
    Field::new(
        "/lanes/*/database/write",
        "Write time",
        Kind::OneOf(&LATENCY),
        "How long a write takes once it has a connection.",
    )
    .known_as("WriteLatency"),
    Field::new(
        "/lanes/*/database/replica_lag",
        "Lag of the read replica",
        none_or(&Kind::OneOf(&LATENCY), || json!({"constant_us": 20_000})),
        "Adds a read replica this far behind the primary; all reads go to it.",
    )
    .known_as("ReplicaLag"),
    Field::new(
        "/lanes/*/database/queue_max",
        "Longest queue",
        Kind::Optional(Optional {
            of: &count((0, 10_000), "queries"),
            when_on: || Value::from(20),
            absent: "no limit",
        }),
        "When so many queries wait for a connection, further ones are refused at once.",
    )
    .known_as("load shedding"),
];

pub(super) static NETWORK: [Field; 3] = [
    Field::new(
        "/lanes/*/network/cache",
        "Round trip to the cache",
        Kind::OneOf(&LATENCY),
        "From the application to the cache and back, without the cache's own work.",
    ),
    Field::new(
        "/lanes/*/network/database",
        "Round trip to the database",
        Kind::OneOf(&LATENCY),
        "From the application to the database and back, without the database's own work.",
    ),
    Field::new(
        "/lanes/*/network/timeout_us",
        "Time-out",
        Kind::Span((1, LATENCY_MAX_US)),
        "How long the application waits before it gives up on an answer.",
    ),
];
