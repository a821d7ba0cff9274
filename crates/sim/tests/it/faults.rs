//! Each fault does what it is for, and no more: the same requests with it and without.
#![cfg(not(target_arch = "wasm32"))]

use cache::units::Version;
use scenario::{FaultInput, LaneInput, RequestInput, WarmInput};
use sim::{Event, EventKind, Failure, Fault, Operation, Outcome, ReadPath, Verb, WritePath};
use support::scenarios::{request, scenario};
use support::steady::{LOOK_UP_US, SELECT_US, UPDATE_US, answer, count, events, steady};

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const ASIDE: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::WriteAround);
const THROUGH: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::WriteThrough);
const SECOND_US: u64 = 1_000_000;

/// What a read that misses takes: the look-up, the query and the SET.
const MISS_US: u64 = LOOK_UP_US + SELECT_US + LOOK_UP_US;

/// How long the application waits for an answer.
const PATIENCE_US: u64 = 300_000;

/// A lane whose application does not wait for long.
fn lane(paths: (ReadPath, WritePath)) -> LaneInput {
    let mut lane = steady(paths);
    lane.network.timeout_us = PATIENCE_US;
    lane
}

/// What happens to these requests, with `here` in the cache at the start.
fn play(
    paths: (ReadPath, WritePath),
    requests: &[RequestInput],
    faults: &[(u64, Fault)],
) -> Vec<Event> {
    let fault = |&(at_us, fault)| FaultInput {
        at_us,
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    let mut input = scenario(requests.to_vec(), vec![lane(paths)]);
    input.warm = vec![WarmInput {
        key: "here".to_owned(),
        age_us: 0,
    }];
    input.faults = faults.iter().map(fault).collect();
    events(input)
}

/// The answers of the first requests.
fn answers(events: &[Event], requests: u32) -> Vec<(Outcome, u64)> {
    let answer = |number| answer(events, number);
    let answers = (0..requests).map(answer);
    answers.map(|(outcome, took)| (outcome, took.0)).collect()
}

/// The trips that failed.
fn failures(events: &[Event]) -> Vec<(Verb, Failure)> {
    let of = |event: &Event| match event.kind {
        EventKind::Fail { verb, failure } => Some((verb, failure)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// The versions that SETs stored.
fn fills(events: &[Event]) -> Vec<Version> {
    let of = |event: &Event| match event.kind {
        EventKind::Fill { value, .. } => Some(value.version),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// The versions that the database committed.
fn commits(events: &[Event]) -> Vec<Version> {
    let of = |event: &Event| match event.kind {
        EventKind::Write { version, .. } => Some(version),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

const FIRST: Outcome = Outcome::Value(Version(1));

/// Ten times as long on what it begins, and only on that: neither what is under way when it becomes
/// slow or well again, nor the way there and back, takes any longer.
#[test]
fn a_slow_database_works_ten_times_as_long_on_what_it_begins() {
    let requests = [
        request(0, READ, "a"),
        request(10_000, READ, "b"),
        request(100_000, WRITE, "c"),
        request(300_000, READ, "d"),
        request(305_000, READ, "here"),
        request(400_000, READ, "e"),
    ];
    let usual = [
        (FIRST, MISS_US),
        (FIRST, MISS_US),
        (Outcome::Written, UPDATE_US),
        (FIRST, MISS_US),
        (FIRST, LOOK_UP_US),
        (FIRST, MISS_US),
    ];
    let mut slow = usual;
    for (answer, work_us) in [(1, 4_000), (2, 8_000), (3, 4_000)] {
        slow[answer].1 += 9 * work_us;
    }
    let off = play(ASIDE, &requests, &[]);
    assert_eq!(answers(&off, 6), usual);
    // At the one instant the query for a is under way, at the other the one for d.
    let faults = [(1_000, Fault::SlowDatabase), (310_000, Fault::HealDatabase)];
    let on = play(ASIDE, &requests, &faults);
    assert_eq!(answers(&on, 6), slow);
    assert_eq!(failures(&on), []);
}

/// Messages to and from the database are lost: misses and writes fail when the application's patience
/// ends, hits go on, and with the heal so does everything.
#[test]
fn a_database_that_is_cut_off_is_not_heard_of_until_patience_ends() {
    let requests = [
        request(0, READ, "here"),
        request(1_000, READ, "away"),
        request(2_000, WRITE, "here"),
        request(SECOND_US, READ, "away"),
        request(SECOND_US, WRITE, "here"),
    ];
    let usual = [
        (FIRST, LOOK_UP_US),
        (FIRST, MISS_US),
        (Outcome::Written, UPDATE_US),
        (FIRST, LOOK_UP_US),
        (Outcome::Written, UPDATE_US),
    ];
    let off = play(ASIDE, &requests, &[]);
    assert_eq!(answers(&off, 5), usual);
    assert_eq!(failures(&off), []);
    assert_eq!(commits(&off), [Version(2), Version(3)]);

    let faults = [(0, Fault::CutDatabase), (500_000, Fault::HealDatabase)];
    let on = play(ASIDE, &requests, &faults);
    let cut = [
        (FIRST, LOOK_UP_US),
        (Outcome::Failed, LOOK_UP_US + PATIENCE_US),
        (Outcome::Failed, PATIENCE_US),
        (FIRST, MISS_US),
        (Outcome::Written, UPDATE_US),
    ];
    assert_eq!(answers(&on, 5), cut);
    let lost = [Verb::Select, Verb::Update].map(|verb| (verb, Failure::Timeout));
    let mut failed = failures(&on);
    failed.sort_by_key(|failed| failed.0);
    assert_eq!(failed, lost);
    assert_eq!(commits(&on), [Version(2)], "the first write never came");
    // Only what arrives is worked on.
    let begun = |kind: &EventKind| matches!(kind, EventKind::Query { .. });
    assert_eq!((count(&off, begun), count(&on, begun)), (3, 2));
}

/// Cut off while it works, the database commits, and the client does not learn of it.
#[test]
fn the_answer_of_a_database_that_is_cut_off_is_lost_as_well() {
    for (at_us, outcome, took_us) in [
        (5_000, Outcome::Failed, PATIENCE_US),
        (UPDATE_US + 1, Outcome::Written, UPDATE_US),
    ] {
        let on = play(
            ASIDE,
            &[request(0, WRITE, "here")],
            &[(at_us, Fault::CutDatabase)],
        );
        assert_eq!(answers(&on, 1), [(outcome, took_us)]);
        assert_eq!(commits(&on), [Version(2)]);
    }
}

/// One SET fails at the cache, which keeps what it has under the key. The client does not notice; the
/// next read does.
#[test]
fn the_next_set_fails_once_and_changes_nothing() {
    let fault = [(500_000, Fault::FailNextCacheWrite)];
    let failed = [(Verb::Set, Failure::CacheError)];

    // A read's SET. The hit in between is no SET, and uses nothing up.
    let requests = [
        request(SECOND_US, READ, "here"),
        request(2 * SECOND_US, READ, "away"),
        request(3 * SECOND_US, READ, "away"),
        request(4 * SECOND_US, READ, "away"),
    ];
    let off = play(ASIDE, &requests, &[]);
    let takes = |took: [u64; 4]| took.map(|took_us| (FIRST, took_us));
    let (hit, miss) = (LOOK_UP_US, MISS_US);
    assert_eq!(answers(&off, 4), takes([hit, miss, hit, hit]));
    assert_eq!((failures(&off), fills(&off)), (vec![], vec![Version(1)]));
    let on = play(ASIDE, &requests, &fault);
    assert_eq!(answers(&on, 4), takes([hit, miss, miss, hit]));
    assert_eq!(failures(&on), failed);
    assert_eq!(fills(&on), [Version(1)]);

    // A write's: the old copy stays, and is read.
    let requests = [
        request(SECOND_US, WRITE, "here"),
        request(2 * SECOND_US, READ, "here"),
    ];
    let written = (Outcome::Written, UPDATE_US + LOOK_UP_US);
    let off = play(THROUGH, &requests, &[]);
    let fresh = (Outcome::Value(Version(2)), LOOK_UP_US);
    assert_eq!(answers(&off, 2), [written, fresh]);
    assert_eq!(fills(&off), [Version(2)]);
    let on = play(THROUGH, &requests, &fault);
    assert_eq!(answers(&on, 2), [written, (FIRST, LOOK_UP_US)]);
    assert_eq!((failures(&on), fills(&on)), (failed.to_vec(), vec![]));
    assert_eq!(commits(&on), [Version(2)]);
}

/// Without the cache a read takes until the application's patience ends and the query, and makes no
/// attempt to fill what could not be asked.
#[test]
fn without_the_cache_reads_go_on_after_a_timeout() {
    let requests = [
        request(1_000, READ, "away"),
        request(2 * SECOND_US, READ, "away"),
    ];
    let off = play(ASIDE, &requests, &[]);
    assert_eq!(answers(&off, 2), [(FIRST, MISS_US), (FIRST, LOOK_UP_US)]);
    let faults = [(0, Fault::CutCache), (SECOND_US, Fault::HealCache)];
    let on = play(ASIDE, &requests, &faults);
    assert_eq!(failures(&on), [(Verb::Get, Failure::Timeout)]);
    // Healed: an ordinary miss.
    let cut = (FIRST, PATIENCE_US + SELECT_US);
    assert_eq!(answers(&on, 2), [cut, (FIRST, MISS_US)]);
}

#[test]
fn without_the_database_hits_go_on_and_misses_fail() {
    let requests = [
        request(1_000, READ, "here"),
        request(2_000, READ, "away"),
        request(3_000, WRITE, "here"),
    ];
    let outcomes = |events: &[Event]| {
        let answers = answers(events, 3);
        answers.iter().map(|answer| answer.0).collect::<Vec<_>>()
    };
    let off = play(THROUGH, &requests, &[]);
    assert_eq!(outcomes(&off), [FIRST, FIRST, Outcome::Written]);
    let on = play(THROUGH, &requests, &[(0, Fault::StopDatabase)]);
    assert_eq!(outcomes(&on), [FIRST, Outcome::Failed, Outcome::Failed]);
}
