//! Why it happened: each event in one sentence, with the rule and the values.

use super::log::LoggedEvent;
use super::run::Run;
use crate::cache::{EvictionReason, Value};
use crate::scenario::Scenario;
use crate::sim::{Event, EventKind, Operation, ReadPath, Strategy, Verb};
use crate::units::Micros;
use std::fmt::Write;

/// What happened, and why or with what result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// The kind of event it is about: [`EventKind::name`].
    pub kind: &'static str,
    /// What: a clause that stands alone.
    pub what: String,
    /// Why, or what follows from it; ends without a full stop. May be empty.
    pub why: String,
}

impl Sentence {
    /// As one text.
    pub fn text(&self) -> String {
        match self.why.as_str() {
            "" => format!("{}.", self.what),
            why => format!("{}: {why}.", self.what),
        }
    }
}

/// What is said about a step: which lanes, and their common sentences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Narration {
    /// The lanes that these sentences are about, from 0.
    pub lanes: Vec<u8>,
    /// One or two sentences.
    pub sentences: Vec<Sentence>,
}

/// What is said about a step: lanes in which the same happened share their sentences.
pub fn narrate(run: &Run, step: u32) -> Vec<Narration> {
    let mut narrations: Vec<Narration> = Vec::new();
    for of_lane in run.events_at(step).chunk_by(|a, b| a.lane == b.lane) {
        let lane = of_lane[0].lane;
        let telling = most_telling(of_lane);
        let sentences = telling
            .map(|logged| sentence(run.scenario(), logged))
            .collect();
        match narrations
            .iter_mut()
            .find(|other| other.sentences == sentences)
        {
            Some(same) => same.lanes.push(lane),
            None => narrations.push(Narration {
                lanes: vec![lane],
                sentences,
            }),
        }
    }
    narrations
}

/// At most two events: of those that tell most, the first ones.
fn most_telling(events: &[LoggedEvent]) -> impl Iterator<Item = &LoggedEvent> {
    let most = events.iter().map(|logged| telling(&logged.event)).max();
    let most = most.unwrap_or(0);
    events
        .iter()
        .filter(move |logged| telling(&logged.event) == most)
        .take(2)
}

/// The request that the lane's latest sentence is about: that of its most telling event at the step,
/// or at the last step before at which something happened in the lane.
pub fn telling_request(run: &Run, step: u32, lane: usize) -> Option<u32> {
    let so_far = &run.log()[..run.events_of(step).end];
    let in_lane = |logged: &&LoggedEvent| usize::from(logged.lane) == lane;
    let latest = so_far.iter().rev().find(in_lane)?.event.at;
    let of_instant = so_far
        .iter()
        .rev()
        .take_while(|logged| logged.event.at >= latest);
    // Going backward, the last of those that tell equally much is the first that happened.
    let most = of_instant
        .filter(in_lane)
        .max_by_key(|logged| telling(&logged.event))?;
    Some(most.event.request)
}

/// How much an event tells compared with the others of its instant: a stale read says that it was a
/// hit, an expiry that it led to a miss, a request that it sends its first message.
fn telling(event: &Event) -> u8 {
    match event.kind {
        EventKind::Stale { .. }
        | EventKind::Expire {
            verb: Verb::Get, ..
        } => 3,
        EventKind::Send { .. } => 1,
        _ => 2,
    }
}

