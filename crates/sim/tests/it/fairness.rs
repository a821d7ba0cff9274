//! A comparison is fair: what one lane does is nothing to the others, in events as in luck.

use cache::PolicyKind;
use cache::units::Micros;
use proptest::prelude::*;
use proptest::sample::select;
use scenario::{DatabaseInput, ScenarioInput};
use sim::{EventKind, Operation, Pattern, ReadPath, Verb, WritePath};
use std::collections::BTreeMap;
use support::cases;
use support::scenarios::{
    calm_scenarios, events_of_lane, lane, paths, request, run, scenario, scenarios,
};
use timeline::{Run, narrate};

/// How long the database works on each request's query in a lane, and how long the messages of that
/// trip are under way before.
fn query_times(run: &Run, lane: u8) -> BTreeMap<(Option<u32>, Verb), (Micros, Micros)> {
    let mut sent = BTreeMap::new();
    let mut begun = BTreeMap::new();
    let mut times = BTreeMap::new();
    for event in events_of_lane(run, lane) {
        match event.kind {
            EventKind::Send { verb } => {
                sent.insert((event.request, verb), event.at);
            }
            EventKind::Query { verb, waited } => {
                let way = event.at.since(sent[&(event.request, verb)]).since(waited);
                begun.insert(event.request, (verb, event.at, way));
            }
            EventKind::Read { .. } | EventKind::Write { .. } => {
                let (verb, since, way) = begun[&event.request];
                times.insert((event.request, verb), (way, event.at.since(since)));
            }
            _ => {}
        }
    }
    times
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_query_takes_equally_long_in_every_lane(input in calm_scenarios()) {
        let mut input = input;
        // Kinds of databases differ in their latencies, which are drawn from alike.
        let DatabaseInput { read, write, .. } = input.lanes[0].database;
        for lane in &mut input.lanes {
            (lane.database.read, lane.database.write) = (read, write);
        }
        let run = run(input);
        let lanes = run.scenario().lanes.len() as u8;
        let mut of_any_lane = BTreeMap::new();
        for lane in 0..lanes {
            for (query, times) in query_times(&run, lane) {
                prop_assert_eq!(*of_any_lane.entry(query).or_insert(times), times);
            }
        }
    }

    #[test]
    fn equal_lanes_share_every_step(input in scenarios()) {
        let mut input = input;
        input.lanes.truncate(1);
        input.lanes.push(input.lanes[0].clone());
        let run = run(input);
        for step in 1..=run.step_count() {
            let events = run.events_at(step);
            let (left, right): (Vec<_>, Vec<_>) =
                events.iter().partition(|logged| logged.lane == 0);
            let kinds = |of: &[&timeline::LoggedEvent]| -> Vec<EventKind> {
                of.iter().map(|logged| logged.event.kind).collect()
            };
            prop_assert_eq!(kinds(&left), kinds(&right));
            let told = narrate(&run, step);
            prop_assert_eq!(told.len(), 1);
            prop_assert_eq!(&told[0].lanes, &[0, 1]);
        }
        prop_assert_eq!(events_of_lane(&run, 0), events_of_lane(&run, 1));
    }

    #[test]
    fn a_lane_lives_alone_as_it_lives_among_others(input in scenarios()) {
        let together = run(input.clone());
        for (i, lane) in (0..).zip(&input.lanes) {
            let alone = ScenarioInput { lanes: vec![lane.clone()], ..input.clone() };
            prop_assert_eq!(events_of_lane(&together, i), events_of_lane(&run(alone), 0));
        }
    }

    #[test]
    fn adding_a_lane_changes_no_other(input in scenarios(), added in select(paths())) {
        let mut input = input;
        input.lanes.truncate(3);
        let before = run(input.clone());
        input.lanes.push(lane(added));
        let after = run(input);
        for lane in 0..before.scenario().lanes.len() as u8 {
            prop_assert_eq!(events_of_lane(&before, lane), events_of_lane(&after, lane));
        }
    }
}

/// The case to see with the eye: the same misses, but the right lane also deletes and the third has
/// no cache at all. The reads that all three send to the database take the same time.
#[test]
fn extra_operations_shift_nobodys_luck() {
    let requests = (0..60_u64).map(|i| {
        let op = match i % 3 {
            0 => Operation::Write,
            _ => Operation::Read,
        };
        request(i * 1_000_000, op, &format!("key:{i}"))
    });
    let lanes = [
        Pattern::CacheAside.paths(),
        (ReadPath::CacheAside, WritePath::Invalidate),
        Pattern::NoCache.paths(),
    ]
    .map(lane);
    let run = run(scenario(requests.collect(), lanes.into()));
    let plain = query_times(&run, 0);
    assert_eq!(
        plain.len(),
        60,
        "each key is asked for once, so all go to the database"
    );
    assert_eq!(plain, query_times(&run, 1));
    assert_eq!(plain, query_times(&run, 2));
    assert!(events_of_lane(&run, 1).len() > events_of_lane(&run, 0).len());
    // Were all draws the same, the above would say nothing.
    let mut services: Vec<Micros> = plain.values().map(|&(_, service)| service).collect();
    services.sort_unstable();
    services.dedup();
    assert!(services.len() > 50);
}

/// Capacity and policy are the lane's own as well: they decide what is asked for, not how long it
/// takes.
#[test]
fn a_small_cache_asks_more_often_and_no_slower() {
    let requests = (0..200_u64).map(|i| request(i * 1_000_000, Operation::Read, &key(i)));
    let mut lanes = [
        lane(Pattern::CacheAside.paths()),
        lane(Pattern::CacheAside.paths()),
    ];
    lanes[0].cache.capacity = 3;
    lanes[0].cache.policy = PolicyKind::Fifo;
    lanes[1].cache.capacity = 6;
    let run = run(scenario(requests.collect(), lanes.into()));
    let (small, large) = (query_times(&run, 0), query_times(&run, 1));
    assert!(small.len() > large.len());
    let shared = small.iter().filter(|(query, _)| large.contains_key(query));
    for (query, times) in shared {
        assert_eq!(*times, large[query], "{query:?}");
    }
}

fn key(i: u64) -> String {
    format!("key:{}", (i * i + i / 3) % 8)
}
