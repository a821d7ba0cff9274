//! A cache of several nodes: who is asked, who answers MOVED, what is lost with a node, what comes back.

use cache::units::Micros;
use scenario::{DeploymentInput, DeploymentKind, LaneInput, RequestInput};
use sim::deployment::slots;
use sim::{
    Client, Event, EventKind, Failure, Fault, Hashing, NodeId, Operation, Outcome, ReadPath,
    Spoiler, WritePath,
};
use support::scenarios::{request, run, scenario, with_faults};
use support::steady::{LOOK_UP_US, SELECT_US, answer, count, events, steady};

const PATHS: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);

fn lane(deployment: DeploymentInput) -> LaneInput {
    let mut lane = steady(PATHS);
    lane.cache.capacity = 100;
    lane.cache.deployment = deployment;
    lane
}

fn cluster(client: Client) -> LaneInput {
    lane(DeploymentInput {
        kind: DeploymentKind::Cluster,
        client,
        ..DeploymentInput::default()
    })
}

fn memcached(hashing: Hashing) -> LaneInput {
    lane(DeploymentInput {
        kind: DeploymentKind::Memcached,
        hashing,
        ..DeploymentInput::default()
    })
}

/// Reads of `key:0` to `key:29`, so many times round, 100 ms apart.
fn rounds(of: u64) -> Vec<RequestInput> {
    let read = |nth: u64| request(nth * 100_000, Operation::Read, &format!("key:{}", nth % 30));
    (0..30 * of).map(read).collect()
}

fn owner(key: u64) -> NodeId {
    NodeId(slots::shard_of(
        slots::slot_of(format!("key:{key}").as_bytes()),
        3,
    ))
}

fn moved(events: &[Event]) -> usize {
    count(events, |kind| matches!(kind, EventKind::Moved { .. }))
}

/// With the slot map each command goes to the owner at once, and takes as long as with one node.
#[test]
fn a_cluster_aware_client_asks_the_owner() {
    let one = events(scenario(rounds(2), vec![lane(DeploymentInput::default())]));
    let three = events(scenario(rounds(2), vec![cluster(Client::ClusterAware)]));
    assert_eq!(moved(&three), 0);
    for number in 0..60 {
        assert_eq!(answer(&three, number), answer(&one, number));
    }
    let mut asked = three
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Hit { .. }));
    assert!(asked.clone().count() == 30);
    assert!(asked.all(|event| {
        let key = u64::from(event.request.expect("a read")) % 30;
        event.node == owner(key)
    }));
}

/// Without it a read of another shard's key makes one more look-up, once for each slot.
#[test]
fn a_client_without_a_map_is_told_once_for_each_slot() {
    let events = events(scenario(rounds(2), vec![cluster(Client::FollowsMoved)]));
    let elsewhere = (0..30).filter(|&key| owner(key) != NodeId(0)).count();
    assert!(elsewhere > 10);
    assert_eq!(moved(&events), elsewhere);
    for number in 0..30 {
        let told = owner(number) != NodeId(0);
        let look_ups = if told { 2 } else { 1 };
        let (_, took) = answer(&events, number as u32);
        // The fill is the same shard's.
        let expected = (look_ups + 1) * LOOK_UP_US + SELECT_US;
        assert_eq!(took, Micros(expected), "key:{number}");
        assert_eq!(answer(&events, number as u32 + 30).1, Micros(LOOK_UP_US));
    }
}

/// A client that is made for one node gets nothing out of the other shards, and no request fails of it.
#[test]
fn a_client_for_one_node_takes_moved_for_an_error() {
    let events = events(scenario(rounds(2), vec![cluster(Client::Plain)]));
    let hits: Vec<NodeId> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Hit { .. }))
        .map(|event| event.node)
        .collect();
    let first = (0..30).filter(|&key| owner(key) == NodeId(0)).count();
    assert_eq!(hits, vec![NodeId(0); first]);
    let refused = count(&events, |kind| {
        matches!(
            kind,
            EventKind::Fail {
                failure: Failure::Moved,
                ..
            }
        )
    });
    // Twice each look-up; after that the request leaves the cache alone.
    assert_eq!(refused, 2 * (30 - first));
    let failed = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Reply {
                outcome: Outcome::Failed,
                ..
            }
        )
    };
    assert_eq!(count(&events, failed), 0);
}

