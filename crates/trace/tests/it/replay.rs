//! How files are read, and that replaying a whole file counts what stepping through it counts.
#![cfg(not(target_arch = "wasm32"))]

use cache::PolicyKind;
use cache::units::{Key, Micros};
use proptest::collection::vec;
use proptest::prelude::*;
use scenario::{LaneInput, Scenario, VALUE_BYTES, WorkloadInput};
use sim::Pattern;
use std::rc::Rc;
use support::cases;
use timeline::Run;
use trace::{Access, Lifetime, ReplayJob, Trace, miss_count, read, replay};

fn trace(text: &str) -> Trace {
    read("test", text.as_bytes()).unwrap_or_else(|bad| panic!("{text:?}: {bad}"))
}

fn keys_of(trace: &Trace) -> Vec<String> {
    let name = |key: Key| trace.keys.name(key).into_owned();
    let keys = trace.records.iter().map(|record| name(record.key));
    keys.collect()
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
        assert!(!trace.timed());
        assert!(
            trace
                .records
                .iter()
                .all(|record| record.access == Access::Read)
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
        .map(|r| (r.at.0, r.access, r.lifetime, r.size_bytes))
        .collect();
    let expected = [
        (0, Access::Read, Lifetime::After(Micros(300_000_000)), 10),
        (500_000, Access::Write, Lifetime::Never, 0),
        (500_000, Access::Delete, Lifetime::Unsaid, 3),
    ];
    assert_eq!(records, expected);
    assert!(trace.timed());
    assert_eq!(trace.unused, ["\"cost\""]);
}

#[test]
fn a_delete_takes_the_copy_away_and_an_expiry_changes_its_life() {
    let lines = [
        "1.0 [0 a:1] \"GET\" \"a\"",
        "2.0 [0 a:1] \"DEL\" \"a\"",
        "3.0 [0 a:1] \"GET\" \"a\"",
        "4.0 [0 a:1] \"EXPIRE\" \"a\" \"10\"",
        "5.0 [0 a:1] \"EXPIRE\" \"never-read\" \"10\"",
        "14.0 [0 a:1] \"GET\" \"a\"",
        "15.0 [0 a:1] \"GET\" \"a\"",
        "16.0 [0 a:1] \"EXPIRE\" \"a\" \"10\"",
        "17.0 [0 a:1] \"PERSIST\" \"a\"",
        "99.0 [0 a:1] \"GET\" \"a\"",
    ];
    let trace = trace(&lines.join("\n"));
    let scenario = in_lanes(&trace, |lane| lane.strategy.ttl_us = None);
    let whole = replay(&trace, &scenario.lanes[0]);
    assert_eq!((whole.reads, whole.writes, whole.deletes), (5, 0, 1));
    // The copy is read anew after its deletion, and after its life has ended at 14 s.
    assert_eq!((whole.hits, whole.misses, whole.expirations), (2, 3, 1));
    // The stage has no way to change a time to live.
    assert_eq!(scenario.workload.len(), 6);
}

#[test]
fn a_command_that_changes_a_part_keeps_the_time_to_live() {
    for (command, hits) in [("INCR", 0), ("SET", 1)] {
        let text = format!(
            "1.0 [0 a:1] \"SET\" \"a\" \"1\" \"EX\" \"10\"\n2.0 [0 a:1] \"{command}\" \"a\" \"2\"\n\
             30.0 [0 a:1] \"GET\" \"a\"\n"
        );
        let trace = trace(&text);
        let scenario = in_lanes(&trace, |lane| {
            (lane.strategy.read, lane.strategy.write) = Pattern::WriteThrough.paths();
            lane.strategy.ttl_us = Some(Micros(1));
        });
        assert_eq!(replay(&trace, &scenario.lanes[0]).hits, hits, "{command}");
    }
}

#[test]
fn a_replay_in_slices_comes_to_the_same() {
    let trace = Rc::new(varied(1500));
    let scenario = in_lanes(&trace, |lane| lane.cache.capacity = 12);
    let whole = replay(&trace, &scenario.lanes[0]);
    for budget in [1, 7, 100, 1499, 5000] {
        let mut job = ReplayJob::new(trace.clone(), scenario.lanes[0].clone());
        assert_eq!(job.result(), None);
        while !job.advance(budget).is_finished() {}
        assert_eq!(job.result(), Some(whole), "{budget} at a time");
    }
}

fn in_lanes(trace: &Trace, change: impl Fn(&mut LaneInput)) -> Scenario {
    let mut lanes = trace.lanes();
    lanes.iter_mut().for_each(change);
    Scenario::new(trace.scenario(lanes, "0".to_owned())).expect("a trace makes a valid scenario")
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
        // Which of two lives ends first depends on the latencies, which the whole file does not have.
        let by_ttl = |policy: &PolicyKind| *policy == PolicyKind::ValkeyTtl;
        for policy in PolicyKind::ALL.into_iter().filter(|kind| !by_ttl(kind)) {
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
            assert_eq!(
                [whole.hits, whole.evictions, whole.expirations],
                stepped,
                "{policy:?}, {pattern:?}"
            );
            assert_eq!(whole.reads, metrics.read_replies.count());
            assert_eq!(whole.writes, metrics.write_replies.count());
            assert_eq!(whole.hits + whole.misses, whole.reads);
            assert_eq!(whole.deletes, 0);
            let cached = pattern != Pattern::NoCache;
            assert_eq!(
                whole.misses,
                if cached { metrics.misses } else { whole.reads }
            );
        }
    }
}

