//! A plan's inputs as a run or a trace has measured them.

use crate::session::{OpenTrace, Set};
use crate::view::shell::format::{bytes, counted, grouped, letter, per_mille};
use cache::units::Micros;
use scenario::{CacheInput, REQUESTS_MAX, ScenarioInput, WorkloadInput};
use serde_json::Value;
use sim::Operation;
use sim::cost::{DATA_MAX, RATE_MAX};
use sim::workload::VALUE_BYTES_MAX;
use timeline::{Frame, duration};

/// Inputs that have been measured, and the sentence that says how.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Taken {
    /// Commands a second, if there is a time to measure them in.
    pub requests_per_second: Option<u64>,
    /// The mean size of an entry or a value, in bytes.
    pub value_bytes: u64,
    /// The memory that is taken, in bytes.
    pub data_bytes: u64,
    /// How many of 1,000 requests read.
    pub read_per_mille: u64,
    /// The sentence.
    pub said: String,
}

impl Taken {
    /// The same, as far as it is in the ranges of a plan, as an edit.
    pub(super) fn edit(&self) -> Set {
        let rate = self
            .requests_per_second
            .map(|rate| rate.clamp(1, RATE_MAX.into()));
        let rest = [
            (
                "value_bytes",
                self.value_bytes.clamp(1, VALUE_BYTES_MAX.into()),
            ),
            ("data_bytes", self.data_bytes.clamp(1, DATA_MAX)),
            ("read_per_mille", self.read_per_mille),
        ];
        let all = rate
            .map(|rate| ("requests_per_second", rate))
            .into_iter()
            .chain(rest);
        Set {
            values: all
                .map(|(name, value)| (format!("/plan/{name}"), Value::from(value)))
                .collect(),
            told: self.said.clone(),
        }
    }
}

/// What a lane's cache has done up to a step; `None` if there is nothing to measure yet.
pub fn from_lane(frame: &Frame, lane: usize) -> Option<Taken> {
    let of = frame.lanes.get(lane)?;
    let metrics = &of.metrics;
    let commands = metrics.commands;
    let answered = metrics.reads + metrics.writes;
    let (entries, used) = (u64::from(metrics.entries), of.cache.used_bytes);
    if commands == 0 || frame.at_us.0 == 0 || answered == 0 || entries == 0 {
        return None;
    }
    let rate = a_second(commands, frame.at_us);
    let value_bytes = (metrics.stored_bytes + entries / 2) / entries;
    let read_per_mille = metrics.reads * 1_000 / answered;
    let said = format!(
        "From lane {} at step {}: {} in {} are {}; {} of {} on average, with their keys, take {}; {} of requests were reads.",
        letter(lane),
        grouped(frame.step.into()),
        counted(commands as usize, "command"),
        duration(frame.at_us),
        per_second(commands, frame.at_us),
        entries_of(entries),
        bytes(value_bytes),
        bytes(used),
        per_mille(read_per_mille),
    );
    Some(Taken {
        requests_per_second: Some(rate),
        value_bytes,
        data_bytes: used,
        read_per_mille,
        said,
    })
}

/// What an open trace asks for; `None` if its steps are not the run's.
pub fn from_trace(open: &OpenTrace, input: &ScenarioInput) -> Option<Taken> {
    let WorkloadInput::Script(steps) = &input.workload else {
        return None;
    };
    let summary = &open.summary;
    let (first, last) = (steps.first()?, steps.last()?);
    let count = steps.len() as u64;
    if count != summary.requests.min(REQUESTS_MAX as u64) {
        return None;
    }
    let span = Micros(last.at_us - first.at_us);
    let timed = summary.timed && span.0 > 0;
    let rate = timed.then(|| a_second(count - 1, span));
    let sizes: u64 = steps.iter().map(|step| u64::from(step.value_bytes)).sum();
    let names: u64 = steps.iter().map(|step| step.key.len() as u64).sum();
    let value_bytes = (sizes + count / 2) / count;
    let overhead = u64::from(CacheInput::default().overhead_bytes);
    let data_bytes = u64::from(summary.keys) * (value_bytes + names / count + overhead);
    let reads = steps
        .iter()
        .filter(|step| step.op == Operation::Read)
        .count() as u64;
    let read_per_mille = reads * 1_000 / count;
    let when = match rate {
        Some(_) => per_second(count - 1, span),
        None => "the file has no times, so the rate is yours".to_owned(),
    };
    let said = format!(
        "From {}: the first {}: {when}; values of {} on average; {} with values of this size would take {} with overhead; {} are reads.",
        summary.name,
        counted(count as usize, "request"),
        bytes(value_bytes),
        counted(summary.keys as usize, "key"),
        bytes(data_bytes),
        per_mille(read_per_mille),
    );
    Some(Taken {
        requests_per_second: rate,
        value_bytes,
        data_bytes,
        read_per_mille,
        said,
    })
}

/// How many a second, in words. A plan takes whole numbers.
fn per_second(count: u64, span: Micros) -> String {
    let milli = u128::from(count) * 1_000_000_000 / u128::from(span.0);
    match milli {
        0..1_000 => format!("0.{milli:03} per second, and a plan takes at least 1"),
        _ => format!("{} per second", grouped(a_second(count, span))),
    }
}

/// The nearest whole number a second.
fn a_second(count: u64, span: Micros) -> u64 {
    ((u128::from(count) * 1_000_000 + u128::from(span.0) / 2) / u128::from(span.0)) as u64
}

fn entries_of(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{} entries", grouped(count)),
    }
}
