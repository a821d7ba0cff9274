//! A lane in which instants can be counted out, and its requests' answers.

use super::scenarios::{lane, run};
use cache::units::Micros;
use scenario::{LaneInput, ScenarioInput};
use sim::{Event, EventKind, Latency, Outcome, ReadPath, WritePath};

/// A way to the cache and back with its work there.
pub const LOOK_UP_US: u64 = 200 + 10;

/// A way to the database and back with its work there, for a read.
pub const SELECT_US: u64 = 200 + 4_000;

/// The same for a write.
pub const UPDATE_US: u64 = 200 + 8_000;

/// One lane with every table constant, so that instants can be counted out.
pub fn steady(paths: (ReadPath, WritePath)) -> LaneInput {
    let constant = |us| Latency::Constant { us };
    let mut lane = lane(paths);
    lane.network.cache = constant(200);
    lane.network.database = constant(200);
    lane.cache.service = constant(10);
    lane.database.read = constant(4_000);
    lane.database.write = constant(8_000);
    lane.database.connections = 64;
    lane
}

pub fn events(input: ScenarioInput) -> Vec<Event> {
    run(input).log().iter().map(|logged| logged.event).collect()
}

pub fn count(events: &[Event], is: impl Fn(&EventKind) -> bool) -> usize {
    events.iter().filter(|event| is(&event.kind)).count()
}

pub fn database_reads(events: &[Event]) -> usize {
    count(events, |kind| matches!(kind, EventKind::Read { .. }))
}

/// The answer of a request, by its number from 0.
pub fn answer(events: &[Event], number: u32) -> (Outcome, Micros) {
    let of = |event: &Event| match event.kind {
        EventKind::Reply {
            outcome, latency, ..
        } if event.request == Some(number) => Some((outcome, latency)),
        _ => None,
    };
    events
        .iter()
        .find_map(of)
        .expect("every request is answered")
}
