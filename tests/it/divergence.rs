//! The first difference between lanes is the first there is, however it is looked for.

use crate::edited::edited;
use cache::PolicyKind;
use cache::units::Micros;
use cache_playground::session::Edit;
use proptest::prelude::*;
use scenario::{FaultInput, Scenario, ScenarioInput, opening};
use serde_json::json;
use sim::{
    Broken, ByHand, ConsoleCommand, EventKind, Fault, FaultCommand, Intervention, Latency,
    Operation, Pattern,
};
use std::collections::BTreeMap;
use support::cases;
use support::scenarios::{calm_scenarios, lane, request, run, scenario};
use timeline::{Divergences, Frame, LaneFrame, LoggedEvent, Run, Verdict};

fn compared(run: &Run, slice: u32) -> Divergences {
    run.complete();
    let mut found = Divergences::new(run.scenario().lanes.len());
    while !found.advance(run, slice) {}
    found
}

fn verdict(input: ScenarioInput) -> Verdict {
    compared(&run(input), 10).of(1)
}

/// A request's events in one lane, with their steps.
type Story = Vec<(u32, LoggedEvent)>;

/// What a difference is, said in another way: by the kind's name, the key, and the versions.
fn told(logged: &LoggedEvent) -> String {
    let event = &logged.event;
    let detail = match event.kind {
        EventKind::Send { verb } | EventKind::Query { verb, .. } => verb.name().to_owned(),
        EventKind::Hit { value, .. }
        | EventKind::Fill { value, .. }
        | EventKind::Evict { value, .. }
        | EventKind::Expire { value, .. } => value.version.0.to_string(),
        EventKind::Stale { copy, row, .. } => format!("{} {}", copy.0, row.0),
        EventKind::Delete { found, .. } => found.to_string(),
        EventKind::Read { version, .. }
        | EventKind::Write { version, .. }
        | EventKind::Enqueue { version, .. }
        | EventKind::Replicate { version } => version.0.to_string(),
        EventKind::Reject { version, why, .. } => format!("{} {why:?}", version.0),
        EventKind::Reply { outcome, .. } => format!("{outcome:?}"),
        EventKind::Fail { verb, failure } => format!("{verb:?} {failure:?}"),
        EventKind::Fault { fault, .. } => format!("{fault:?}"),
        EventKind::Violation { promise } => match promise {
            Broken::BoundedStaleness { .. } => "staleness".to_owned(),
            Broken::Durability { .. } => "durability".to_owned(),
        },
        _ => String::new(),
    };
    format!("{} {} {detail}", event.kind.name(), event.key.0)
}

/// The step of the first difference, found with the whole log at hand.
fn first_step(run: &Run, lane: u8) -> Option<u32> {
    let mut stories: BTreeMap<Option<u32>, [Story; 2]> = BTreeMap::new();
    for step in 1..=run.step_count() {
        for logged in run.events_at(step).iter() {
            // What replicas do among themselves is nothing that a request gets.
            let of_replicas = ["apply", "failover"].contains(&logged.event.kind.name());
            if !of_replicas && (logged.lane == 0 || logged.lane == lane) {
                let story = stories.entry(logged.event.request).or_default();
                story[usize::from(logged.lane > 0)].push((step, *logged));
            }
        }
    }
    let differs = |[a, b]: &[Story; 2]| {
        (0..a.len().max(b.len())).find_map(|i| match (a.get(i), b.get(i)) {
            (Some(a), Some(b)) => (told(&a.1) != told(&b.1)).then_some(a.0.max(b.0)),
            (Some(only), None) | (None, Some(only)) => Some(only.0),
            (None, None) => None,
        })
    };
    stories.values().filter_map(differs).min()
}

#[test]
fn the_opening_lanes_first_differ_at_the_first_write() {
    let run = run(opening());
    let found = compared(&run, 7).of(1);
    let Verdict::Differs(first) = found else {
        panic!("{found:?}");
    };
    assert_eq!(Some(first.step), first_step(&run, 1));
    assert_eq!(first.request, Some(2), "the third request writes");
    let kinds = first
        .events
        .map(|event| event.expect("both").event.kind.name());
    assert_eq!(kinds, ["reply", "send"]);
}

