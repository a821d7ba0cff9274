//! Shards that join and leave while clients go on, and a cluster that serves nothing while a slot is not served.

use cache::PolicyKind;
use cache::units::{Key, Micros};
use scenario::{
    DeploymentInput, DeploymentKind, FaultInput, LaneInput, RequestInput, ScenarioInput,
};
use sim::{
    Client, Event, EventKind, Failure, Fault, GivenUp, NodeId, Operation, ReadPath, ReshardStep,
    Resharding, Stage, WritePath,
};
use support::scenarios::{request, run, scenario};
use support::steady::{LOOK_UP_US, answer, count, events, steady};

const PATHS: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);
/// Slot 21, of which all keys with this tag are: the first shard's, and the fourth's once that has joined.
const TAG: &str = "{cart:279}";
/// A round trip of whoever reshards.
const TRIP_US: u64 = 300;
/// When the shard joins, and when slot 21 is marked as leaving: the 21 before it take four trips each.
const JOINS_AT: u64 = 1_000_000;
const OPENS_AT: u64 = JOINS_AT + (21 * 4 + 2) * TRIP_US;

fn cluster(resharding: Resharding, client: Client) -> LaneInput {
    let mut lane = steady(PATHS);
    lane.cache.capacity = 100;
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::Cluster,
        client,
        resharding,
        ..DeploymentInput::default()
    };
    lane
}

fn cart(item: u32) -> String {
    format!("{TAG}:{item}")
}

/// Reads of the first items of the cart, 10 ms apart, then others.
fn filled(items: u32, later: &[(u64, Operation, u32)]) -> Vec<RequestInput> {
    let first = (1..=items).map(|item| {
        let at_us = u64::from(item) * 10_000;
        request(at_us, Operation::Read, &cart(item))
    });
    let later = later
        .iter()
        .map(|&(at_us, op, item)| request(at_us, op, &cart(item)));
    first.chain(later).collect()
}

fn with(
    lane: LaneInput,
    requests: Vec<RequestInput>,
    faults: &[(u64, Fault, Option<u16>)],
) -> ScenarioInput {
    let mut input = scenario(requests, vec![lane]);
    let fault = |&(at_us, fault, node): &(u64, Fault, Option<u16>)| FaultInput {
        at_us,
        fault,
        lane: None,
        node,
        zone: None,
    };
    input.faults = faults.iter().map(fault).collect();
    input
}

fn joins() -> [(u64, Fault, Option<u16>); 1] {
    [(JOINS_AT, Fault::AddShard, None)]
}

fn steps(events: &[Event]) -> Vec<(u64, ReshardStep)> {
    let step = |event: &Event| match event.kind {
        EventKind::Reshard { step } => Some((event.at.0, step)),
        _ => None,
    };
    events.iter().filter_map(step).collect()
}

fn asks(events: &[Event]) -> usize {
    count(events, |kind| matches!(kind, EventKind::Ask { .. }))
}

fn moved(events: &[Event]) -> usize {
    count(events, |kind| matches!(kind, EventKind::Moved { .. }))
}

fn failed(events: &[Event], why: Failure) -> usize {
    count(
        events,
        |kind| matches!(kind, EventKind::Fail { failure, .. } if *failure == why),
    )
}

/// Slots × (3 × keys a slot ÷ batch + 4) round trips: here one slot with 25 keys, in three batches.
#[test]
fn slot_by_slot_takes_the_round_trips_of_the_protocol() {
    let events = events(with(
        cluster(Resharding::Legacy, Client::ClusterAware),
        filled(25, &[]),
        &joins(),
    ));
    let steps = steps(&events);
    let at = |is: fn(&ReshardStep) -> bool| {
        let found = steps.iter().find(|(_, step)| is(step));
        found.expect("it happens").0
    };
    assert_eq!(
        at(|s| matches!(
            s,
            ReshardStep::SlotOpens {
                slot: 21,
                before: 21,
                ..
            }
        )),
        OPENS_AT
    );
    let batches: Vec<u64> = steps
        .iter()
        .filter(|(_, step)| matches!(step, ReshardStep::KeyMoves { .. }))
        .map(|(at, _)| (at - OPENS_AT) / TRIP_US)
        .collect();
    let of_batch = |trips| batches.iter().filter(|at| **at == trips).count();
    assert_eq!([3, 6, 9].map(of_batch), [10, 10, 5]);
    let closed = at(|s| matches!(s, ReshardStep::SlotMoved { slot: 21, .. }));
    assert_eq!(closed, OPENS_AT + (9 + 2) * TRIP_US);
    let end = at(|s| {
        matches!(
            s,
            ReshardStep::Ends {
                joins: true,
                slots: 4_096
            }
        )
    });
    assert_eq!(end, JOINS_AT + (4_096 * 4 + 3 * 3) * TRIP_US);
}

