//! Durable shards: when a write is in the log, what a restart and a failover bring back, and how many acknowledged
//! writes are gone, with a log and without.
#![cfg(not(target_arch = "wasm32"))]

use cache::units::{Micros, Version};
use proptest::prelude::*;
use scenario::{DeploymentInput, DeploymentKind, LaneInput, RequestInput, ScenarioInput};
use sim::cost::NodeType;
use sim::durability::{BEHIND_MAX, RESTORE};
use sim::{
    Broken, Durability, Event, EventKind, Failure, Fault, Latency, NodeId, Operation, Outcome,
    ReadPath, Stage, WritePath,
};
use support::cases;
use support::scenarios::{acted_scenarios, make_durable, request, run, with_faults};
use support::steady::{LOOK_UP_US, answer, count, events, steady};

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const CACHE_ONLY: (ReadPath, WritePath) = (ReadPath::CacheOnly, WritePath::CacheOnly);
const WRITE_BEHIND: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::WriteBehind);

/// How long the log takes, before a reply or after it.
const LOG_US: u64 = 4_000;
const LAG_US: u64 = 500_000;

fn lane(paths: (ReadPath, WritePath), durability: Durability) -> LaneInput {
    let mut lane = steady(paths);
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 1,
        replicas: 1,
        node_type: NodeType::M7gLarge,
        lag: Latency::Constant { us: 1_000 },
        node_timeout_us: 1_000_000,
        ..DeploymentInput::default()
    };
    lane.cache.durability = durability;
    lane.cache.log_write = Latency::Constant { us: LOG_US };
    lane.cache.log_lag = Latency::Constant { us: LAG_US };
    lane
}

fn play(
    lane: LaneInput,
    requests: &[(u64, Operation)],
    faults: &[(u64, Fault, u16)],
) -> Vec<Event> {
    let asked = |&(at_us, op): &(u64, Operation)| request(at_us, op, "k");
    let requests: Vec<RequestInput> = requests.iter().map(asked).collect();
    events(with_faults(lane, requests, faults))
}

fn gone(events: &[Event]) -> u32 {
    events.iter().map(|event| event.kind.gone()).sum()
}

fn failures(events: &[Event]) -> Vec<(u64, Failure)> {
    let failure = |event: &Event| match event.kind {
        EventKind::Fail { failure, .. } => Some((event.at.0, failure)),
        _ => None,
    };
    events.iter().filter_map(failure).collect()
}

fn outcome(events: &[Event], number: u32) -> Outcome {
    answer(events, number).0
}

#[test]
fn a_synchronous_write_is_answered_and_seen_once_it_is_logged() {
    let requests = [
        (0, WRITE),
        (100_000, WRITE),
        (102_000, READ),
        (110_000, READ),
    ];
    let told = play(lane(CACHE_ONLY, Durability::Sync), &requests, &[]);
    for number in [0, 1] {
        assert_eq!(answer(&told, number).1, Micros(LOOK_UP_US + LOG_US));
    }
    // While it waits for the log nobody sees it, and reads do not wait.
    let before = (Outcome::Value(Version(1)), Micros(LOOK_UP_US));
    assert_eq!(answer(&told, 2), before);
    assert_eq!(outcome(&told, 3), Outcome::Value(Version(2)));

    let told = play(lane(CACHE_ONLY, Durability::Async), &requests, &[]);
    assert_eq!(answer(&told, 1).1, Micros(LOOK_UP_US));
    let logged: Vec<u64> = told
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Logged { .. }))
        .map(|event| event.at.0)
        .collect();
    let executed = 100 + 10;
    assert_eq!(logged, [executed + LAG_US, 100_000 + executed + LAG_US]);
}

