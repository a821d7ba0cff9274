//! Traces: what is read, what is refused and where, and that a whole file comes to what stepping
//! through it comes to.
#![cfg(not(target_arch = "wasm32"))]

use cache_playground::cache::PolicyKind;
use cache_playground::scenario::{LaneInput, Scenario};
use cache_playground::sim::{Operation, OwnTtl, Pattern};
use cache_playground::timeline::Run;
use cache_playground::trace::{Trace, miss_count, read, replay};
use cache_playground::units::{Key, Micros};
use std::rc::Rc;

fn trace(text: &str) -> Trace {
    read("test", text.as_bytes()).unwrap_or_else(|bad| panic!("{text:?}: {bad}"))
}

fn keys_of(trace: &Trace) -> Vec<&str> {
    let name = |key: Key| &*trace.keys[key.0 as usize];
    trace
        .records
        .iter()
        .map(|record| name(record.key))
        .collect()
}

#[test]
fn one_key_a_line() {
    for text in [
        "a\nb\na",
        "a\nb\na\n",
        "a\r\nb\r\na\r\n\r\n",
        "\u{feff}a\nb\na\n\n",
    ] {
        let trace = trace(text);
        assert_eq!(keys_of(&trace), ["a", "b", "a"]);
        let at: Vec<u64> = trace.records.iter().map(|record| record.at.0).collect();
        assert_eq!(at, [0, 1_000_000, 2_000_000]);
        assert!(!trace.timed);
        assert!(
            trace
                .records
                .iter()
                .all(|record| record.operation == Operation::Read)
        );
    }
}

