use super::{Claim, changed, last, numbers};
use cache::PolicyKind;
use scenario::Scene;
use sim::Operation;
use timeline::Run;

pub const CLAIMS: &[Claim] = &[
    ("hit-and-miss", hit_and_miss),
    ("opening", opening),
    ("slower-than-none", slower_than_none),
    ("tail-latency", tail_latency),
];

/// One query for each row with a cache, one for each read without, and a hit takes a tenth of a query.
fn hit_and_miss(run: &Run) {
    let [cached, plain] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!((cached.database_reads, plain.database_reads), (3, 8));
    let [with, without] = [cached, plain].map(|of| of.read_p50_us.expect("reads").0);
    assert!(with * 10 < without, "{with} {without}");
    let first = [0, 1].map(|lane| run.latency(0, lane).expect("answered"));
    assert!(
        first[0] > first[1],
        "a miss costs more than no cache at all"
    );
}

/// Cache-aside serves old copies, write-through none, and it evicts more.
fn opening(run: &Run) {
    let [aside, through] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(aside.stale_reads >= 2 && through.stale_reads == 0);
    assert!(through.evictions > aside.evictions);
}

/// With room for all but one of a loop, LRU never hits, and reads are slower than without a cache; with room
/// for all of it they are much faster.
fn slower_than_none(run: &Run) {
    let without = last(run).baseline.read_p50_us.expect("reads");
    let [four, five] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(four.hits, 0);
    assert!(four.read_p50_us > Some(without));
    assert_eq!(five.hits, 15);
    assert!(five.read_p50_us.expect("reads").0 * 10 < without.0);
    let reads = (0..run.scenario().workload.len())
        .all(|number| run.scenario().workload.operation(number) == Operation::Read);
    assert!(reads);
    // The policy that the scene names keeps a part of the loop.
    let kept = changed("slower-than-none", |input| {
        input.lanes[0].cache.policy = PolicyKind::WTinyLfu;
    });
    let otherwise = &Scene::named("slower-than-none").expect("a scene").otherwise;
    assert!(otherwise.contains(PolicyKind::WTinyLfu.title()));
    assert!(numbers(&kept)[0].hits >= 5);
}

/// At a hit rate of 97 to 98 % the slowest hundredth is at least as slow as a typical query; at over 99 % it
/// is less than half of one.
fn tail_latency(run: &Run) {
    let without = last(run).baseline.read_p50_us.expect("reads").0;
    let [most, all] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    let rates = [most, all].map(|of| of.hit_per_mille().expect("look-ups"));
    assert!(
        (970..=985).contains(&rates[0]) && rates[1] >= 991,
        "{rates:?}"
    );
    let typical = most.read_p50_us.expect("reads").0;
    assert!(typical < 1_000);
    let [slow, fast] = [most, all].map(|of| of.read_p99_us.expect("reads").0);
    assert!(
        slow > without && fast * 2 < without,
        "{slow} {fast} {without}"
    );
}
