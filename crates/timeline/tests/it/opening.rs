//! The opening scene shows within twenty steps what a cache is about.

use scenario::opening;
use sim::Verb::{Select, Set};
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
fn what_is_still_to_come_is_open_only_until_the_cache_has_answered() {
    let run = run(opening());
    let shown = |step: u32| {
        let frame = Frame::of(&run, &run.seek(step));
        let request = frame.lanes[0].shown_request().expect("a request has begun");
        (request.to_come.clone(), request.if_missed)
    };
    // Steps 1 and 2: a GET that will hit, and its hit. Steps 4 and 5: one that will miss, and its miss.
    assert_eq!(shown(1), (vec![Select, Set], true));
    assert_eq!(shown(2), (vec![], false));
    assert_eq!(shown(4), (vec![Select, Set], true));
    assert_eq!(shown(5), (vec![Select, Set], false));
}
