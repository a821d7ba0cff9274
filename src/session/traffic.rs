//! From a generator to a script and back, with requests that change as little as possible.

use cache::units::Key;
use scenario::{REQUESTS_MAX, RequestInput, ScenarioInput, WorkloadInput};
use sim::workload::{Generated, Popularity, ValueSizes};
use sim::{Latency, Operation, Workload};

/// Turns generated requests into a script, as many as it can have.
pub(super) fn write_down(input: &mut ScenarioInput, workload: &Workload) {
    let mut script = Vec::new();
    let mut asked = vec![false; workload.key_count() as usize];
    let mut cursor = workload.start();
    for _ in 0..(workload.len() as usize).min(REQUESTS_MAX) {
        let request = workload.take(&mut cursor);
        let key = workload.key_name(request.key);
        asked[request.key.0 as usize] = true;
        script.push(RequestInput {
            at_us: request.at.0,
            client: request.client,
            op: request.operation,
            value_bytes: request.size_bytes - key.len() as u32,
            key: key.to_string(),
            ttl_us: request.ttl.as_us(),
        });
    }
    let absent = (0..)
        .zip(asked)
        .filter(|&(_, asked)| asked)
        .map(|(key, _)| Key(key));
    let absent = absent.filter(|&key| !workload.exists_at_start(key));
    input.absent = absent
        .map(|key| workload.key_name(key).to_string())
        .collect();
    input.workload = WorkloadInput::Script(script);
}

/// Turns a script into a generator with the same number of requests and keys, rate and share of reads. A
/// short script does not tell how popular its keys are: that becomes Zipf, the default.
pub(super) fn generate(input: &mut ScenarioInput, workload: &Workload) {
    let WorkloadInput::Script(script) = &input.workload else {
        return;
    };
    let requests = script.len() as u64;
    let reads = script
        .iter()
        .filter(|request| request.op == Operation::Read);
    let last_us = script.last().map_or(0, |request| request.at_us);
    let bytes: u64 = script
        .iter()
        .map(|request| u64::from(request.value_bytes))
        .sum();
    let clients = script.iter().map(|request| request.client).max();
    input.workload = WorkloadInput::Generated(Generated {
        requests: requests as u32,
        clients: clients.unwrap_or(1),
        keys: workload.key_count(),
        popularity: Popularity::Zipf { alpha_milli: 990 },
        read_per_mille: (reads.count() as u64 * 1_000 / requests.max(1)) as u32,
        gap: Latency::Exponential {
            mean_us: (last_us / requests.max(1)).clamp(1, 1_000_000_000),
        },
        value_bytes: ValueSizes::FixedBytes((bytes / requests.max(1)) as u32),
        ..Generated::default()
    });
    forget_keys(input);
}

/// Drops the inputs that name keys, which the requests no longer have.
pub(super) fn forget_keys(input: &mut ScenarioInput) {
    input.warm.clear();
    input.absent.clear();
}