#[test]
fn csv_columns_in_any_order() {
    let trace = trace(
        "ttl,OP,key,cost,size,time\n300,get,\"a,b\",1,10,5.5\n0,SET,c,2,,6\n,delete,c,,3,6\n",
    );
    assert_eq!(keys_of(&trace), ["a,b", "c", "c"]);
    let records: Vec<_> = trace
        .records
        .iter()
        .map(|r| (r.at.0, r.operation, r.ttl))
        .collect();
    let expected = [
        (0, Operation::Read, OwnTtl::After(Micros(300_000_000))),
        (500_000, Operation::Write, OwnTtl::Never),
        (500_000, Operation::Write, OwnTtl::Unsaid),
    ];
    assert_eq!(records, expected);
    assert!(trace.timed);
    assert_eq!(trace.unused_columns, ["size", "\"cost\""]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let long = format!("a\n{}\n", "x".repeat(251));
    let cases: &[(&str, u64, &str)] = &[
        ("", 1, "at least one request"),
        ("key\n", 1, "at least one request"),
        ("a\n\nb\n", 2, "a key of 1 to 250 bytes"),
        ("a\nb c\n", 2, "a key of 1 to 250 bytes"),
        (&long, 2, "a key of 1 to 250 bytes"),
        ("a\nb,c\n", 2, "one key a line"),
        ("time;key\n1;a\n", 1, "separated by commas"),
        ("time,op\n1,read\n", 1, "a column key"),
        ("key,key\na,b\n", 1, "each column once"),
        ("key,op\na,read\nb,fly\n", 3, "read or write"),
        (
            "key,op\r\na,read\r\nc,read\r\nb,fly\r\n",
            4,
            "read or write",
        ),
        ("key,op\n\n\na,read\n\nb,fly\n", 6, "read or write"),
        ("key,op\n\"a\nb\",read\n", 2, "a key of 1 to 250 bytes"),
        ("key,size\na,1\nb,-1\n", 3, "whole bytes"),
        ("key,ttl\na,1.0000001\n", 2, "ttl in seconds"),
        ("key,ttl\na\n", 2, "2 fields"),
        ("time,key\nnow,a\n", 2, "time in seconds"),
        ("time,key\n2,a\n1,b\n", 3, "not to go back"),
        ("time,key\n0,a\n99999999999,b\n", 3, "within 31 years"),
        ("time,key\n99999999999999999999,a\n", 2, "time in seconds"),
    ];
    for (text, line, expected) in cases {
        let bad = read("test", text.as_bytes()).expect_err(text);
        assert_eq!(bad.line, *line, "{text:?}: {bad}");
        assert!(bad.to_string().contains(expected), "{text:?}: {bad}");
    }
    let junk = read("test", &[0x1f, 0x8b, 0, 255, b'\n', 7]).expect_err("junk is refused");
    assert_eq!(junk.line, 1);
}

fn in_lanes(trace: &Trace, change: impl Fn(&mut LaneInput)) -> Scenario {
    let mut lanes = trace.lanes();
    lanes.iter_mut().for_each(change);
    Scenario::new(trace.scenario(lanes, "1".to_owned())).expect("a trace makes a valid scenario")
}

/// A trace in which keys come back after a while, with writes and some times to live. Requests come
/// at even seconds and lives last odd ones, so that the milliseconds that a trip takes decide nothing.
fn varied(requests: u32) -> Trace {
    let mut text = String::from("time,key,op,ttl\n");
    let mut state = 7_u32;
    for i in 0..requests {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let key = (state >> 16) % (1 + (state >> 24) % 60);
        let op = if state.is_multiple_of(5) {
            "set"
        } else {
            "get"
        };
        let ttl = ["", "0", "41"][(state >> 9) as usize % 3];
        text.push_str(&format!("{},k{key},{op},{ttl}\n", i * 2));
    }
    trace(&text)
}

#[test]
fn a_whole_file_comes_to_what_stepping_through_it_does() {
    let trace = varied(1500);
    for pattern in Pattern::ALL {
        for policy in PolicyKind::ALL {
            let scenario = in_lanes(&trace, |lane| {
                (lane.strategy.read, lane.strategy.write) = pattern.paths();
                lane.strategy.ttl_us = Some(Micros(61_000_000));
                lane.cache.policy = policy;
                lane.cache.capacity = 12;
            });
            let whole = replay(&trace, &scenario.lanes[0]);
            let run = Run::new(Rc::new(scenario));
            let moment = run.seek(run.step_count());
            let metrics = moment.lanes[0].metrics();
            let stepped = [metrics.hits, metrics.evictions, metrics.expirations];
            assert_eq!([whole.hits, whole.evictions, whole.expirations], stepped);
            assert_eq!(whole.reads, metrics.read_latency.count());
            assert_eq!(whole.writes, metrics.write_latency.count());
            assert_eq!(whole.hits + whole.misses, whole.reads);
            let cached = pattern != Pattern::NoCache;
            assert_eq!(
                whole.misses,
                if cached { metrics.misses } else { whole.reads }
            );
        }
    }
}

#[test]
fn a_ttl_of_zero_keeps_a_copy_for_good_and_an_empty_one_leaves_it_to_the_lane() {
    for (ttl, misses, expirations) in [("0", 1, 0), ("", 3, 2), ("1000", 1, 0), ("5", 3, 2)] {
        let text = format!("time,key,ttl\n0,a,{ttl}\n301,a,{ttl}\n900,a,{ttl}\n");
        let trace = trace(&text);
        let scenario = in_lanes(&trace, |lane| {
            lane.strategy.ttl_us = Some(Micros(300_000_000))
        });
        let whole = replay(&trace, &scenario.lanes[0]);
        assert_eq!(
            (whole.misses, whole.expirations),
            (misses, expirations),
            "ttl {ttl:?}"
        );
    }
}

#[test]
fn reads_alone_miss_as_a_bare_cache_does() {
    let text: String = (0..5000_u64)
        .map(|i| format!("k{}\n", i * i % 701))
        .collect();
    let trace = trace(&text);
    let keys: Vec<Key> = trace.records.iter().map(|record| record.key).collect();
    for policy in PolicyKind::ALL {
        for capacity in [1, 10, 300, 701] {
            let scenario = in_lanes(&trace, |lane| {
                lane.cache.policy = policy;
                lane.cache.capacity = capacity;
            });
            let whole = replay(&trace, &scenario.lanes[0]);
            assert_eq!(whole.misses, miss_count(&keys, policy, capacity));
        }
    }
}

#[test]
fn a_long_file_is_stepped_through_from_its_beginning() {
    let text: String = (0..12_000).map(|i| format!("k{}\n", i % 500)).collect();
    let scenario = in_lanes(&trace(&text), |_| ());
    assert_eq!(scenario.workload.requests.len(), 10_000);
}
