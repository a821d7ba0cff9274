//! What no replacement policy could beat: the hit rate of Bélády's algorithm on the same reads, as a
//! yardstick where lanes differ in their policies.

use cache::Capacity;
use cache::units::Key;
use scenario::Scenario;
use sim::Operation;
use std::rc::Rc;
use trace::{CurveJob, CurveOf, CurvePlan};

/// A run longer than this has no yardstick: the page would stand still while it is computed.
const REQUESTS_MAX: u32 = 100_000;

/// The hit rate that no policy can exceed, in thousandths, where the lanes' caches differ in their policies
/// and each starts empty, counts its entries and loses none but by eviction.
pub fn best_hit_per_mille(scenario: &Scenario) -> Option<u64> {
    let (workload, input) = (&scenario.workload, &scenario.input);
    let requests = workload.len();
    let untouched = input.warm.is_empty() && input.faults.is_empty() && input.commands.is_empty();
    if !untouched || requests > REQUESTS_MAX {
        return None;
    }
    let cached = || {
        let lanes = scenario.lanes.iter();
        lanes.filter(|lane| lane.strategy.caches())
    };
    let first = &cached().next()?.cache.engine;
    let Capacity::Entries(capacity) = first.capacity else {
        return None;
    };
    let alike = cached()
        .all(|lane| lane.cache.engine.capacity == first.capacity && lane.strategy.ttl_us.is_none());
    if !alike || cached().all(|lane| lane.cache.engine.policy == first.policy) {
        return None;
    }
    let reads = (0..requests).map(|number| workload.request(number));
    let keys: Option<Vec<Key>> = reads
        .map(|request| (request.operation == Operation::Read).then_some(request.key))
        .collect();
    let plan = CurvePlan {
        of: vec![CurveOf::Belady],
        capacities: vec![capacity],
        every_lru: false,
    };
    let mut job = CurveJob::new(Rc::from(keys?), plan);
    job.advance(u64::MAX);
    let misses = job.points().first()?.misses;
    let reads = u64::from(requests);
    Some(((reads - misses) * 1000 + reads / 2) / reads)
}
