//! Inputs: what is wrong is refused with its place and its reason, and what is right stays the same
//! when it is written down and read again.

use proptest::prelude::*;
use scenario::{Invalid, Scenario, opening};
use serde_json::{Value, json};
use std::rc::Rc;
use support::cases;
use support::scenarios::{run, scenarios};
use support::streams::SplitMix;
use timeline::Run;

fn read(text: &str) -> Result<Scenario, Invalid> {
    Scenario::from_json(text)
}

/// A small valid scenario with every field that has a range.
fn base() -> Value {
    let latency = json!({"p50_us": 10, "p90_us": 20, "p99_us": 30, "max_us": 40});
    json!({
        "title": "t",
        "intro": "i",
        "seed": "1",
        "warm": [{"key": "a", "age_us": 1}, {"key": "b", "age_us": 1}],
        "workload": {"script": [
            {"at_us": 5, "client": 1, "op": "read", "key": "a", "ttl_us": 1},
            {"at_us": 7, "client": 1, "op": "write", "key": "b"},
        ]},
        "lanes": [{
            "name": "n",
            "strategy": {"read": "cache-aside", "write": "write-through", "ttl_us": 1},
            "cache": {"policy": "lru", "capacity": 1, "service": latency},
            "database": {"connections": 1, "read": latency, "write": latency},
            "network": {"cache": latency, "database": latency},
        }],
        "plan": {},
        "prices": {},
        "day": {},
    })
}

/// The scenario with `value` at a JSON pointer; a field that is not there yet is added.
fn with(path: &str, value: Value) -> String {
    let mut scenario = base();
    let (parent, field) = path.rsplit_once('/').expect("a pointer");
    match scenario.pointer_mut(parent).expect("a place in the base") {
        Value::Object(fields) => {
            fields.insert(field.to_owned(), value);
        }
        Value::Array(items) => items[field.parse::<usize>().expect("an index")] = value,
        other => panic!("{parent} holds {other}"),
    }
    scenario.to_string()
}

fn without(path: &str) -> String {
    let mut scenario = base();
    let (parent, field) = path.rsplit_once('/').expect("a pointer");
    let fields = scenario.pointer_mut(parent).and_then(Value::as_object_mut);
    let removed = fields.expect("an object in the base").remove(field);
    assert!(removed.is_some(), "{path} is not in the base");
    scenario.to_string()
}

/// Refused at `path`, in a sentence that names the field and has all of `says` in it.
fn assert_refused(text: &str, path: &str, says: &[&str]) {
    let invalid = match read(text) {
        Ok(_) => panic!("{text} must be refused at {path}"),
        Err(invalid) => invalid,
    };
    let Invalid {
        path: found,
        message,
        ..
    } = &invalid;
    assert_eq!(found, path, "{message}");
    let name = path.rsplit('/').find(|part| part.parse::<usize>().is_err());
    assert!(message.contains(name.unwrap_or_default()), "{message}");
    for part in says {
        assert!(message.contains(part), "{message:?} must say {part:?}");
    }
    assert_eq!(invalid.to_string(), *message);
}

#[test]
fn the_base_is_valid() {
    read(&base().to_string()).expect("every other test changes one thing in it");
}