/// A file that says sizes: for each request its key's number, whether it writes, and how many bytes; 0
/// where it says nothing of them. Requests are a second apart, and names of several lengths.
fn sized_file(format: &str, requests: &[(u8, bool, u16)]) -> Vec<u8> {
    let name = |key: u8| "k".repeat(usize::from(key) * 9 + 1);
    let mut file = Vec::new();
    if format == "csv" {
        file.extend(b"time,key,op,size\n");
    }
    for (at, &(key, writes, size)) in (1_u32..).zip(requests) {
        let (name, op) = (name(key), if writes { "SET" } else { "GET" });
        let line = match format {
            "csv" if size == 0 => format!("{at},{name},{op},\n"),
            "csv" => format!("{at},{name},{op},{size}\n"),
            "monitor" if writes => {
                let value = "v".repeat(size.into());
                format!("{at}.5 [0 a:1] \"SET\" \"{name}\" \"{value}\"\n")
            }
            "monitor" => format!("{at}.5 [0 a:1] \"GET\" \"{name}\"\n"),
            "lis" => format!("{key} {} 0 {at}\n", size % 3 + 1),
            "oracle-general" => {
                file.extend(at.to_le_bytes());
                file.extend(u64::from(key).pow(9).to_le_bytes());
                file.extend(u32::from(size).to_le_bytes());
                file.extend((-1_i64).to_le_bytes());
                continue;
            }
            _ => panic!("{format} says no sizes"),
        };
        file.extend(line.bytes());
    }
    file
}

/// Hits, misses and evictions of a trace in its first lane: of the whole file, and stepped through.
fn both_ways(trace: &Trace, scenario: Scenario) -> [[u64; 3]; 2] {
    let whole = replay(trace, &scenario.lanes[0]);
    let run = Run::new(Rc::new(scenario));
    let moment = run.seek(run.step_count());
    let metrics = moment.lanes[0].metrics();
    [
        [whole.hits, whole.misses, whole.evictions],
        [metrics.hits, metrics.misses, metrics.evictions],
    ]
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn where_bytes_are_counted_stepping_comes_to_what_the_whole_file_does(
        format in prop::sample::select(vec!["csv", "lis", "oracle-general", "monitor"]),
        requests in vec((0..12_u8, any::<bool>(), prop_oneof![0..40_u16, 0..4_000_u16]), 1..80),
        pattern in prop::sample::select(Pattern::ALL.to_vec()),
        policy in prop::sample::select(PolicyKind::ALL.to_vec()),
        capacity in 100..9_000_u64,
        overhead in 0..90_u32,
    ) {
        // Without a cache there is none to agree on.
        prop_assume!(pattern != Pattern::NoCache);
        let file = sized_file(format, &requests);
        let trace = read("test", &file).expect("a trace");
        prop_assert_eq!(trace.format.name, format);
        let scenario = in_lanes(&trace, |lane| {
            (lane.strategy.read, lane.strategy.write) = pattern.paths();
            lane.strategy.ttl_us = None;
            lane.cache.policy = policy;
            lane.cache.capacity_bytes = Some(capacity);
            lane.cache.overhead_bytes = overhead;
        });
        let [whole, stepped] = both_ways(&trace, scenario);
        prop_assert_eq!(whole, stepped);
    }
}

#[test]
fn a_copy_too_large_for_the_cache_is_too_large_on_the_stage() {
    let trace = trace("key,size\na,5000\nb,50000\na,5000\nb,50000\n");
    let scenario = in_lanes(&trace, |lane| lane.cache.capacity_bytes = Some(10_000));
    assert_eq!(both_ways(&trace, scenario), [[1, 3, 0]; 2]);
}

#[test]
fn scripted_values_have_the_sizes_that_the_file_says() {
    let trace = trace("key,size\nuser:1,5000\n12345,\n12345,5\n12345,3\na,4294967295\n");
    let input = trace.scenario(trace.lanes(), "0".to_owned());
    let WorkloadInput::Script(script) = &input.workload else {
        panic!("a script");
    };
    let sizes: Vec<u32> = script.iter().map(|request| request.value_bytes).collect();
    // A key and its value have at least the key's bytes, and no value is larger than a script's can be.
    assert_eq!(sizes, [5_000 - 6, VALUE_BYTES, 0, 0, 1 << 20]);
    Scenario::new(input).expect("a valid scenario");
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
    let keys = trace.records.requested();
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
    assert_eq!(scenario.workload.len(), 10_000);
}
