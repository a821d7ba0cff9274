use super::{Claim, changed, count, numbers};
use cache::units::Key;
use scenario::Scene;
use sim::{EventKind, Failure};
use support::scenarios::events_of_lane;
use timeline::{Run, per_mille};
use trace::{CurveJob, CurveOf, CurvePlan};

pub const CLAIMS: &[Claim] = &[
    ("scan", scan),
    ("volatile-lru", volatile_lru),
    ("sizes", sizes),
];

/// The hit rate of the reads that are not the scan's, in tenths of a percent.
fn hot_hit_per_mille(run: &Run, lane: u8) -> usize {
    let keys = 80;
    let hits = count(run, lane, |event| {
        matches!(event.kind, EventKind::Hit { .. }) && event.key.0 < keys
    });
    let misses = count(run, lane, |event| {
        matches!(event.kind, EventKind::Miss { .. }) && event.key.0 < keys
    });
    hits * 1000 / (hits + misses)
}

/// The scan costs LRU at least ten points of hit rate more than it costs S3-FIFO.
fn scan(run: &Run) {
    let calm = changed("scan", |input| {
        let scenario::WorkloadInput::Generated(settings) = &mut input.workload else {
            panic!("it is generated");
        };
        settings.scan = None;
    });
    let cost = |lane| hot_hit_per_mille(&calm, lane) as i64 - hot_hit_per_mille(run, lane) as i64;
    let [lru, lfu, s3fifo] = [0, 1, 2].map(cost);
    assert!(lru >= s3fifo + 100, "{lru} {lfu} {s3fifo}");
    assert!(lru > lfu, "{lru} {lfu} {s3fifo}");
    // What the scene says of Bélády's bound is that of these requests, and no lane is above it.
    let workload = &run.scenario().workload;
    let keys: Vec<Key> = (0..workload.len())
        .map(|number| workload.request(number).key)
        .collect();
    let requests = keys.len() as u64;
    let plan = CurvePlan {
        of: vec![CurveOf::Belady],
        capacities: vec![60],
        every_lru: false,
    };
    let mut job = CurveJob::new(keys.into(), plan);
    job.advance(u64::MAX);
    let hits = requests - job.points()[0].misses;
    let bound = (hits * 1000 + requests / 2) / requests;
    let about = &Scene::named("scan").expect("a scene").about;
    assert!(about.contains(&per_mille(bound)), "{}", per_mille(bound));
    assert!(numbers(run).iter().all(|of| of.hits <= hits));
}

/// Full of keys without a TTL, volatile-lru evicts nothing and refuses every SET; allkeys-lru makes room.
fn volatile_lru(run: &Run) {
    let refused = |lane| {
        count(run, lane, |event| {
            let oom = Failure::OutOfMemory;
            matches!(event.kind, EventKind::Fail { failure, .. } if failure == oom)
        })
    };
    let [volatile, every] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(refused(0) >= 5 && refused(1) == 0);
    assert!(volatile.evictions == 0 && every.evictions > 0);
    assert!(every.hits > volatile.hits);
}

/// One SET evicts at least four entries, and a value larger than the cache is stored in neither lane.
fn sizes(run: &Run) {
    let most = |lane| {
        let evicted = events_of_lane(run, lane);
        let at = |event: &&sim::Event| matches!(event.kind, EventKind::Evict { .. });
        let instants = evicted.iter().filter(at).map(|event| event.at);
        let same = |instant| {
            evicted
                .iter()
                .filter(at)
                .filter(|of| of.at == instant)
                .count()
        };
        instants.map(same).max().unwrap_or(0)
    };
    assert!(most(0) >= 4 && most(1) == 0, "{} {}", most(0), most(1));
    for lane in [0, 1] {
        let too_large = count(run, lane, |event| {
            let large = Failure::TooLarge;
            matches!(event.kind, EventKind::Fail { failure, .. } if failure == large)
        });
        assert_eq!(too_large, 2);
    }
}
