//! Where the requests come from.

use super::super::ranges::{
    ALPHA_MILLI, CLIENTS, GENERATED, KEY_BYTES_MAX, KEYS, PER_MILLE, REQUESTS_MAX, TIME,
    VALUE_BYTES,
};
use super::lane::{GAP, OWN_TTL};
use super::{Choice, Field, Kind, List, Optional, Variant, count, decimal};
use serde_json::{Value, json};
use sim::workload::Generated;

pub(super) static OPERATIONS: [Choice; 2] = [
    Choice {
        name: "read",
        title: "read",
        about: "",
    },
    Choice {
        name: "write",
        title: "write",
        about: "",
    },
];

static REQUEST: [Field; 6] = [
    Field::new("/at_us", "At", Kind::Span(TIME), ""),
    Field::new("/op", "What", Kind::Choice(&OPERATIONS), ""),
    Field::new("/key", "Key", Kind::Text(KEY_BYTES_MAX), ""),
    Field::new("/client", "Client", count(CLIENTS, ""), ""),
    Field::new(
        "/ttl_us",
        "Own TTL",
        Kind::Optional(Optional {
            of: &Kind::Span(TIME),
            when_on: || Value::from(0),
            absent: "the lane's",
        }),
        "",
    ),
    Field::new("/value_bytes", "Value", count(VALUE_BYTES, "bytes"), ""),
];

/// A request like the last one, a second later.
fn one_more(script: &[Value]) -> Value {
    let mut request = script.last().cloned().unwrap_or(Value::Null);
    let at_us = request.pointer("/at_us").and_then(Value::as_u64);
    let next = at_us.map_or(0, |at| (at + 1_000_000).min(TIME.1));
    request["at_us"] = Value::from(next);
    request
}

/// α of the popularity that is replaced, if it has one.
fn alpha(of: &Value) -> Value {
    let known = ["/zipf/alpha_milli", "/shifting/alpha_milli"];
    let alpha = known.iter().find_map(|place| of.pointer(place)).cloned();
    alpha.unwrap_or(Value::from(990))
}

static POPULARITY: [Variant; 5] = [
    Variant {
        tag: "zipf",
        title: "Zipf",
        about: "the key of rank k is asked for in proportion to 1/k^α",
        fields: &[Field::new(
            "/zipf/alpha_milli",
            "α",
            decimal(ALPHA_MILLI, 3, ""),
            "0 is uniform; web traffic is around 1.",
        )],
        make: |from| json!({"zipf": json!({"alpha_milli": alpha(from)})}),
    },
    Variant {
        tag: "uniform",
        title: "Uniform",
        about: "every key is as likely as every other",
        fields: &[],
        make: |_| Value::from("uniform"),
    },
    Variant {
        tag: "scan",
        title: "Scan",
        about: "all keys in order, over and over",
        fields: &[],
        make: |_| Value::from("scan"),
    },
    Variant {
        tag: "loop",
        title: "Loop",
        about: "the first keys in order, over and over",
        fields: &[Field::new(
            "/loop/length",
            "length",
            count(KEYS, "keys"),
            "At most as many as there are keys.",
        )],
        make: |_| json!({"loop": json!({"length": 1})}),
    },
    Variant {
        tag: "shifting",
        title: "Shifting hot set",
        about: "Zipf, but the popular keys change over time",
        fields: &[
            Field::new(
                "/shifting/alpha_milli",
                "α",
                decimal(ALPHA_MILLI, 3, ""),
                "",
            ),
            Field::new(
                "/shifting/period_requests",
                "moves after",
                count(GENERATED, "requests"),
                "",
            ),
            Field::new("/shifting/shift_keys", "by", count(KEYS, "keys"), ""),
        ],
        make: |from| {
            let settings = json!({
                "alpha_milli": alpha(from),
                "period_requests": 1_000,
                "shift_keys": 10,
            });
            json!({"shifting": settings})
        },
    },
];

/// The size that stands for a distribution when another kind is made of it, in bytes.
fn middle_bytes(of: &Value) -> Value {
    let known = ["/fixed_bytes", "/quantiles/p50_bytes", "/pareto/base_bytes"];
    let size = known.iter().find_map(|place| of.pointer(place)).cloned();
    size.unwrap_or(Value::from(100))
}