#[test]
fn a_field_nobody_knows_is_refused() {
    for (path, expected) in [
        ("/tittle", "title"),
        ("/warm/0/ttl_us", "age_us"),
        ("/lanes/0/cach", "cache"),
        ("/lanes/0/strategy/ttl", "ttl_us"),
        ("/lanes/0/cache/capacity_mib", "capacity"),
        ("/lanes/0/cache/service/p95_us", "p99_us"),
        ("/lanes/0/database/pool", "connections"),
        ("/lanes/0/network/client", "cache"),
    ] {
        assert_refused(&with(path, json!(1)), path, &["no field", expected]);
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for (path, value, expected) in [
        ("/title", json!(1), "a string"),
        ("/seed", json!(1), "a string"),
        ("/warm", json!({}), "a sequence"),
        ("/warm/1/key", json!(["a"]), "a string"),
        ("/warm/1/age_us", json!("1"), "a whole number"),
        ("/lanes", json!("two"), "a sequence"),
        ("/lanes/0", json!(7), "a lane object"),
        ("/lanes/0/name", json!(7), "a string"),
        ("/lanes/0/cache/capacity", json!("four"), "a whole number"),
        (
            "/lanes/0/cache/capacity",
            json!(1.5),
            "a whole number, but found 1.5",
        ),
        ("/lanes/0/cache/capacity", Value::Null, "a whole number"),
        (
            "/lanes/0/network/cache/p50_us",
            json!(true),
            "a whole number",
        ),
    ] {
        assert_refused(&with(path, value), path, &["expected", expected]);
    }
}

#[test]
fn a_name_nobody_knows_is_refused_with_those_there_are() {
    for (path, expected) in [
        ("/lanes/0/cache/policy", ["fifo", "lru"]),
        ("/lanes/0/strategy/read", ["cache-aside", "no-cache"]),
        ("/lanes/0/strategy/write", ["write-around", "invalidate"]),
    ] {
        assert_refused(&with(path, json!("best")), path, &expected);
    }
}

#[test]
fn a_missing_field_is_refused_where_it_is_missing() {
    for (path, parent) in [
        ("/workload", ""),
        ("/lanes", ""),
        ("/warm/0/key", "/warm/0"),
        ("/lanes/0/strategy", "/lanes/0"),
        ("/lanes/0/strategy/read", "/lanes/0/strategy"),
        ("/lanes/0/strategy/write", "/lanes/0/strategy"),
        ("/lanes/0/cache/service/p90_us", "/lanes/0/cache/service"),
    ] {
        let field = path.rsplit('/').next().expect("a name");
        assert_refused(&without(path), parent, &["missing field", field]);
    }
}

/// What the reader of JSON refuses has to be found at the same place as what validation refuses.
#[test]
fn what_is_wrong_in_a_request_is_refused_where_it_is() {
    let script = "/workload/script";
    assert_refused(
        &with(script, json!({})),
        script,
        &["expected", "a sequence"],
    );
    for (field, value, expected) in [
        ("kee", json!(1), "no field"),
        ("key", json!(1), "a string"),
        ("at_us", json!(-1), "a whole number"),
        ("client", json!("me"), "a whole number"),
        ("ttl_us", json!("long"), "a whole number"),
        ("op", json!("reed"), "`read` or `write`"),
    ] {
        let path = format!("{script}/1/{field}");
        assert_refused(&with(&path, value), &path, &[expected]);
    }
    for field in ["at_us", "op", "key"] {
        let path = format!("{script}/1/{field}");
        let parent = format!("{script}/1");
        assert_refused(&without(&path), &parent, &["missing field", field]);
    }
}

#[test]
fn what_is_no_scenario_at_all_is_refused() {
    for text in ["", "null", "7", "[]", "{", "{}"] {
        assert_refused(text, "", &["The scenario cannot be read"]);
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let long = "a".repeat(251);
    let lane = base()["lanes"][0].clone();
    let five = json!([lane, lane, lane, lane, lane]);
    let uncached = json!({"read": "no-cache", "write": "write-through"});
    let unwritten = json!({"read": "cache-only", "write": "invalidate"});
    let unread = json!({"read": "cache-aside", "write": "cache-only"});
    let key_says: &[&str] = &["1 to 250 bytes", "without spaces"];
    let cases: [(&str, Value, &str, &[&str]); 17] = [
        ("/lanes", json!([]), "/lanes", &["1 to 4 lanes", "is 0"]),
        ("/lanes", five, "/lanes", &["1 to 4 lanes", "is 5"]),
        (
            "/workload/script",
            json!([]),
            "/workload/script",
            &["1 to 10000 requests", "is 0"],
        ),
        (
            "/workload/script/1/at_us",
            json!(4),
            "/workload/script/1/at_us",
            &["at least 5", "is 4"],
        ),
        (
            "/workload/script/0/key",
            json!(""),
            "/workload/script/0/key",
            key_says,
        ),
        (
            "/workload/script/0/key",
            json!("a b"),
            "/workload/script/0/key",
            key_says,
        ),
        (
            "/workload/script/0/key",
            json!("a\nb"),
            "/workload/script/0/key",
            key_says,
        ),
        (
            "/workload/script/0/key",
            json!("a\u{2003}b"),
            "/workload/script/0/key",
            key_says,
        ),
        (
            "/workload/script/0/key",
            json!(long),
            "/workload/script/0/key",
            &["at most 250 characters", "251"],
        ),
        ("/warm/0/key", json!(" "), "/warm/0/key", key_says),
        (
            "/warm/1/key",
            json!("a"),
            "/warm/1/key",
            &["occurs once", "\"a\" again"],
        ),
        (
            "/lanes/0/strategy",
            uncached,
            "/lanes/0/strategy/write",
            &["must be \"write-around\" when reads use no cache"],
        ),
        (
            "/lanes/0/strategy",
            unwritten,
            "/lanes/0/strategy/write",
            &[
                "must be \"cache-only\" when reads use no database, but is a write path that needs a database",
            ],
        ),
        (
            "/lanes/0/strategy",
            unread,
            "/lanes/0/strategy/write",
            &[
                "must be \"write-around\", ",
                " or \"delete-first\" when reads use a database, but is a write path without a database",
            ],
        ),
        (
            "/title",
            json!("t".repeat(121)),
            "/title",
            &["at most 120 characters", "121"],
        ),
        (
            "/intro",
            json!("i".repeat(401)),
            "/intro",
            &["at most 400 characters", "401"],
        ),
        (
            "/lanes/0/name",
            json!("n".repeat(121)),
            "/lanes/0/name",
            &["at most 120 characters"],
        ),
    ];
    for (changed, value, path, says) in cases {
        assert_refused(&with(changed, value), path, says);
    }
}

#[test]
fn a_key_of_250_bytes_and_a_text_of_full_length_are_taken() {
    read(&with("/warm/0/key", json!("k".repeat(250)))).expect("the longest key");
    // Lengths of what is shown count characters, those of keys count bytes.
    read(&with("/title", json!("é".repeat(120)))).expect("the longest title");
    let two_bytes_each = json!("é".repeat(126));
    assert_refused(
        &with("/warm/0/key", two_bytes_each),
        "/warm/0/key",
        &["250 bytes"],
    );
}

#[test]
fn a_seed_is_a_whole_number_of_64_bits_in_quotes() {
    for seed in ["", " 1", "x", "-1", "1.5", "0x10", "18446744073709551616"] {
        let says = ["a whole number from 0 to 18446744073709551615"];
        assert_refused(&with("/seed", json!(seed)), "/seed", &says);
    }
    for seed in ["0", "18446744073709551615"] {
        let scenario = read(&with("/seed", json!(seed))).expect("an end of the range");
        assert_eq!(scenario.workload.seed.to_string(), seed);
    }
    // Written in another way it is the same scenario, so it is written down in one way.
    let scenario = read(&with("/seed", json!("007"))).expect("leading zeros do no harm");
    assert_eq!(scenario.input.seed, "7");
}

#[test]
fn too_many_requests_are_refused() {
    let request = json!({"at_us": 0, "op": "read", "key": "a"});
    let script = |count| {
        with(
            "/workload/script",
            Value::Array(vec![request.clone(); count]),
        )
    };
    read(&script(10_000)).expect("as many as there may be");
    let says = ["1 to 10000 requests", "is 10001"];
    assert_refused(&script(10_001), "/workload/script", &says);
}

const LONGEST_US: u64 = 1_000_000_000_000_000;
const SLOWEST_US: u64 = 60_000_000;

/// Every number with a range of its own. The quantiles are bounded by one another and come below.
const RANGES: [(&str, u64, u64); 18] = [
    ("/warm/0/age_us", 0, LONGEST_US),
    ("/workload/script/1/at_us", 5, LONGEST_US),
    ("/workload/script/0/client", 1, 64),
    ("/workload/script/0/ttl_us", 0, LONGEST_US),
    ("/workload/script/0/value_bytes", 0, 1_048_576),
    ("/lanes/0/strategy/ttl_us", 1, LONGEST_US),
    ("/lanes/0/cache/capacity", 1, 1_000_000),
    ("/lanes/0/database/connections", 1, 64),
    ("/plan/busy_hours", 1, 24),
    ("/plan/replicas", 0, 5),
    ("/prices/valkey_gb_hour_micro_usd", 0, 100_000_000),
    ("/day/peak_per_second", 0, 20_000_000),
    ("/day/busy_minutes", 1, 720),
    ("/day/quiet_per_mille", 0, 1_000),
    ("/day/node_requests_per_second", 1, 10_000_000),
    ("/day/failover_hour", 0, 23),
    ("/day/pre_scaled_ecpu_per_second", 0, 15_000_000),
    ("/day/pre_scaled_hours", 1, 24),
];

#[test]
fn every_number_has_two_ends() {
    for (path, low, high) in RANGES {
        for inside in [low, high] {
            if let Err(invalid) = read(&with(path, json!(inside))) {
                panic!("{path} = {inside} is inside the range: {invalid}");
            }
        }
        let above = high + 1;
        let says = [high.to_string(), format!("is {above}")];
        assert_refused(
            &with(path, json!(above)),
            path,
            &says.each_ref().map(String::as_str),
        );
        if low > 0 {
            let below = low - 1;
            let says = [low.to_string(), format!("is {below}")];
            assert_refused(
                &with(path, json!(below)),
                path,
                &says.each_ref().map(String::as_str),
            );
        }
    }
}

/// A price below 0 is refused with the range, like one above it.
#[test]
fn a_negative_price_is_refused_with_its_range() {
    let path = "/prices/redis_oss_r7g_large_hour_micro_usd";
    let says = "prices.redis_oss_r7g_large_hour_micro_usd must be from 0 to 100000000, but is -5.";
    assert_refused(&with(path, json!(-5)), path, &[says]);
    assert_refused(&with(path, json!(0.5)), path, &["a whole number", "0.5"]);
}

/// Below 0 and beyond what fits into the number's type it is the reader of JSON who refuses.
#[test]
fn numbers_beyond_their_type_are_refused() {
    for (path, value) in [
        ("/warm/0/age_us", json!(-1)),
        ("/warm/0/age_us", json!(1e30)),
        ("/lanes/0/strategy/ttl_us", json!(-1)),
        ("/lanes/0/cache/capacity", json!(-1)),
        ("/lanes/0/cache/capacity", json!(4_294_967_296_u64)),
        ("/lanes/0/database/connections", json!(4_294_967_296_u64)),
        ("/lanes/0/database/read/max_us", json!(-1)),
    ] {
        assert_refused(&with(path, value), path, &["expected a whole number"]);
    }
}

#[test]
fn quantiles_never_decrease_and_have_two_ends() {
    let tables = [
        "cache/service",
        "database/read",
        "database/write",
        "network/cache",
        "network/database",
    ];
    for table in tables {
        let path = |quantile: &str| format!("/lanes/0/{table}/{quantile}");
        // The lowest that each may be is the one before it: 10, 20, 30, 40 stand in the base.
        for (quantile, low) in [
            ("p50_us", 1),
            ("p90_us", 10),
            ("p99_us", 20),
            ("max_us", 30),
        ] {
            let path = path(quantile);
            read(&with(&path, json!(low))).expect("as low as it may be");
            let range = format!("from 1 to {SLOWEST_US}");
            let least = match quantile {
                "p50_us" => range.clone(),
                _ => format!("at least {low}"),
            };
            for (outside, expected) in [(low - 1, least), (SLOWEST_US + 1, range)] {
                let found = format!("but is {outside}");
                let text = with(&path, json!(outside));
                assert_refused(&text, &path, &[&expected, &found]);
            }
        }
        read(&with(&path("max_us"), json!(SLOWEST_US))).expect("as slow as it may be");
        // Each in order by itself, but the second is above the third.
        let says = "at least 31, which is p90_us, but is 30";
        assert_refused(&with(&path("p90_us"), json!(31)), &path("p99_us"), &[says]);
    }
}

/// Only what has to be there is: the rest has defaults, and they are written down with the inputs.
#[test]
fn defaults_are_filled_in() {
    let text = r#"{
        "workload": {"script": [{"at_us": 0, "op": "read", "key": "a"}]},
        "lanes": [{"strategy": {"read": "cache-aside", "write": "invalidate"}}]
    }"#;
    let scenario = read(text).expect("nothing else is needed");
    let written = serde_json::to_value(&*scenario.input).expect("inputs can be written");
    for (path, value) in [
        ("/seed", json!("1")),
        ("/workload/script/0/client", json!(1)),
        ("/workload/script/0/value_bytes", json!(100)),
        ("/absent", json!([])),
        ("/lanes/0/cache/policy", json!("lru")),
        ("/lanes/0/cache/capacity", json!(4)),
        ("/lanes/0/database/connections", json!(4)),
        ("/lanes/0/database/read/p50_us", json!(4_000)),
        ("/lanes/0/network/cache/p50_us", json!(250)),
        ("/plan/node_type", json!("r7g.large")),
        ("/prices/valkey_million_ecpu_micro_usd", json!(2_300)),
        ("/day/shape", json!("diurnal")),
        ("/day/failover_hour", json!(null)),
    ] {
        assert_eq!(written.pointer(path), Some(&value), "{path}");
    }
    assert_eq!(&*scenario.lanes[0].name, "Cache-aside");
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn inputs_written_down_and_read_again_are_the_same(input in scenarios()) {
        let first = Scenario::new(input).expect("a valid scenario");
        let written = serde_json::to_string(&*first.input).expect("inputs can be written");
        let again = read(&written).expect("what was written can be read");
        prop_assert_eq!(&first.input, &again.input);
        let rewritten = serde_json::to_string(&*again.input).expect("inputs can be written");
        prop_assert_eq!(written, rewritten);
        prop_assert_eq!(Run::new(Rc::new(first)).log_hash(), Run::new(Rc::new(again)).log_hash());
    }
}

#[test]
fn the_opening_scene_survives_being_written_down() {
    let written = serde_json::to_string(&opening()).expect("inputs can be written");
    let again = read(&written).expect("what was written can be read");
    assert_eq!(*again.input, opening());
    assert_eq!(
        run(opening()).log_hash(),
        Run::new(Rc::new(again)).log_hash()
    );
}

/// A value that is likely to be wrong in some way, wherever it stands.
fn odd_value(random: &mut SplitMix) -> Value {
    let odd = [
        Value::Null,
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(1e300),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(LONGEST_US),
        json!(SLOWEST_US),
        json!(""),
        json!("a b"),
        json!("lru"),
        json!("no-cache"),
        json!("write-around"),
        json!("\u{0}\u{1F600}/~"),
        json!([]),
        json!({}),
        json!([1, 2, 3, 4]),
        json!({"p50_us": 1}),
    ];
    odd[random.below(odd.len() as u32) as usize].clone()
}

/// Walks down to some place and changes it: another value, one thing less, or one thing twice.
fn mutate(value: &mut Value, random: &mut SplitMix) {
    let children = match value {
        Value::Object(fields) => fields.len() as u32,
        Value::Array(items) => items.len() as u32,
        _ => 0,
    };
    if children == 0 || random.below(6) == 0 {
        *value = odd_value(random);
        return;
    }
    let chosen = random.below(children) as usize;
    let change = random.below(8);
    match value {
        Value::Object(fields) => {
            let name = fields.keys().nth(chosen).expect("one of them").clone();
            match change {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(format!("{name}2"), odd_value(random))),
                _ => mutate(&mut fields[&name], random),
            }
        }
        Value::Array(items) => match change {
            0 => drop(items.remove(chosen)),
            1 => items.push(items[chosen].clone()),
            _ => mutate(&mut items[chosen], random),
        },
        _ => unreachable!("it has children"),
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    /// Whatever is read is refused or can be run; a refusal has a place and a reason.
    #[test]
    fn a_damaged_scenario_never_panics(seed in any::<u64>(), changes in 1..4_u32) {
        let mut random = SplitMix::new(seed);
        let mut damaged = serde_json::to_value(opening()).expect("inputs can be written");
        for _ in 0..changes {
            mutate(&mut damaged, &mut random);
        }
        match read(&damaged.to_string()) {
            Ok(scenario) => {
                // A schedule without a move lets nothing happen.
                let moves = scenario.workload.schedule.as_ref().map(Vec::len);
                let run = Run::new(Rc::new(scenario));
                prop_assert!(run.step_count() > 0 || moves == Some(0));
            }
            Err(Invalid { path, message, .. }) => {
                prop_assert!(path.is_empty() || path.starts_with('/'), "{}", path);
                prop_assert!(message.ends_with('.'), "{}", message);
            }
        }
    }

    #[test]
    fn a_damaged_text_never_panics(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = serde_json::to_vec(&opening()).expect("inputs can be written");
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        if let Err(Invalid { message, .. }) = read(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(!message.is_empty());
        }
    }
}
