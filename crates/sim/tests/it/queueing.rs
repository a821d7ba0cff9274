//! A saturated database against queueing theory: Poisson arrivals, exponential service and c
//! connections are the queue M/M/c, for which A. K. Erlang's formula gives how long queries wait.
//!
//! The whole world runs: requests arrive, travel (in no time), wait, are worked on and are answered.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::disallowed_methods,
    reason = "theory to a tolerance of percents, where the last bits of an exponential are far away"
)]

use scenario::{NetworkInput, Scenario, ScenarioInput, WorkloadInput};
use sim::workload::{Generated, Popularity};
use sim::{EventKind, Failure, Histogram, Latency, Metrics, Operation, Pattern, Refused, World};
use std::rc::Rc;
use support::scenarios::{events_of_lane, lane, request, run, scenario};

/// A queue of the kind M/M/c; times in microseconds.
#[derive(Clone, Copy, Debug)]
struct Queue {
    connections: u32,
    mean_gap_us: u64,
    mean_service_us: u64,
}

impl Queue {
    /// How many connections would be busy if there were enough.
    fn load(self) -> f64 {
        self.mean_service_us as f64 / self.mean_gap_us as f64
    }

    fn utilisation(self) -> f64 {
        self.load() / f64::from(self.connections)
    }

    /// The share of queries that have to wait (Erlang C), by way of the loss formula (Erlang B) and
    /// its recursion over the connections.
    fn waiting_share(self) -> f64 {
        let mut lost = 1.0;
        for connections in 1..=self.connections {
            lost = self.load() * lost / (f64::from(connections) + self.load() * lost);
        }
        lost / (1.0 - self.utilisation() * (1.0 - lost))
    }

    /// How long those that wait do so on average: an exponential distribution's mean.
    fn mean_of_waiting_us(self) -> f64 {
        let rate = f64::from(self.connections) / self.mean_service_us as f64;
        1.0 / (rate - 1.0 / self.mean_gap_us as f64)
    }

    fn mean_wait_us(self) -> f64 {
        self.waiting_share() * self.mean_of_waiting_us()
    }

    /// The wait that `percent` of the queries do not exceed: P(wait > t) = C · exp(−t / mean).
    fn wait_percentile_us(self, percent: u64) -> f64 {
        let longer = 1.0 - percent as f64 / 100.0;
        (self.mean_of_waiting_us() * (self.waiting_share() / longer).ln()).max(0.0)
    }

    /// The numbers after some requests of one seed.
    fn run(self, seed: u64, requests: u32) -> Metrics {
        let mut lane = lane(Pattern::NoCache.paths());
        lane.network = NetworkInput {
            cache: Latency::Constant { us: 0 },
            database: Latency::Constant { us: 0 },
            ..NetworkInput::default()
        };
        lane.database.connections = self.connections;
        lane.database.read = Latency::Exponential {
            mean_us: self.mean_service_us,
        };
        let input = ScenarioInput {
            seed: seed.to_string(),
            workload: WorkloadInput::Generated(Generated {
                requests,
                keys: 1_000,
                popularity: Popularity::Uniform,
                read_per_mille: 1_000,
                gap: Latency::Exponential {
                    mean_us: self.mean_gap_us,
                },
                ..Generated::default()
            }),
            ..scenario(Vec::new(), vec![lane])
        };
        let scenario = Scenario::new(input).expect("a valid scenario");
        let mut world = World::new(scenario.lanes[0].clone(), Rc::clone(&scenario.workload));
        world.run_to_end();
        world.metrics().clone()
    }
}

fn assert_near(what: &str, queue: Queue, got: f64, expected: f64) {
    let error = got / expected - 1.0;
    println!(
        "{queue:?} {what}: {got:.1}, by theory {expected:.1} ({:+.2} %)",
        error * 100.0
    );
    assert!(
        error.abs() < 0.05,
        "{queue:?} {what}: {got}, not {expected}"
    );
}

fn mean(histogram: &Histogram) -> f64 {
    histogram.sum().0 as f64 / histogram.count() as f64
}

