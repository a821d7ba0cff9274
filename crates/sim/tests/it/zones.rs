//! Availability zones: what a trip to another one takes, what it moves, and a fault of a whole zone.

use cache::units::Micros;
use scenario::{
    DeploymentInput, DeploymentKind, FaultInput, LaneInput, RequestInput, ScenarioInput,
};
use sim::{
    Endpoint, Event, EventKind, Fault, Latency, NodeId, Operation, Reach, ReadPath, Stage,
    WritePath, Zone,
};
use support::scenarios::{request, run, scenario};
use support::steady::{answer, events, steady};

const NEAR_US: u64 = 200;
const FAR_US: u64 = 1_000;

/// A cluster of three shards with a replica each. Its nodes are in the zones a b, b c and c a.
fn lane() -> LaneInput {
    let mut lane = steady((ReadPath::CacheAside, WritePath::WriteThrough));
    lane.cache.capacity = 100;
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 3,
        replicas: 1,
        endpoint: Endpoint::Primary,
        lag: Latency::Constant { us: 5_000 },
        node_timeout_us: 1_000_000,
        ..DeploymentInput::default()
    };
    lane.network.cache = Latency::Constant { us: NEAR_US };
    lane.network.other_zone = Some(Latency::Constant { us: FAR_US });
    lane
}

fn by(client: u32, at_us: u64, key: &str) -> RequestInput {
    RequestInput {
        client,
        ..request(at_us, Operation::Read, key)
    }
}

/// Two reads of a client: the second one is a hit.
fn hit_of(client: u32, lane: LaneInput) -> (NodeId, Micros) {
    let requests = vec![by(client, 0, "user:1"), by(client, 500_000, "user:1")];
    let told = events(scenario(requests, vec![lane]));
    let hit = told
        .iter()
        .find(|event| matches!(event.kind, EventKind::Hit { .. }));
    (hit.expect("the second read").node, answer(&told, 1).1)
}

#[test]
fn a_trip_to_another_zone_takes_as_long_as_is_said() {
    let mut times = Vec::new();
    for client in 1..=3 {
        let (node, far) = hit_of(client, lane());
        let mut near = lane();
        near.network.other_zone = None;
        let (same, near) = hit_of(client, near);
        assert_eq!(node, same);
        times.push(far.0 - near.0);
    }
    // One of the three clients is in the node's zone.
    times.sort_unstable();
    assert_eq!(times, [0, FAR_US - NEAR_US, FAR_US - NEAR_US]);
}

/// What clients move between zones is counted, and is what the hits and fills of far nodes say.
#[test]
fn only_what_crosses_is_counted() {
    let requests: Vec<_> = (0..30)
        .map(|i| {
            by(
                1 + i % 3,
                u64::from(i) * 100_000,
                &format!("user:{}", i * i % 7),
            )
        })
        .collect();
    let clients: Vec<u32> = requests.iter().map(|request| request.client).collect();
    let run = run(scenario(requests, vec![lane()]));
    let zone = |node: NodeId| (node.0 / 2 + node.0 % 2) % 3;
    let told = run.log();
    let crossed = told.iter().filter_map(|logged| {
        let event = logged.event;
        let client = clients[event.request? as usize] - 1;
        let bytes = match event.kind {
            EventKind::Hit { size, .. } => size.0,
            EventKind::Fill { size_bytes, .. } => size_bytes,
            _ => 0,
        };
        (client % 3 != u32::from(zone(event.node))).then_some(u64::from(bytes))
    });
    let crossed: u64 = crossed.sum();
    let moment = run.seek(run.step_count());
    let commands = moment.lanes[0].metrics().commands;
    assert!(crossed > 0);
    assert_eq!(commands.far_bytes, crossed);
}

fn with_fault(fault: Fault, zone: Zone) -> ScenarioInput {
    let requests = vec![by(1, 0, "user:1"), by(1, 30_000_000, "user:1")];
    let mut input = scenario(requests, vec![lane()]);
    input.faults = vec![FaultInput {
        at_us: 1_000_000,
        fault,
        lane: None,
        node: None,
        zone: Some(zone),
    }];
    input
}

#[test]
fn a_zone_takes_all_its_nodes_with_it() {
    let input = with_fault(Fault::StopCacheNode, Zone::B);
    let run = run(input.clone());
    let told = run.log();
    let fault = told.iter().find_map(|logged| match logged.event.kind {
        EventKind::Fault { fault, reach, .. } => Some((fault, reach)),
        _ => None,
    });
    assert_eq!(fault, Some((Fault::StopCacheNode, Reach::Zone(Zone::B))));
    // Zone b has the replica of shard 1 and the primary of shard 2, whose replica takes over.
    let told = events(input);
    let noticed = |event: &Event| match event.kind {
        EventKind::Failover {
            stage: Stage::Noticed { primary },
        } => Some((event.node, primary)),
        _ => None,
    };
    let noticed: Vec<_> = told.iter().filter_map(noticed).collect();
    assert_eq!(noticed, [(NodeId(1), false), (NodeId(2), true)]);
    let promoted = told.iter().find(|event| {
        matches!(
            event.kind,
            EventKind::Failover {
                stage: Stage::Promoted { .. }
            }
        )
    });
    assert_eq!(promoted.map(|event| event.node), Some(NodeId(3)));
}

#[test]
fn a_zone_without_nodes_has_nothing_to_lose() {
    let mut input = with_fault(Fault::CutCache, Zone::C);
    input.lanes[0].cache.deployment.shards = 1;
    let told = events(input);
    let reach = told.iter().find_map(|event| match event.kind {
        EventKind::Fault { reach, .. } => Some(reach),
        _ => None,
    });
    assert_eq!(reach, Some(Reach::None));
}
