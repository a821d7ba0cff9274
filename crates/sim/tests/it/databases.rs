//! The kinds of databases: what each asks of a query before it begins, and that faults reach all of them.
#![cfg(not(target_arch = "wasm32"))]

use cache::units::{Micros, Version};
use scenario::{CapacityMode, DatabaseInput, FaultInput, LaneInput, RequestInput};
use sim::{
    DatabaseKind, Event, EventKind, Failure, Fault, Latency, Limit, Operation, Outcome, Pattern,
    ReadPath, Refused, Table, Throttle, Verb, WritePath,
};
use support::scenarios::{events_of_lane, lane, request, run, scenario};

const SECOND_US: u64 = 1_000_000;
const READ_US: u64 = 4_000;
const WRITE_US: u64 = 6_000;
const ROUND_TRIP_US: u64 = 200;

/// A lane without a cache whose database of a kind takes equally long each time.
fn steady(kind: DatabaseKind) -> LaneInput {
    let mut lane = lane(Pattern::NoCache.paths());
    lane.database = DatabaseInput {
        read: Latency::Constant { us: READ_US },
        write: Latency::Constant { us: WRITE_US },
        ..DatabaseInput::of(kind)
    };
    lane.network.database = Latency::Constant { us: ROUND_TRIP_US };
    lane
}

/// A request about a value of this size, its key's name included.
fn sized(at_us: u64, op: Operation, key: &str, bytes: u32) -> RequestInput {
    RequestInput {
        value_bytes: bytes - key.len() as u32,
        ..request(at_us, op, key)
    }
}

fn events(requests: Vec<RequestInput>, lane: LaneInput) -> Vec<Event> {
    events_of_lane(&run(scenario(requests, vec![lane])), 0)
}

fn throttles(events: &[Event]) -> Vec<(Option<u32>, Throttle)> {
    let throttle = |event: &Event| match event.kind {
        EventKind::Refuse {
            at: Refused::Throttled(throttle),
        } => Some((event.request, throttle)),
        _ => None,
    };
    events.iter().filter_map(throttle).collect()
}

fn latencies(events: &[Event]) -> Vec<u64> {
    let latency = |event: &Event| match event.kind {
        EventKind::Reply { latency, .. } => Some(latency.0),
        _ => None,
    };
    events.iter().filter_map(latency).collect()
}

/// The partition of a key, and a key of another one.
fn two_partitions(partitions: u16) -> (u16, String) {
    let table = Table {
        partitions,
        provisioned: None,
    };
    let of_hot = table.partition_of("hot");
    let mut keys = (0..).map(|number| format!("cold:{number}"));
    let other = keys.find(|key| table.partition_of(key) != of_hot);
    (of_hot, other.expect("keys are spread"))
}

/// 64 queries at once: four connections take them in turns, the other kinds all at the same time.
#[test]
fn only_a_pool_makes_queries_wait() {
    for kind in DatabaseKind::ALL {
        let requests = (0..64).map(|n| request(0, Operation::Read, &format!("k:{n}")));
        let events = events(requests.collect(), steady(kind));
        let latencies = latencies(&events);
        let at_once = READ_US + ROUND_TRIP_US;
        assert_eq!(latencies.len(), 64);
        let queued = events
            .iter()
            .any(|of| matches!(of.kind, EventKind::Queue { .. }));
        match kind {
            DatabaseKind::Relational => {
                assert_eq!(latencies[63], READ_US * 16 + ROUND_TRIP_US);
                assert!(queued);
            }
            DatabaseKind::DynamoDb | DatabaseKind::MemoryDb => {
                assert!(latencies.iter().all(|&us| us == at_once), "{latencies:?}");
                assert!(!queued);
            }
        }
    }
}