#[test]
fn a_copy_of_a_lane_never_differs() {
    let input = edited(&opening(), Edit::AddLane(0));
    let run = run(input);
    let last = run.step_count();
    let found = compared(&run, 100);
    let same = Verdict::Same {
        step: last,
        over: true,
    };
    assert_eq!(found.of(2), same);
    assert!(matches!(found.of(1), Verdict::Differs(_)));
}

#[test]
fn a_copy_gets_what_was_done_to_the_lane() {
    let fault = |fault, lane| {
        ByHand::Fault(FaultCommand {
            fault,
            lane,
            node: None,
            zone: None,
        })
    };
    let given = |step, command| Intervention { step, command };
    let typed = |console: &str| {
        let (console, lane) = (console.into(), Some(1));
        ByHand::Console(ConsoleCommand { console, lane })
    };
    let mut input = opening();
    input.commands = vec![
        given(5, typed("DEL user:1")),
        given(6, fault(Fault::RestartCache, None)),
        given(19, fault(Fault::CutCache, Some(1))),
        given(20, typed("SET user:7 v1")),
        given(31, fault(Fault::HealCache, Some(1))),
        given(40, fault(Fault::SlowDatabase, Some(2))),
    ];
    let copied = edited(&input, Edit::AddLane(0));
    let steps = copied.commands.iter().map(|given| given.step);
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [5, 6, 7, 20, 21, 22, 23, 34, 35, 44]
    );
    let (before, after) = (run(input.clone()), run(copied.clone()));
    let end = |run: &Run| Frame::of(run, &run.seek(run.step_count())).lanes;
    let (old, new) = (end(&before), end(&after));
    for (lane, of) in [(0, 0), (1, 1), (2, 0)] {
        let number = |lane: usize| (&new[lane].cache, &new[lane].database, &new[lane].metrics);
        let wanted = (&old[of].cache, &old[of].database, &old[of].metrics);
        assert_eq!(number(lane), wanted, "lane {lane}");
    }
    assert_ne!(old[0].metrics, run_without(&input)[0].metrics, "it matters");
    let back = edited(&copied, Edit::RemoveLane(2));
    assert_eq!(back.commands, input.commands);
}

/// The lanes at the end of the same scenario if nobody does anything.
fn run_without(input: &ScenarioInput) -> Vec<LaneFrame> {
    let mut input = input.clone();
    input.commands.clear();
    let run = run(input);
    Frame::of(&run, &run.seek(run.step_count())).lanes
}

#[test]
fn the_same_at_another_speed_is_a_difference_of_time_only() {
    let aside = Pattern::CacheAside.paths();
    let mut lanes = vec![lane(aside), lane(aside)];
    lanes[1].database.read = Latency::new(9_000, 9_000, 9_000, 9_000);
    let reads = ["a", "b", "a"].iter().zip(0..);
    let reads = reads.map(|(key, i)| request(i * 1_000_000, Operation::Read, key));
    let found = verdict(scenario(reads.collect(), lanes));
    let Verdict::Timing(first) = found else {
        panic!("{found:?}");
    };
    let events = first.events.map(|event| event.expect("both").event);
    assert_eq!(events[0].kind.name(), "read");
    assert!(events[0].at < events[1].at);
}

#[test]
fn what_happens_in_one_lane_only_is_a_difference() {
    let aside = Pattern::CacheAside.paths();
    let reads = (0..4).map(|i| request(i * 1_000_000, Operation::Read, "a"));
    let mut input = scenario(reads.collect(), vec![lane(aside), lane(aside)]);
    input.faults.push(FaultInput {
        at_us: 2_500_000,
        fault: Fault::SlowDatabase,
        lane: Some(2),
        node: None,
        zone: None,
    });
    let found = verdict(input.clone());
    let Verdict::Differs(first) = found else {
        panic!("{found:?}");
    };
    assert_eq!(first.request, None);
    assert!(first.events[0].is_none() && first.events[1].is_some());
    assert_eq!(Some(first.step), first_step(&run(input), 1));
}

/// The opening scene with a line typed into the console of each lane, one after the other.
fn typed(first: &str, second: &str) -> ScenarioInput {
    let mut input = json!(opening());
    // Both at the start, so that the lanes are the same but for the lines.
    input["lanes"][1] = input["lanes"][0].clone();
    input["commands"] = json!([
        {"step": 0, "command": {"console": first, "lane": 1}},
        {"step": 1, "command": {"console": second, "lane": 2}},
    ]);
    let input = Scenario::from_value(&input)
        .expect("a valid scenario")
        .input;
    ScenarioInput::clone(&input)
}

