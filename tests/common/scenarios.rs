//! Scenarios: short ways to write one down, and a proptest strategy for arbitrary ones.

use cache_playground::cache::PolicyKind;
use cache_playground::scenario::{
    CacheInput, DatabaseInput, LaneInput, NetworkInput, RequestInput, Scenario, ScenarioInput,
    WarmInput, WorkloadInput,
};
use cache_playground::sim::{Event, Operation, ReadPath, Strategy as Paths, WritePath};
use cache_playground::timeline::{Player, Run};
use cache_playground::units::Micros;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::rc::Rc;

/// Every combination of paths that a scenario may have.
pub const PATHS: [(ReadPath, WritePath); 4] = [
    (ReadPath::CacheAside, WritePath::WriteAround),
    (ReadPath::CacheAside, WritePath::Invalidate),
    (ReadPath::CacheAside, WritePath::WriteThrough),
    (ReadPath::NoCache, WritePath::WriteAround),
];

/// A request of client 1.
pub fn request(at_us: u64, op: Operation, key: &str) -> RequestInput {
    RequestInput {
        at_us,
        client: 1,
        op,
        key: key.to_owned(),
        ttl_us: None,
    }
}

/// A lane with every default and no time to live.
pub fn lane((read, write): (ReadPath, WritePath)) -> LaneInput {
    LaneInput {
        name: None,
        strategy: Paths {
            read,
            write,
            ttl_us: None,
        },
        cache: CacheInput::default(),
        database: DatabaseInput::default(),
        network: NetworkInput::default(),
    }
}

/// A scenario that starts with empty caches.
pub fn scenario(requests: Vec<RequestInput>, lanes: Vec<LaneInput>) -> ScenarioInput {
    ScenarioInput {
        title: String::new(),
        intro: String::new(),
        seed: "1".to_owned(),
        warm: Vec::new(),
        workload: WorkloadInput::Script(requests),
        lanes,
    }
}

/// Plays a scenario that has to be valid.
pub fn run(input: ScenarioInput) -> Run {
    Run::new(Rc::new(valid(input)))
}

/// A player at the start of a scenario that has to be valid.
pub fn player(input: ScenarioInput) -> Player {
    Player::new(valid(input))
}

fn valid(input: ScenarioInput) -> Scenario {
    Scenario::new(input).expect("the test's scenario is valid")
}

/// One lane's events, with their causes as places among them. The log numbers the events of all
/// lanes together, so the numbers themselves depend on the other lanes.
pub fn events_of_lane(run: &Run, lane: u8) -> Vec<Event> {
    let mut place_of = vec![None; run.log().len()];
    let mut events: Vec<Event> = Vec::new();
    for (id, logged) in run.log().iter().enumerate() {
        if logged.lane == lane {
            let mut event = logged.event;
            event.cause = event.cause.map(|cause| {
                place_of[cause as usize].expect("a cause is an earlier event of the same lane")
            });
            place_of[id] = Some(events.len() as u32);
            events.push(event);
        }
    }
    events
}

/// Arbitrary scenarios: requests that overlap, caches that are too small, pools that are too small,
/// and times to live that end within the run.
pub fn scenarios() -> impl Strategy<Value = ScenarioInput> {
    let requests = vec(requests(), 1..=40).prop_map(in_order_of_arrival);
    let parts = (any::<u64>(), warm(), requests, vec(lanes(), 1..=4));
    parts.prop_map(|(seed, warm, requests, lanes)| ScenarioInput {
        seed: seed.to_string(),
        warm,
        ..scenario(requests, lanes)
    })
}

const TTLS_US: std::ops::Range<u64> = 1..100_000;

fn keys() -> impl Strategy<Value = String> {
    (0..8_u32).prop_map(|number| format!("key:{number}"))
}

/// A request whose `at_us` is still the gap to the one before it: often none or a part of a trip.
fn requests() -> impl Strategy<Value = RequestInput> {
    let gap_us = prop_oneof![Just(0), 1..400_u64, 1..20_000_u64, 1..300_000_u64];
    let op = prop_oneof![2 => Just(Operation::Read), 1 => Just(Operation::Write)];
    let ttl_us = option::weighted(0.2, TTLS_US);
    let parts = (gap_us, 1..=3_u32, op, keys(), ttl_us);
    parts.prop_map(|(at_us, client, op, key, ttl_us)| RequestInput {
        client,
        ttl_us,
        ..request(at_us, op, &key)
    })
}

fn in_order_of_arrival(mut requests: Vec<RequestInput>) -> Vec<RequestInput> {
    let mut now_us = 0;
    for request in &mut requests {
        now_us += request.at_us;
        request.at_us = now_us;
    }
    requests
}

fn warm() -> impl Strategy<Value = Vec<WarmInput>> {
    let entry = (keys(), prop_oneof![Just(0), TTLS_US]);
    let entry = entry.prop_map(|(key, age_us)| WarmInput { key, age_us });
    // A key may occur once only.
    vec(entry, 0..5).prop_map(|mut entries| {
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries.dedup_by(|a, b| a.key == b.key);
        entries
    })
}

fn lanes() -> impl Strategy<Value = LaneInput> {
    let paths = proptest::sample::select(&PATHS[..]);
    let policy = proptest::sample::select(&PolicyKind::ALL[..]);
    let parts = (paths, option::of(TTLS_US), policy, 1..=6_u32, 1..=2_u32);
    parts.prop_map(|(paths, ttl_us, policy, capacity, connections)| {
        let mut lane = lane(paths);
        lane.strategy.ttl_us = ttl_us.map(Micros);
        lane.cache.policy = policy;
        lane.cache.capacity = capacity;
        lane.database.connections = connections;
        lane
    })
}