/// Items of 20 KB take five read units, so a partition reads 600 of them in a second (the developer guide's own
/// example). The others go on, and in the next second so does the hot one.
#[test]
fn a_hot_key_throttles_its_partition_only() {
    let (hot, cold) = two_partitions(4);
    let mut requests: Vec<_> = (0..601)
        .map(|n| sized(n, Operation::Read, "hot", 20_480))
        .collect();
    requests.push(sized(601, Operation::Read, &cold, 20_480));
    // A write has units of its own.
    requests.push(sized(602, Operation::Write, "hot", 1_024));
    requests.push(sized(SECOND_US, Operation::Read, "hot", 20_480));
    let events = events(requests, steady(DatabaseKind::DynamoDb));
    let throttle = Throttle {
        limit: Limit::Partition(hot),
        verb: Verb::Select,
        used: 3_000,
        most: 3_000,
        needs: 5,
    };
    assert_eq!(throttles(&events), [(Some(600), throttle)]);
    // The client has its error after the round trip alone.
    let failed = |event: &&Event| {
        matches!(
            event.kind,
            EventKind::Reply {
                outcome: Outcome::Failed,
                latency: Micros(ROUND_TRIP_US),
                ..
            }
        )
    };
    assert_eq!(events.iter().filter(failed).count(), 1);
    let reason = EventKind::Fail {
        verb: Verb::Select,
        failure: Failure::Throttled,
    };
    assert_eq!(
        events.iter().filter(|event| event.kind == reason).count(),
        1
    );
    let read = |event: &&Event| matches!(event.kind, EventKind::Read { .. });
    assert_eq!(events.iter().filter(read).count(), 602);
}

#[test]
fn a_partition_writes_a_thousand_units_in_a_second() {
    let (hot, cold) = two_partitions(2);
    let requests = vec![
        sized(0, Operation::Write, "hot", 999 * 1_024),
        sized(1, Operation::Write, "hot", 1_025),
        sized(2, Operation::Write, &cold, 1_025),
        sized(3, Operation::Write, "hot", 1_024),
        sized(4, Operation::Write, "hot", 3),
        sized(SECOND_US - ROUND_TRIP_US, Operation::Write, "hot", 1_025),
    ];
    let events = events(requests, steady(DatabaseKind::DynamoDb));
    let throttle = |used, needs| Throttle {
        limit: Limit::Partition(hot),
        verb: Verb::Update,
        used,
        most: 1_000,
        needs,
    };
    // The last one leaves in the first second, and arrives half a round trip later.
    let expected = [
        (Some(1), throttle(999, 2)),
        (Some(4), throttle(1_000, 1)),
        (Some(5), throttle(1_000, 2)),
    ];
    assert_eq!(throttles(&events), expected);
}

/// A provisioned table's units are shared by its partitions: the hot one may use all of them.
#[test]
fn a_provisioned_table_has_units_of_its_own() {
    let (_, cold) = two_partitions(8);
    let mut lane = steady(DatabaseKind::DynamoDb);
    lane.database.partitions = 8;
    lane.database.capacity_mode = CapacityMode::Provisioned;
    (lane.database.read_units, lane.database.write_units) = (10, 2);
    let mut requests: Vec<_> = (0..10)
        .map(|n| request(n, Operation::Read, "hot"))
        .collect();
    requests.push(request(10, Operation::Read, &cold));
    requests.push(request(11, Operation::Write, &cold));
    requests.push(request(SECOND_US, Operation::Read, &cold));
    let throttle = Throttle {
        limit: Limit::Table,
        verb: Verb::Select,
        used: 10,
        most: 10,
        needs: 1,
    };
    let events = events(requests, lane);
    assert_eq!(throttles(&events), [(Some(10), throttle)]);
}

