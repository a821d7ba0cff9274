//! The recap tells the numbers that matter.

use scenario::{DeploymentKind, opening};
use sim::{Pattern, ReadPath, WritePath};
use support::scenarios::{lane, run};
use timeline::{Frame, Run, recap};

fn lines(run: &Run) -> Vec<String> {
    let frame = Frame::of(run, &run.seek(run.step_count()));
    recap(&frame).iter().map(|line| line.text()).collect()
}

#[test]
fn of_the_opening_it_tells_what_each_pattern_cost() {
    assert_eq!(
        lines(&run(opening())),
        [
            "A typical read took 474 µs in A and 322 µs in B; 3.73 ms without a cache: \
             7.9 times faster in A and 12 times faster in B.",
            "Stale reads: 3 in A and none in B.",
            "Evictions: 2 in A and 4 in B.",
            "Hit rate: 60 % in A and 70 % in B.",
            "Database reads: 4 in A and 3 in B; 10 without a cache.",
        ]
    );
}

#[test]
fn what_the_caches_cost_is_told_where_it_differs() {
    let mut input = opening();
    input.lanes[1].cache.deployment.kind = DeploymentKind::ReplicationGroup;
    input.lanes[1].cache.deployment.replicas = 2;
    let told = lines(&run(input.clone()));
    // 730 × 0.0128 a node.
    let expected = "Cost of the cache a month: $9.34 in A and $28.03 in B.";
    assert_eq!(told.last().map(String::as_str), Some(expected));
    // A lane without a cache has nothing to compare.
    let strategy = &mut input.lanes[0].strategy;
    (strategy.read, strategy.write) = Pattern::NoCache.paths();
    let told = lines(&run(input));
    assert!(
        told.iter().all(|line| !line.starts_with("Cost")),
        "{told:?}"
    );
}

#[test]
fn of_one_lane_it_tells_what_the_cache_was_for() {
    let mut input = opening();
    input.lanes.pop();
    let told = lines(&run(input));
    assert_eq!(
        told[2..],
        ["Hit rate: 60 %.", "Database reads: 4; 10 without a cache."]
    );
}

#[test]
fn without_a_cache_there_is_nothing_to_be_faster_than() {
    let mut input = opening();
    input.warm.clear();
    input.lanes = vec![lane(Pattern::NoCache.paths())];
    assert_eq!(
        lines(&run(input)),
        ["Database reads: 10; 10 without a cache."]
    );
}

#[test]
fn without_a_database_nothing_is_done_in_one() {
    let mut input = opening();
    (input.lanes[0].strategy.read, input.lanes[0].strategy.write) = Pattern::CacheOnly.paths();
    let told = lines(&run(input));
    let line = |name: &str| told.iter().find(|line| line.starts_with(name)).cloned();
    let reads = line("Database reads: ").expect("it differs most");
    assert!(
        reads.starts_with("Database reads: none in A and "),
        "{reads}"
    );
    assert_eq!(line("Stale reads: "), None, "write-through has none either");
}

#[test]
fn what_went_wrong_is_told_however_alike_the_lanes_are() {
    let mut input = opening();
    let aside = lane((ReadPath::CacheAside, WritePath::WriteAround));
    input.lanes = vec![aside.clone(), aside];
    let told = lines(&run(input));
    assert!(
        told.iter().any(|line| line.starts_with("Stale reads: ")),
        "{told:?}"
    );
    assert!(told.iter().all(|line| !line.contains(" in A")), "{told:?}");
    assert!(
        told.iter().any(|line| line.ends_with("in both lanes.")),
        "{told:?}"
    );
}
