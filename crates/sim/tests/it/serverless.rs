//! A serverless cache: commands that exceed its rate or their slot's are throttled, the rate grows, and no fault
//! finds a node.

use cache::units::Micros;
use cache::{PolicyKind, Scope};
use scenario::{
    DeploymentInput, DeploymentKind, FaultInput, LaneInput, RequestInput, ScenarioInput,
};
use sim::deployment::slots;
use sim::{
    ByHand, ConsoleCommand, Event, EventKind, Exceeded, Failure, Fault, Intervention, NodeId,
    Operation, Outcome, Reach, ReadPath, WritePath,
};
use support::scenarios::{request, run, scenario};
use support::steady::{LOOK_UP_US, SELECT_US, answer, count, events, steady};

const PATHS: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);
const SECOND_US: u64 = 1_000_000;

/// A serverless lane with room for 100 entries.
fn lane(rates: DeploymentInput) -> LaneInput {
    let mut lane = steady(PATHS);
    lane.cache.capacity = 100;
    lane.cache.policy = PolicyKind::Lru;
    lane.cache.scope = Scope::Volatile;
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::Serverless,
        ..rates
    };
    lane
}

fn rate(ecpu_per_second: u32) -> DeploymentInput {
    DeploymentInput {
        ecpu_per_second,
        ..DeploymentInput::default()
    }
}

/// Reads of a key, each so many microseconds after the one before it.
fn reads(of: u64, every_us: u64, key: &str) -> Vec<RequestInput> {
    let nth = |nth| request(nth * every_us, Operation::Read, key);
    (0..of).map(nth).collect()
}

/// The scenario with a warm copy of each of these keys, so that every read is a hit of one command.
fn warm(lane: LaneInput, requests: Vec<RequestInput>) -> ScenarioInput {
    let mut input = scenario(requests, vec![lane]);
    let mut keys: Vec<String> = match &input.workload {
        scenario::WorkloadInput::Script(requests) => {
            requests.iter().map(|of| of.key.clone()).collect()
        }
        scenario::WorkloadInput::Generated(_) => Vec::new(),
    };
    keys.sort();
    keys.dedup();
    input.warm = keys
        .into_iter()
        .map(|key| scenario::WarmInput { key, age_us: 0 })
        .collect();
    input
}