/// A read of a row that is not there takes one unit, whatever would be written there.
#[test]
fn a_missing_item_takes_one_unit() {
    let mut lane = steady(DatabaseKind::DynamoDb);
    lane.database.capacity_mode = CapacityMode::Provisioned;
    lane.database.read_units = 2;
    let requests = (0..3).map(|n| sized(n, Operation::Read, "none", 100_000));
    let mut input = scenario(requests.collect(), vec![lane]);
    input.absent = vec!["none".to_owned()];
    let throttled = throttles(&events_of_lane(&run(input), 0));
    let of = |(request, throttle): &(Option<u32>, Throttle)| (*request, throttle.needs);
    assert_eq!(throttled.iter().map(of).collect::<Vec<_>>(), [(Some(2), 1)]);
}

/// A throttled write of the queue is written later.
#[test]
fn write_behind_tries_a_throttled_write_again() {
    let mut lane = steady(DatabaseKind::DynamoDb);
    (lane.strategy.read, lane.strategy.write) = (ReadPath::CacheAside, WritePath::WriteBehind);
    lane.strategy.flush_delay_us = Micros(400_000);
    lane.database.capacity_mode = CapacityMode::Provisioned;
    lane.database.write_units = 1;
    let requests = [(0, "a"), (10_000, "b")];
    let requests = requests.map(|(at_us, key)| sized(at_us, Operation::Write, key, 100));
    let events = events(requests.into(), lane);
    let throttled: Vec<_> = throttles(&events).iter().map(|of| of.0).collect();
    // In the first second, and after another 400 ms again.
    assert_eq!(throttled, [Some(1), Some(1)]);
    let written = |event: &&Event| matches!(event.kind, EventKind::Write { .. });
    assert_eq!(events.iter().filter(written).count(), 2);
    assert!(
        events
            .iter()
            .all(|event| !matches!(event.kind, EventKind::Violation { .. }))
    );
}

/// A slow database takes ten times as long, one that is down refuses what arrives and what runs, and one that is cut
/// off can't be heard: every kind. A committed write is there when it is back.
#[test]
fn faults_reach_every_kind() {
    for kind in DatabaseKind::ALL {
        let requests: Vec<_> = [0, 10, 20, 21, 30, 40]
            .iter()
            .map(|&at_s| {
                let op = match at_s {
                    0 => Operation::Write,
                    _ => Operation::Read,
                };
                request(at_s * SECOND_US, op, "k")
            })
            .collect();
        let mut input = scenario(requests, vec![steady(kind)]);
        let faults = [
            (5, Fault::SlowDatabase),
            (15, Fault::HealDatabase),
            (25, Fault::CutDatabase),
            (35, Fault::HealDatabase),
        ];
        let fault = |(at_us, fault)| FaultInput {
            at_us,
            fault,
            lane: None,
            node: None,
            zone: None,
        };
        let mut all: Vec<_> = faults
            .iter()
            .map(|&(at_s, of)| fault((at_s * SECOND_US, of)))
            .collect();
        // While the third read runs.
        all.insert(2, fault((20 * SECOND_US + 1_000, Fault::StopDatabase)));
        all.insert(3, fault((22 * SECOND_US, Fault::HealDatabase)));
        input.faults = all;
        let events = events_of_lane(&run(input), 0);
        let refused = events.iter().filter_map(|event| match event.kind {
            EventKind::Refuse { at } => Some(at),
            _ => None,
        });
        let refused: Vec<Refused> = refused.collect();
        assert_eq!(refused, [Refused::Executing, Refused::Arriving], "{kind:?}");
        assert_eq!(
            latencies(&events),
            [
                WRITE_US + ROUND_TRIP_US,
                READ_US * 10 + ROUND_TRIP_US,
                READ_US + ROUND_TRIP_US,
                ROUND_TRIP_US,
                SECOND_US,
                READ_US + ROUND_TRIP_US,
            ],
            "{kind:?}"
        );
        let last = events.iter().rev().find_map(|event| match event.kind {
            EventKind::Read { version, .. } => Some(version),
            _ => None,
        });
        assert_eq!(last, Some(Version(2)), "the write is not lost");
    }
}
