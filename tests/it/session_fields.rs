//! The table of inputs: every field of a scenario is in it, what it writes it reads back, and what is
//! changed through it is in force.

use cache_playground::session::{Edit, Session, Set};
use scenario::field::{Field, Group, Kind, Variant};
use scenario::{Chapter, Scenario, opening};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::rc::Rc;
use timeline::{Command, Run};

/// A scenario in which nothing is left out, with these requests.
fn full(workload: &serde_json::Value, warm: &serde_json::Value) -> Scenario {
    let table = json!({"p50_us": 10, "p90_us": 20, "p99_us": 30, "max_us": 40});
    let lane = json!({
        "name": "n",
        "strategy": {
            "read": "cache-aside", "write": "write-through", "ttl_us": 9_000_000, "write_ttl": "keep",
            "refresh_after_percent": 40, "flush_delay_us": 5,
            "defences": {
                "ttl_jitter_percent": 1, "single_flight": true, "lease_us": 2, "version_check": true,
                "double_delete_us": 3, "soft_ttl_us": 4, "xfetch_beta_percent": 125,
                "negative_ttl_us": 6, "commit_log_us": 7,
            },
        },
        "cache": {
            "policy": "valkey-lru", "scope": "volatile", "capacity": 5, "capacity_bytes": 6_000,
            "overhead_bytes": 7, "samples": 8, "lru_clock_us": 9, "lfu_log_factor": 10,
            "lfu_decay_us": 11, "active_expiry": true, "replica_lag_us": 12, "service": table,
        },
        "database": {
            "connections": 2, "read": {"exponential_mean_us": 5}, "write": {"constant_us": 6},
            "replica_lag": table,
        },
        "network": {"cache": table, "database": table, "timeout_us": 1_234_567},
    });
    let other = json!({"strategy": {"read": "no-cache", "write": "write-around"}});
    let scenario = json!({
        "title": "t", "intro": "i", "seed": "12",
        "warm": warm,
        "absent": if workload.get("script").is_some() { json!(["c", "d"]) } else { json!([]) },
        "workload": workload,
        "faults": [{"at_us": 5, "fault": "cut-cache", "lane": 1}, {"at_us": 8, "fault": "heal-cache"}],
        "schedule": [1, 2, 1],
        "lanes": [lane, other],
        "commands": [
            {"step": 1, "command": {"fault": "restart-cache", "lane": 2}},
            {"step": 4, "command": {"console": "DEL a", "lane": 1}},
        ],
    });
    let text = scenario.to_string();
    Scenario::from_json(&text).expect("a valid scenario")
}

fn scenarios() -> Vec<Scenario> {
    let script = json!({"script": [
        {"at_us": 5, "client": 2, "op": "read", "key": "a", "ttl_us": 1, "value_bytes": 3},
        {"at_us": 7, "client": 1, "op": "write", "key": "b"},
    ]});
    let mut all = vec![full(&script, &json!([{"key": "a", "age_us": 1}]))];
    for (popularity, sizes, ttl) in [
        (
            json!({"zipf": {"alpha_milli": 875}}),
            json!({"fixed_bytes": 9}),
            json!(null),
        ),
        (
            json!("uniform"),
            json!({"quantiles": {"p50_bytes": 1, "p90_bytes": 2, "p99_bytes": 3, "max_bytes": 4}}),
            json!({"constant_us": 7}),
        ),
        (
            json!("scan"),
            json!({"pareto": {"base_bytes": 1, "scale_milli": 2, "shape_milli": 3}}),
            json!({"exponential_mean_us": 7}),
        ),
        (
            json!({"loop": {"length": 2}}),
            json!({"fixed_bytes": 9}),
            json!(null),
        ),
        (
            json!({"shifting": {"alpha_milli": 1, "period_requests": 2, "shift_keys": 3}}),
            json!({"fixed_bytes": 9}),
            json!(null),
        ),
    ] {
        let generated = json!({"generated": {
            "requests": 9, "clients": 2, "keys": 4, "key_prefix": "k:", "popularity": popularity,
            "read_per_mille": 505, "gap": {"constant_us": 3}, "value_bytes": sizes, "ttl": ttl,
            "absent_per_mille": 250,
        }});
        all.push(full(&generated, &json!([{"key": "k:1", "age_us": 0}])));
    }
    all
}

/// The places of all values that are neither lists nor objects, empty lists among them.
fn leaves(of: &Value, place: &str, into: &mut BTreeSet<String>) {
    match of {
        Value::Array(items) if !items.is_empty() => {
            for (i, item) in items.iter().enumerate() {
                leaves(item, &format!("{place}/{i}"), into);
            }
        }
        Value::Object(fields) => {
            for (name, it) in fields {
                leaves(it, &format!("{place}/{name}"), into);
            }
        }
        _ => {
            into.insert(place.to_owned());
        }
    }
}