/// At 95 % a single run of 200,000 would be off by a tenth now and then: waits are so alike for so long
/// that there is little news in each. So the busier the queue, the more seeds are averaged.
fn assert_agrees(queue: Queue, seeds: std::ops::Range<u64>, requests: u32) {
    let runs: Vec<Metrics> = seeds.map(|seed| queue.run(seed, requests)).collect();
    let average =
        |of: &dyn Fn(&Metrics) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    for metrics in &runs {
        assert_eq!(metrics.database_wait.count(), u64::from(requests));
        assert_eq!(metrics.read_replies.count(), u64::from(requests));
    }
    let wait = average(&|metrics| mean(&metrics.database_wait));
    assert_near("mean wait", queue, wait, queue.mean_wait_us());

    let service = queue.mean_service_us as f64;
    let system = average(&|metrics| mean(&metrics.read_replies.served));
    assert_near(
        "mean time in system",
        queue,
        system,
        queue.mean_wait_us() + service,
    );

    for percent in [50, 75, 90, 95, 99] {
        let expected = queue.wait_percentile_us(percent);
        let got = average(&|metrics| {
            let wait = metrics.database_wait.percentile(percent);
            wait.map_or(f64::NAN, |wait| wait.0 as f64)
        });
        let what = format!("p{percent} of the wait");
        // A percentile right at the edge of those that do not wait is a matter of a few queries.
        if expected > queue.mean_of_waiting_us() / 10.0 {
            assert_near(&what, queue, got, expected);
        } else if expected == 0.0 {
            assert_eq!(got, 0.0, "{queue:?} {what}");
        }
    }

    // Over time: busy connections, and Little's law for the queue.
    let busy = average(&|metrics| sum_over_time(metrics, |interval| interval.busy_us));
    assert_near("busy connections", queue, busy, queue.load());
    let waiting = average(&|metrics| sum_over_time(metrics, |interval| interval.queued_us));
    let expected = queue.mean_wait_us() / queue.mean_gap_us as f64;
    assert_near("queries waiting", queue, waiting, expected);
}

/// A sum over all intervals, for each microsecond of the run until its last arrival, about.
fn sum_over_time(metrics: &Metrics, of: fn(&sim::Interval) -> u64) -> f64 {
    let series = &metrics.series;
    let sum: u64 = series.intervals().iter().map(of).sum();
    let length = series.intervals().len() as u64 * series.length().0;
    // The last interval is not over: on average half of it has passed, of a hundred.
    sum as f64 / (length - series.length().0 / 2) as f64
}

#[test]
fn half_busy() {
    for (connections, mean_gap_us) in [(1, 20_000), (4, 5_000)] {
        let queue = Queue {
            connections,
            mean_gap_us,
            mean_service_us: 10_000,
        };
        assert_agrees(queue, 1..3, 200_000);
    }
}

#[test]
fn four_fifths_busy() {
    for (connections, mean_gap_us) in [(1, 12_500), (8, 1_563)] {
        let queue = Queue {
            connections,
            mean_gap_us,
            mean_service_us: 10_000,
        };
        assert_agrees(queue, 1..3, 300_000);
    }
}

#[test]
fn nineteen_twentieths_busy() {
    let queue = Queue {
        connections: 4,
        mean_gap_us: 2_632,
        mean_service_us: 10_000,
    };
    assert_agrees(queue, 1..7, 1_000_000);
}

/// Of eight queries that come at once, two run and three wait; the others are refused at once, with how many
/// wait, and their clients get an error long before a query could be over.
#[test]
fn no_more_queries_wait_than_may() {
    let requests: Vec<_> = (0..8)
        .map(|i| request(0, Operation::Read, &format!("k:{i}")))
        .collect();
    let mut shedding = lane(Pattern::NoCache.paths());
    shedding.database.connections = 2;
    shedding.database.read = Latency::Constant { us: 5_000 };
    shedding.network.database = Latency::Constant { us: 200 };
    let patient = shedding.clone();
    shedding.database.queue_max = Some(3);
    let run = run(scenario(requests, vec![shedding, patient]));
    let [shed, all] = [0, 1].map(|lane| events_of_lane(&run, lane));
    let refused: Vec<_> = shed
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Refuse { at } => Some((event.request, at)),
            _ => None,
        })
        .collect();
    let full = Refused::QueueFull { waiting: 3 };
    assert_eq!(refused, [5, 6, 7].map(|number| (Some(number), full)));
    let failed = shed.iter().filter(|event| match event.kind {
        EventKind::Fail { failure, .. } => failure == Failure::Overloaded && event.at.0 == 200,
        _ => false,
    });
    assert_eq!(failed.count(), 3);
    assert!(
        all.iter()
            .all(|event| !matches!(event.kind, EventKind::Refuse { .. }))
    );
    let last = run.seek(run.step_count());
    let [shed, all] = [0, 1].map(|lane| last.lanes[lane].metrics().clone());
    assert_eq!((shed.database_reads, shed.failed_requests), (5, 3));
    assert_eq!((all.database_reads, all.failed_requests), (8, 0));
    assert_eq!(
        shed.series.gauges(),
        all.series.gauges(),
        "nothing runs or waits any more"
    );
}
