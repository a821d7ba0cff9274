//! The inputs of a plan, and the prices.

use super::{Choice, Field, Kind, Range, count, decimal};
use sim::cost::{DATA_MAX, Engine, NodeType, PRICE_MAX, RATE_MAX};
use sim::workload::VALUE_BYTES_MAX;

choices!(ENGINES: Engine, engine => Choice {
    name: engine.name(),
    title: engine.title(),
    about: "",
});

choices!(pub(super) NODE_TYPES: NodeType, node_type => Choice {
    name: node_type.name(),
    title: node_type.name(),
    about: "",
});

/// Prices of anything, in micro-dollars.
const PRICE: Range = (0, PRICE_MAX.0);
/// The least that serverless may bill, in bytes: up to 1 TB.
const MINIMUM: Range = (0, 1_000_000_000_000);

const fn node_hour(path: &'static str, label: &'static str) -> Field {
    let kind = decimal(PRICE, 6, "$ an hour");
    Field::new(path, label, kind, "One node, primary or replica.")
}

const fn gb_hour(path: &'static str, label: &'static str) -> Field {
    let kind = decimal(PRICE, 6, "$ per GB-hour");
    Field::new(path, label, kind, "Data that a serverless cache stores.")
}

const fn million_ecpu(path: &'static str, label: &'static str) -> Field {
    let kind = decimal(PRICE, 6, "$ per million ECPU");
    Field::new(path, label, kind, "Requests to a serverless cache.")
}

const fn minimum(path: &'static str, label: &'static str) -> Field {
    let kind = decimal(MINIMUM, 9, "GB");
    Field::new(path, label, kind, "The least data that is billed.")
}

pub(super) static FIELDS: [Field; 29] = [
    Field::new(
        "/plan/requests_per_second",
        "Requests per second",
        count((0, RATE_MAX as u64), "per second"),
        "Commands to the cache in busy hours.",
    )
    .under("Plan"),
    Field::new(
        "/plan/value_bytes",
        "Average value size",
        count((1, VALUE_BYTES_MAX as u64), "bytes"),
        "A command takes one ECPU for each kilobyte that it moves, and at least one.",
    ),
    Field::new(
        "/plan/data_bytes",
        "Data size",
        decimal((1, DATA_MAX), 9, "GB"),
        "Memory that the data takes, keys and overhead included.",
    )
    .known_as("BytesUsedForCache"),
    Field::new(
        "/plan/busy_hours",
        "Busy hours a day",
        count((1, 24), "hours"),
        "Outside them there is no traffic.",
    ),
    Field::new(
        "/plan/read_per_mille",
        "Read share",
        decimal((0, 1_000), 1, "%"),
        "Reads and writes of the same size cost the same. Only reads can go to replicas.",
    ),
    Field::new(
        "/plan/replicas",
        "Replicas per shard",
        count((0, 5), "replicas"),
        "AWS advises 2 for production. Serverless has its own.",
    ),
    Field::new("/plan/engine", "Engine", Kind::Choice(&ENGINES), ""),
    Field::new(
        "/plan/node_type",
        "Node type",
        Kind::Choice(&NODE_TYPES),
        "",
    ),
    Field::new(
        "/plan/connections",
        "Connections",
        count((0, 1_000_000), "open"),
        "Application instances times the size of their pools.",
    )
    .known_as("CurrConnections"),
    Field::new(
        "/plan/hot_key_per_mille",
        "Share of the hottest key",
        decimal((0, 1_000), 1, "%"),
        "All requests for one key go to one slot.",
    ),
    Field::new(
        "/plan/cross_zone_percent",
        "Traffic across zones",
        count((0, 100), "%"),
        "How much of it goes to nodes in another zone than the application.",
    ),
    Field::new(
        "/plan/durable",
        "Synchronous durability",
        Kind::Switch,
        "Valkey 9 logs each write in two zones before it answers. Node-based only.",
    ),
    node_hour(
        "/prices/valkey_t4g_micro_hour_micro_usd",
        "Node t4g.micro, Valkey",
    )
    .under("Prices"),
    node_hour(
        "/prices/valkey_m7g_large_hour_micro_usd",
        "Node m7g.large, Valkey",
    ),
    node_hour(
        "/prices/valkey_r7g_large_hour_micro_usd",
        "Node r7g.large, Valkey",
    ),
    node_hour(
        "/prices/redis_oss_t4g_micro_hour_micro_usd",
        "Node t4g.micro, Redis OSS",
    ),
    node_hour(
        "/prices/redis_oss_m7g_large_hour_micro_usd",
        "Node m7g.large, Redis OSS",
    ),
    node_hour(
        "/prices/redis_oss_r7g_large_hour_micro_usd",
        "Node r7g.large, Redis OSS",
    ),
    gb_hour("/prices/valkey_gb_hour_micro_usd", "Storage, Valkey"),
    gb_hour("/prices/redis_oss_gb_hour_micro_usd", "Storage, Redis OSS"),
    gb_hour("/prices/memcached_gb_hour_micro_usd", "Storage, Memcached"),
    million_ecpu("/prices/valkey_million_ecpu_micro_usd", "Requests, Valkey"),
    million_ecpu(
        "/prices/redis_oss_million_ecpu_micro_usd",
        "Requests, Redis OSS",
    ),
    million_ecpu(
        "/prices/memcached_million_ecpu_micro_usd",
        "Requests, Memcached",
    ),
    minimum("/prices/valkey_minimum_bytes", "Minimum, Valkey"),
    minimum("/prices/redis_oss_minimum_bytes", "Minimum, Redis OSS"),
    minimum("/prices/memcached_minimum_bytes", "Minimum, Memcached"),
    Field::new(
        "/prices/durability_per_mille",
        "Surcharge for durability",
        decimal((0, 10_000), 1, "%"),
        "Added to the price of every node.",
    ),
    Field::new(
        "/prices/cross_zone_gb_micro_usd",
        "Data between zones",
        decimal(PRICE, 6, "$ per GB"),
        "In each direction; a value crosses in one.",
    ),
];
