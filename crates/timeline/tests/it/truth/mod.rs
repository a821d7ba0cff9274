//! Sentences cannot lie. Each is made of facts, and each fact is recomputed here from the states before
//! and after the event, and from the events: without the values that the event carries, and without any
//! code of the sentences.
#![cfg(not(target_arch = "wasm32"))]

mod durable;
mod facts;
mod regions;
mod replicas;
mod reshard;
mod serverless;
mod state;
mod units;
mod zones;

use cache::units::{Key, Micros};
use facts::{Point, agrees, holds};
use proptest::prelude::*;
use scenario::{FaultInput, Scenario, ScenarioInput, WorkloadInput};
use sim::{Durability, Event, EventKind, Fault, Operation, ReadPath, ReshardStep, Verb, WritePath};
use state::Lane;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use support::scenarios::{lane, make_durable, request, run, scenario, scenarios, with_acts};
use timeline::{Deleter, Fact, LoggedEvent, Purpose, Run, narrate, sentence};

/// The facts of an event's sentence.
fn as_it_is(scenario: &Scenario, logged: &LoggedEvent) -> Vec<Fact> {
    sentence(scenario, logged).facts
}

/// The first false facts of a run, if its events are told by `facts`.
fn lies(run: &Run, facts: impl Fn(&Scenario, &LoggedEvent) -> Vec<Fact>) -> Vec<String> {
    let mut lies = Vec::new();
    let scenario = run.scenario();
    let log = run.log();
    let mut of_lane: BTreeMap<u8, Vec<Event>> = BTreeMap::new();
    for logged in &log {
        of_lane.entry(logged.lane).or_default().push(logged.event);
    }
    let keys = log.iter().map(|logged| logged.event.key);
    // Some are in the cache from the start, and nobody asks for them.
    let keys = keys.chain((0..scenario.workload.key_count()).map(Key));
    let names: BTreeMap<Key, Rc<str>> = keys.map(|key| (key, scenario.key_name(key))).collect();
    let start = run.seek(0);
    let start = start.lanes.iter();
    let mut lanes: Vec<Lane> = start.map(|world| Lane::start(world, &names)).collect();
    let mut heard: BTreeMap<u8, usize> = BTreeMap::new();
    for step in 1..=run.step_count() {
        let (start, end) = (run.seek(step - 1), run.seek(step));
        let events = run.events_at(step);
        let mut typed = BTreeSet::new();
        for (place, logged) in events.iter().enumerate() {
            let LoggedEvent { lane, event } = *logged;
            let nth = heard.entry(lane).or_default();
            *nth += 1;
            lanes[usize::from(lane)].now = event.at;
            let state = &lanes[usize::from(lane)];
            let story = event.request.and_then(|number| state.stories.get(&number));
            let is_settled = !events[place + 1..].iter().any(|later| {
                later.lane == lane
                    && (later.event.key == event.key
                        || matches!(later.event.kind, EventKind::Fault { .. })
                        || gives_up(&later.event.kind))
            });
            let of_lane_before = |earlier: &&LoggedEvent| earlier.lane == lane;
            let mut earlier = events[..place].iter().filter(of_lane_before);
            let is_first = !earlier.any(|earlier| touches_cache(&earlier.event.kind));
            let point = Point {
                scenario,
                setup: &scenario.lanes[usize::from(lane)],
                event: &event,
                before: state,
                start: is_first.then(|| &start.lanes[usize::from(lane)]),
                story,
                later: &of_lane[&lane][*nth..],
                after: is_settled.then(|| &end.lanes[usize::from(lane)]),
            };
            // What is gone is not always told, so it is counted too, where the step's end shows it.
            let changes_copies = |later: &&LoggedEvent| {
                later.lane == lane && !matches!(later.event.kind, EventKind::Violation { .. })
            };
            if !events[place + 1..]
                .iter()
                .any(|later| changes_copies(&later))
                && let Some(count) = durable::gone(&point)
                && count != event.kind.gone() as usize
            {
                lies.push(format!("step {step}: {count} writes are gone: {event:?}"));
            }
            for fact in facts(scenario, logged) {
                if !holds(&fact, &point) {
                    lies.push(format!("step {step}: {fact}: {fact:?} {event:?}"));
                }
            }
            if matches!(event.kind, EventKind::Console { .. }) {
                typed.insert(lane);
            }
            lanes[usize::from(lane)].hear(&event);
        }
        for (place, (lane, world)) in lanes.iter_mut().zip(&end.lanes).enumerate() {
            if std::mem::take(&mut lane.failed_over) || typed.contains(&(place as u8)) {
                lane.look_at_cache(world);
            }
            if let Err(different) = agrees(lane, world) {
                lies.push(format!(
                    "step {step}: the state is not what was heard: {different}"
                ));
            }
        }
        if lies.len() > 5 {
            break;
        }
    }
    lies
}

