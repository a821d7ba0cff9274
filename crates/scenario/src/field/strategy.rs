//! How the application uses the cache: the two paths, TTLs, and the nine defences.

use super::super::ranges::{DELAY, NAME_CHARS_MAX, TTL};
use super::super::read as parsed;
use super::global::changes_with_regions;
use super::lane::changes_with_kind;
use super::serverless::changes_with_deployment;
use super::{Choice, Field, Kind, Optional, count, decimal, none_or, off_or};
use serde_json::Value;
use sim::{ReadPath, WritePath};

choices!(READS: ReadPath, path => Choice {
    name: path.name(),
    title: path.about().title,
    about: path.about().rule,
});

/// The other input that has to change with a chosen value of the inputs as they are now: its place, its
/// value, and a clause that says so. A lane's two paths have to go together, a kind of database has its
/// latencies, and serverless its policy.
pub fn changes_with(
    inputs: &Value,
    place: &str,
    value: &Value,
) -> Option<(String, Value, &'static str)> {
    if let Some(lane) = place.strip_suffix("/database/kind") {
        return changes_with_kind(inputs, lane, value);
    }
    if let Some(lane) = place.strip_suffix("/cache/deployment/kind") {
        return changes_with_deployment(inputs, lane, value)
            .or_else(|| changes_with_regions(inputs, lane, value));
    }
    let (lane, path) = place.rsplit_once("/strategy/")?;
    let at = |path: &str| format!("{lane}/strategy/{path}");
    let now = |path: &str| inputs.pointer(&at(path));
    match path {
        "read" => {
            let read: ReadPath = parsed("It", value).ok()?;
            let write: WritePath = parsed("It", now("write")?).ok()?;
            if read.goes_with(write) {
                return None;
            }
            let (_, usual) = read.about().pattern.paths();
            let why = match (usual.about().caches, usual.about().database) {
                (false, _) => "so its writes go to the database only",
                (true, false) => "so its writes go to the cache only",
                (true, true) => "so its writes go to the database too",
            };
            Some((at("write"), Value::from(usual.name()), why))
        }
        "write" => {
            let write: WritePath = parsed("It", value).ok()?;
            let read: ReadPath = parsed("It", now("read")?).ok()?;
            // Without a cache in the lane, a write path that uses one is refused: nothing else gives it one.
            if read.about().database == write.about().database {
                return None;
            }
            let read = ReadPath::ALL
                .into_iter()
                .find(|read| read.goes_with(write))?;
            let why = match read.about().database {
                true => "so its reads use the database too",
                false => "so its reads use the cache only",
            };
            Some((at("read"), Value::from(read.name()), why))
        }
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Sets a path of a lane, with what has to change with it.
    fn choose(paths: (ReadPath, WritePath), path: &str, value: &str) -> (Value, Value) {
        let (read, write) = (paths.0.name(), paths.1.name());
        let mut inputs = json!({"lanes": [{"strategy": {"read": read, "write": write}}]});
        let place = format!("/lanes/0/strategy/{path}");
        let value = Value::from(value);
        let also = changes_with(&inputs, &place, &value);
        for (place, value) in [(place, value)]
            .into_iter()
            .chain(also.map(|(place, value, _)| (place, value)))
        {
            *inputs.pointer_mut(&place).expect("a path") = value;
        }
        let strategy = &inputs["lanes"][0]["strategy"];
        (strategy["read"].clone(), strategy["write"].clone())
    }

    #[test]
    fn a_chosen_path_brings_one_that_goes_with_it() {
        let pairs = || {
            let all = ReadPath::ALL.into_iter();
            all.flat_map(|read| read.writes().map(move |write| (read, write)))
        };
        let is_pair = |(read, write): &(Value, Value)| {
            pairs().any(|pair| read == pair.0.name() && write == pair.1.name())
        };
        for pair in pairs() {
            for read in ReadPath::ALL {
                let chosen = choose(pair, "read", read.name());
                assert!(chosen.0 == read.name() && is_pair(&chosen), "{chosen:?}");
                // What fits stays.
                if read.goes_with(pair.1) {
                    assert_eq!(chosen.1, pair.1.name());
                }
            }
            for write in WritePath::ALL {
                let chosen = choose(pair, "write", write.name());
                assert_eq!(chosen.1, write.name());
                // Nothing gives a lane a cache but its read path.
                let refused =
                    pair.0 == ReadPath::NoCache && write.about().caches && write.about().database;
                assert_eq!(is_pair(&chosen), !refused, "{chosen:?}");
            }
        }
        let cache_only = choose(
            (ReadPath::NoCache, WritePath::WriteAround),
            "write",
            "cache-only",
        );
        assert_eq!(cache_only.0, "cache-only");
    }

    #[test]
    fn other_inputs_bring_nothing() {
        let inputs =
            json!({"lanes": [{"strategy": {"read": "no-cache", "write": "write-around"}}]});
        for (place, value) in [
            ("/lanes/0/strategy/ttl_us", json!(5)),
            ("/lanes/0/strategy/defences/single_flight", json!(true)),
            ("/lanes/7/strategy/read", json!("cache-only")),
            ("/lanes/0/strategy/read", json!("no such path")),
            ("/seed", json!("no-cache")),
        ] {
            assert_eq!(changes_with(&inputs, place, &value), None, "{place}");
        }
    }
}
