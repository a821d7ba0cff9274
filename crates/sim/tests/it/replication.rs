//! Replicas: which node answers, how far it lags, which one takes over and when, and which writes are lost.

use cache::units::{Key, Micros, Version};
use scenario::{DeploymentInput, DeploymentKind, LaneInput, RequestInput};
use sim::{
    Client, Endpoint, Event, EventKind, Failure, Fault, Latency, NodeId, Operation, Outcome,
    ReadPath, Stage, Verb, WritePath,
};
use support::scenarios::{request, run, scenario, with_faults};
use support::steady::{LOOK_UP_US, SELECT_US, UPDATE_US, answer, count, events, steady};

const LAG_US: u64 = 5_000;

fn lane(deployment: DeploymentInput) -> LaneInput {
    let mut lane = steady((ReadPath::CacheAside, WritePath::WriteThrough));
    lane.cache.capacity = 100;
    lane.cache.deployment = DeploymentInput {
        lag: Latency::Constant { us: LAG_US },
        ..deployment
    };
    lane
}

fn group(replicas: u16, endpoint: Endpoint) -> LaneInput {
    lane(DeploymentInput {
        kind: DeploymentKind::ReplicationGroup,
        replicas,
        endpoint,
        node_timeout_us: 1_000_000,
        ..DeploymentInput::default()
    })
}

fn by(client: u32, at_us: u64, op: Operation, key: &str) -> RequestInput {
    RequestInput {
        client,
        ..request(at_us, op, key)
    }
}

fn stages(events: &[Event]) -> Vec<(u64, NodeId, Stage)> {
    let stage = |event: &Event| match event.kind {
        EventKind::Failover { stage } => Some((event.at.0, event.node, stage)),
        _ => None,
    };
    events.iter().filter_map(stage).collect()
}

fn failures(events: &[Event]) -> Vec<Failure> {
    let failure = |event: &Event| match event.kind {
        EventKind::Fail { failure, .. } => Some(failure),
        _ => None,
    };
    events.iter().filter_map(failure).collect()
}

/// A client reads its own replica until the change has arrived there: stale, and fresh after that.
#[test]
fn a_replica_serves_the_old_copy_until_the_change_has_arrived() {
    let written = UPDATE_US + 100 + 10;
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(100_000, Operation::Write, "k"),
        // Each reaches the replica just before and just after the change.
        request(100_000 + written + LAG_US - 200, Operation::Read, "k"),
        request(100_000 + written + LAG_US - 50, Operation::Read, "k"),
    ];
    let of = |endpoint| events(scenario(requests.clone(), vec![group(1, endpoint)]));
    let told = of(Endpoint::ReaderForReads);
    assert_eq!(answer(&told, 2).0, Outcome::Value(Version(1)));
    assert_eq!(answer(&told, 3).0, Outcome::Value(Version(2)));
    let behind: Vec<_> = told
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Behind { .. }))
        .collect();
    assert_eq!(behind.len(), 1);
    assert_eq!(behind[0].node, NodeId(1));
    let behind = behind[0].kind;
    assert_eq!(
        behind,
        EventKind::Behind {
            found: Some(Version(1)),
            primary: Some(Version(2))
        }
    );
    // At the primary no client sees that.
    let told = of(Endpoint::Primary);
    assert_eq!(answer(&told, 2).0, Outcome::Value(Version(2)));
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Stale { .. })),
        0
    );
}

/// The reader endpoint leads each client to one of the replicas, in turn.
#[test]
fn clients_are_spread_over_the_replicas() {
    let requests =
        (0..40).map(|nth| by(nth % 4 + 1, u64::from(nth) * 10_000, Operation::Read, "k"));
    let told = events(scenario(
        requests.collect(),
        vec![group(3, Endpoint::ReaderForReads)],
    ));
    let asked = told.iter().filter_map(|event| match event.kind {
        EventKind::Send { verb: Verb::Get } => Some((event.request? % 4 + 1, event.node)),
        _ => None,
    });
    for (client, node) in asked {
        assert_eq!(node, NodeId(1 + client as u16 % 3), "client {client}");
    }
}