/// Whether a resharding is given up, which drops copies.
fn gives_up(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Reshard {
            step: ReshardStep::GivesUp { .. }
        }
    )
}

/// Whether an event changes what the cache holds or the order in which it goes.
fn touches_cache(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Hit { .. }
            | EventKind::Fill { .. }
            | EventKind::Evict { .. }
            | EventKind::Expire { .. }
            | EventKind::Delete { .. }
            | EventKind::Fault { .. }
            | EventKind::Console { .. }
            | EventKind::Reshard { .. }
            | EventKind::EndTtl { .. }
    )
}

#[test]
fn every_sentence_of_the_golden_scenarios_is_true() {
    let mut all = Vec::new();
    for (name, scenario) in support::golden::scenarios() {
        let lies = lies(&Run::new(Rc::new(scenario)), as_it_is);
        all.extend(lies.into_iter().map(|lie| format!("{name}, {lie}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Arbitrary scenarios, some of whose rows do not exist at the start.
fn with_absent_rows() -> impl Strategy<Value = ScenarioInput> {
    (scenarios(), any::<u8>()).prop_map(|(mut input, absent)| {
        let warm: BTreeSet<String> = input.warm.iter().map(|copy| copy.key.clone()).collect();
        let WorkloadInput::Script(requests) = &input.workload else {
            return input;
        };
        let asked: BTreeSet<String> = requests.iter().map(|of| of.key.clone()).collect();
        let chosen = asked.difference(&warm).enumerate();
        let chosen = chosen.filter(|(place, _)| absent >> (place % 8) & 1 == 1);
        input.absent = chosen.map(|(_, key)| key.clone()).collect();
        input
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_sentence_of_any_scenario_is_true(input in with_absent_rows()) {
        let lies = lies(&run(input), as_it_is);
        prop_assert!(lies.is_empty(), "{}", lies.join("\n"));
    }
}

/// A write that lost its DELETE makes a second one: until then its copy is stale for a while, not for good.
#[test]
fn a_second_delete_after_a_lost_one_is_still_to_come() {
    let mut lane = lane((ReadPath::CacheAside, WritePath::Invalidate));
    lane.strategy.defences.double_delete_us = Some(Micros(200_000));
    lane.network.timeout_us = 150_000;
    // The DELETE is given up at about 0:00.26, and the second one arrives at about 0:00.46.
    let requests = vec![
        request(0, Operation::Read, "user:1"),
        request(100_000, Operation::Write, "user:1"),
        request(350_000, Operation::Read, "user:1"),
        request(900_000, Operation::Read, "user:1"),
    ];
    let mut input = scenario(requests, vec![lane]);
    input.faults = vec![FaultInput {
        at_us: 0,
        fault: Fault::LoseNextDelete,
        lane: None,
        node: None,
        zone: None,
    }];
    let run = run(input);
    assert_eq!(lies(&run, as_it_is), [""; 0]);
    let kinds: Vec<&str> = run
        .log()
        .iter()
        .map(|logged| logged.event.kind.name())
        .collect();
    assert!(
        kinds.contains(&"stale"),
        "the copy is stale for a while: {kinds:?}"
    );
    assert!(
        !kinds.contains(&"violation"),
        "and no promise is broken: {kinds:?}"
    );
    assert_eq!(kinds.iter().filter(|&&kind| kind == "delete").count(), 1);
}

/// A move's sentence says first what the request that waits did last, which is some event's fact.
#[test]
fn what_a_waiting_request_did_is_a_fact_of_an_event() {
    let (_, race) = support::golden::scenarios()
        .into_iter()
        .find(|(name, _)| name == "race")
        .expect("a golden race");
    let run = Run::new(Rc::new(race));
    let mut facts = Vec::new();
    for step in 1..=run.step_count() {
        for logged in run.events_at(step).iter() {
            facts.extend(sentence(run.scenario(), logged).facts);
        }
        for told in narrate(&run, step) {
            for fact in told.sentences.iter().flat_map(|said| &said.facts) {
                let is_next_move = matches!(fact, Fact::WaitsForMove(_));
                assert!(is_next_move || facts.contains(fact), "{fact:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_sentence_of_any_scenario_with_acts_by_hand_is_true(input in with_absent_rows().prop_flat_map(with_acts)) {
        let lies = lies(&run(input), as_it_is);
        prop_assert!(lies.is_empty(), "{}", lies.join("\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_sentence_of_durable_shards_is_true(
        mut input in with_absent_rows().prop_flat_map(with_acts),
        modes in proptest::collection::vec(proptest::sample::select(&Durability::ALL[..]), 4),
        only_copy in any::<bool>(),
    ) {
        for (lane, mode) in input.lanes.iter_mut().zip(modes) {
            make_durable(lane, mode);
            if only_copy {
                (lane.strategy.read, lane.strategy.write) = (ReadPath::CacheOnly, WritePath::CacheOnly);
            }
        }
        let lies = lies(&run(input), as_it_is);
        prop_assert!(lies.is_empty(), "{}", lies.join("\n"));
    }
}

/// Two reads of one key at once, then a write, then a read, with something said of the events.
fn told(paths: (ReadPath, WritePath), facts: impl Fn(&EventKind) -> Vec<Fact>) -> Vec<String> {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(0, Operation::Read, "k"),
        request(100_000, Operation::Write, "k"),
        request(3_000_000, Operation::Read, "k"),
        request(3_100_000, Operation::Read, "absent"),
    ];
    let mut lane = lane(paths);
    lane.strategy.defences.single_flight = true;
    let mut input = scenario(requests, vec![lane]);
    input.absent = vec!["absent".to_owned()];
    lies(&run(input), |_, logged| facts(&logged.event.kind))
}

/// What sentences once said falsely is found out.
#[test]
fn old_lies_are_found() {
    use ReadPath::CacheAside;
    let stale_already = told((CacheAside, WritePath::WriteBehind), |kind| match kind {
        EventKind::Write {
            copy: Some(copy), ..
        } => vec![Fact::CopyStale(*copy)],
        _ => Vec::new(),
    });
    assert_eq!(stale_already.len(), 1, "{stale_already:?}");
    let row_is_written = told((CacheAside, WritePath::DeleteFirst), |kind| match kind {
        EventKind::Delete { .. } => vec![Fact::DeletedFor(Deleter::AfterWrite)],
        EventKind::Send { verb: Verb::Delete } => vec![Fact::Purpose(Purpose::RowChanged)],
        _ => Vec::new(),
    });
    assert_eq!(row_is_written.len(), 2, "{row_is_written:?}");
    // One trip for the read that joins, two for the absent row, one for the hit after write-through.
    let three_trips = told((CacheAside, WritePath::WriteThrough), |kind| match kind {
        EventKind::Reply {
            operation: Operation::Read,
            ..
        } => vec![Fact::Trips(3)],
        _ => Vec::new(),
    });
    assert_eq!(three_trips.len(), 3, "{three_trips:?}");
}
