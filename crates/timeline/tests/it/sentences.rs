//! What is said is true of the lane that it is said of, and what is shown of a request is what became of it.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use scenario::{FaultInput, LaneInput, Scenario, opening};
use sim::{EventKind, Fault, Operation, Outcome, ReadPath, Verb, WritePath};
use std::collections::BTreeMap;
use std::rc::Rc;
use support::scenarios::{lane, request, run, scenario, scenarios};
use timeline::{Frame, LoggedEvent, Run, sentence};

/// The sentences for the events of a run that are of some kind.
fn said(run: &Run, of: impl Fn(&EventKind) -> bool) -> Vec<String> {
    let log = run.log();
    let told = log.iter().filter(|logged| of(&logged.event.kind));
    let tell = |logged: &LoggedEvent| sentence(run.scenario(), logged).text();
    told.map(tell).collect()
}

/// What is said of a fault that befalls a lane.
fn said_of(fault: Fault, lane: LaneInput) -> String {
    let mut input = scenario(vec![request(0, Operation::Read, "k")], vec![lane]);
    input.faults = vec![FaultInput {
        at_us: 1_000_000,
        fault,
        lane: None,
        node: None,
        zone: None,
    }];
    let run = Run::new(Rc::new(Scenario::new(input).expect("valid")));
    said(&run, |kind| matches!(kind, EventKind::Fault { .. })).remove(0)
}

#[test]
fn a_failover_without_a_replica_leads_to_an_empty_node() {
    let mut with = lane((ReadPath::CacheAside, WritePath::WriteAround));
    let without = said_of(Fault::FailOverCache, with.clone());
    assert!(without.contains("empty node"), "{without}");
    with.cache.replica_lag_us = Some(1_000);
    let with = said_of(Fault::FailOverCache, with);
    assert!(
        with.contains("had not reached the replica are lost"),
        "{with}"
    );
}

#[test]
fn nobody_is_told_that_a_delete_will_be_lost_where_none_is_sent() {
    let around = lane((ReadPath::CacheAside, WritePath::WriteAround));
    let invalidate = lane((ReadPath::CacheAside, WritePath::Invalidate));
    let told = |lane| said_of(Fault::LoseNextDelete, lane);
    assert!(told(around).contains("sends no DELETE"));
    assert!(told(invalidate).contains("the copy that it should remove stays"));
}

#[test]
fn a_restart_without_a_database_loses_everything_for_good() {
    let told = |paths, fault| said_of(fault, lane(paths));
    let only = (ReadPath::CacheOnly, WritePath::CacheOnly);
    let aside = (ReadPath::CacheAside, WritePath::WriteAround);
    assert!(told(only, Fault::RestartCache).contains("lost for good"));
    assert!(!told(aside, Fault::RestartCache).contains("lost for good"));
    for fault in [
        Fault::SlowDatabase,
        Fault::StopDatabase,
        Fault::CutDatabase,
        Fault::HealDatabase,
    ] {
        assert!(told(only, fault).contains("this lane has no database"));
        assert!(!told(aside, fault).contains("this lane has no database"));
    }
}

/// A copy that was there from the start was stored before it, and nobody knows when it was used.
#[test]
fn the_start_is_as_far_as_anybody_knows_of_a_warm_copy() {
    let scenario = Scenario::new(opening()).expect("valid");
    let run = Run::new(Rc::new(scenario));
    let evicted = said(&run, |kind| matches!(kind, EventKind::Evict { .. }));
    assert!(
        evicted[0].contains("not been used since the start"),
        "{}",
        evicted[0]
    );
    assert!(evicted.iter().any(|text| !text.contains("since the start")));
}

/// What may be said of databases and rows where there are none.
const NONE_THERE: [&str; 5] = [
    "there is no database",
    // Trips are made in a row.
    " in a row",
    "without a database",
    "this lane has no database",
    // Faults that befall all lanes have one name.
    "The database ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_said_of_a_database_that_is_not_there(mut input in scenarios()) {
        for lane in &mut input.lanes {
            (lane.strategy.read, lane.strategy.write) = (ReadPath::CacheOnly, WritePath::CacheOnly);
        }
        let run = run(input);
        for logged in &run.log() {
            let text = sentence(run.scenario(), logged).text();
            let is_fault = matches!(logged.event.kind, EventKind::Fault { .. });
            let allowed = &NONE_THERE[..if is_fault { 5 } else { 4 }];
            let rest = allowed.iter().fold(text.clone(), |rest, words| rest.replace(words, ""));
            let words = rest.split(|c: char| !c.is_alphanumeric());
            let mut wrong = words.filter(|word| ["database", "row", "rows", "load", "loaded"].contains(word));
            prop_assert_eq!(wrong.next(), None, "{}", text);
        }
    }

    /// An answer is called a failure where its client got an error and nowhere else, and a reply stale where it
    /// is a stale hit's.
    #[test]
    fn a_request_is_shown_as_what_became_of_it(input in scenarios()) {
        let run = run(input);
        let (mut failed, mut stale) = (BTreeMap::new(), BTreeMap::new());
        for step in 1..=run.step_count() {
            for logged in run.events_at(step).iter() {
                let Some(number) = logged.event.request else { continue };
                let of = (usize::from(logged.lane), number + 1);
                match logged.event.kind {
                    EventKind::Reply { outcome, .. } => {
                        failed.insert(of, outcome == Outcome::Failed);
                    }
                    EventKind::Hit { .. } => {
                        stale.insert(of, false);
                    }
                    EventKind::Stale { .. } => {
                        stale.insert(of, true);
                    }
                    _ => {}
                }
            }
            let frame = Frame::of(&run, &run.seek(step));
            for (place, lane) in frame.lanes.iter().enumerate() {
                for request in lane.requests.iter().chain(&lane.last_request) {
                    let became = failed.get(&(place, request.id)).copied();
                    prop_assert_eq!(request.failed, became.unwrap_or(false));
                    prop_assert_eq!(request.answered, became.is_some());
                }
                // What Valkey's policies remember of a key says whether it is still there.
                let shape = lane.cache.shape.iter();
                for looked_at in shape.flat_map(|shape| shape.sample.iter().chain(&shape.pool)) {
                    let is_there = lane.cache.entries.iter().any(|entry| entry.key == looked_at.key);
                    prop_assert_eq!(looked_at.gone, !is_there);
                }
                for message in &lane.messages {
                    let was_stale = stale.get(&(place, message.request)).copied();
                    let carries = message.verb == Verb::Get && message.version.is_some();
                    // A row can be written while the reply is on its way.
                    prop_assert!(!message.stale || carries);
                    prop_assert!(!(carries && was_stale == Some(true)) || message.stale);
                }
            }
        }
    }
}
