//! The inputs of a day of traffic.

use super::{Choice, Field, Kind, Range, count, decimal, none_or};
use serde_json::Value;
use sim::cost::{RATE_MAX, scaling::ECPU_RATE_MAX};
use sim::day::Shape;

choices!(SHAPES: Shape, shape => Choice {
    name: shape.name(),
    title: shape.title(),
    about: shape.about(),
});

/// An hour of the day.
const HOUR: Range = (0, 23);
/// How many minutes a day's peak lasts at most: half a day.
const BUSY_MINUTES: Range = (1, 720);
/// Commands a second that one node serves.
const NODE_RATE: Range = (1, 10_000_000);

pub(super) static FIELDS: [Field; 11] = [
    Field::new("/day/shape", "Shape", Kind::Choice(&SHAPES), ""),
    Field::new(
        "/day/peak_per_second",
        "Peak rate",
        count((0, RATE_MAX as u64), "per second"),
        "Commands to the cache at the busiest moment.",
    ),
    Field::new(
        "/day/busy_minutes",
        "Busy minutes",
        count(BUSY_MINUTES, "min"),
        "How long a spike or a launch lasts.",
    ),
    Field::new(
        "/day/quiet_per_mille",
        "Quiet traffic",
        decimal((0, 1_000), 1, "% of the peak"),
        "Outside a spike, and before a launch.",
    ),
    Field::new(
        "/day/node_requests_per_second",
        "Rate of one node",
        count(NODE_RATE, "per second"),
        "Your own measurement: no source says how many commands these node types serve.",
    )
    .under("Nodes"),
    Field::new(
        "/day/sized_for_peak",
        "Shards for the peak",
        Kind::Switch,
        "As many shards as the peak needs. Off: as many as the data needs.",
    ),
    Field::new(
        "/day/failover_hour",
        "Failover hour",
        none_or(&count(HOUR, ""), || Value::from(12)),
        "The primary of one shard fails at this hour of the day.",
    ),
    Field::new(
        "/day/replica_reads",
        "Reads from replicas",
        Kind::Switch,
        "Reads go to all nodes of a shard; serverless starts at 90,000 ECPU per second instead of 30,000.",
    ),
    Field::new(
        "/day/pre_scaled_ecpu_per_second",
        "Pre-scaled minimum",
        count((0, ECPU_RATE_MAX), "ECPU per second"),
        "Supported from the start, and billed, used or not. 0: none.",
    )
    .under("Serverless"),
    Field::new(
        "/day/pre_scaled_from_hour",
        "Minimum from hour",
        count(HOUR, ""),
        "Set it an hour earlier: it can take 60 minutes until it holds.",
    ),
    Field::new(
        "/day/pre_scaled_hours",
        "Minimum for",
        count((1, 24), "hours"),
        "To midnight at the latest.",
    ),
];