/// A row's control: where it is, and what it can be.
type Control<'a> = (String, &'a Kind);

/// The controls that a row comes to, each of which changes one value.
fn controls<'a>(kind: &'a Kind, place: &str, value: &Value, into: &mut Vec<Control<'a>>) {
    let within = |fields: &'a [Field], place: &str, value: &Value, into: &mut Vec<Control<'a>>| {
        for field in fields {
            let at = value
                .pointer(field.path)
                .unwrap_or_else(|| panic!("{place}{} is there", field.path));
            controls(&field.kind, &format!("{place}{}", field.path), at, into);
        }
    };
    match kind {
        Kind::Optional(optional) if *value != Value::Null => {
            controls(optional.of, place, value, into)
        }
        Kind::OneOf(variants) if *value != Value::Null => {
            let variant = Variant::of(variants, value).expect("one of them");
            match variant.fields {
                [] => into.push((place.to_owned(), kind)),
                fields => within(fields, place, value, into),
            }
        }
        Kind::List(list) if value.as_array().is_some_and(|items| !items.is_empty()) => {
            for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                within(list.of, &format!("{place}/{i}"), item, into);
            }
        }
        // Its parts have rows of their own.
        Kind::MaxmemoryPolicy => {}
        kind => into.push((place.to_owned(), kind)),
    }
}

fn rows(lanes: usize) -> Vec<(String, &'static Field)> {
    let mut rows = Vec::new();
    for group in Group::ALL {
        for lane in 0..if group.of_lanes() { lanes } else { 1 } {
            rows.extend(
                group
                    .fields()
                    .iter()
                    .map(|field| (field.place(lane), field)),
            );
        }
    }
    rows
}

#[test]
fn every_field_of_a_scenario_is_in_some_row() {
    for scenario in scenarios() {
        let plain = scenario.input.to_value();
        let mut expected = BTreeSet::new();
        leaves(&plain, "", &mut expected);
        let mut found = Vec::new();
        for (place, field) in rows(scenario.lanes.len()) {
            let value = plain.pointer(&place).expect("every row has its place");
            controls(&field.kind, &place, value, &mut found);
        }
        let mut reached = BTreeSet::new();
        for (place, _) in &found {
            // A list in one line is one control.
            match plain.pointer(place) {
                Some(Value::Array(items)) if !items.is_empty() => {
                    reached.extend((0..items.len()).map(|i| format!("{place}/{i}")));
                }
                _ => {
                    assert!(reached.insert(place.clone()), "{place} is in two rows");
                }
            }
        }
        assert_eq!(reached, expected);
    }
}

#[test]
fn what_a_control_shows_it_reads_back() {
    for scenario in scenarios() {
        let plain = scenario.input.to_value();
        let mut found = Vec::new();
        for (place, field) in rows(scenario.lanes.len()) {
            controls(
                &field.kind,
                &place,
                plain.pointer(&place).expect("a place"),
                &mut found,
            );
        }
        for (place, kind) in found {
            let value = plain.pointer(&place).expect("a place");
            match kind {
                Kind::Choice(choices) => {
                    let known = choices
                        .iter()
                        .any(|choice| value.as_str() == Some(choice.name));
                    assert!(known, "{place} offers {value:?}");
                }
                Kind::Switch => assert!(matches!(value, Value::Bool(_)), "{place}"),
                Kind::Lane | Kind::OneOf(_) | Kind::List(_) => {}
                kind => {
                    let typed = kind.typed(value);
                    assert_eq!(
                        kind.read(&typed, value).as_ref(),
                        Ok(value),
                        "{place}: {typed:?}"
                    );
                }
            }
        }
    }
}

fn set(place: &str, value: Value) -> Edit {
    Edit::Set(Set {
        values: vec![(place.to_owned(), value)],
        told: String::new(),
    })
}

/// The ends of each range are accepted and what is beyond them is not, with its place and a sentence: so
/// what the table says and what validation checks are the same.
#[test]
fn ranges_are_those_of_validation() {
    let mut tried = 0;
    for scenario in scenarios() {
        let plain = scenario.input.to_value();
        let session = Session::new();
        session.load(scenario.clone());
        let mut found = Vec::new();
        for (place, field) in rows(1) {
            controls(
                &field.kind,
                &place,
                plain.pointer(&place).expect("a place"),
                &mut found,
            );
        }
        for (place, kind) in found {
            let kind = match kind {
                Kind::Optional(optional) => optional.of,
                kind => kind,
            };
            let (low, high) = match kind {
                Kind::Number(number) => number.range,
                Kind::Span(range) => *range,
                _ => continue,
            };
            tried += 1;
            for beyond in [low.checked_sub(1), Some(high + 1)].into_iter().flatten() {
                let refused = session.edit(&set(&place, Value::from(beyond)));
                let invalid = refused.expect_err(&format!("{place}: {beyond}"));
                assert_eq!(invalid.path, place, "{}", invalid.message);
                assert_eq!(session.snapshot().run.scenario().input, scenario.input);
            }
        }
    }
    assert!(tried > 100, "{tried} ranges");
}

