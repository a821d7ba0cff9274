use super::{Claim, changed, last, numbers};
use cache::units::Key;
use scenario::{ScenarioInput, WorkloadInput};
use sim::workload::Popularity;
use sim::{Event, EventKind, Exceeded};
use std::collections::BTreeSet;
use support::scenarios::events_of_lane;
use timeline::{MetricsFrame, Run};

pub const CLAIMS: &[Claim] = &[
    ("hot-key-serverless", hot_key_serverless),
    ("spike-serverless", spike_serverless),
];

fn exceeded(run: &Run, lane: u8) -> Vec<(Event, Exceeded)> {
    let of = |event: Event| match event.kind {
        EventKind::Throttle { exceeded, .. } => Some((event, exceeded)),
        _ => None,
    };
    events_of_lane(run, lane)
        .into_iter()
        .filter_map(of)
        .collect()
}

fn rates(run: &Run, lane: u8) -> Vec<u32> {
    let of = |event: Event| match event.kind {
        EventKind::Grow { rate, .. } => Some(rate),
        _ => None,
    };
    events_of_lane(run, lane)
        .into_iter()
        .filter_map(of)
        .collect()
}

/// In every second the hot key's slot throttles, and no other one, while most of the cache's rate is unused; so the
/// cache does not grow, and would not throttle less if it had. Three times as much for a slot is enough, and an even
/// load needs no more than it has.
fn hot_key_serverless(run: &Run) {
    let scenario = run.scenario();
    let requests = 0..scenario.workload.len();
    let hot = requests.filter(|&number| scenario.request(number).1 == Key(0));
    let of_hot = hot.count() as u32 * 100 / scenario.workload.len();
    assert!((55..=65).contains(&of_hot), "about 60 %: {of_hot}");
    let slot = run.seek(0).lanes[0].place(Key(0)) as u16;
    let mut seconds = BTreeSet::new();
    for (event, exceeded) in exceeded(run, 0) {
        let Exceeded::Slot {
            slot: of_slot,
            rate,
            cache_used_milli,
            cache_rate,
            ..
        } = exceeded
        else {
            panic!("the cache has room");
        };
        assert_eq!(
            (of_slot, rate, cache_rate, event.key),
            (slot, 30, 300, Key(0))
        );
        assert!(cache_used_milli < 100_000, "{cache_used_milli}");
        seconds.insert(event.at.0 / 1_000_000);
    }
    assert!(
        seconds.is_superset(&BTreeSet::from([0, 1, 2])),
        "{seconds:?}"
    );
    assert!(rates(run, 0).is_empty());
    let [throttled, replicas] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(
        throttled.throttled_commands > 80,
        "{}",
        throttled.throttled_commands
    );
    assert_eq!(throttled.failed_requests, 0, "the database takes them");
    assert_eq!(replicas.throttled_commands, 0);
    assert!(throttled.database_reads > 4 * replicas.database_reads);

    let larger = changed("hot-key-serverless", |input| {
        input.lanes[0].cache.deployment.ecpu_per_second = 15_000_000
    });
    assert_eq!(
        numbers(&larger)[0].throttled_commands,
        throttled.throttled_commands
    );
    let even = changed("hot-key-serverless", evenly);
    assert_eq!(numbers(&even)[0].throttled_commands, 0);
}

fn evenly(input: &mut ScenarioInput) {
    if let WorkloadInput::Generated(generated) = &mut input.workload {
        generated.popularity = Popularity::Uniform;
    }
}

/// The new cache doubles three times, throttles less each time and at the end nothing, and its reads queue at the
/// database; the pre-scaled one throttles nothing and need not grow, and costs more. No slot is the matter. If the
/// cache doubles at once it keeps up as well.
fn spike_serverless(run: &Run) {
    assert_eq!(rates(run, 0), [60, 120, 240]);
    assert!(rates(run, 1).is_empty());
    let all = exceeded(run, 0);
    let of_rate = |wanted| {
        let of = all.iter().filter(|(_, exceeded)| match exceeded {
            Exceeded::Cache { rate, .. } => *rate == wanted,
            Exceeded::Slot { .. } => panic!("no slot is the matter"),
        });
        of.count()
    };
    let counts = [30, 60, 120, 240].map(of_rate);
    assert!(counts[0] > counts[1] && counts[1] > counts[2], "{counts:?}");
    assert!(counts[2] > 0 && counts[3] == 0, "{counts:?}");
    let [new, prescaled] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(prescaled.throttled_commands, 0);
    let p99 = |of: &MetricsFrame| of.read_p99_us.expect("reads").0;
    assert!(
        p99(new) > 3 * p99(prescaled),
        "{} {}",
        p99(new),
        p99(prescaled)
    );
    assert!(new.queued_max > 10, "{}", new.queued_max);
    let cost = last(run).lanes;
    let [of_new, of_prescaled] = [0, 1].map(|lane: usize| cost[lane].cost.total_micro_usd);
    assert!(of_prescaled > of_new, "{of_new:?} {of_prescaled:?}");

    let quick = changed("spike-serverless", |input| {
        input.lanes[0].cache.deployment.doubling_us = 100_000
    });
    assert!(numbers(&quick)[0].throttled_commands * 4 < new.throttled_commands);
}
