//! Full scenarios: how many events a second, how long it takes to go to any step, and the memory taken.

use crate::{ROUNDS, milliseconds, print_row, stream};
use scenario::{RequestInput, Scenario, ScenarioInput, WorkloadInput, opening};
use sim::workload::Generated;
use sim::{Latency, Operation};
use std::rc::Rc;
use std::time::Instant;
use timeline::{Frame, Run, narrate};

/// The keys of its requests.
pub fn stream() -> Vec<u32> {
    stream::zipf(1_000, 10_000)
}

/// The opening scene's lanes with a long script: 10,000 requests for 1,000 keys, a twentieth of them
/// writes, a millisecond apart; room for a tenth of the keys.
fn input() -> ScenarioInput {
    let stream = stream();
    let script = stream.iter().zip(0..).map(|(key, place)| RequestInput {
        at_us: place * 1_000,
        client: 1 + (place % 8) as u32,
        op: match place % 20 {
            19 => Operation::Write,
            _ => Operation::Read,
        },
        key: format!("key:{key}"),
        ttl_us: None,
        value_bytes: 0,
    });
    let mut input = opening();
    input.warm.clear();
    input.workload = WorkloadInput::Script(script.collect());
    for lane in &mut input.lanes {
        lane.cache.capacity = 100;
    }
    input
}

/// Prints the rows.
pub fn measure() {
    let (mut rates, mut seeks) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let scenario = Rc::new(Scenario::new(input()).expect("the bench's scenario is valid"));
        let start = Instant::now();
        let run = Run::new(scenario);
        run.complete();
        let (last, events) = (run.step_count(), run.log().len());
        rates.push(events as f64 / start.elapsed().as_secs_f64() / 1e6);
        let mut times: Vec<f64> = (0..200)
            .map(|i| {
                // Far apart, so that nothing near has been visited lately.
                let step = (i * 7_919 * 131) % (last + 1);
                let start = Instant::now();
                run.seek(step);
                milliseconds(start.elapsed())
            })
            .collect();
        times.sort_by(f64::total_cmp);
        seeks.push(times[times.len() * 99 / 100]);
    }
    let what = "10,000 requests, two lanes and the baseline, native";
    print_row(
        what,
        "simulated, and its events listed",
        &mut rates,
        "M events/s",
    );
    print_row(
        what,
        "going to a step, the slowest 1 of 100",
        &mut seeks,
        "ms",
    );
}

/// The opening scene's lanes with a million generated requests for 10,000 keys, 4 ms apart on average, so
/// that the database keeps up without a cache too; room for a tenth of the keys.
fn long_input() -> ScenarioInput {
    let mut input = opening();
    input.warm.clear();
    input.workload = WorkloadInput::Generated(Generated {
        requests: 1_000_000,
        keys: 10_000,
        gap: Latency::Exponential { mean_us: 4_000 },
        ..Generated::default()
    });
    for lane in &mut input.lanes {
        lane.cache.capacity = 1_000;
    }
    input
}

/// The same with a million keys and a cache of 100,000 entries in each lane.
fn large_input() -> ScenarioInput {
    let mut input = long_input();
    if let WorkloadInput::Generated(generated) = &mut input.workload {
        generated.keys = 1_000_000;
    }
    for lane in &mut input.lanes {
        lane.cache.capacity = 100_000;
    }
    input
}

/// The large scenario with requests so close together that most of them wait for the database to the end.
fn late_input() -> ScenarioInput {
    let mut input = large_input();
    if let WorkloadInput::Generated(generated) = &mut input.workload {
        generated.gap = Latency::Constant { us: 10 };
    }
    input
}

/// Prints the rows of a million requests, for each of three scenarios.
pub fn measure_long() {
    measure_million("1,000,000 requests", long_input, (3, 100));
    // Each seek takes long in these.
    measure_million(
        "1,000,000 requests, as many keys, 100,000 entries",
        large_input,
        (1, 20),
    );
    measure_million("the same, hopelessly late database", late_input, (1, 5));
}

/// Runs a scenario so many rounds, and in each goes to so many steps.
fn measure_million(name: &str, input: fn() -> ScenarioInput, (rounds, sought): (usize, u64)) {
    let (mut times, mut seeks, mut mib) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let scenario = Scenario::new(input()).expect("the bench's scenario is valid");
        let start = Instant::now();
        let run = Run::new(Rc::new(scenario));
        run.complete();
        times.push(start.elapsed().as_secs_f64());
        let last = run.step_count();
        for i in 0..sought {
            let step = (i * 7_919 * 131 * 37 % (u64::from(last) + 1)) as u32;
            let start = Instant::now();
            std::hint::black_box((Frame::of(&run, &run.seek(step)), narrate(&run, step)));
            seeks.push(milliseconds(start.elapsed()));
        }
        mib.push(run.size_bytes() as f64 / f64::from(1 << 20));
    }
    let what = format!("{name}, two lanes and the baseline, native");
    print_row(&what, "simulated", &mut times, "s");
    print_row(
        &what,
        "going to a step, with its frame and sentences",
        &mut seeks,
        "ms",
    );
    print_row(
        &what,
        "memory of the run, by its own estimate",
        &mut mib,
        "MiB",
    );
}