/// Writes get into the log in their order, however long each takes.
#[test]
fn the_log_keeps_the_order_of_writes() {
    let mut lane = lane(CACHE_ONLY, Durability::Sync);
    lane.cache.log_write = Latency::new(1_000, 50_000, 90_000, 100_000);
    let requests: Vec<(u64, Operation)> = (0..60).map(|nth| (nth * 300, WRITE)).collect();
    let told = play(lane, &requests, &[]);
    let stored = told.iter().filter_map(|event| match event.kind {
        EventKind::Fill { value, .. } => Some((value.version.0, event.request)),
        _ => None,
    });
    let stored: Vec<(u32, Option<u32>)> = stored.collect();
    let expected: Vec<(u32, Option<u32>)> = (0..60).map(|nth| (nth + 1, Some(nth))).collect();
    assert_eq!(stored, expected);
}

#[test]
fn a_restart_brings_back_what_is_in_the_log() {
    let restart = 2_000_000;
    let requests = [
        (0, WRITE),
        // In the log when the node restarts, or not: it lags by half a second.
        (restart - 300_000, WRITE),
        (restart + 1_000_000, READ),
        (restart + 3_000_000, READ),
    ];
    let faults = [(restart, Fault::RestartCache, 1)];
    let of = |durability| play(lane(CACHE_ONLY, durability), &requests, &faults);
    let [off, asynchronous, synchronous] =
        [Durability::Off, Durability::Async, Durability::Sync].map(of);
    assert_eq!(
        [&off, &asynchronous, &synchronous].map(|told| gone(told)),
        [1, 1, 0]
    );
    assert_eq!(outcome(&off, 2), Outcome::Absent);
    assert_eq!(outcome(&off, 3), Outcome::Absent);
    assert_eq!(outcome(&asynchronous, 3), Outcome::Value(Version(1)));
    assert_eq!(outcome(&synchronous, 3), Outcome::Value(Version(2)));
    for told in [&asynchronous, &synchronous] {
        // Until the log is read, the node answers LOADING.
        assert_eq!(outcome(told, 2), Outcome::Failed);
        assert_eq!(
            failures(told).iter().map(|of| of.1).collect::<Vec<_>>(),
            [Failure::Restoring]
        );
        let restored = told.iter().find(|event| {
            let stage = Stage::Restored {
                held: 1,
                entries: 1,
                stored_bytes: 101,
            };
            event.kind == EventKind::Failover { stage }
        });
        assert_eq!(
            restored.map(|event| event.at),
            Some(Micros(restart).after(RESTORE))
        );
    }
}

/// The replica that takes over has what is in the log, although what was on its way to it is not.
#[test]
fn a_failover_loses_what_is_not_in_the_log() {
    let fails = 1_000_000;
    let requests = [(0, WRITE), (fails - 300, WRITE), (fails + 10_000, READ)];
    let faults = [(fails, Fault::FailOverCache, 1)];
    let of = |durability| {
        let mut lane = lane(CACHE_ONLY, durability);
        lane.cache.log_write = Latency::Constant { us: 50 };
        play(lane, &requests, &faults)
    };
    let told = [Durability::Off, Durability::Async, Durability::Sync].map(of);
    assert_eq!(told.each_ref().map(|told| gone(told)), [1, 1, 0]);
    let newest = told.each_ref().map(|told| outcome(told, 2));
    let [one, two] = [1, 2].map(|version| Outcome::Value(Version(version)));
    assert_eq!(newest, [one, one, two]);
    // Without a log it is known when the replica takes over, and with one when the primary fails.
    let at_fault = |told: &Vec<Event>| {
        let mut faults = told.iter();
        let fault = faults.find(|of| matches!(of.kind, EventKind::Fault { .. }));
        fault.expect("it fails").kind.gone()
    };
    let gone = told.each_ref().map(at_fault);
    assert_eq!(gone, [0, 1, 0]);
}