/// Whoever uses the reader endpoint for writes is refused, and the database has the row all the same.
#[test]
fn a_replica_refuses_writes() {
    let requests = vec![
        request(0, Operation::Write, "k"),
        request(100_000, Operation::Read, "k"),
    ];
    let told = events(scenario(requests, vec![group(1, Endpoint::Reader)]));
    let failures = failures(&told);
    assert!(!failures.is_empty() && failures.iter().all(|of| *of == Failure::ReadOnly));
    assert_eq!(answer(&told, 1).0, Outcome::Value(Version(2)));
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Fill { .. })),
        0
    );
}

/// Replication groups and clusters are told of fields that do not go together.
#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |change: fn(&mut LaneInput)| {
        let mut lane = group(2, Endpoint::ReaderForReads);
        change(&mut lane);
        let input = scenario(vec![request(0, Operation::Read, "k")], vec![lane]);
        scenario::Scenario::new(input)
            .expect_err("it is refused")
            .message
    };
    assert_eq!(
        refused(|lane| lane.cache.deployment.replicas = 6),
        "lanes[0].cache.deployment.replicas must be from 0 to 5, but is 6."
    );
    assert_eq!(
        refused(|lane| lane.cache.replica_lag_us = Some(5)),
        "lanes[0].cache.replica_lag_us must be none, because the deployment has replicas of its own, but is 5."
    );
    assert_eq!(
        refused(|lane| {
            let of = &mut lane.cache.deployment;
            (of.kind, of.shards) = (DeploymentKind::Cluster, 250);
        }),
        "lanes[0].cache.deployment.replicas must be from 0 to 1 with 250 shards: a cluster has at most 500 nodes, but is 2."
    );
    assert_eq!(
        refused(|lane| lane.strategy.defences.lease_us = Some(Micros(10_000))),
        "lanes[0].cache.deployment.endpoint must be \"primary\" with leases, because the primary gives them, but is \"reader-for-reads\"."
    );
}

/// A write every 50 ms to a cluster whose first primary is gone at 1 s: from then to the first SET that is
/// stored again. Measured with three shards, a replica each, and a cluster client.
#[test]
fn the_gap_of_a_failover_is_the_measured_one() {
    let measured = [(1, 1_600), (2, 2_500), (5, 8_300), (15, 22_600)];
    for (node_timeout_s, measured_ms) in measured {
        let mut lane = lane(DeploymentInput {
            kind: DeploymentKind::Cluster,
            shards: 3,
            replicas: 1,
            node_timeout_us: node_timeout_s * 1_000_000,
            ..DeploymentInput::default()
        });
        lane.network.timeout_us = 50_000;
        let last = 20 * (measured_ms / 1_000 * 2 + 2);
        let requests = (0..last).map(|nth| request(nth * 50_000, Operation::Write, "key:1"));
        let probe = run(scenario(
            vec![request(0, Operation::Write, "key:1")],
            vec![lane.clone()],
        ));
        let primary = probe.seek(0).lanes[0].holder(Key(0));
        let stop = [(1_000_000, Fault::StopCacheNode, primary.0 + 1)];
        let told = events(with_faults(lane, requests.collect(), &stop));
        let fill =
            |event: &&Event| event.at.0 > 1_000_000 && matches!(event.kind, EventKind::Fill { .. });
        let again = told.iter().find(fill).expect("a replica takes over");
        assert_ne!(again.node, primary);
        let gap_ms = (again.at.0 - 1_000_000) / 1_000;
        let within = measured_ms * 80 / 100..=measured_ms * 120 / 100;
        assert!(
            within.contains(&gap_ms),
            "{gap_ms} ms, measured {measured_ms} ms"
        );
    }
}

