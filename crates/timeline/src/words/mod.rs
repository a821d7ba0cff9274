//! Why it happened: each event in one sentence, with the rule and the values.

mod duration;
mod eviction;
mod narrate;
mod trouble;

pub use duration::duration;
pub use narrate::{Narration, narrate};
pub use trouble::fault_title;

use super::log::LoggedEvent;
use cache::Value;
use cache::units::{Micros, Version};
use eviction::evict;
use scenario::Scenario;
use sim::WritePath;
use sim::{Answer, ByHand, EventKind, Operation, Outcome, ReadPath, Strategy, Verb};
use trouble::{broken, failure, fault, refresh, refused, rejection, waiting};

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

/// The sentence for an event.
pub fn sentence(scenario: &Scenario, logged: &LoggedEvent) -> Sentence {
    let event = &logged.event;
    let lane = &scenario.lanes[logged.lane as usize];
    let key = &*scenario.workload.key_name(event.key);
    let operation = event
        .request
        .map(|number| scenario.workload.operation(number));
    let writes = operation == Some(Operation::Write);
    // Requests are counted from 1 on screen.
    let number = event.request.map_or(0, |number| number + 1);
    let (what, why) = match event.kind {
        EventKind::Request { client, operation } => request(client, operation, key, &lane.strategy),
        EventKind::Send { verb } => send(verb, key, writes, &lane.strategy),
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
        EventKind::Miss { .. } if event.request.is_none() => (
            format!("Miss on {key}"),
            "the console gets nothing, and nothing is loaded for it".to_owned(),
        ),
        EventKind::Miss { expired } => (
            format!("Miss on {key}"),
            format!(
                "{}, so the database has to be asked",
                match expired {
                    true => "its TTL has expired",
                    false => "it is not in the cache",
                },
            ),
        ),
        EventKind::Fill {
            value,
            row,
            replaced,
            expires_at,
            ..
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
        EventKind::Evict { reason, .. } => evict(key, reason, &lane.cache.engine, event.at),
        EventKind::Expire {
            verb,
            value,
            expired_at,
            ..
        } => (
            match verb {
                Some(Verb::Get) => {
                    format!("{key} v{} has expired, so this is a miss", value.version.0)
                }
                _ => format!("{key} v{} has expired", value.version.0),
            },
            format!(
                "its time to live ended {} ago, and {}",
                duration(event.at.since(expired_at)),
                match verb {
                    Some(verb) => format!("this {} found it so", verb.name()),
                    None if event.cause.is_some() => "the console's command found it so".to_owned(),
                    None => "the expiry cycle, ten times a second, found it so".to_owned(),
                }
            ),
        ),
        EventKind::Delete {
            found, from_log, ..
        } => delete(
            key,
            found,
            from_log,
            event.request.is_none(),
            &lane.strategy,
        ),
        EventKind::Query { verb, waited } => query(verb, key, waited),
        EventKind::Queue { waiting } => (
            format!("The query for {key} waits"),
            match lane.database.connections {
                1 => format!("the one connection is busy, and with it {waiting} in the queue"),
                2 => format!("both connections are busy, and with it {waiting} in the queue"),
                all => {
                    format!("all {all} connections are busy, and with it {waiting} in the queue")
                }
            },
        ),
        EventKind::Read { version, row } => read(key, version, row),
        EventKind::Write { version, copy } => (
            format!("The database commits {key} v{}", version.0),
            match copy {
                Some(copy) if copy.0 + 1 == version.0 => {
                    format!(
                        "the cache still holds v{}, which is stale from now on",
                        copy.0
                    )
                }
                Some(copy) if copy == version => format!("the cache already holds v{}", copy.0),
                Some(copy) if copy > version => {
                    format!("the cache already holds v{}, which is newer", copy.0)
                }
                Some(copy) => format!("the cache still holds v{}, which was stale already", copy.0),
                None if lane.strategy.read == ReadPath::NoCache => {
                    "there is no cache to update".to_owned()
                }
                None => "the cache holds no copy of it".to_owned(),
            },
        ),
        EventKind::Reply {
            latency,
            trips,
            outcome,
            ..
        } => (
            match outcome {
                Outcome::Failed => format!("Request {number} fails after {}", duration(latency)),
                _ => format!("Request {number} is answered after {}", duration(latency)),
            },
            match (outcome, trips) {
                (Outcome::Failed, _) => "the client gets an error".to_owned(),
                (Outcome::Absent, _) => "there is no such row".to_owned(),
                (_, 1) => "one trip".to_owned(),
                (_, n) => format!("{n} trips, one after the other"),
            },
        ),
        EventKind::Finish => (
            format!("Request {number} is done"),
            "what it had left for after its answer is done as well".to_owned(),
        ),
        EventKind::Hold => (
            format!("Request {number} can go on with {key}"),
            "it is for you to say when".to_owned(),
        ),
        EventKind::Idle { client } if !scenario.workload.has_client(client) => (
            "A second passes".to_owned(),
            "nobody moves, but what is due by itself happens".to_owned(),
        ),
        EventKind::Idle { client } => (
            format!("Client {client} cannot move"),
            "it waits for something, or has nothing left to do".to_owned(),
        ),
        EventKind::Wait { why } => waiting(number, key, why),
        EventKind::Refresh { why, left } => refresh(key, why, left),
        EventKind::Reject { version, why } => rejection(key, version, why),
        EventKind::Enqueue {
            version,
            replaces,
            waiting,
        } => enqueue(key, version, replaces, waiting),
        EventKind::Replicate { version } => (
            format!("The replica has {key} v{} now", version.0),
            "the commit has reached it".to_owned(),
        ),
        EventKind::Fail { verb, failure: why } => failure(key, verb, why, lane.network.timeout),
        EventKind::Fault { fault: what, .. } => fault(what, Some(lane)),
        EventKind::Refuse { at } => refused(key, at),
        EventKind::Violation { promise } => broken(key, promise, number, event.at),
        EventKind::Console {
            command, answer, ..
        } => console(scenario, command, answer),
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
            strategy.read.about().request.to_owned(),
        ),
        Operation::Write => (
            format!("Client {client} writes {key}"),
            strategy.write.about().request.to_owned(),
        ),
    }
}