/// A primary that stops takes nothing with it that its replica or its log has; without either all is gone.
#[test]
fn what_is_gone_is_known_once_nobody_can_bring_it_back() {
    // The first read times out, and tells the client to look for the new primary.
    let requests = [(0, WRITE), (6_000_000, READ), (8_000_000, READ)];
    let faults = [(2_000_000, Fault::StopCacheNode, 1)];
    for durability in Durability::ALL {
        let told = play(lane(CACHE_ONLY, durability), &requests, &faults);
        assert_eq!(gone(&told), 0, "{durability:?}");
        assert_eq!(
            outcome(&told, 2),
            Outcome::Value(Version(1)),
            "{durability:?}"
        );
    }
    let mut alone = lane(CACHE_ONLY, Durability::Off);
    alone.cache.deployment.kind = DeploymentKind::ReplicationGroup;
    alone.cache.deployment.replicas = 0;
    let told = play(alone, &requests, &faults);
    let leaderless = told
        .iter()
        .find(|event| event.kind.gone() > 0)
        .expect("gone");
    assert!(matches!(
        leaderless.kind,
        EventKind::Failover {
            stage: Stage::Leaderless { .. }
        }
    ));
    assert_eq!(gone(&told), 1);
}

/// Replicas follow the log, so that none has what a failure can still take.
#[test]
fn replicas_have_what_is_in_the_log() {
    let told = play(lane(CACHE_ONLY, Durability::Async), &[(0, WRITE)], &[]);
    let at = |is: fn(&EventKind) -> bool| told.iter().find(|event| is(&event.kind)).map(|of| of.at);
    let logged = at(|kind| matches!(kind, EventKind::Logged { .. })).expect("it is logged");
    let applied = at(|kind| matches!(kind, EventKind::Apply { .. }));
    assert_eq!(applied, Some(logged.after(Micros(1_000))));
}

#[test]
fn writes_are_rejected_while_the_log_is_too_far_behind() {
    let mut lane = lane(CACHE_ONLY, Durability::Async);
    let lag = BEHIND_MAX.0 + 5_000_000;
    lane.cache.log_lag = Latency::Constant { us: lag };
    let requests = [
        (0, WRITE),
        (BEHIND_MAX.0 - 1_000, WRITE),
        (BEHIND_MAX.0 + 1_000, WRITE),
        (BEHIND_MAX.0 + 2_000, READ),
        // Both changes are in the log.
        (BEHIND_MAX.0 + lag + 1_000_000, WRITE),
    ];
    let told = play(lane, &requests, &[]);
    let outcomes: Vec<Outcome> = (0..5).map(|number| outcome(&told, number)).collect();
    let [written, two] = [Outcome::Written, Outcome::Value(Version(2))];
    assert_eq!(outcomes, [written, written, Outcome::Failed, two, written]);
    let failed: Vec<Failure> = failures(&told).iter().map(|of| of.1).collect();
    assert_eq!(failed, [Failure::LogBehind]);
}

/// Write-behind's queue is in the log as well: what survives reaches the row.
#[test]
fn queued_writes_survive_with_the_log() {
    let restart = 1_000_000;
    let requests = [(restart - 700_000, WRITE), (restart - 200_000, WRITE)];
    let faults = [(restart, Fault::RestartCache, 1)];
    let of = |durability| {
        let mut lane = lane(WRITE_BEHIND, durability);
        lane.strategy.flush_delay_us = Micros(5_000_000);
        let told = play(lane, &requests, &faults);
        let written = told.iter().filter_map(|event| match event.kind {
            EventKind::Write { version, .. } => Some(version.0),
            _ => None,
        });
        let lost = count(&told, |kind| {
            let promise = Broken::Durability {
                version: Version(3),
            };
            *kind == EventKind::Violation { promise }
        });
        (written.collect::<Vec<u32>>(), lost, gone(&told))
    };
    assert_eq!(of(Durability::Off), (vec![], 1, 1));
    // The first of both was in the log.
    assert_eq!(of(Durability::Async), (vec![2], 1, 1));
    assert_eq!(of(Durability::Sync), (vec![3], 0, 0));
}