/// The sentence for an event.
pub fn sentence(scenario: &Scenario, logged: &LoggedEvent) -> Sentence {
    let event = &logged.event;
    let lane = &scenario.lanes[logged.lane as usize];
    let key = &scenario.workload.keys[event.key.0 as usize];
    let writes = scenario.workload.requests[event.request as usize].operation == Operation::Write;
    let (what, why) = match event.kind {
        EventKind::Request { client, operation } => request(client, operation, key, &lane.strategy),
        EventKind::Send { verb } => send(verb, key, writes, lane.strategy.read),
        EventKind::Hit { value, expires_at } => (
            format!("Hit on {key} v{}", value.version.0),
            format!("{}{}", origin(value), validity(expires_at, event.at)),
        ),
        EventKind::Stale {
            copy,
            row,
            since,
            expires_at,
        } => (
            format!("Stale hit on {key} v{}, the row is at v{}", copy.0, row.0),
            match expires_at {
                Some(end) => format!(
                    "written {} ago, and the copy can be served for another {}",
                    duration(since),
                    duration(end.since(event.at))
                ),
                None => format!(
                    "written {} ago, and with no time to live the copy stays until evicted or \
                     overwritten",
                    duration(since)
                ),
            },
        ),
        EventKind::Miss { expired } => (
            format!("Miss on {key}"),
            format!(
                "{}, so this read pays {} trips",
                match expired {
                    true => "its time to live has ended",
                    false => "nothing is stored under that key",
                },
                lane.strategy.read.procedure().trips()
            ),
        ),
        EventKind::Fill {
            value,
            row,
            replaced,
            expires_at,
        } => {
            let (what, mut why) = fill(key, value, replaced, expires_at, event.at);
            if value.version < row {
                // The race that leaves an old copy behind.
                why.push_str(&format!(
                    "; but the row is at v{} already: it is stale",
                    row.0
                ));
            }
            (what, why)
        }
        EventKind::Evict { reason, .. } => evict(key, reason, lane.cache.capacity),
        EventKind::Expire {
            verb,
            value,
            expired_at,
        } => (
            match verb {
                Verb::Get => format!("{key} v{} has expired, so this is a miss", value.version.0),
                _ => format!("{key} v{} has expired", value.version.0),
            },
            format!(
                "its time to live ended {} ago, and this {} found it so",
                duration(event.at.since(expired_at)),
                verb.name()
            ),
        ),
        EventKind::Delete { found: true } => (
            format!("The cache deletes {key}"),
            "its copy was out of date, and a later read loads the row again".to_owned(),
        ),
        EventKind::Delete { found: false } => (
            format!("There is no {key} to delete"),
            "the cache holds no copy of it".to_owned(),
        ),
        EventKind::Query { verb, waited } => query(verb, key, waited),
        EventKind::Queue { waiting } => (
            format!("The query for {key} waits"),
            match lane.database.connections {
                1 => format!("the one connection is busy, and {waiting} in the queue"),
                all => format!("all {all} connections are busy, and {waiting} in the queue"),
            },
        ),
        EventKind::Read { version } => (
            format!("The database has read {key} v{}", version.0),
            "the row goes back to the application".to_owned(),
        ),
        EventKind::Write { version, copy } => (
            format!("The database commits {key} v{}", version.0),
            match copy {
                Some(copy) if copy.0 + 1 == version.0 => {
                    format!(
                        "the cache still holds v{}, which is stale from now on",
                        copy.0
                    )
                }
                Some(copy) => format!("the cache still holds v{}, stale already", copy.0),
                None if lane.strategy.read == ReadPath::NoCache => {
                    "there is no cache to update".to_owned()
                }
                None => "the cache holds no copy of it".to_owned(),
            },
        ),
        EventKind::Reply { latency, trips, .. } => (
            format!(
                "Request {} is answered after {}",
                event.request + 1,
                duration(latency)
            ),
            match trips {
                1 => "one trip".to_owned(),
                n => format!("{n} trips, one after the other"),
            },
        ),
    };
    Sentence {
        kind: event.kind.name(),
        what,
        why,
    }
}

fn request(client: u32, operation: Operation, key: &str, strategy: &Strategy) -> (String, String) {
    match operation {
        Operation::Read => (
            format!("Client {client} reads {key}"),
            match strategy.read {
                ReadPath::CacheAside => "the application looks in the cache first".to_owned(),
                ReadPath::NoCache => "the application asks the database".to_owned(),
            },
        ),
        Operation::Write => (
            format!("Client {client} writes {key}"),
            "the database is the system of record, so it is written first".to_owned(),
        ),
    }
}

fn send(verb: Verb, key: &str, writes: bool, read: ReadPath) -> (String, String) {
    let what = format!("The application sends {} {key}", verb.name());
    let why = match (verb, writes) {
        (Verb::Select, _) if read == ReadPath::NoCache => "without a cache every read goes there",
        (Verb::Select, _) => "the cache had nothing, so the far database is asked",
        (Verb::Set, false) => "the third trip of a miss, so that the next read finds it here",
        (Verb::Set, true) => "write-through puts what it wrote into the cache too",
        (Verb::Delete, _) => "any copy there is out of date now",
        (Verb::Get | Verb::Update, _) => "",
    };
    (what, why.to_owned())
}