#[test]
fn what_is_typed_into_the_console_is_compared_too() {
    let same = verdict(typed("DBSIZE", "DBSIZE"));
    assert!(matches!(same, Verdict::Same { over: true, .. }), "{same:?}");
    for (first, second) in [("DBSIZE", "FLUSHALL"), ("GET user:7", "GET user:8")] {
        let found = verdict(typed(first, second));
        let Verdict::Differs(found) = found else {
            panic!("{first}, {second}: {found:?}");
        };
        assert_eq!((found.step, found.request), (2, None));
        let kinds = found.events.map(|event| event.expect("both").event.kind);
        assert!(kinds.iter().all(|kind| kind.name() == "console"));
    }
}

/// What is left over after a difference is no difference before it, even if it happened earlier.
#[test]
fn what_follows_a_difference_is_no_difference_before_it() {
    let aside = Pattern::CacheAside.paths();
    let read = request(5_000_000, Operation::Read, "a");
    let mut input = scenario(vec![read], vec![lane(aside), lane(aside)]);
    let faults = [
        (1_000, Fault::SlowDatabase, 1),
        (2_000, Fault::HealDatabase, 1),
        (3_000, Fault::CutCache, 2),
    ];
    input.faults = faults
        .map(|(at_us, fault, lane)| FaultInput {
            at_us,
            fault,
            lane: Some(lane),
            node: None,
            zone: None,
        })
        .to_vec();
    let Verdict::Differs(found) = verdict(input) else {
        panic!("one slows down and the other is cut off");
    };
    let events = found.events.map(|event| event.expect("both").event);
    assert_eq!(events.map(|event| event.at), [Micros(1_000), Micros(3_000)]);
}

#[test]
fn two_policies_differ_when_they_evict_differently() {
    let aside = Pattern::CacheAside.paths();
    let mut lanes = vec![lane(aside), lane(aside), lane(aside)];
    lanes[1].cache.policy = PolicyKind::Fifo;
    lanes.iter_mut().for_each(|lane| lane.cache.capacity = 2);
    let keys = ["a", "b", "a", "c", "a"].iter().zip(0..);
    let reads = keys.map(|(key, i)| request(i * 1_000_000, Operation::Read, key));
    let run = run(scenario(reads.collect(), lanes));
    let found = compared(&run, 3);
    let Verdict::Differs(first) = found.of(1) else {
        panic!("{found:?}");
    };
    assert_eq!(first.request, Some(3));
    let evicted = first.events.map(|event| event.expect("both").event);
    assert!(evicted.iter().all(|event| event.kind.name() == "evict"));
    assert_ne!(evicted[0].key, evicted[1].key);
    assert!(matches!(found.of(2), Verdict::Same { over: true, .. }));
}

#[test]
fn a_lane_that_is_taken_away_takes_what_was_for_it() {
    let mut input = edited(&opening(), Edit::AddLane(1));
    let fault = |lane| FaultInput {
        at_us: 1_000_000,
        fault: Fault::SlowDatabase,
        lane,
        node: None,
        zone: None,
    };
    input.faults = vec![fault(Some(1)), fault(Some(2)), fault(None), fault(Some(3))];
    let fewer = edited(&input, Edit::RemoveLane(1));
    let lanes = fewer.faults.iter().map(|fault| fault.lane);
    assert_eq!(lanes.collect::<Vec<_>>(), [Some(1), None, Some(2)]);
    assert_eq!(fewer.lanes.len(), 2);
    assert_eq!(fewer.lanes[1], input.lanes[2]);
    let more = edited(&fewer, Edit::AddLane(1));
    let lanes = more.faults.iter().map(|fault| fault.lane);
    assert_eq!(lanes.collect::<Vec<_>>(), [Some(1), None, Some(2), Some(3)]);
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn it_is_the_first_whatever_the_slices(input in calm_scenarios(), slice in 1_u32..50) {
        let run = run(input);
        let found = compared(&run, slice);
        for lane in 1..run.scenario().lanes.len() {
            let step = match found.of(lane) {
                Verdict::Differs(first) => Some(first.step),
                _ => None,
            };
            prop_assert_eq!(step, first_step(&run, lane as u8), "lane {}: {:?}", lane, found.of(lane));
        }
    }
}
