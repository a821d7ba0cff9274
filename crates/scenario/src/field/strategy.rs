//! How the application uses the cache: the two paths, TTLs, and the nine defences.

use super::super::ranges::{DELAY, NAME_CHARS_MAX, TTL};
use super::{Choice, Field, Kind, Optional, count, decimal, none_or, off_or};
use serde_json::Value;
use sim::{ReadPath, WritePath};

choices!(READS: ReadPath, path => Choice {
    name: path.name(),
    title: path.about().title,
    about: path.about().rule,
});

/// The other input that has to change with a chosen value: its place, its value, and a clause that says so.
/// Without a cache, a write can only go to the database.
pub fn changes_with(place: &str, value: &Value) -> Option<(String, Value, &'static str)> {
    let lane = place.strip_suffix("/strategy/read")?;
    (value.as_str() == Some("no-cache")).then(|| {
        (
            format!("{lane}/strategy/write"),
            Value::from("write-around"),
            "so its writes go to the database only",
        )
    })
}

choices!(WRITES: WritePath, path => Choice {
    name: path.name(),
    title: path.about().title,
    about: path.about().rule,
});

static WRITE_TTLS: [Choice; 3] = [
    Choice {
        name: "set",
        title: "Set it",
        about: "a write sets the TTL, like SET … EX",
    },
    Choice {
        name: "drop",
        title: "Drop it",
        about: "a write clears any TTL, like a plain SET",
    },
    Choice {
        name: "keep",
        title: "Keep it",
        about: "a write keeps the existing TTL, like SET … KEEPTTL",
    },
];

const fn delay(
    path: &'static str,
    label: &'static str,
    when_on: fn() -> Value,
    help: &'static str,
) -> Field {
    Field::new(path, label, off_or(&Kind::Span(DELAY), when_on), help)
}

pub(super) static FIELDS: [Field; 16] = [
    Field::new(
        "/lanes/*/name",
        "Name",
        Kind::Optional(Optional {
            of: &Kind::Text(NAME_CHARS_MAX),
            when_on: || Value::from(""),
            absent: "what it differs in",
        }),
        "The lane's name. Leave empty to call it by what it differs in from the others.",
    ),
    Field::new(
        "/lanes/*/strategy/read",
        "Read path",
        Kind::Choice(&READS),
        "",
    ),
    Field::new(
        "/lanes/*/strategy/write",
        "Write path",
        Kind::Choice(&WRITES),
        "",
    ),
    Field::new(
        "/lanes/*/strategy/ttl_us",
        "TTL",
        none_or(&Kind::Span(TTL), || Value::from(300_000_000)),
        "How long a copy stays in the cache before it expires.",
    )
    .known_as("EX, PX"),
    Field::new(
        "/lanes/*/strategy/write_ttl",
        "TTL on writes",
        Kind::Choice(&WRITE_TTLS),
        "",
    )
    .known_as("KEEPTTL"),
    Field::new(
        "/lanes/*/strategy/refresh_after_percent",
        "Refresh after",
        count((1, 99), "%"),
        "Refresh-ahead: reload a copy that is read after this share of its TTL.",
    ),
    Field::new(
        "/lanes/*/strategy/flush_delay_us",
        "Flush after",
        Kind::Span(DELAY),
        "Write-behind: delay before a write reaches the database.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/ttl_jitter_percent",
        "TTL jitter",
        count((0, 90), "%"),
        "Varies each TTL by up to ±this, so that keys stored together do not all expire together. 0 = off.",
    )
    .under("Defences"),
    Field::new(
        "/lanes/*/strategy/defences/single_flight",
        "Single flight",
        Kind::Switch,
        "While one request loads a key, others wait for its result instead of querying the database themselves.",
    )
    .known_as("request coalescing"),
    delay(
        "/lanes/*/strategy/defences/lease_us",
        "Lease",
        || Value::from(10_000_000),
        "On a miss one request gets a lease (a ticket) for this long and may fill the cache; others wait. A delete cancels the lease.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/version_check",
        "Version check",
        Kind::Switch,
        "The cache never overwrites a newer version with an older one.",
    ),
    delay(
        "/lanes/*/strategy/defences/double_delete_us",
        "Second delete",
        || Value::from(500_000),
        "Deletes the key a second time after this delay.",
    ),
    Field::new(
        "/lanes/*/strategy/defences/soft_ttl_us",
        "Soft TTL",
        off_or(&Kind::Span(TTL), || Value::from(60_000_000)),
        "After this age a copy is still served, but reloaded in the background. Must be shorter than the TTL.",
    )
    .known_as("stale-while-revalidate"),
    Field::new(
        "/lanes/*/strategy/defences/xfetch_beta_percent",
        "XFetch, β",
        off_or(&decimal((1, 10_000), 2, ""), || Value::from(100)),
        "Reads close to expiry sometimes reload early; the closer, the likelier. 1 is the value in the paper.",
    )
    .known_as("probabilistic early expiration"),
    Field::new(
        "/lanes/*/strategy/defences/negative_ttl_us",
        "Negative caching",
        off_or(&Kind::Span(TTL), || Value::from(10_000_000)),
        "Also caches \"not found\", for this long.",
    ),
    delay(
        "/lanes/*/strategy/defences/commit_log_us",
        "Delete by commit log",
        || Value::from(100_000),
        "A change-data-capture job deletes each written key from the cache this long after the commit, retrying until it succeeds.",
    )
    .known_as("change data capture"),
];