fn fill(
    key: &str,
    value: Value,
    replaced: Option<crate::units::Version>,
    expires_at: Option<Micros>,
    now: Micros,
) -> (String, String) {
    let what = format!("The cache stores {key} v{}", value.version.0);
    let why = match (replaced, expires_at) {
        (Some(old), Some(end)) => {
            format!(
                "it overwrites v{} and is valid for {}",
                old.0,
                duration(end.since(now))
            )
        }
        (Some(old), None) => format!("it overwrites v{} and has no time to live", old.0),
        (None, Some(end)) => format!("valid for {}", duration(end.since(now))),
        (None, None) => "with no time to live".to_owned(),
    };
    (what, why)
}

fn evict(key: &str, reason: EvictionReason, capacity: u32) -> (String, String) {
    let full = format!("full at {capacity}");
    let why = match reason {
        EvictionReason::FirstIn { age } => format!(
            "{full}, and FIFO gives up what came in first, {} ago",
            duration(age)
        ),
        EvictionReason::LeastRecentlyUsed { idle } => format!(
            "{full}, and LRU gives up what was unused for longest, {}",
            duration(idle)
        ),
    };
    (format!("{key} is evicted"), why)
}

fn query(verb: Verb, key: &str, waited: Micros) -> (String, String) {
    let what = match verb {
        Verb::Update => format!("The database starts to write {key}"),
        _ => format!("The database starts to read {key}"),
    };
    let why = match waited {
        Micros::ZERO => "a connection was free".to_owned(),
        waited => format!("it waited {} for a connection", duration(waited)),
    };
    (what, why)
}

fn origin(value: Value) -> String {
    match value.origin {
        Some(number) => format!("request {} put it there", number + 1),
        None => "it was there from the start".to_owned(),
    }
}

fn validity(expires_at: Option<Micros>, now: Micros) -> String {
    match expires_at {
        Some(end) => format!(", valid for another {}", duration(end.since(now))),
        None => ", with no time to live".to_owned(),
    }
}

/// A span as people read it, in the unit that fits: `310 µs`, `4.12 ms`, `1.5 s`, `4 min 30 s`.
pub fn duration(span: Micros) -> String {
    let us = span.0;
    let rounded = |unit: u64| (us + unit / 2) / unit;
    let mut text = String::new();
    let written = match us {
        0..1_000 => write!(text, "{us} µs"),
        1_000..999_500 => write!(text, "{} ms", decimal(us, 1_000)),
        999_500..119_500_000 => write!(text, "{} s", decimal(us, 1_000_000)),
        119_500_000..7_200_000_000 => two_units(&mut text, rounded(1_000_000), (60, "min"), "s"),
        7_200_000_000..172_800_000_000 => {
            two_units(&mut text, rounded(60_000_000), (60, "h"), "min")
        }
        _ => two_units(&mut text, rounded(3_600_000_000), (24, "d"), "h"),
    };
    written.expect("writing to a text cannot fail");
    text
}

/// Three significant digits at most, without trailing zeros.
fn decimal(us: u64, unit: u64) -> String {
    let (whole, rest) = (us / unit, us % unit);
    let digits = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let scale = 10_u64.pow(digits);
    let rounded = (whole * scale) + (rest * scale + unit / 2) / unit;
    let (whole, fraction) = (rounded / scale, rounded % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let fraction = format!("{fraction:0width$}", width = digits as usize);
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

fn two_units(
    text: &mut String,
    small: u64,
    (size, large_name): (u64, &str),
    small_name: &str,
) -> std::fmt::Result {
    match small % size {
        0 => write!(text, "{} {large_name}", small / size),
        rest => write!(text, "{} {large_name} {rest} {small_name}", small / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let cases = [
            (0, "0 µs"),
            (310, "310 µs"),
            (4_123, "4.12 ms"),
            (4_100, "4.1 ms"),
            (18_420, "18.4 ms"),
            (999_700, "1 s"),
            (10_000_000, "10 s"),
            (9_995_000, "10 s"),
            (119_600_000, "2 min"),
            (180_000_000, "3 min"),
            (269_970_000, "4 min 30 s"),
            (90_000_000_000, "25 h"),
            (180_000_000_000, "2 d 2 h"),
        ];
        for (us, expected) in cases {
            assert_eq!(duration(Micros(us)), expected);
        }
    }
}