/// Whatever is changed, the playhead stays where it is in time: at the last step that is no later.
#[test]
fn every_edit_keeps_the_place_in_time() {
    let mut edited = 0;
    for scenario in scenarios() {
        let plain = scenario.input.to_value();
        let mut input = (*scenario.input).clone();
        input.schedule = None;
        let scenario = Scenario::new(input).expect("valid without moves");
        let mut found = Vec::new();
        for (place, field) in rows(1) {
            controls(
                &field.kind,
                &place,
                plain.pointer(&place).expect("a place"),
                &mut found,
            );
        }
        for (place, _) in found {
            let Some(value) = plain.pointer(&place).and_then(Value::as_u64) else {
                continue;
            };
            let session = Session::new();
            session.load(scenario.clone());
            let step = session.snapshot().run.step_count() / 2;
            session.command(Command::Seek { step }).expect("a step");
            let at = session.snapshot().frame.at_us;
            let tries = [value + 1, value.saturating_sub(1)];
            if !tries
                .iter()
                .any(|&other| session.edit(&set(&place, Value::from(other))).is_ok())
            {
                continue;
            }
            edited += 1;
            let snapshot = session.snapshot();
            let last = snapshot.run.step_count();
            assert!(snapshot.frame.at_us <= at, "{place}");
            assert!(
                snapshot.frame.step == last || snapshot.run.step_at(snapshot.frame.step + 1) > at,
                "{place}"
            );
        }
    }
    assert!(edited > 100, "{edited} edits");
}

#[test]
fn one_edit_can_change_every_lane() {
    let session = Session::new();
    let values = (0..2).map(|lane| (format!("/lanes/{lane}/cache/capacity"), Value::from(2)));
    let edit = Edit::Set(Set {
        values: values.collect(),
        told: String::new(),
    });
    session.edit(&edit).expect("a valid edit");
    let frame = session.snapshot().frame.clone();
    assert!(frame.lanes.iter().all(|lane| lane.cache.capacity == 2));
    assert_eq!(
        session.undo(false).as_deref(),
        Some("Undone: capacity of lanes A, B back to 4 entries.")
    );
    assert!(
        session
            .snapshot()
            .frame
            .lanes
            .iter()
            .all(|lane| lane.cache.capacity == 4)
    );
}

#[test]
fn a_place_that_is_none_is_refused() {
    let session = Session::new();
    let invalid = session
        .edit(&set("/lanes/7/cache", Value::Null))
        .expect_err("no such lane");
    assert_eq!(invalid.path, "/lanes/7/cache");
    let invalid = session
        .edit(&set("/lanes/0/cache/capacity", Value::from("four")))
        .expect_err("a text");
    assert_eq!(invalid.path, "/lanes/0/cache/capacity");
    assert!(
        invalid
            .message
            .contains("expected a whole number, but found \"four\"")
    );
}

/// Writing generated requests down changes nothing of what happens: they are the same requests.
#[test]
fn written_down_requests_are_the_generated_ones() {
    for scenario in scenarios().into_iter().skip(1) {
        let session = Session::new();
        let mut input = (*scenario.input).clone();
        input.schedule = None;
        // A second delete, a flush: what is late is the same too. Keys have other numbers.
        session.load(Scenario::new(input).expect("valid"));
        let before = session.snapshot().run;
        session.edit(&Edit::WriteDown).expect("a valid edit");
        let after = session.snapshot().run;
        let requests = |run: &Rc<Run>| {
            let workload = &run.scenario().workload;
            (0..workload.len())
                .map(|number| {
                    let request = workload.request(number);
                    let key = workload.key_name(request.key);
                    (
                        request.at,
                        request.client,
                        request.operation,
                        request.ttl,
                        request.size_bytes,
                        workload.exists_at_start(request.key),
                        key,
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(requests(&before), requests(&after));
        session.edit(&Edit::Generate).expect("a valid edit");
        assert_eq!(session.snapshot().run.scenario().workload.len(), 9);
    }
}

#[test]
fn the_opening_script_becomes_a_generator_like_it() {
    let session = Session::new();
    session.edit(&Edit::Generate).expect("a valid edit");
    let workload = session.snapshot().run.scenario().workload.clone();
    assert_eq!((workload.len(), workload.key_count()), (13, 6));
    for scene in Chapter::Workloads.scenes() {
        session.edit(&Edit::Traffic(scene)).expect("a valid edit");
        let now = session.snapshot().run.scenario().input.clone();
        assert_eq!(now.workload, scene.scenario().workload);
        assert_eq!(
            now.lanes,
            opening().lanes,
            "only the requests are the scene's"
        );
    }
}
