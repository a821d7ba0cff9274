//! The cache node's inputs.

use super::super::ranges::{
    CAPACITY, CAPACITY_BYTES, DELAY, LAG, LOG_FACTOR, OVERHEAD_BYTES, SAMPLES, TIME,
};
use super::lane::LATENCY;
use super::{Choice, Field, Kind, Optional, count, none_or};
use crate::Plain;
use cache::PolicyKind;

/// The policies, in the order of [`PolicyKind::ALL`].
static POLICIES: [Choice; PolicyKind::ALL.len()] = {
    let mut all = [Choice::NONE; PolicyKind::ALL.len()];
    let mut i = 0;
    while i < all.len() {
        let kind = PolicyKind::ALL[i];
        all[i] = Choice {
            name: kind.name(),
            title: kind.title(),
            about: kind.about().rule,
        };
        i += 1;
    }
    all
};

static SCOPES: [Choice; 2] = [
    Choice {
        name: "allkeys",
        title: "Every entry",
        about: "",
    },
    Choice {
        name: "volatile",
        title: "Only with a time to live",
        about: "only entries with a time to live may be evicted; when none is left, a write that needs room is refused",
    },
];

pub(super) static FIELDS: [Field; 13] = [
    Field::new(
        "/lanes/*/cache/policy",
        "Policy",
        Kind::Choice(&POLICIES),
        "",
    ),
    Field::new(
        "/lanes/*/cache/scope",
        "What may be evicted",
        Kind::Choice(&SCOPES),
        "",
    ),
    Field::new(
        "/lanes/*/cache",
        "maxmemory-policy",
        Kind::MaxmemoryPolicy,
        "Policy and scope together, under the names of Valkey and Redis.",
    ),
    Field::new(
        "/lanes/*/cache/capacity",
        "Capacity",
        count(CAPACITY, "entries"),
        "So many entries fit. Not looked at while bytes are counted.",
    ),
    Field::new(
        "/lanes/*/cache/capacity_bytes",
        "Capacity in bytes",
        Kind::Optional(Optional {
            of: &count(CAPACITY_BYTES, "bytes"),
            when_on: || Plain::from(1_024),
            absent: "entries are counted",
        }),
        "So many bytes fit: of keys, values, and what the engine itself needs.",
    )
    .known_as("maxmemory; BytesUsedForCache"),
    Field::new(
        "/lanes/*/cache/overhead_bytes",
        "Overhead of an entry",
        count(OVERHEAD_BYTES, "bytes"),
        "What the engine itself needs for an entry, where bytes are counted.",
    ),
    Field::new(
        "/lanes/*/cache/samples",
        "Sample",
        count(SAMPLES, "keys"),
        "So many keys a Valkey policy looks at before it evicts one.",
    )
    .known_as("maxmemory-samples")
    .under("How the engine works"),
    Field::new(
        "/lanes/*/cache/lru_clock_us",
        "Tick of Valkey's LRU clock",
        Kind::Span(DELAY),
        "Two uses within one tick look equally old; it is a second in the engine.",
    )
    .known_as("LRU_CLOCK_RESOLUTION"),
    Field::new(
        "/lanes/*/cache/lfu_log_factor",
        "Log factor of Valkey's LFU",
        count(LOG_FACTOR, ""),
        "The higher, the more slowly its counters grow.",
    )
    .known_as("lfu-log-factor"),
    Field::new(
        "/lanes/*/cache/lfu_decay_us",
        "Decay of Valkey's LFU",
        Kind::Span(TIME),
        "After so long without a use a counter drops by one; 0 for never.",
    )
    .known_as("lfu-decay-time"),
    Field::new(
        "/lanes/*/cache/active_expiry",
        "Active expiry",
        Kind::Switch,
        "The engine looks for expired entries ten times a second; otherwise they stay until they are asked for or evicted.",
    )
    .known_as("active-expire-effort; Reclaimed"),
    Field::new(
        "/lanes/*/cache/replica_lag_us",
        "Lag of the cache's replica",
        none_or(&Kind::Span(LAG), || Plain::from(5_000)),
        "A replica that takes over when the node fails over, so far behind.",
    )
    .known_as("ReplicationLag"),
    Field::new(
        "/lanes/*/cache/service",
        "Service time",
        Kind::OneOf(&LATENCY),
        "How long the engine works on a command; it works on one at a time.",
    )
    .known_as("SuccessfulReadRequestLatency"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use cache::Scope;

    #[test]
    fn names_are_those_of_the_inputs() {
        for (choice, kind) in POLICIES.iter().zip(PolicyKind::ALL) {
            let read: Result<PolicyKind, _> = Plain::from(choice.name).read("It");
            assert_eq!(read, Ok(kind));
        }
        for choice in &SCOPES {
            Plain::from(choice.name)
                .read::<Scope>("It")
                .expect("a scope");
        }
    }
}
