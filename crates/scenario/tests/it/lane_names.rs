//! Lanes without a name of their own are called by what they differ in.

use cache::PolicyKind;
use cache::units::Micros;
use scenario::{LaneInput, SCENES, Scenario, Scene};
use sim::{Latency, Operation, ReadPath, WritePath};
use support::scenarios::{lane, request, scenario, valid};

/// The names of as many cache-aside lanes as there are changes.
fn names(changes: &[&dyn Fn(&mut LaneInput)]) -> Vec<String> {
    let lanes = changes.iter().map(|change| {
        let mut lane = lane((ReadPath::CacheAside, WritePath::WriteAround));
        change(&mut lane);
        lane
    });
    let requests = vec![request(0, Operation::Read, "k")];
    let scenario = valid(scenario(requests, lanes.collect()));
    scenario
        .lanes
        .iter()
        .map(|lane| lane.name.to_string())
        .collect()
}

fn policy(kind: PolicyKind) -> impl Fn(&mut LaneInput) {
    move |lane| lane.cache.policy = kind
}

fn ttl(us: Option<u64>) -> impl Fn(&mut LaneInput) {
    move |lane| lane.strategy.ttl_us = us.map(Micros)
}

const SAME: &dyn Fn(&mut LaneInput) = &|_| {};

#[test]
fn by_their_patterns_where_these_differ() {
    let through: &dyn Fn(&mut LaneInput) = &|lane| {
        lane.strategy.write = WritePath::WriteThrough;
        lane.cache.capacity = 9;
    };
    assert_eq!(names(&[SAME]), ["Cache-aside"]);
    assert_eq!(names(&[SAME, through]), ["Cache-aside", "Write-through"]);
    assert_eq!(
        names(&[SAME, SAME]),
        ["Cache-aside", "Cache-aside"],
        "nothing differs"
    );
}

#[test]
fn by_the_input_that_tells_them_apart() {
    let (lru, lfu, s3) = (
        policy(PolicyKind::Lru),
        policy(PolicyKind::Lfu),
        policy(PolicyKind::S3Fifo),
    );
    assert_eq!(names(&[&lru, &lfu, &s3]), ["LRU", "LFU", "S3-FIFO"]);
    let (five, none) = (ttl(Some(300_000_000)), ttl(None));
    assert_eq!(names(&[&five, &none]), ["TTL 5 min", "No TTL"]);
    assert_eq!(
        names(&[SAME, &|lane| lane.strategy.defences.single_flight = true]),
        ["No single flight", "Single flight"]
    );
    assert_eq!(
        names(&[SAME, &|lane| lane.strategy.defences.ttl_jitter_percent = 40]),
        ["No TTL jitter", "TTL jitter 40 %"]
    );
    assert_eq!(
        names(&[SAME, &|lane| lane.cache.capacity = 5]),
        ["4 entries", "5 entries"]
    );
    assert_eq!(
        names(&[SAME, &|lane| lane.network.timeout_us = 20_000]),
        ["Time-out 1 s", "Time-out 20 ms"]
    );
    assert_eq!(
        names(&[SAME, &|lane| lane.database.read =
            Latency::new(40_000, 60_000, 90_000, 200_000)]),
        ["Read time 4 ms", "Read time 40 ms"]
    );
    assert_eq!(
        names(&[SAME, &|lane| lane.strategy.write = WritePath::Invalidate]),
        ["Database only", "Database, then delete"]
    );
}

#[test]
fn by_several_inputs_where_none_does_alone() {
    let lru_five: &dyn Fn(&mut LaneInput) = &|lane| ttl(Some(300_000_000))(lane);
    let lfu_five: &dyn Fn(&mut LaneInput) = &|lane| {
        policy(PolicyKind::Lfu)(lane);
        ttl(Some(300_000_000))(lane);
    };
    let lfu: &dyn Fn(&mut LaneInput) = &|lane| policy(PolicyKind::Lfu)(lane);
    assert_eq!(
        names(&[lru_five, lfu_five, lfu]),
        ["LRU, TTL 5 min", "LFU, TTL 5 min", "LFU, no TTL"]
    );
}

#[test]
fn a_lanes_own_name_and_none_of_a_cache_come_first() {
    let own: &dyn Fn(&mut LaneInput) = &|lane| lane.name = Some("today".to_owned());
    let none: &dyn Fn(&mut LaneInput) = &|lane| lane.strategy.read = ReadPath::NoCache;
    let large: &dyn Fn(&mut LaneInput) = &|lane| lane.cache.capacity = 5;
    assert_eq!(
        names(&[own, none, SAME]),
        ["today", "No cache", "Cache-aside"]
    );
    assert_eq!(
        names(&[none, SAME, large]),
        ["No cache", "4 entries", "5 entries"]
    );
}

/// Valkey's own names say what may be evicted.
#[test]
fn by_the_maxmemory_policy_where_the_scope_differs() {
    let scene = Scene::named("volatile-lru").expect("a scene");
    let scenario = Scenario::new(scene.scenario()).expect("valid");
    let names: Vec<&str> = scenario.lanes.iter().map(|lane| &*lane.name).collect();
    assert_eq!(names, ["volatile-lru", "allkeys-lru"]);
}

#[test]
fn the_lanes_of_every_scene_are_told_apart() {
    for scene in SCENES.iter() {
        let scenario = Scenario::new(scene.scenario()).expect("valid");
        let names: Vec<&str> = scenario.lanes.iter().map(|lane| &*lane.name).collect();
        println!("{}: {names:?}", scene.name);
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{}: {names:?}", scene.name);
            assert!(name.chars().count() <= 24, "{}: {name}", scene.name);
        }
    }
}