fn exceeded(events: &[Event]) -> Vec<(u64, Exceeded)> {
    let of = |event: &Event| match event.kind {
        EventKind::Throttle { exceeded, .. } => Some((event.at.0, exceeded)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

fn grown(events: &[Event]) -> Vec<(u64, u32, u32)> {
    let of = |event: &Event| match event.kind {
        EventKind::Grow { before, rate } => Some((event.at.0, before, rate)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// Three ECPUs a second: three hits, then throttled reads go to the database, and the next second begins anew.
#[test]
fn what_exceeds_the_rate_is_throttled_until_the_second_is_over() {
    let mut requests = reads(5, 1_000, "k");
    requests.push(request(SECOND_US, Operation::Read, "k"));
    let events = events(warm(lane(rate(3)), requests));
    let throttled = exceeded(&events);
    // A way there is 100 µs, and the engine takes 10.
    let at = |nth: u64| nth * 1_000 + 110;
    let why = Exceeded::Cache {
        used_milli: 3_000,
        rate: 3,
        needs_milli: 1_000,
        grows_at: Some(Micros(at(3) + 150 * SECOND_US)),
    };
    assert_eq!(throttled, [(at(3), why), (at(4), why)]);
    for (number, latency) in [
        (0, LOOK_UP_US),
        (3, LOOK_UP_US + SELECT_US),
        (5, LOOK_UP_US),
    ] {
        let (outcome, took) = answer(&events, number);
        assert!(matches!(outcome, Outcome::Value(_)));
        assert_eq!(took.0, latency, "request {number}");
    }
    let failed = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Fail {
                failure: Failure::CacheThrottled,
                ..
            }
        )
    };
    assert_eq!(count(&events, failed), 2);
    // A request whose look-up was throttled leaves the cache alone.
    assert_eq!(
        count(&events, |kind| matches!(kind, EventKind::Fill { .. })),
        0
    );
}

/// A miss takes one ECPU, and a fill or a read of 3.2 KB takes 3.2.
#[test]
fn a_command_takes_an_ecpu_for_each_kilobyte() {
    let sized = |at_us| RequestInput {
        value_bytes: 3_197,
        ..request(at_us, Operation::Read, "big")
    };
    let requests = vec![sized(0), sized(50_000), sized(100_000)];
    let exceeded_of = |rate_of| {
        let input = scenario(requests.clone(), vec![lane(rate(rate_of))]);
        exceeded(&events(input))
    };
    let needs = 3_200;
    for (rate, used) in [(10, 1_000 + 2 * needs), (7, 1_000 + needs), (4, 1_000)] {
        let Some((
            _,
            Exceeded::Cache {
                used_milli,
                needs_milli,
                ..
            },
        )) = exceeded_of(rate).first().copied()
        else {
            panic!("something exceeds {rate}");
        };
        assert_eq!((used_milli, needs_milli), (used, needs), "{rate}");
    }
    assert_eq!(exceeded_of(11), []);
}

/// From the first command that exceeds it, the rate doubles after the time of a doubling; as long as more is asked
/// for, again and again up to the maximum.
#[test]
fn the_rate_doubles_while_more_is_asked_for() {
    let rates = DeploymentInput {
        doubling_us: 1_500_000,
        maximum_ecpu_per_second: 7,
        ..rate(2)
    };
    // Ten a second.
    let requests = reads(80, 100_000, "k");
    let told = events(warm(lane(rates), requests));
    let first = 200_000 + 110;
    let second = first + 1_500_000;
    // The first second after the growth begins at 2 s, and four of it are enough until its fifth command.
    let (third_from, third) = (2 * SECOND_US + 400_000 + 110, 2 * SECOND_US + 1_900_110);
    assert_eq!(grown(&told), [(second, 2, 4), (third, 4, 7)]);
    let since = |grows_at: Micros| grows_at.0 - 1_500_000;
    for (at, exceeded) in exceeded(&told) {
        let Exceeded::Cache { rate, grows_at, .. } = exceeded else {
            panic!("only the cache's rate is exceeded");
        };
        match rate {
            2 => assert_eq!(grows_at.map(since), Some(first)),
            4 => assert_eq!(
                grows_at.map(since).map(|since| since <= third_from),
                Some(true)
            ),
            _ => assert_eq!((rate, grows_at), (7, None), "at {at}"),
        }
    }
    // Whoever asks for no more lets it be.
    let calm = DeploymentInput {
        doubling_us: 100_000,
        ..rate(20)
    };
    let told = events(warm(lane(calm), reads(40, 100_000, "k")));
    assert_eq!((exceeded(&told), grown(&told)), (vec![], vec![]));
}

/// A growth that is due after everything else does not keep the run going.
#[test]
fn a_run_does_not_wait_for_the_rate() {
    let told = events(warm(lane(rate(1)), reads(2, 1_000, "k")));
    assert_eq!(exceeded(&told).len(), 1);
    assert_eq!(grown(&told), []);
    assert!(told.last().expect("events").at.0 < SECOND_US);
}

/// What it was pre-scaled for it supports from the start.
#[test]
fn a_minimum_counts_from_the_start() {
    for (minimum, maximum, throttled) in [
        (None, 100, 5),
        (Some(7), 100, 3),
        (Some(7), 7, 3),
        (Some(2), 5, 5),
    ] {
        let rates = DeploymentInput {
            minimum_ecpu_per_second: minimum,
            maximum_ecpu_per_second: maximum,
            ..rate(5)
        };
        let told = events(warm(lane(rates), reads(10, 1_000, "k")));
        assert_eq!(exceeded(&told).len(), throttled, "{minimum:?}");
    }
}

/// One hot key gets what its slot gets, whatever the cache supports; its slot's other keys suffer with it, those of
/// other slots don't, and the cache does not grow for it.
#[test]
fn a_slot_has_a_limit_of_its_own() {
    let rates = DeploymentInput {
        slot_ecpu_per_second: 4,
        doubling_us: 100_000,
        ..rate(100)
    };
    let mut requests = reads(6, 1_000, "{hot}:1");
    requests.push(request(10_000, Operation::Read, "{hot}:2"));
    requests.push(request(11_000, Operation::Read, "cold"));
    requests.push(request(500_000, Operation::Read, "cold"));
    // The next second begins anew for the slot as well.
    requests.push(request(SECOND_US, Operation::Read, "{hot}:1"));
    requests.push(request(SECOND_US + 1_000, Operation::Read, "{hot}:1"));
    let told = events(warm(lane(rates), requests));
    let slot = slots::slot_of(b"hot");
    let throttled = exceeded(&told);
    assert_eq!(throttled.len(), 3);
    for (_, exceeded) in throttled {
        assert_eq!(
            exceeded,
            Exceeded::Slot {
                slot,
                used_milli: 4_000,
                rate: 4,
                needs_milli: 1_000,
                cache_used_milli: 4_000,
                cache_rate: 100,
            }
        );
    }
    assert_eq!(grown(&told), []);
    let hits = count(&told, |kind| matches!(kind, EventKind::Hit { .. }));
    assert_eq!(hits, 4 + 2 + 2);
}

/// Clients see one node that is never another one's, and commands do not wait for each other.
#[test]
fn it_looks_like_one_node_that_never_queues() {
    let keys = |nth: u64| format!("key:{nth}");
    let requests: Vec<_> = (0..60)
        .map(|nth| request(0, Operation::Read, &keys(nth)))
        .collect();
    let told = events(warm(lane(DeploymentInput::default()), requests));
    assert!(told.iter().all(|event| event.node == NodeId(0)));
    assert_eq!(
        count(&told, |kind| matches!(kind, EventKind::Moved { .. })),
        0
    );
    for number in 0..60 {
        assert_eq!(answer(&told, number).1.0, LOOK_UP_US);
    }
}

/// A fault of a node changes nothing; the connection can be cut as a whole.
#[test]
fn faults_find_no_node() {
    let lose = |fault, node| {
        let mut input = warm(lane(DeploymentInput::default()), reads(2, 50_000, "k"));
        input.faults = vec![FaultInput {
            at_us: 10_000,
            fault,
            lane: None,
            node,
            zone: None,
        }];
        events(input)
    };
    let reach = |told: &[Event]| {
        told.iter().find_map(|event| match event.kind {
            EventKind::Fault { reach, entries, .. } => Some((reach, entries)),
            _ => None,
        })
    };
    let of_nodes = Fault::ALL.into_iter().filter(|fault| fault.is_of_nodes());
    for fault in of_nodes {
        let told = lose(fault, Some(1));
        assert_eq!(reach(&told), Some((Reach::None, 1)), "{fault:?}");
        assert_eq!(answer(&told, 1).1.0, LOOK_UP_US, "{fault:?}");
    }
    for fault in [
        Fault::RestartCache,
        Fault::FailOverCache,
        Fault::StopCacheNode,
    ] {
        assert_eq!(
            reach(&lose(fault, None)),
            Some((Reach::None, 1)),
            "{fault:?}"
        );
    }
    let cut = lose(Fault::CutCache, None);
    assert_eq!(reach(&cut), Some((Reach::All, 1)));
    let timed_out = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Fail {
                failure: Failure::Timeout,
                ..
            }
        )
    };
    assert_eq!(count(&cut, timed_out), 1);
}

/// At the storage maximum the least recently used copy with a TTL goes, and without any a SET is refused.
#[test]
fn a_full_cache_evicts_what_has_a_ttl() {
    let full = |ttl_us| {
        let mut lane = lane(DeploymentInput::default());
        lane.cache.capacity = 2;
        lane.strategy.ttl_us = ttl_us;
        let keys = ["a", "b", "c"];
        let reads = (0..)
            .zip(keys)
            .map(|(nth, key)| request(nth * 50_000, Operation::Read, key));
        events(scenario(reads.collect(), vec![lane]))
    };
    let with_ttl = full(Some(Micros(60 * SECOND_US)));
    let evicted = with_ttl
        .iter()
        .find(|event| matches!(event.kind, EventKind::Evict { .. }));
    assert_eq!(evicted.map(|event| event.key.0), Some(0), "the oldest");
    let without = full(None);
    let refused = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Fail {
                failure: Failure::OutOfMemory,
                ..
            }
        )
    };
    assert_eq!(count(&without, refused), 1);
}

/// The console's commands count, and there are no parameters to set.
#[test]
fn the_console_uses_the_rate_and_finds_no_parameters() {
    let typed = |step, line: &str| Intervention {
        step,
        command: ByHand::Console(ConsoleCommand {
            console: line.into(),
            lane: None,
        }),
    };
    let mut input = warm(lane(rate(3)), reads(3, 1_000, "k"));
    input.commands = vec![
        typed(1, "GET k"),
        typed(2, "CONFIG SET maxmemory-policy allkeys-lru"),
    ];
    let run = run(input);
    let world = &run.seek(run.step_count()).lanes[0];
    let settings = world.cache().expect("a cache").settings();
    assert_eq!(settings.scope, Scope::Volatile);
    let told: Vec<Event> = run.log().iter().map(|logged| logged.event).collect();
    assert_eq!(
        exceeded(&told).len(),
        1,
        "the console's GET is one of three"
    );
    let error = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Console {
                answer: sim::Answer::Error,
                ..
            }
        )
    };
    assert_eq!(count(&told, error), 1);
}