/// Three writes, the last two of which are on their way when the primary stops: those are lost, and no other.
#[test]
fn a_failover_loses_what_the_replica_had_not_got() {
    let set_at = |write_at: u64| write_at + UPDATE_US + 100 + 10;
    let requests = vec![
        request(0, Operation::Write, "a"),
        request(20_000, Operation::Write, "b"),
        request(21_000, Operation::Write, "a"),
        request(5_000_000, Operation::Read, "a"),
        request(5_100_000, Operation::Read, "b"),
    ];
    let stops = [(set_at(21_000) + 1_000, Fault::StopCacheNode, 1)];
    let told = events(with_faults(group(2, Endpoint::Primary), requests, &stops));
    let stages = stages(&told);
    let stopped_at = stops[0].0;
    assert_eq!(
        stages[0],
        (
            stopped_at + 1_000_000,
            NodeId(0),
            Stage::Noticed { primary: true }
        )
    );
    let (at, to, promoted) = stages[1];
    assert_eq!((at, to), (stopped_at + 1_400_000, NodeId(1)));
    assert!(
        matches!(
            promoted,
            Stage::Promoted {
                from: NodeId(0),
                lost: 2,
                entries: 1,
                ..
            }
        ),
        "{promoted:?}"
    );
    assert_eq!(stages[2], (at + 1_000_000, NodeId(1), Stage::Repointed));
    assert_eq!(
        stages[3],
        (at + 2_000_000, NodeId(2), Stage::Synced { entries: 1 })
    );
    // The copy that has come back is the first write's, and the other key is not there.
    assert_eq!(
        answer(&told, 3),
        (Outcome::Value(Version(2)), Micros(LOOK_UP_US))
    );
    assert_eq!(
        answer(&told, 4),
        (
            Outcome::Value(Version(2)),
            Micros(2 * LOOK_UP_US + SELECT_US)
        )
    );
}

/// The replica that has missed least takes over, whatever its number.
#[test]
fn the_least_lagged_replica_is_promoted() {
    let mut lane = group(3, Endpoint::Primary);
    lane.cache.deployment.lag = Latency::new(1_000, 20_000, 60_000, 90_000);
    let requests = (0..40).map(|nth| request(nth * 2_000, Operation::Write, &format!("key:{nth}")));
    let stop_at = 85_000;
    let input = with_faults(
        lane,
        requests.collect(),
        &[(stop_at, Fault::StopCacheNode, 1)],
    );
    let run = run(input);
    let before = run.seek(run.step_before(Micros(stop_at - 1)));
    let behind: Vec<u32> = (1..=3)
        .map(|node| before.lanes[0].changes_behind(NodeId(node)))
        .collect();
    let told: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
    let promoted = stages(&told)
        .into_iter()
        .find_map(|(_, node, stage)| match stage {
            Stage::Promoted { lost, .. } => Some((node, lost)),
            _ => None,
        });
    let (node, lost) = promoted.expect("one of three");
    assert!(behind.iter().any(|of| *of != behind[0]), "{behind:?}");
    assert_eq!(lost, behind[usize::from(node.0) - 1]);
    assert_eq!(Some(&lost), behind.iter().min());
}

/// A primary that is restarted by hand does not fail over: it comes back empty, and so do its replicas.
#[test]
fn a_primary_that_restarts_empties_its_replicas() {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(900_000, Operation::Read, "x"),
    ];
    let restart = [(500_000, Fault::RestartCache, 1)];
    let run = run(with_faults(group(2, Endpoint::Primary), requests, &restart));
    let held = |step: u32| -> Vec<u32> {
        let moment = run.seek(step);
        moment.lanes[0]
            .nodes()
            .map(|(_, cache)| cache.len())
            .collect()
    };
    assert_eq!(held(run.step_before(Micros(499_999))), [1, 1, 1]);
    assert_eq!(held(run.step_before(Micros(500_000))), [0, 0, 0]);
    let told: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
    assert_eq!(stages(&told), []);
}

