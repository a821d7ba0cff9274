//! The sentences for what goes wrong, and for what strategies do about it.

use super::duration::duration;
use cache::units::{Micros, Version};
use sim::{Broken, Failure, Fault, LaneSetup, Refresh, Refused, Rejection, Spoiler, Verb, Waiting};

/// What happens, and why.
type Told = (String, String);

pub(super) fn waiting(number: u32, key: &str, why: Waiting) -> Told {
    match why {
        Waiting::Lease { retry_after } => (
            format!("Request {number} gets no lease for {key}"),
            format!(
                "another request has it and loads the row: it asks again in {}",
                duration(retry_after)
            ),
        ),
        Waiting::Load { request } => (
            format!("Request {number} waits for request {}", request + 1),
            format!("that one loads {key} already, and one query is enough"),
        ),
        Waiting::Delay { span } => (
            format!("Request {number} sleeps for {}", duration(span)),
            "its client has its answer, and the rest is for later".to_owned(),
        ),
    }
}

pub(super) fn refresh(key: &str, why: Refresh, left: Option<Micros>) -> Told {
    let left = left.map_or_else(String::new, |left| {
        format!(", though valid for another {}", duration(left))
    });
    match why {
        Refresh::Due => (
            format!("{key} is reloaded after its answer"),
            format!("the copy is no longer fresh{left}"),
        ),
        Refresh::Early { rebuild } => (
            format!("{key} is reloaded early{left}"),
            format!(
                "XFetch drew this read, for a copy that took {} to make",
                duration(rebuild)
            ),
        ),
    }
}

pub(super) fn rejection(key: &str, version: Version, why: Rejection) -> Told {
    let what = format!("The cache does not store {key} v{}", version.0);
    let why = match why {
        Rejection::Newer(held) => format!("it holds v{}, which is newer", held.0),
        Rejection::LeaseVoid => {
            "the key was deleted or written since the lease was given".to_owned()
        }
        Rejection::CopyGone => {
            "the copy that it reloads has been removed or overwritten since".to_owned()
        }
        Rejection::NotThere => "it is to overwrite a copy only, and there is none".to_owned(),
    };
    (what, why)
}

pub(super) fn failure(key: &str, verb: Verb, why: Failure, timeout: Micros) -> Told {
    let what = format!("{} {key} fails", verb.name());
    let why = match why {
        Failure::Timeout => format!("no answer came within {}", duration(timeout)),
        Failure::DatabaseDown => "the database refuses it".to_owned(),
        Failure::CacheError => "the cache could not store it".to_owned(),
        Failure::OutOfMemory => cache::Refusal::OutOfMemory
            .to_string()
            .trim_end_matches('.')
            .to_owned(),
        Failure::TooLarge => "the value is larger than the whole cache".to_owned(),
    };
    (what, why)
}

pub(super) fn refused(key: &str, at: Refused) -> Told {
    let why = match at {
        Refused::Arriving => "it is down",
        Refused::Waiting => "it goes down, and nobody who waits is served any more",
        Refused::Executing => "it went down while the query ran",
    };
    (
        format!("The database refuses the query for {key}"),
        why.to_owned(),
    )
}

/// What a fault is, as a clause.
pub fn fault_title(of: Fault) -> String {
    fault(of, None).0
}

/// A fault, and what it means in a lane.
pub(super) fn fault(fault: Fault, lane: Option<&LaneSetup>) -> Told {
    let has_replica = lane.is_none_or(|lane| lane.cache.replica_lag.is_some());
    let deletes = lane.is_none_or(|lane| lane.procedures.send(Verb::Delete));
    let (what, why) = match fault {
        Fault::RestartCache => (
            "The cache restarts",
            "everything that it held is lost, and every read misses at first",
        ),
        Fault::FailOverCache if !has_replica => (
            "The cache fails",
            "it has no replica: an empty node takes its place",
        ),
        Fault::FailOverCache => (
            "The cache fails over to its replica",
            "what had not reached the replica yet is lost, deletes included",
        ),
        Fault::CutCache => (
            "The cache is cut off",
            "messages to and from it are lost until it is healed",
        ),
        Fault::HealCache => (
            "The way to the cache is open",
            "with whatever it still holds, however old that has become",
        ),
        Fault::SlowDatabase => (
            "The database becomes slow",
            "every query takes ten times as long until it is healed",
        ),
        Fault::StopDatabase => (
            "The database stops",
            "every query is refused until it is healed",
        ),
        Fault::CutDatabase => (
            "The database is cut off",
            "messages to and from it are lost until it is healed",
        ),
        Fault::HealDatabase => (
            "The database is well again",
            "it answers, and in its usual time",
        ),
        Fault::LoseNextDelete if !deletes => (
            "The next DELETE would be lost on its way",
            "this lane's requests send none",
        ),
        Fault::LoseNextDelete => (
            "The next DELETE will be lost on its way",
            "the copy that it is about stays",
        ),
        Fault::FailNextCacheWrite => (
            "The next SET will fail",
            "the cache keeps what it has under that key",
        ),
    };
    (what.to_owned(), why.to_owned())
}

pub(super) fn broken(key: &str, promise: Broken, number: u32, now: Micros) -> Told {
    match promise {
        Broken::BoundedStaleness { since } => {
            let culprit = since.request.map_or(0, |number| number + 1);
            let how = match since.by {
                Spoiler::OldFill => {
                    format!("request {culprit} stored a value that was out of date")
                }
                Spoiler::Write => format!("request {culprit} wrote the row and left the copy"),
                Spoiler::FailOver => "the failover brought an old copy back".to_owned(),
                Spoiler::Console => "an old version was stored from the console".to_owned(),
            };
            (
                format!("No time to live bounds how long {key} stays stale"),
                format!(
                    "{how}, {} ago, and nothing is on the way to mend it",
                    duration(now.since(since.at))
                ),
            )
        }
        Broken::Durability { version } => (
            format!("The write of {key} v{} is lost", version.0),
            format!("request {number} was told that it was done, and no row has it"),
        ),
    }
}
