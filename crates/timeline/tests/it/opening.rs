//! The opening scene shows within twenty steps what a cache is about.

use cache::units::Micros;
use scenario::{FaultInput, opening};
use sim::{Fault, FaultCommand, ReadPath, WritePath};
use support::scenarios::run;
use timeline::{Frame, Run};

/// What happens at each step, on the left with cache-aside and on the right with write-through. The
/// instants are not in the table: they are the latencies', which may be tuned.
const FIRST_STEPS: [(&str, &str); 20] = [
    // Request 1 reads user:1, which is there.
    ("request send", "request send"),
    ("hit", "hit"),
    ("reply", "reply"),
    // Request 2 reads user:7, which is not: three trips, and somebody has to go.
    ("request send", "request send"),
    ("miss", "miss"),
    ("send", "send"),
    ("query", "query"),
    ("read", "read"),
    ("send", "send"),
    ("evict fill", "evict fill"),
    ("reply", "reply"),
    // Request 3 writes user:2, of which both have a copy; here the two part.
    ("request send", "request send"),
    ("query", "query"),
    ("write", "write"),
    ("reply", "send"),
    ("", "fill"),
    ("", "reply"),
    // Request 4 reads user:2.
    ("request send", "request send"),
    ("hit stale", "hit"),
    ("reply", "reply"),
];

fn names(run: &Run, step: u32, lane: u8) -> String {
    let events = run.events_at(step);
    let of_lane = events.iter().filter(|logged| logged.lane == lane);
    let names: Vec<&str> = of_lane.map(|logged| logged.event.kind.name()).collect();
    names.join(" ")
}

#[test]
fn the_first_steps_are_these() {
    let run = run(opening());
    for (step, (left, right)) in (1..).zip(FIRST_STEPS) {
        assert_eq!(names(&run, step, 0), left, "step {step}, cache-aside");
        assert_eq!(names(&run, step, 1), right, "step {step}, write-through");
    }
}

#[test]
fn each_request_has_the_time_that_it_takes_without_a_cache() {
    let mut input = opening();
    input.lanes[1].strategy.read = ReadPath::NoCache;
    input.lanes[1].strategy.write = WritePath::WriteAround;
    let run = run(input);
    let steps = run.step_count();
    // The first steps are simulated before the baseline has answered, the fork after it.
    let fork = run
        .fork(steps / 2, slow_database())
        .expect("there is such a step");
    for run in [&run, &fork] {
        for step in 0..=run.step_count() {
            let frame = Frame::of(run, &run.seek(step));
            let requests = frame.lanes.iter().flat_map(|lane| &lane.requests);
            for request in requests {
                let without = request.without_cache_us;
                assert_eq!(without, run.latency(request.id - 1, 1), "step {step}");
            }
        }
    }
    assert_ne!(run.longest_latency(), fork.longest_latency());
}

/// A refusal is quick: it must not make whatever fails look fast.
#[test]
fn what_fails_counts_as_a_read_and_not_as_a_fast_one() {
    let mut input = opening();
    input.faults = vec![FaultInput {
        at_us: 0,
        fault: Fault::StopDatabase,
        lane: None,
        node: None,
        zone: None,
    }];
    let run = run(input);
    let mut failing_without = 0;
    for step in 0..=run.step_count() {
        let frame = Frame::of(&run, &run.seek(step));
        for request in frame.lanes.iter().flat_map(|lane| &lane.requests) {
            failing_without += u32::from(request.without_cache_failed);
            assert!(request.without_cache_failed, "step {step}");
        }
    }
    assert!(failing_without > 0);
    let end = Frame::of(&run, &run.seek(run.step_count()));
    assert!(end.baseline.reads > 0);
    assert_eq!(end.baseline.read_p50_us, None);
    for lane in &end.lanes {
        let metrics = &lane.metrics;
        assert!(metrics.failed_requests > 0 && metrics.hits > 0);
        // Only hits are served, each in one trip to the cache.
        let hit = metrics.read_max_us.expect("some reads are hits");
        assert_eq!(
            metrics.reads + metrics.writes,
            u64::from(end.requests_begun)
        );
        assert!(hit < Micros(1_000), "{hit:?}");
    }
    let told = timeline::recap(&end);
    assert!(!told.iter().any(|line| line.about == "read_p50_us"));
}

fn slow_database() -> FaultCommand {
    FaultCommand {
        fault: Fault::SlowDatabase,
        lane: None,
        node: None,
        zone: None,
    }
}