/// Failing over by hand: the old primary becomes a replica, and refuses what clients still send it.
#[test]
fn a_failover_by_hand_leaves_clients_at_the_old_primary_for_a_moment() {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(600_000, Operation::Write, "k"),
        request(1_600_000, Operation::Write, "k"),
        request(4_000_000, Operation::Read, "k"),
    ];
    let by_hand = [(500_000, Fault::FailOverCache, 1)];
    let told = events(with_faults(group(1, Endpoint::Primary), requests, &by_hand));
    // The name still leads to it, and it is a replica already.
    assert_eq!(failures(&told), [Failure::ReadOnly]);
    let stored: Vec<NodeId> = told
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Fill { .. }))
        .map(|event| event.node)
        .collect();
    assert_eq!(stored, [NodeId(0), NodeId(1)]);
    assert_eq!(
        answer(&told, 3),
        (Outcome::Value(Version(3)), Micros(LOOK_UP_US))
    );
}

/// In a cluster the old primary names the new one, and the client's map is right again after one redirect.
#[test]
fn a_cluster_client_is_told_of_the_new_primary_once() {
    let lane = lane(DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 1,
        replicas: 1,
        client: Client::ClusterAware,
        ..DeploymentInput::default()
    });
    let read = |nth: u64| request(nth * 1_000_000, Operation::Read, "k");
    let told = events(with_faults(
        lane,
        (0..6).map(read).collect(),
        &[(500_000, Fault::FailOverCache, 1)],
    ));
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Moved { .. })),
        1
    );
    assert_eq!(answer(&told, 1).1, Micros(2 * LOOK_UP_US));
    assert_eq!(answer(&told, 2).1, Micros(LOOK_UP_US));
}

/// A shard without replicas has no node to take over: its keys are gone until the node is replaced, after six
/// minutes, empty.
#[test]
fn without_a_replica_no_node_takes_over() {
    let mut lane = group(0, Endpoint::Primary);
    lane.network.timeout_us = 50_000;
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(30_000_000, Operation::Read, "k"),
        request(400_000_000, Operation::Read, "k"),
        request(401_000_000, Operation::Read, "k"),
    ];
    let stop = [(1_000_000, Fault::StopCacheNode, 1)];
    let told = events(with_faults(lane, requests, &stop));
    let (at, _, last) = *stages(&told).last().expect("it is replaced");
    assert_eq!(
        (at, last),
        (361_000_000, Stage::Replaced { replica: false })
    );
    assert_eq!(answer(&told, 1).1, Micros(50_000 + SELECT_US));
    assert_eq!(answer(&told, 2).1, Micros(2 * LOOK_UP_US + SELECT_US));
    assert_eq!(answer(&told, 3).1, Micros(LOOK_UP_US));
}

/// A replica that copies its primary's data gets what is written meanwhile with it, not a second time.
#[test]
fn what_is_written_during_a_sync_comes_with_it() {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(1_600_000, Operation::Write, "k"),
        request(4_000_000, Operation::Read, "k"),
    ];
    let by_hand = [(500_000, Fault::FailOverCache, 1)];
    let input = with_faults(group(1, Endpoint::ReaderForReads), requests, &by_hand);
    let told = events(input);
    let (synced_at, _, synced) = *stages(&told).last().expect("the old primary follows");
    assert_eq!(
        (synced_at, synced),
        (2_500_000, Stage::Synced { entries: 1 })
    );
    let applied = told
        .iter()
        .filter(|event| event.at.0 > 500_000 && matches!(event.kind, EventKind::Apply { .. }));
    assert_eq!(applied.count(), 0);
    // The old primary is the replica that is read now.
    assert_eq!(
        answer(&told, 2),
        (Outcome::Value(Version(2)), Micros(LOOK_UP_US))
    );
}

/// While a primary has stopped, its replicas go on answering, and are not said to be behind it.
#[test]
fn a_replica_is_not_behind_a_primary_that_has_stopped() {
    let requests = vec![
        request(0, Operation::Read, "k"),
        request(1_500_000, Operation::Read, "k"),
    ];
    let stop = [(1_000_000, Fault::StopCacheNode, 1)];
    let input = with_faults(group(1, Endpoint::ReaderForReads), requests, &stop);
    let told = events(input);
    assert_eq!(
        answer(&told, 1),
        (Outcome::Value(Version(1)), Micros(LOOK_UP_US))
    );
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Behind { .. })),
        0
    );
}