fn send(verb: Verb, key: &str, writes: bool, strategy: &Strategy) -> (String, String) {
    let what = format!("The application sends {} {key}", verb.name());
    let why = match (verb, writes) {
        (Verb::Get, _) => "a copy there saves a slow database query",
        (Verb::Select, _) => strategy.read.about().select,
        (Verb::Set, false) => "so that the next read finds it in the cache",
        (Verb::Set, true) => strategy.write.about().set,
        (Verb::Delete, _) => strategy.write.about().delete,
        (Verb::Update, _) => strategy.write.about().update,
    };
    (what, why.to_owned())
}

/// A line of the console, and the reply.
fn console(scenario: &Scenario, command: u32, answer: Answer) -> (String, String) {
    let given = scenario.interventions.get(command as usize);
    let line = match given.map(|given| &given.command) {
        Some(ByHand::Console(typed)) => &*typed.console,
        _ => "",
    };
    let what = format!("From the console: {}", line.trim());
    let why = match answer {
        Answer::Ok => "OK".to_owned(),
        Answer::Nil => "there is nothing".to_owned(),
        Answer::Integer(number) => format!("the cache replies {number}"),
        Answer::Told => String::new(),
        Answer::Error => "the cache refuses it".to_owned(),
    };
    (what, why)
}

fn delete(
    key: &str,
    found: bool,
    from_log: bool,
    by_hand: bool,
    strategy: &Strategy,
) -> (String, String) {
    let deletes_again = strategy.defences.double_delete_us.is_some();
    let why = match (from_log, by_hand) {
        (true, _) => "the database's commit log says that the row has changed",
        (false, true) => "the console asked for it",
        // The second delete of a double one follows the write.
        (false, false) if strategy.write == WritePath::DeleteFirst && !deletes_again => {
            "the row is not written yet, so a read in between can store the old one again"
        }
        (false, false) if strategy.write == WritePath::DeleteFirst => {
            "the next read has to load the row from the database"
        }
        (false, false) => "the row has changed, and a later read loads it again",
    };
    match found {
        true => (format!("The cache deletes {key}"), why.to_owned()),
        false => (
            format!("There is no {key} to delete"),
            "the cache holds no copy of it".to_owned(),
        ),
    }
}

fn read(key: &str, version: Version, row: Version) -> (String, String) {
    if version == Version(0) {
        let what = format!("The database has no row {key}");
        return (
            what,
            "the application learns that it does not exist".to_owned(),
        );
    }
    let what = format!("The database has read {key} v{}", version.0);
    let why = match version < row {
        true => format!("from a replica that lags: the row is at v{} already", row.0),
        false => "the row goes back to the application".to_owned(),
    };
    (what, why)
}

fn enqueue(
    key: &str,
    version: Version,
    replaces: Option<Version>,
    waiting: u32,
) -> (String, String) {
    let what = format!("{key} v{} is queued for the database", version.0);
    let why = match (replaces, waiting) {
        (Some(old), _) => format!(
            "it takes the place of v{}, and both cost one row write",
            old.0
        ),
        (None, 1) => "it is the only key that waits to be written".to_owned(),
        (None, all) => format!("{all} keys wait to be written"),
    };
    (what, why)
}

fn fill(
    key: &str,
    value: Value,
    replaced: Option<Version>,
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
        Some(Value::BY_HAND) => "it was stored from the console".to_owned(),
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