/// A replica that restarts reads the log although its primary has stopped, and can take over then.
#[test]
fn a_replica_needs_no_primary_to_read_the_log() {
    let faults = [
        (1_000_000, Fault::StopCacheNode, 1),
        (1_000_001, Fault::RestartCache, 2),
        (8_000_000, Fault::RestartCache, 1),
    ];
    let requests = [(0, WRITE), (12_000_000, READ)];
    let told = play(lane(CACHE_ONLY, Durability::Sync), &requests, &faults);
    let synced = told.iter().find(|event| {
        let stage = Stage::Synced { entries: 1 };
        event.kind == EventKind::Failover { stage }
    });
    assert_eq!(synced.map(|event| event.node), Some(NodeId(1)));
    assert_eq!(outcome(&told, 1), Outcome::Value(Version(1)));
    assert_eq!(gone(&told), 0);
}

/// A DELETE of the commit log that finds the node reading its log is kept until that is done: the copy that comes
/// back is not stale for good.
#[test]
fn deletes_of_the_commit_log_wait_for_the_node() {
    let mut lane = lane(
        (ReadPath::CacheAside, WritePath::WriteAround),
        Durability::Sync,
    );
    lane.strategy.defences.commit_log_us = Some(Micros(6_000));
    let requests = [(0, READ), (1_500_000, WRITE), (5_000_000, READ)];
    let told = play(lane, &requests, &[(1_000_000, Fault::RestartCache, 1)]);
    assert_eq!(outcome(&told, 2), Outcome::Value(Version(2)));
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Stale { .. })),
        0
    );
}

fn made(input: &mut ScenarioInput, durability: Durability, paths: (ReadPath, WritePath)) {
    for lane in &mut input.lanes {
        (lane.strategy.read, lane.strategy.write) = paths;
        make_durable(lane, durability);
    }
}

/// Whether a write was lost with its node, rather than after its last try to reach the database.
fn is_lost_with_node(log: &[Event], event: &Event) -> bool {
    let promise = matches!(
        event.kind,
        EventKind::Violation {
            promise: Broken::Durability { .. }
        }
    );
    let cause = event.cause.map(|cause| log[cause as usize].kind);
    promise && matches!(cause, Some(EventKind::Fault { .. }))
}

proptest! {
    #![proptest_config(cases(256))]

    /// Whatever fails, and in whatever order, no acknowledged write is gone where it is logged before its reply.
    #[test]
    fn nothing_acknowledged_is_gone_with_a_synchronous_log(
        mut input in acted_scenarios(),
        behind in any::<bool>(),
    ) {
        let paths = if behind { WRITE_BEHIND } else { CACHE_ONLY };
        made(&mut input, Durability::Sync, paths);
        let run = run(input);
        let log: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
        prop_assert_eq!(gone(&log), 0);
        let lost = log.iter().find(|event| is_lost_with_node(&log, event));
        prop_assert_eq!(lost, None);
    }

    /// A log, synchronous or not, never loses more than memory alone at the same instant: what is gone of it was
    /// changed in the time that the log lags.
    #[test]
    fn an_asynchronous_log_loses_no_more_than_it_lags(mut input in acted_scenarios()) {
        made(&mut input, Durability::Async, CACHE_ONLY);
        for lane in &mut input.lanes {
            lane.cache.log_lag = Latency::Constant { us: LAG_US };
        }
        let run = run(input);
        let log: Vec<(u8, Event)> = run.log().iter().map(|logged| (logged.lane, logged.event)).collect();
        for (lane, event) in log.iter().filter(|(_, event)| event.kind.gone() > 0) {
            let recent = log.iter().filter(|(of, earlier)| {
                of == lane
                    && matches!(earlier.kind, EventKind::Fill { .. })
                    && earlier.at <= event.at
                    && earlier.at.after(Micros(LAG_US)) >= event.at
            });
            prop_assert!(event.kind.gone() as usize <= recent.count());
        }
    }
}