/// While the slot moves, what is still there is served, what is gone is asked for at the other shard once, and the
/// map stays what it is; after that the answer is MOVED, once.
#[test]
fn a_client_is_asked_on_while_a_slot_moves_and_moved_after_it() {
    let during = OPENS_AT + 3 * TRIP_US + 150;
    let after = OPENS_AT + 20_000;
    let later = [
        (during, Operation::Read, 1),
        (during, Operation::Read, 25),
        (during + 100, Operation::Read, 2),
        (after, Operation::Read, 1),
        (after + 10_000, Operation::Read, 1),
    ];
    let input = with(
        cluster(Resharding::Legacy, Client::ClusterAware),
        filled(25, &later),
        &joins(),
    );
    let events = events(input);
    assert_eq!((asks(&events), moved(&events)), (2, 1));
    let took = |nth: u32| answer(&events, 25 + nth).1.0;
    assert!(took(0) >= 2 * LOOK_UP_US - 10 && took(2) >= 2 * LOOK_UP_US - 10);
    assert!(took(1) < took(0), "it was still there");
    assert!(
        took(3) > took(4) && took(4) == LOOK_UP_US,
        "one MOVED is enough"
    );
    assert_eq!(
        count(&events, |kind| matches!(kind, EventKind::Miss { .. })),
        25,
        "every copy is found again"
    );
}

/// A client that follows MOVED follows ASK too; one that is made for one node takes it for an error.
#[test]
fn a_client_for_one_node_takes_ask_for_an_error() {
    let during = OPENS_AT + 3 * TRIP_US + 150;
    let later = [(during, Operation::Read, 1)];
    let of = |client| {
        let lane = cluster(Resharding::Legacy, client);
        events(with(lane, filled(25, &later), &joins()))
    };
    let (follows, plain) = (of(Client::FollowsMoved), of(Client::Plain));
    assert_eq!((asks(&follows), failed(&follows, Failure::Asked)), (1, 0));
    assert_eq!((asks(&plain), failed(&plain, Failure::Asked)), (1, 1));
}

/// All at once: nobody is asked on, a write waits for the flip, and then the answer is MOVED.
#[test]
fn atomic_slots_have_a_pause_of_writes_and_no_ask() {
    let lane = || cluster(Resharding::Atomic, Client::ClusterAware);
    let quiet = events(with(lane(), filled(25, &[]), &joins()));
    let paused = steps(&quiet).into_iter().find_map(|(at, step)| match step {
        ReshardStep::Paused { span, .. } => Some((at, span.0)),
        _ => None,
    });
    let (pause, span) = paused.expect("writes pause");
    let mut lane = lane();
    lane.strategy.write = WritePath::DeleteFirst;
    let later = [
        (pause + 1_000, Operation::Write, 3),
        (pause + 2_000, Operation::Read, 4),
    ];
    let events = events(with(lane, filled(25, &later), &joins()));
    assert_eq!(asks(&events), 0);
    let waits = steps(&events)
        .into_iter()
        .find_map(|(at, step)| match step {
            ReshardStep::WriteWaits { span, .. } => Some(at + span.0),
            _ => None,
        });
    assert_eq!(waits, Some(pause + span), "the DELETE waits for the flip");
    assert_eq!(
        answer(&events, 26).1,
        Micros(LOOK_UP_US),
        "reads do not wait"
    );
    assert_eq!(moved(&events), 1, "the DELETE is sent on");
    let deleted = events.iter().find_map(|event| match event.kind {
        EventKind::Delete { found, .. } => Some((event.node, found)),
        _ => None,
    });
    assert_eq!(deleted, Some((NodeId(3), true)));
    let ends = steps(&events).last().copied();
    let end = (
        JOINS_AT + 3 * (100_000 + 10_000),
        ReshardStep::Ends {
            joins: true,
            slots: 4_096,
        },
    );
    assert_eq!(ends.map(|of| of.1), Some(end.1));
    assert!(ends.is_some_and(|of| of.0 - end.0 < 100));
}

