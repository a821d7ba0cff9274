//! A day of traffic, against figures computed by hand, and what holds for every day.

use cache::units::Micros;
use proptest::prelude::*;
use sim::NODE_TIMEOUT;
use sim::cost::{Cost, Engine, MicroUsd, PlanInput, Prices, plan, scaling};
use sim::day::{Day, DayInput, STEP_S, STEPS, Shape, day, failover_gap};
use support::cases;
use support::days::{days, plans};

/// A day at the published prices.
fn played(input: &DayInput, plan: &PlanInput) -> Day {
    day(input, plan, &Prices::default())
}

/// A day without traffic outside its peak.
fn shaped(shape: Shape, peak_per_second: u32) -> DayInput {
    DayInput {
        shape,
        peak_per_second,
        quiet_per_mille: 0,
        ..DayInput::default()
    }
}

/// A sum in dollars, to the cent.
fn dollars(cost: Cost) -> String {
    let cents = cost.total_micro_usd.cents();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What nodes and serverless cost a day, and then a month.
fn costs(of: &sim::day::Totals) -> [String; 4] {
    let nodes = of.nodes;
    let known = |cost: Option<Cost>| cost.expect("a known price");
    [
        known(nodes.day),
        of.serverless.day,
        known(nodes.month),
        of.serverless.month,
    ]
    .map(dollars)
}

#[test]
fn a_supported_rate_doubles_every_150_seconds_on_valkey_and_every_660_elsewhere() {
    for (engine, seconds) in [
        (Engine::Valkey, 150),
        (Engine::RedisOss, 660),
        (Engine::Memcached, 660),
    ] {
        let doubling = scaling::doubling(engine);
        let after = |seconds: u64| scaling::grown(30_000, Micros(seconds * 1_000_000), doubling);
        for times in 0..=8 {
            assert_eq!(after(times * seconds), 30_000 << times);
        }
        // 30,000 × √2, and 15 million at most.
        assert_eq!(after(seconds / 2), 42_426);
        assert_eq!(after(9 * seconds), 15_000_000);
        assert_eq!(after(86_400), 15_000_000);
    }
    // 0 has nothing to double, and the longest span does not overflow.
    let doubling = scaling::doubling(Engine::Valkey);
    assert_eq!(scaling::grown(0, Micros(u64::MAX), doubling), 0);
    assert_eq!(
        scaling::grown(u64::MAX, Micros(u64::MAX), doubling),
        15_000_000
    );
}

#[test]
fn shapes_go_as_they_say() {
    let at = |shape: Shape, hour: u64, minute: u64| {
        shape.millionths(hour * 3_600 + minute * 60, 600, 50_000)
    };
    assert_eq!(at(Shape::Steady, 4, 0), 1_000_000);
    assert_eq!(at(Shape::Diurnal, 4, 0), 200_000);
    assert_eq!(at(Shape::Diurnal, 19, 0), 1_000_000);
    // Half-way between 550 and 400 thousandths.
    assert_eq!(at(Shape::Diurnal, 23, 30), 475_000);
    let spike = [(11, 59), (12, 0), (12, 9), (12, 10)].map(|(h, m)| at(Shape::Spike, h, m));
    assert_eq!(spike, [50_000, 1_000_000, 1_000_000, 50_000]);
    let launch = [(8, 59), (9, 9), (10, 10), (11, 10), (13, 10), (23, 59)];
    let launch = launch.map(|(h, m)| at(Shape::Launch, h, m));
    assert_eq!(
        launch,
        [50_000, 1_000_000, 750_000, 500_000, 250_000, 50_000]
    );
}

/// Ten busy minutes at 144,000 a second are 86.4 million requests, as many as 1,000 a second all day.
///
/// Nodes: two shards of 100,000 a second with a replica each, 4 × 24 × 0.1752 = 16.82 against 8.41. Serverless:
/// 86.4 × 0.0023 for the requests and 24 × 0.084 for 1 GB. Pre-scaled for an hour it is billed for
/// 144,000 × 3,600 = 518.4 million ECPUs instead.
#[test]
fn ten_busy_minutes_against_a_steady_load() {
    let plan = PlanInput::default();
    let spike = DayInput {
        pre_scaled_ecpu_per_second: 144_000,
        pre_scaled_from_hour: 12,
        pre_scaled_hours: 1,
        ..shaped(Shape::Spike, 144_000)
    };
    let busy = played(&spike, &plan);
    assert_eq!(busy.total.requests, 86_400_000);
    assert_eq!(busy.total.mean_milli_per_second(), 1_000_000);
    assert_eq!(busy.total.serverless.throttled, 0);
    assert_eq!(busy.total.serverless.billed_milli_ecpu, 518_400_000_000);
    assert_eq!(costs(&busy.total), ["16.82", "3.21", "511.58", "97.59"]);
    let even = ["8.41", "2.21", "255.79", "67.36"].map(str::to_owned);
    assert_eq!(costs(&busy.even), even);

    let steady = played(&shaped(Shape::Steady, 1_000), &plan);
    assert_eq!(costs(&steady.total), even);
    assert_eq!(steady.total, steady.even);

    // Without pre-scaling it begins with 30,000 and catches up after log2(4.8) = 2.26 doublings: 34 steps.
    let cold = DayInput {
        pre_scaled_ecpu_per_second: 0,
        ..spike
    };
    let cold = played(&cold, &plan);
    // In each of them the rate grows by the fifteenth root of 2.
    let rates = std::iter::successors(Some(30_000.0), |rate| Some(rate * 1.047_294_122_820_627));
    let throttled: f64 = rates.take(34).map(|rate| 10.0 * (144_000.0 - rate)).sum();
    let found = cold.total.serverless.throttled;
    assert!(
        (found as f64 - throttled).abs() < 400.0,
        "{found} of {throttled}"
    );
    let late = cold
        .steps
        .iter()
        .filter(|step| step.serverless.throttled > 0);
    assert_eq!(late.count(), 34);
    // What is throttled is not billed: 61.8 million ECPUs and the storage.
    let served = 86_400_000 - found;
    let micro_usd = 2_016_000 + (served * 23 + 5_000) / 10_000;
    assert_eq!(
        cold.total.serverless.day.total_micro_usd,
        MicroUsd(micro_usd)
    );
}

/// The break-even of 41,000 a second all day is twelve times as high if two hours a day are busy.
#[test]
fn two_busy_hours_break_even_at_twelve_times_the_rate() {
    let plan = PlanInput {
        data_bytes: 100_000_000,
        ..PlanInput::default()
    };
    let busy = DayInput {
        busy_minutes: 120,
        node_requests_per_second: 1_000_000,
        pre_scaled_ecpu_per_second: 12 * 41_000,
        pre_scaled_from_hour: 12,
        ..shaped(Shape::Spike, 12 * 41_000)
    };
    let busy = played(&busy, &plan);
    assert_eq!(busy.total.serverless.throttled, 0);
    assert_eq!(costs(&busy.total)[2..], ["255.79", "253.95"]);
    assert_eq!(costs(&busy.even)[2..], ["255.79", "253.95"]);
}

/// 3 s until the silence is noticed, 1.2 s for the election and 1 s for the endpoint; six minutes without a
/// replica.
#[test]
fn a_failover_fails_what_arrives_in_its_gap() {
    assert_eq!(NODE_TIMEOUT, Micros(3_000_000));
    assert_eq!(failover_gap(1), Micros(5_200_000));
    assert_eq!(failover_gap(0), Micros(360_000_000));
    let input = DayInput {
        failover_hour: Some(7),
        ..shaped(Shape::Steady, 100_000)
    };
    let failed = |input: &DayInput, replicas| {
        let plan = PlanInput {
            replicas,
            ..PlanInput::default()
        };
        played(input, &plan).total.nodes.failed
    };
    assert_eq!(failed(&input, 1), 520_000);
    assert_eq!(failed(&input, 0), 36_000_000);
    // Two shards: half of the requests are for the other one.
    let two = DayInput {
        node_requests_per_second: 50_000,
        ..input.clone()
    };
    assert_eq!(failed(&two, 1), 260_000);
    // 5 % writes, and half of 95 % reads.
    let shared = DayInput {
        replica_reads: true,
        ..input.clone()
    };
    assert_eq!(failed(&shared, 1), 273_000);
    let day = played(&input, &PlanInput::default());
    let at = (7 * 3_600 / STEP_S) as usize;
    let failing: Vec<usize> = (0..STEPS as usize)
        .filter(|&step| day.steps[step].nodes.failed > 0)
        .collect();
    assert_eq!(failing, [at]);
    assert_eq!(day.even.nodes.failed, 0);
}

#[test]
fn nodes_are_as_many_as_the_peak_or_the_data_needs() {
    let of = |sized_for_peak, replica_reads, peak| {
        let input = DayInput {
            sized_for_peak,
            replica_reads,
            ..shaped(Shape::Steady, peak)
        };
        let nodes = played(&input, &PlanInput::default()).total.nodes;
        (nodes.shards, nodes.supports_per_second, nodes.beyond)
    };
    assert_eq!(of(true, false, 100_000), (1, 100_000, 0));
    assert_eq!(of(true, false, 100_001), (2, 200_000, 0));
    assert_eq!(of(true, true, 200_000), (1, 200_000, 0));
    assert_eq!(of(false, false, 150_000), (1, 100_000, 50_000 * 86_400));
    // 500 nodes are the most, and each shard has two.
    assert_eq!(of(true, false, 20_000_000).0, 200);
    assert_eq!(of(true, false, 20_000_000).2, 0);
    let slow = DayInput {
        node_requests_per_second: 10_000,
        ..shaped(Shape::Steady, 20_000_000)
    };
    assert_eq!(played(&slow, &PlanInput::default()).total.nodes.nodes, 500);
}

/// A single key is on one slot, which never gets more than 30,000, or 90,000 with reads from replicas.
#[test]
fn one_hot_key_is_throttled_however_far_serverless_has_grown() {
    let plan = PlanInput {
        hot_key_per_mille: 1_000,
        ..PlanInput::default()
    };
    for (replica_reads, served) in [(false, 30_000), (true, 90_000)] {
        let input = DayInput {
            replica_reads,
            ..shaped(Shape::Steady, 100_000)
        };
        let of = played(&input, &plan).total.serverless;
        assert_eq!(of.served, served * 86_400);
        assert_eq!(of.throttled_by_slot, (100_000 - served) * 86_400);
    }
}

/// A peak that grows slowly is followed: a doubling takes minutes, and the day's takes hours.
#[test]
fn a_slow_peak_is_hardly_throttled_and_a_sudden_one_is() {
    let throttled = |shape| {
        let of = played(&shaped(shape, 400_000), &PlanInput::default()).total;
        let throttled = of.serverless.throttled;
        assert!(throttled > 0, "{shape:?}");
        throttled * 100_000 / of.requests
    };
    let shares = [Shape::Diurnal, Shape::Launch, Shape::Spike].map(throttled);
    let [diurnal, launch, spike] = shares;
    assert!(diurnal < 2 && launch > 500 && spike > 50_000, "{shares:?}");
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn every_request_is_served_throttled_failed_or_beyond(input in days(), plan in plans()) {
        let day = played(&input, &plan);
        prop_assert_eq!(day.steps.len() as u64, STEPS);
        let mut sums = [0; 6];
        for (i, step) in day.steps.iter().enumerate() {
            let (serverless, nodes) = (step.serverless, step.nodes);
            prop_assert_eq!(step.requests, input.requests_in(i as u64));
            prop_assert_eq!(serverless.served + serverless.throttled, step.requests);
            prop_assert_eq!(nodes.served + nodes.beyond + nodes.failed, step.requests);
            prop_assert!(serverless.served <= serverless.supports);
            prop_assert!(nodes.served <= nodes.supports);
            let of = [
                step.requests, serverless.served, serverless.throttled,
                nodes.served, nodes.beyond, nodes.failed,
            ];
            sums.iter_mut().zip(of).for_each(|(sum, of)| *sum += of);
        }
        let (total, even) = (day.total, day.even);
        let (serverless, nodes) = (total.serverless, total.nodes);
        prop_assert_eq!(sums, [
            total.requests, serverless.served, serverless.throttled,
            nodes.served, nodes.beyond, nodes.failed,
        ]);
        prop_assert!(serverless.throttled_by_slot <= serverless.throttled);
        prop_assert_eq!(even.requests, total.requests);
        prop_assert_eq!(even.nodes.failed, 0);
        // Nothing that a second of the peak is not: an even day is never throttled for growing too slowly.
        let slow = even.serverless.throttled - even.serverless.throttled_by_slot;
        prop_assert!(slow == 0 || even.peak_requests > 15_000_000 * STEP_S * 1_000 / 1_048_576);
    }

    #[test]
    fn serverless_doubles_only_while_demand_is_above_it(input in days(), plan in plans()) {
        let day = played(&input, &plan);
        let factor = match plan.engine {
            Engine::Valkey => 1.048,
            _ => 1.011,
        };
        for (i, pair) in day.steps.windows(2).enumerate() {
            let [before, after] = [pair[0], pair[1]];
            let [from, to] = [before, after].map(|step| step.serverless.ecpu_per_second);
            let hour = ((i as u64 + 1) * STEP_S / 3_600) as u32;
            let changes = ((i as u64 + 1) * STEP_S).is_multiple_of(3_600)
                && input.pre_scaled_ecpu_per_second > 0
                && [input.pre_scaled_from_hour, input.pre_scaled_from_hour + input.pre_scaled_hours]
                    .contains(&hour);
            if changes {
                continue;
            }
            prop_assert!(to >= from && to as f64 <= from as f64 * factor + 1.0);
            if to > from {
                prop_assert!(before.serverless.throttled > 0);
            }
        }
    }

    /// The minimum is billed for each of its hours, used or not, and otherwise what is used.
    #[test]
    fn each_hour_is_billed_for_what_is_more(input in days(), plan in plans()) {
        let of = played(&input, &plan).total.serverless;
        let hours = (24 - input.pre_scaled_from_hour).min(input.pre_scaled_hours);
        let least = u64::from(input.pre_scaled_ecpu_per_second) * 3_600_000 * u64::from(hours);
        prop_assert!(of.billed_milli_ecpu >= of.used_milli_ecpu.max(least));
        prop_assert!(of.billed_milli_ecpu <= of.used_milli_ecpu + least);
    }

    #[test]
    fn a_steady_day_costs_what_the_plan_says(peak in 0..=20_000_000_u32, of in plans()) {
        let input = DayInput {
            sized_for_peak: false,
            ..shaped(Shape::Steady, peak)
        };
        let of = PlanInput { requests_per_second: peak, ..of };
        let (day, plan) = (played(&input, &of), plan(&of, &Prices::default()));
        prop_assert_eq!(day.total.nodes.month, plan.node_based.map(|nodes| nodes.cost));
        if day.total.serverless.throttled == 0 {
            prop_assert_eq!(day.total.serverless.month, plan.serverless.cost);
        }
        prop_assert_eq!(&day.total, &day.even);
    }
}
