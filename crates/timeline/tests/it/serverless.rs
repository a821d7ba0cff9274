//! A serverless cache: what its sentences say, and what the frame shows of its rate.

use cache::Scope;
use scenario::{DeploymentInput, DeploymentKind, ScenarioInput, WarmInput};
use sim::deployment::slots;
use sim::{EventKind, Fault, Operation, ReadPath, WritePath};
use support::scenarios::{request, run, with_faults};
use support::steady::steady;
use timeline::{Frame, Run, ServerlessFrame, sentence};

/// Reads of a key that is there, from 0 on a millisecond apart, then one a second later.
fn played(rates: DeploymentInput, reads: u64) -> Run {
    let mut lane = steady((ReadPath::CacheAside, WritePath::Invalidate));
    lane.cache.scope = Scope::Volatile;
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::Serverless,
        ..rates
    };
    let nth = |nth: u64| request(nth * 1_000, Operation::Read, "k");
    let mut requests: Vec<_> = (0..reads).map(nth).collect();
    requests.push(request(2_000_000, Operation::Read, "k"));
    let faults = [(1_900_000, Fault::RestartCache, 1)];
    run(ScenarioInput {
        warm: vec![WarmInput {
            key: "k".to_owned(),
            age_us: 0,
        }],
        ..with_faults(lane, requests, &faults)
    })
}

/// The sentences of the events of a kind.
fn told(run: &Run, kind: &str) -> Vec<String> {
    let log = run.log();
    let events = log.iter().filter(|logged| logged.event.kind.name() == kind);
    events
        .map(|logged| sentence(run.scenario(), logged).text())
        .collect()
}

/// The rate after the last event of a kind.
fn shown(run: &Run, kind: &str) -> ServerlessFrame {
    let step = (1..=run.step_count()).rev().find(|&step| {
        let events = run.events_at(step);
        events.iter().any(|logged| logged.event.kind.name() == kind)
    });
    let step = step.expect("an event of that kind");
    let frame = Frame::of(run, &run.seek(step));
    frame.lanes[0].cache.serverless.expect("it is serverless")
}

#[test]
fn the_rate_of_the_cache() {
    let run = played(
        DeploymentInput {
            ecpu_per_second: 2,
            doubling_us: 500_000,
            ..DeploymentInput::default()
        },
        3,
    );
    assert_eq!(
        told(&run, "throttle"),
        [
            "The cache throttles GET k: it has used 2 of 2 ECPUs in this second; the command needs 1; it supports more in 500 ms."
        ]
    );
    let failed = "GET k fails: the cache throttled it.";
    assert!(
        told(&run, "error").contains(&failed.to_owned()),
        "{:?}",
        told(&run, "error")
    );
    assert_eq!(
        told(&run, "grow"),
        ["The cache now supports 4 ECPU/s: commands began to exceed 2 ECPU/s 500 ms ago."]
    );
    assert_eq!(
        told(&run, "fault"),
        [
            "A cache node would restart: serverless replaces its nodes unseen, so nothing changes in this lane."
        ]
    );
    let slot = Some(slots::slot_of(b"k"));
    let throttled = shown(&run, "throttle");
    let at = run.log().iter().find_map(|logged| match logged.event.kind {
        EventKind::Throttle { .. } => Some(logged.event.at),
        _ => None,
    });
    let at = at.expect("one is throttled");
    assert_eq!(
        throttled,
        ServerlessFrame {
            ecpu_per_second: 2,
            used_milli_ecpu: 2_000,
            grows_at_us: Some(at.after(cache::units::Micros(500_000))),
            slot_ecpu_per_second: 30_000,
            slot,
            slot_used_milli_ecpu: 2_000,
            throttled: 1,
        }
    );
    assert_eq!(throttled.of_cache(), "2 of 2 ECPU/s");
    assert_eq!(throttled.throttled_in_words(), "1 throttled");
    assert_eq!(throttled.growth_in_words(at), "more in 500 ms");
    // The next second begins with nothing used.
    let end = shown(&run, "fault");
    assert_eq!(
        (end.ecpu_per_second, end.used_milli_ecpu, end.slot),
        (4, 0, None)
    );
    assert_eq!(end.of_slot(), "a slot gets 30,000");
    assert_eq!(end.growth_in_words(at), "");
}

#[test]
fn the_rate_of_a_slot_and_the_maximum() {
    let run = played(
        DeploymentInput {
            slot_ecpu_per_second: 2,
            ecpu_per_second: 100,
            ..DeploymentInput::default()
        },
        3,
    );
    let slot = slots::slot_of(b"k");
    assert_eq!(
        told(&run, "throttle"),
        [format!(
            "The cache throttles GET k: slot {slot} has used 2 of 2 ECPUs in this second; the command needs 1; the whole cache has used 2 of 100 ECPUs."
        )]
    );
    assert_eq!(
        shown(&run, "throttle").of_slot(),
        format!("slot {slot}: 2 of 2")
    );
    let run = played(
        DeploymentInput {
            ecpu_per_second: 9,
            maximum_ecpu_per_second: 2,
            ..DeploymentInput::default()
        },
        3,
    );
    assert_eq!(
        told(&run, "throttle"),
        [
            "The cache throttles GET k: it has used 2 of 2 ECPUs in this second; the command needs 1; that is its maximum."
        ]
    );
}
