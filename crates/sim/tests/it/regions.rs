//! Regions of a Global Datastore: who is asked, how far the way is, that nobody takes over by itself, and what a
//! promotion loses.

use cache::units::Micros;
use scenario::{DeploymentInput, DeploymentKind, LaneInput, RequestInput};
use sim::cost::NodeType;
use sim::{
    Endpoint, Event, EventKind, Failure, Fault, Gone, Latency, NodeId, Operation, Outcome, Reach,
    ReadPath, Stage, WritePath,
};
use support::scenarios::{request, scenario, with_faults};
use support::steady::{SELECT_US, answer, events, steady};

const NEAR_US: u64 = 200;
const FAR_US: u64 = 80_000;
const LAG_US: u64 = 400_000;
const PROMOTION_US: u64 = 2_000_000;

fn lane(regions: u16, endpoint: Endpoint) -> LaneInput {
    let mut lane = steady((ReadPath::CacheAside, WritePath::WriteThrough));
    lane.cache.capacity = 100;
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::GlobalDatastore,
        regions,
        endpoint,
        node_type: NodeType::M7gLarge,
        region_lag: Latency::Constant { us: LAG_US },
        promotion_us: PROMOTION_US,
        ..DeploymentInput::default()
    };
    lane.network.cache = Latency::Constant { us: NEAR_US };
    lane.network.other_region = Latency::Constant { us: FAR_US };
    lane
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

/// The Region that each client's read is answered by, once the copies have crossed, and how long it takes.
fn asked(regions: u16, endpoint: Endpoint) -> Vec<(u16, u64)> {
    let clients = 1..=u32::from(regions) + 1;
    let mut requests = vec![by(1, 0, Operation::Write, "k")];
    let reads = clients.clone();
    requests.extend(reads.map(|of| by(of, u64::from(of) * 2_000_000, Operation::Read, "k")));
    let told = events(scenario(requests, vec![lane(regions, endpoint)]));
    let hits = told.iter().filter_map(|event| match event.kind {
        EventKind::Hit { .. } => Some(event.node.0 + 1),
        _ => None,
    });
    let times = clients.map(|number| answer(&told, number).1.0);
    hits.zip(times).collect()
}

#[test]
fn a_client_reads_in_its_own_region_or_goes_to_the_primary_one() {
    let own = asked(3, Endpoint::ReaderForReads);
    let regions: Vec<u16> = own.iter().map(|of| of.0).collect();
    assert_eq!(regions, [1, 2, 3, 1]);
    assert!(own.iter().all(|of| of.1 == own[0].1), "{own:?}");
    let primary = asked(3, Endpoint::Primary);
    let regions: Vec<u16> = primary.iter().map(|of| of.0).collect();
    assert_eq!(regions, [1, 1, 1, 1]);
    let far = own[0].1 + FAR_US - NEAR_US;
    let times: Vec<u64> = primary.iter().map(|of| of.1).collect();
    assert_eq!(times, [own[0].1, far, far, own[0].1]);
}

#[test]
fn a_secondary_region_refuses_writes() {
    let requests = vec![
        by(1, 0, Operation::Write, "k"),
        by(2, 1_000_000, Operation::Write, "k"),
    ];
    let told = events(scenario(requests, vec![lane(2, Endpoint::Reader)]));
    let refused = told.iter().filter_map(|event| match event.kind {
        EventKind::Fail { failure, .. } => Some((event.request, failure)),
        _ => None,
    });
    let refused: Vec<_> = refused.collect();
    assert_eq!(refused, [(Some(1), Failure::ReadOnly)]);
}

/// A read elsewhere is stale until the change has crossed.
#[test]
fn a_change_crosses_with_its_lag() {
    let requests = vec![
        by(1, 0, Operation::Write, "k"),
        by(2, 2_000_000, Operation::Read, "k"),
        by(1, 3_000_000, Operation::Write, "k"),
        by(2, 3_200_000, Operation::Read, "k"),
        by(2, 4_000_000, Operation::Read, "k"),
    ];
    let told = events(scenario(requests, vec![lane(2, Endpoint::ReaderForReads)]));
    let stale: Vec<_> = told
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Stale { .. }))
        .map(|event| event.request)
        .collect();
    assert_eq!(stale, [Some(3)]);
    let fills = told.iter().filter_map(|event| match event.kind {
        EventKind::Fill { .. } => Some(event.at.0 + LAG_US),
        _ => None,
    });
    let arrivals = told.iter().filter_map(|event| match event.kind {
        EventKind::Apply { .. } => Some(event.at.0),
        _ => None,
    });
    assert!(arrivals.eq(fills));
}

