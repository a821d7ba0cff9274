//! A full scenario: how many events a second, and how long it takes to go to any step.

use crate::{ROUNDS, milliseconds, print_row, stream};
use cache_playground::scenario::{RequestInput, Scenario, ScenarioInput, WorkloadInput, opening};
use cache_playground::sim::Operation;
use cache_playground::timeline::Run;
use std::rc::Rc;
use std::time::Instant;

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