/// A shard that does not answer costs its own keys the time-out, and the others nothing.
#[test]
fn a_lost_shard_takes_its_own_keys_only() {
    let mut lane = cluster(Client::ClusterAware);
    lane.network.timeout_us = 50_000;
    let stop = [(2_995_000, Fault::StopCacheNode, 2)];
    let events = events(with_faults(lane, rounds(2), &stop));
    for number in 30..60 {
        let (_, took) = answer(&events, number);
        let lost = owner(u64::from(number) - 30) == NodeId(1);
        let expected = if lost { 50_000 + SELECT_US } else { LOOK_UP_US };
        assert_eq!(took, Micros(expected), "request {number}");
    }
}

/// The keys of a node that leaves are lost; those of the others move with a remainder, and stay on the ring.
#[test]
fn what_a_lost_memcached_node_costs_depends_on_the_hashing() {
    let misses = |hashing| {
        let leaves = [(2_995_000, Fault::RemoveCacheNode, 3)];
        let run = run(with_faults(memcached(hashing), rounds(2), &leaves));
        let before = run.seek(run.step_before(Micros(2_994_999)));
        let of = &before.lanes[0];
        let keys: Vec<_> = (0..30).map(cache::units::Key).collect();
        let lost: Vec<_> = keys
            .iter()
            .filter(|key| of.holder(**key) == NodeId(2))
            .collect();
        let after = run.seek(run.step_count());
        let moved = keys
            .iter()
            .filter(|key| after.lanes[0].holder(**key) != of.holder(**key));
        let events: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
        let late = events.iter().filter(|event| event.at.0 > 2_995_000);
        let missed = late
            .filter(|event| matches!(event.kind, EventKind::Miss { .. }))
            .count();
        assert_eq!(missed, moved.count(), "each key that has moved misses once");
        (missed, lost.len())
    };
    let (missed, lost) = misses(Hashing::Ketama);
    assert_eq!(missed, lost);
    let (missed, lost) = misses(Hashing::Modulo);
    assert!(missed > lost + 5, "{missed} of 30, {lost} lost");
}

/// A key's copy stays at the node that it leaves. When the key comes back, the copy counts again, and whoever
/// reads it learns that the change of nodes is to blame.
#[test]
fn an_old_copy_comes_back_with_its_node() {
    let lane = memcached(Hashing::Modulo);
    let probe = run(scenario(rounds(1), vec![lane.clone()]));
    let world = &probe.seek(0).lanes[0];
    // A key that the fourth node takes from another one.
    let joins = [(150_000, Fault::AddCacheNode, 4)];
    let joined = run(with_faults(lane.clone(), rounds(1), &joins));
    let after = joined.seek(joined.step_count());
    let key = (0..30).find(|&key| {
        let key = cache::units::Key(key);
        after.lanes[0].holder(key) == NodeId(3) && world.holder(key) != NodeId(3)
    });
    let name = format!("key:{}", key.expect("one of thirty"));
    let requests = vec![
        request(0, Operation::Read, &name),
        request(300_000, Operation::Write, &name),
        request(600_000, Operation::Read, &name),
    ];
    let comes_and_goes = [
        (150_000, Fault::AddCacheNode, 4),
        (500_000, Fault::RemoveCacheNode, 4),
    ];
    let events = events(with_faults(lane, requests, &comes_and_goes));
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.name()).collect();
    assert!(kinds.contains(&"stale"), "{kinds:?}");
    let spoiled = events.iter().find_map(|event| match event.kind {
        EventKind::Violation {
            promise: sim::Broken::BoundedStaleness { since },
        } => Some(since),
        _ => None,
    });
    let spoiled = spoiled.expect("no TTL ends it");
    assert_eq!(
        (spoiled.by, spoiled.at),
        (Spoiler::NodesChanged, Micros(500_000))
    );
}