/// A shard that leaves takes nothing with it, and a client that still asks it finds out at the time-out.
#[test]
fn a_shard_that_leaves_takes_nothing_with_it() {
    for way in Resharding::ALL {
        let mut lane = cluster(way, Client::ClusterAware);
        lane.network.timeout_us = 50_000;
        let later = [
            (20_000_000, Operation::Read, 1),
            (21_000_000, Operation::Read, 2),
        ];
        let leaves = [(JOINS_AT, Fault::RemoveShard, Some(1))];
        let run = run(with(lane, filled(25, &later), &leaves));
        let world = &run.seek(run.step_count()).lanes[0];
        assert!(!world.deployed().is_in_use(NodeId(0)));
        let cached = (0..25).filter(|&key| world.copy(Key(key)).is_some());
        assert_eq!(cached.count(), 25, "{way:?}");
        let events: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
        assert_eq!(failed(&events, Failure::Timeout), 1, "{way:?}");
        let fetched = |step: &ReshardStep| matches!(step, ReshardStep::MapFetched);
        assert_eq!(steps(&events).iter().filter(|of| fetched(&of.1)).count(), 1);
        assert_eq!(answer(&events, 26).1, Micros(LOOK_UP_US));
    }
}

/// A full shard that may evict nothing takes no more: the resharding stops, and what it has not moved stays.
#[test]
fn a_resharding_stops_where_there_is_no_room() {
    for way in Resharding::ALL {
        let mut lane = cluster(way, Client::ClusterAware);
        lane.cache.policy = PolicyKind::NoEviction;
        lane.cache.capacity = 20;
        lane.cache.deployment.shards = 2;
        let mut requests = filled(15, &[]);
        // The other shard's keys.
        let others = (0..200).map(|nth| format!("other:{nth}"));
        let others = others.filter(|name| {
            let slot = sim::deployment::slots::slot_of(name.as_bytes());
            sim::deployment::slots::shard_of(slot, 2) == 1
        });
        requests.extend(
            (0..)
                .zip(others.take(15))
                .map(|(nth, name)| request(300_000 + nth * 10_000, Operation::Read, &name)),
        );
        let leaves = [(JOINS_AT, Fault::RemoveShard, Some(1))];
        let events = events(with(lane, requests, &leaves));
        let stops = steps(&events).into_iter().find_map(|(_, step)| match step {
            ReshardStep::GivesUp { why, entries, .. } => Some((why, entries)),
            _ => None,
        });
        let Some((GivenUp::NoRoom(node, _), entries)) = stops else {
            panic!("{way:?}: {stops:?}");
        };
        assert_eq!(node, NodeId(1));
        match way {
            Resharding::Atomic => assert_eq!(entries, 30, "nothing has moved"),
            // The open slot goes to its new owner with the keys that found room.
            Resharding::Legacy => assert_eq!(entries, 20),
        }
    }
}

/// With full coverage every command is refused from when the loss is noticed until the shard is back.
#[test]
fn full_coverage_refuses_every_command_while_a_shard_is_lost() {
    let read = |nth: u64| request(nth * 100_000, Operation::Read, &cart(1 + (nth % 5) as u32));
    let requests = || (0..60).map(read).collect::<Vec<_>>();
    let faults = [
        (1_005_000, Fault::StopCacheNode, Some(2)),
        (4_005_000, Fault::RestartCache, Some(2)),
    ];
    let of = |full_coverage| {
        let mut lane = cluster(Resharding::Legacy, Client::ClusterAware);
        lane.cache.deployment.full_coverage = full_coverage;
        lane.cache.deployment.node_timeout_us = 1_000_000;
        events(with(lane, requests(), &faults))
    };
    // The cart is the first shard's, which works all the time.
    assert_eq!(failed(&of(false), Failure::ClusterDown), 0);
    let events = of(true);
    let refused = events.iter().filter(|event| {
        matches!(
            event.kind,
            EventKind::Fail {
                failure: Failure::ClusterDown,
                ..
            }
        )
    });
    let refused: Vec<u64> = refused.map(|event| event.at.0 / 100_000).collect();
    let all: Vec<u64> = (21..=40).collect();
    // What is refused then is not stored either, by a SET after the read of the row.
    for second in &all {
        assert!(refused.contains(second), "{second} of {refused:?}");
    }
    assert!(
        refused.iter().all(|at| (20..=40).contains(at)),
        "{refused:?}"
    );
    let stages = events.iter().filter_map(|event| match event.kind {
        EventKind::Failover {
            stage: stage @ (Stage::ClusterDown | Stage::ClusterUp),
        } => Some((event.at.0, stage)),
        _ => None,
    });
    let expected = [
        (2_005_000, Stage::ClusterDown),
        (4_005_000, Stage::ClusterUp),
    ];
    assert_eq!(stages.collect::<Vec<_>>(), expected);
}
