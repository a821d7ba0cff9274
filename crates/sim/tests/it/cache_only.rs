//! A lane without a database: the cache counts the versions, what it loses is gone, and a failure of it is the
//! client's error.
#![cfg(not(target_arch = "wasm32"))]

use cache::PolicyKind;
use cache::units::{Micros, Version};
use proptest::prelude::*;
use scenario::{FaultInput, LaneInput, RequestInput, ScenarioInput, WarmInput};
use sim::{
    Event, EventKind, Failure, Fault, Operation, Outcome, ReadPath, Verb, WritePath, WriteTtl,
};
use support::cases;
use support::scenarios::{acted_scenarios, request, run, scenario};
use support::steady::{LOOK_UP_US, answer, events, steady};

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const CACHE_ONLY: (ReadPath, WritePath) = (ReadPath::CacheOnly, WritePath::CacheOnly);

/// What happens to these requests in one lane with `here` in its cache at the start.
fn play(lane: LaneInput, requests: &[RequestInput], faults: &[(u64, Fault)]) -> Vec<Event> {
    let mut input = scenario(requests.to_vec(), vec![lane]);
    input.warm = vec![WarmInput {
        key: "here".to_owned(),
        age_us: 0,
    }];
    let fault = |&(at_us, fault)| FaultInput {
        at_us,
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    input.faults = faults.iter().map(fault).collect();
    events(input)
}

fn outcomes(events: &[Event], requests: usize) -> Vec<Outcome> {
    let numbers = 0..requests as u32;
    numbers.map(|number| answer(events, number).0).collect()
}

fn value(version: u32) -> Outcome {
    Outcome::Value(Version(version))
}

fn failures(events: &[Event]) -> Vec<Failure> {
    let of = |event: &Event| match event.kind {
        EventKind::Fail { failure, .. } => Some(failure),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn a_count_begins_again_once_it_has_expired() {
    let mut lane = steady(CACHE_ONLY);
    lane.strategy.ttl_us = Some(Micros(10_000));
    let requests = [
        request(0, WRITE, "a"),
        request(1_000, WRITE, "a"),
        request(2_000, READ, "a"),
        request(50_000, READ, "a"),
        request(51_000, WRITE, "a"),
        request(52_000, READ, "a"),
    ];
    let events = play(lane, &requests, &[]);
    let expected = [
        Outcome::Written,
        Outcome::Written,
        value(2),
        Outcome::Absent,
        Outcome::Written,
        value(1),
    ];
    assert_eq!(outcomes(&events, 6), expected);
    // One trip each.
    assert!((0..6).all(|number| answer(&events, number).1 == Micros(LOOK_UP_US)));
}

/// An expired copy that nothing has found yet is no older count either.
#[test]
fn a_write_that_finds_an_expired_copy_begins_at_one() {
    let mut lane = steady(CACHE_ONLY);
    lane.strategy.ttl_us = Some(Micros(10_000));
    let requests = [
        request(0, WRITE, "a"),
        request(1_000, WRITE, "a"),
        request(50_000, WRITE, "a"),
        request(51_000, READ, "a"),
    ];
    let events = play(lane, &requests, &[]);
    assert_eq!(outcomes(&events, 4)[3], value(1));
}

#[test]
fn only_what_is_in_the_cache_is_there() {
    let requests = [
        request(0, READ, "here"),
        request(1_000, READ, "a"),
        request(2_000, WRITE, "here"),
        request(3_000, READ, "here"),
        request(5_000, READ, "here"),
    ];
    let events = play(
        steady(CACHE_ONLY),
        &requests,
        &[(4_000, Fault::RestartCache)],
    );
    let expected = [
        value(1),
        Outcome::Absent,
        Outcome::Written,
        value(2),
        Outcome::Absent,
    ];
    assert_eq!(outcomes(&events, 5), expected);
    assert_eq!(failures(&events), [], "what is lost is no failure");
}

#[test]
fn a_write_treats_the_ttl_as_it_is_told() {
    let after = |write_ttl: WriteTtl| {
        let mut lane = steady(CACHE_ONLY);
        lane.strategy.ttl_us = Some(Micros(10_000));
        lane.strategy.write_ttl = write_ttl;
        let requests = [
            request(6_000, WRITE, "here"),
            request(12_000, READ, "here"),
            request(30_000, READ, "here"),
        ];
        outcomes(&play(lane, &requests, &[]), 3)[1..].to_vec()
    };
    assert_eq!(after(WriteTtl::Set), [value(2), Outcome::Absent]);
    assert_eq!(after(WriteTtl::Drop), [value(2), value(2)]);
    assert_eq!(after(WriteTtl::Keep), [Outcome::Absent, Outcome::Absent]);
}

/// Cache-aside answers all of these from the database.
#[test]
fn a_failure_is_an_error_to_the_client() {
    let lane = || {
        let mut lane = steady(CACHE_ONLY);
        lane.network.timeout_us = 100_000;
        lane
    };
    let requests = [request(10_000, READ, "here"), request(20_000, WRITE, "b")];
    let cut = play(lane(), &requests, &[(0, Fault::CutCache)]);
    assert_eq!(outcomes(&cut, 2), [Outcome::Failed; 2]);
    assert_eq!(failures(&cut), [Failure::Timeout; 2]);

    let refused = play(lane(), &requests, &[(0, Fault::FailNextCacheWrite)]);
    assert_eq!(outcomes(&refused, 2), [value(1), Outcome::Failed]);
    assert_eq!(failures(&refused), [Failure::CacheError]);

    let mut full = lane();
    full.cache.policy = PolicyKind::NoEviction;
    full.cache.capacity = 1;
    let full = play(full, &requests, &[]);
    assert_eq!(outcomes(&full, 2), [value(1), Outcome::Failed]);
    assert_eq!(failures(&full), [Failure::OutOfMemory]);

    // The reply is lost: the write is done, and its client cannot know.
    let requests = [request(0, WRITE, "b"), request(200_000, READ, "b")];
    let faults = [(150, Fault::CutCache), (120_000, Fault::HealCache)];
    let lost = play(lane(), &requests, &faults);
    assert_eq!(outcomes(&lost, 2), [Outcome::Failed, value(1)]);
}

/// Any scenario with acts by hand, with every lane's paths replaced.
fn without_databases() -> impl Strategy<Value = ScenarioInput> {
    acted_scenarios().prop_map(|mut input| {
        for lane in &mut input.lanes {
            (lane.strategy.read, lane.strategy.write) = CACHE_ONLY;
        }
        input
    })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn nothing_is_asked_of_a_database_and_no_promise_is_broken(input in without_databases()) {
        let run = run(input);
        for logged in run.log() {
            let kind = logged.event.kind;
            let is_known = match kind {
                EventKind::Send { verb } => matches!(verb, Verb::Get | Verb::Set),
                EventKind::Query { .. }
                | EventKind::Queue { .. }
                | EventKind::Refuse { .. }
                | EventKind::Read { .. }
                | EventKind::Write { .. }
                | EventKind::Replicate { .. }
                | EventKind::Enqueue { .. }
                | EventKind::Stale { .. }
                | EventKind::Violation { .. }
                | EventKind::Reject { .. }
                | EventKind::Refresh { .. }
                | EventKind::Wait { .. } => false,
                _ => true,
            };
            prop_assert!(is_known, "{kind:?}");
        }
        let last = run.seek(run.step_count());
        for lane in &last.lanes {
            let metrics = lane.metrics();
            prop_assert_eq!((metrics.database_reads, metrics.database_writes), (0, 0));
            // One trip a request, so that each failed one is a failed request.
            prop_assert_eq!(metrics.failed_trips, metrics.failed_requests);
        }
    }
}