static VALUES: [Variant; 3] = [
    Variant {
        tag: "fixed_bytes",
        title: "All alike",
        about: "every value has the same size",
        fields: &[Field::new(
            "/fixed_bytes",
            "size",
            count(VALUE_BYTES, "bytes"),
            "",
        )],
        make: |from| json!({"fixed_bytes": middle_bytes(from)}),
    },
    Variant {
        tag: "quantiles",
        title: "Percentiles",
        about: "set p50, p90, p99 and max; values in between are interpolated",
        fields: &[
            Field::new(
                "/quantiles/p50_bytes",
                "p50",
                count(VALUE_BYTES, "bytes"),
                "",
            ),
            Field::new(
                "/quantiles/p90_bytes",
                "p90",
                count(VALUE_BYTES, "bytes"),
                "",
            ),
            Field::new(
                "/quantiles/p99_bytes",
                "p99",
                count(VALUE_BYTES, "bytes"),
                "",
            ),
            Field::new(
                "/quantiles/max_bytes",
                "max",
                count(VALUE_BYTES, "bytes"),
                "",
            ),
        ],
        make: |from| {
            let middle = middle_bytes(from).as_u64().unwrap_or(100);
            let at = |times: u64| Value::from((middle * times).min(VALUE_BYTES.1));
            let settings = json!({
                "p50_bytes": at(1),
                "p90_bytes": at(2),
                "p99_bytes": at(4),
                "max_bytes": at(10),
            });
            json!({"quantiles": settings})
        },
    },
    Variant {
        tag: "pareto",
        title: "Pareto",
        about: "many small values and a few very large ones, as measured at Facebook",
        fields: &[
            Field::new(
                "/pareto/base_bytes",
                "smallest",
                count(VALUE_BYTES, "bytes"),
                "",
            ),
            Field::new(
                "/pareto/scale_milli",
                "scale",
                decimal((1, 1_000_000_000), 3, "bytes"),
                "",
            ),
            Field::new(
                "/pareto/shape_milli",
                "shape",
                decimal((1, 1_000), 3, ""),
                "",
            ),
        ],
        make: |_| {
            let settings = json!({
                "base_bytes": 15,
                "scale_milli": 214_476,
                "shape_milli": 348,
            });
            json!({"pareto": settings})
        },
    },
];

static SCAN: [Variant; 1] = [Variant {
    tag: "from_request",
    title: "A scan",
    about: "the last client reads each of many cold keys once, in order",
    fields: &[
        Field::new(
            "/from_request",
            "from request",
            count(GENERATED, ""),
            "The request with which the scan begins.",
        ),
        Field::new(
            "/requests",
            "lasts",
            count(KEYS, "requests"),
            "How many requests pass while it runs, those of others among them.",
        ),
        Field::new(
            "/share_per_mille",
            "share",
            decimal(PER_MILLE, 1, "%"),
            "How many of them are the scan's.",
        ),
    ],
    make: |_| json!({"from_request": 1, "requests": 1_000, "share_per_mille": 500}),
}];

static GENERATED_FIELDS: [Field; 11] = [
    Field::new(
        "/generated/requests",
        "Number of requests",
        count(GENERATED, ""),
        "",
    ),
    Field::new(
        "/generated/clients",
        "Number of clients",
        count(CLIENTS, ""),
        "Requests are spread evenly over the clients.",
    )
    .known_as("CurrConnections"),
    Field::new(
        "/generated/keys",
        "Number of keys",
        count(KEYS, ""),
        "The first is the most popular one.",
    ),
    Field::new(
        "/generated/key_prefix",
        "Key prefix",
        Kind::Text(KEY_BYTES_MAX),
        "What the keys' names begin with; a number follows.",
    ),
    Field::new(
        "/generated/popularity",
        "Popularity",
        Kind::OneOf(&POPULARITY),
        "",
    ),
    Field::new(
        "/generated/read_per_mille",
        "Share of reads",
        decimal(PER_MILLE, 1, "%"),
        "The others are writes.",
    ),
    Field::new(
        "/generated/gap",
        "Gap between arrivals",
        Kind::OneOf(&GAP),
        "Exponential gaps are a Poisson process: independent arrivals.",
    ),
    Field::new(
        "/generated/value_bytes",
        "Size of values",
        Kind::OneOf(&VALUES),
        "A key's value always has the same size.",
    ),
    Field::new(
        "/generated/ttl",
        "Per-key TTL",
        Kind::Optional(Optional {
            of: &Kind::OneOf(&OWN_TTL),
            when_on: || json!({"exponential_mean_us": 60_000_000}),
            absent: "the lane's",
        }),
        "Gives each key its own fixed TTL instead of the lane's.",
    ),
    Field::new(
        "/generated/absent_per_mille",
        "Share of keys without a row",
        decimal(PER_MILLE, 1, "%"),
        "The database has no row for them until they are written.",
    ),
    Field::new(
        "/generated/scan",
        "Scan through cold keys",
        Kind::Optional(Optional {
            of: &Kind::OneOf(&SCAN),
            when_on: || json!({"from_request": 1, "requests": 1_000, "share_per_mille": 500}),
            absent: "none",
        }),
        "A report or a backup that reads many other keys, each once. Their numbers follow those of the keys above.",
    ),
];

/// The two sources of requests. `session::Edit` makes the one of the other.
static SOURCES: [Variant; 2] = [
    Variant {
        tag: "script",
        title: "List of requests",
        about: "every request and its time",
        fields: &[Field::new(
            "/script",
            "Script",
            Kind::List(List {
                range: (1, REQUESTS_MAX as u64),
                noun: "request",
                of: &REQUEST,
                more: Some(one_more),
                in_order_of: Some("/at_us"),
            }),
            "",
        )],
        make: |_| json!({"script": Value::Array(Vec::new())}),
    },
    Variant {
        tag: "generated",
        title: "Generated",
        about: "drawn from distributions",
        fields: &GENERATED_FIELDS,
        make: |_| json!({"generated": Generated::default()}),
    },
];

pub(super) static FIELDS: [Field; 1] = [Field::new(
    "/workload",
    "Requests",
    Kind::OneOf(&SOURCES),
    "Every lane gets the same ones.",
)];