/// However long one waits, no Region takes over and none is replaced; a promotion takes its time, and only then do
/// writes go on. The Region that comes back copies from the new primary one.
#[test]
fn only_a_person_promotes_a_region() {
    let writes = [1_000_000, 1_500_000, 400_000_000, 402_000_000, 403_000_000];
    let mut requests = writes.map(|at| by(2, at, Operation::Write, "k")).to_vec();
    requests.push(by(1, 410_000_000, Operation::Read, "k"));
    let stop = (1_700_000, Fault::StopCacheNode, 1);
    let lane = lane(2, Endpoint::ReaderForReads);
    let told = events(with_faults(lane.clone(), requests.clone(), &[stop]));
    assert!(stages(&told).is_empty());
    let promote = (401_000_000, Fault::PromoteRegion, 2);
    let back = (405_000_000, Fault::RestartCache, 1);
    let told = events(with_faults(lane, requests, &[stop, promote, back]));
    let [(at, region, promoted), synced] = stages(&told)[..] else {
        panic!("{:?}", stages(&told));
    };
    assert_eq!((at, region), (401_000_000 + PROMOTION_US, NodeId(1)));
    // The second write had not crossed.
    let Stage::Promoted { from, lost, .. } = promoted else {
        panic!("{promoted:?}");
    };
    assert_eq!((from, lost), (NodeId(0), 1));
    let Stage::Synced { entries: 1 } = synced.2 else {
        panic!("{synced:?}");
    };
    assert_eq!(synced.1, NodeId(0));
    let stored = told.iter().filter_map(|event| match event.kind {
        EventKind::Fill { .. } => Some((event.request, event.node)),
        _ => None,
    });
    let stored: Vec<_> = stored.collect();
    let expected = [(0, 0), (1, 0), (4, 1)].map(|(number, node)| (Some(number), NodeId(node)));
    assert_eq!(stored, expected);
    let hit = told
        .iter()
        .rfind(|event| matches!(event.kind, EventKind::Hit { .. }));
    assert_eq!(hit.expect("it has copied").node, NodeId(0));
}

/// A promotion while the primary Region works loses what is on its way at that moment.
#[test]
fn a_planned_promotion_loses_what_is_on_its_way() {
    let done = 1_000_000 + PROMOTION_US;
    let requests = vec![
        by(1, 500_000, Operation::Write, "k"),
        by(1, done - 100_000, Operation::Write, "k"),
    ];
    let promote = (1_000_000, Fault::PromoteRegion, 2);
    let lane = lane(2, Endpoint::ReaderForReads);
    let told = events(with_faults(lane, requests, &[promote]));
    let promoted = stages(&told)[0];
    let Stage::Promoted { lost, .. } = promoted.2 else {
        panic!("{promoted:?}");
    };
    assert_eq!((promoted.0, lost), (done, 1));
}

/// Where only the cache has them, acknowledged writes that were on their way are gone, and are counted.
#[test]
fn a_planned_promotion_counts_the_acknowledged_writes_that_are_gone() {
    let done = 1_000_000 + PROMOTION_US;
    let requests = vec![
        by(1, 500_000, Operation::Write, "crossed"),
        by(1, done - 200_000, Operation::Write, "new"),
        by(1, done - 100_000, Operation::Write, "crossed"),
        by(2, done + 10_000_000, Operation::Read, "new"),
    ];
    let promote = (1_000_000, Fault::PromoteRegion, 2);
    let mut lane = lane(2, Endpoint::ReaderForReads);
    (lane.strategy.read, lane.strategy.write) = (ReadPath::CacheOnly, WritePath::CacheOnly);
    let told = events(with_faults(lane, requests, &[promote]));
    let Stage::Promoted { lost, gone, .. } = stages(&told)[0].2 else {
        panic!("{:?}", stages(&told));
    };
    assert_eq!((lost, gone), (2, Gone(2)));
    assert_eq!(answer(&told, 3).0, Outcome::Absent);
}

/// A Region that stops is not promoted, and neither is one that copies everything or a second one meanwhile.
#[test]
fn a_promotion_comes_to_nothing_with_its_region() {
    let read = vec![by(1, 20_000_000, Operation::Read, "k")];
    let reaches = |faults: &[(u64, Fault, u16)]| {
        let told = events(with_faults(
            lane(3, Endpoint::Primary),
            read.clone(),
            faults,
        ));
        let begun = told.iter().filter_map(|event| match event.kind {
            EventKind::Fault {
                fault: Fault::PromoteRegion,
                reach,
                ..
            } => Some(reach),
            _ => None,
        });
        let promoted = stages(&told)
            .into_iter()
            .filter(|of| matches!(of.2, Stage::Promoted { .. }));
        (begun.collect::<Vec<_>>(), promoted.count())
    };
    let promote = |at, node| (at, Fault::PromoteRegion, node);
    let one = |node: u16| Reach::One(NodeId(node - 1));
    assert_eq!(reaches(&[promote(1_000_000, 2)]), (vec![one(2)], 1));
    assert_eq!(
        reaches(&[promote(1_000_000, 2), promote(2_000_000, 3)]),
        (vec![one(2), Reach::None], 1)
    );
    assert_eq!(reaches(&[promote(1_000_000, 1)]), (vec![Reach::None], 0));
    for ends in [Fault::StopCacheNode, Fault::RestartCache] {
        let faults = [promote(1_000_000, 2), (2_000_000, ends, 2)];
        assert_eq!(reaches(&faults), (vec![one(2)], 0), "{ends:?}");
    }
    // No Region fails over by itself, nor when it is told to.
    assert_eq!(reaches(&[(1_000_000, Fault::FailOverCache, 1)]).1, 0);
}

/// A read whose own Region is lost times out and goes to the database.
#[test]
fn a_client_whose_region_is_lost_gets_no_other_one() {
    let requests = vec![
        by(1, 0, Operation::Write, "k"),
        by(1, 2_000_000, Operation::Read, "k"),
    ];
    let stop = (1_000_000, Fault::StopCacheNode, 1);
    let lane = lane(2, Endpoint::ReaderForReads);
    let timeout_us = lane.network.timeout_us;
    let told = events(with_faults(lane, requests, &[stop]));
    let (outcome, took) = answer(&told, 1);
    assert!(matches!(outcome, Outcome::Value { .. }), "{outcome:?}");
    assert!(took >= Micros(timeout_us + SELECT_US), "{took:?}");
}
