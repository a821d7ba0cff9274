//! The words for failures and faults.

use super::duration::duration;
use super::fact::{Effect, NodeName};
use super::number::grouped;
use cache::units::Micros;
use sim::{Failure, Fault, Limit, Refused, Spoiled, Spoiler, Throttle, Verb};
use std::fmt::{Formatter, Result};

/// Why a command failed, of a lane with this time-out.
pub(super) fn failure(f: &mut Formatter, why: Failure, timeout: Micros) -> Result {
    match why {
        Failure::Timeout => write!(f, "no answer came within {}", duration(timeout)),
        Failure::DatabaseDown => f.write_str("the database refused it"),
        Failure::Overloaded => f.write_str("the database refused it, too many queries waited"),
        Failure::CacheError => f.write_str("the cache could not store it"),
        Failure::OutOfMemory => {
            let error = cache::Refusal::OutOfMemory.to_string();
            f.write_str(error.trim_end_matches('.'))
        }
        Failure::TooLarge => f.write_str("the value is larger than the whole cache"),
        Failure::Moved => f.write_str("the answer was MOVED, which this client does not follow"),
        Failure::ReadOnly => {
            f.write_str("READONLY, because the node is a replica and takes no writes")
        }
        Failure::Loading => {
            f.write_str("LOADING, because the replica is still copying its primary's data")
        }
        Failure::Asked => f.write_str("the answer was ASK, which this client does not follow"),
        Failure::ClusterDown => f.write_str("CLUSTERDOWN, because some slot is not served"),
        Failure::Throttled => f.write_str("the database throttled it"),
        Failure::Restoring => f.write_str("LOADING, because the node is still reading the log"),
        Failure::LogBehind => {
            f.write_str("the log is more than 10 s behind, so the node rejects writes")
        }
        Failure::CacheThrottled => f.write_str("the cache throttled it"),
    }
}

pub(super) fn refused(f: &mut Formatter, at: Refused) -> Result {
    match at {
        Refused::Arriving => f.write_str("it is down"),
        Refused::Waiting => f.write_str("it went down while the query was waiting"),
        Refused::Executing => f.write_str("it went down while the query was running"),
        Refused::QueueFull { waiting: 0 } => {
            f.write_str("every connection is busy, and none may wait")
        }
        Refused::QueueFull { waiting: 1 } => f.write_str("1 query already waits"),
        Refused::QueueFull { waiting } => write!(f, "{waiting} queries already wait"),
        Refused::Throttled(throttle) => throttled(f, throttle),
    }
}

/// Whose units were too few for a query.
fn throttled(f: &mut Formatter, throttle: Throttle) -> Result {
    let Throttle {
        used, most, needs, ..
    } = throttle;
    let [used, most, needs] = [used, most, needs].map(|units| grouped(units.into()));
    let units = match throttle.verb {
        Verb::Update => "write",
        _ => "read",
    };
    match throttle.limit {
        Limit::Partition(place) => {
            write!(f, "partition {} has used {used} of its {most}", place + 1)
        }
        Limit::Table => write!(f, "the table has used {used} of its {most} provisioned"),
    }?;
    write!(
        f,
        " {units} units in this second, and the query needs {needs}"
    )
}

/// What made a copy stale, and how long ago.
pub(super) fn spoiled(f: &mut Formatter, how: Spoiled, ago: Micros) -> Result {
    let request = how.request.map_or(0, |number| number + 1);
    write!(f, "{} ago ", duration(ago))?;
    match how.by {
        Spoiler::OldFill => write!(f, "request {request} stored an old value"),
        Spoiler::Write => write!(f, "request {request} wrote the row and left the copy"),
        Spoiler::FailOver => f.write_str("the failover left an old copy in the cache"),
        Spoiler::Console => f.write_str("an old version was stored from the console"),
        Spoiler::NodesChanged => {
            f.write_str("the list of nodes changed, and this node still had an old copy")
        }
        Spoiler::Restored => f.write_str("the node came back with an old copy from the log"),
    }
}

/// A fault as a clause.
pub fn fault_title(of: Fault) -> String {
    fault(of, Effect::Usual).0.to_owned()
}

/// A fault, and what it means in a lane that meets it in this way.
pub(super) const fn fault(fault: Fault, effect: Effect) -> (&'static str, &'static str) {
    let lacking = matches!(effect, Effect::Lacking);
    let for_good = matches!(effect, Effect::ForGood);
    let from_log = matches!(effect, Effect::FromLog);
    match fault {
        Fault::RestartCache if from_log => (
            "The cache restarts",
            "its nodes answer nothing until they have read the log",
        ),
        Fault::FailOverCache if from_log => (
            "The cache fails over to its replicas",
            "each reads the log to its end before it takes over",
        ),
        Fault::StopCacheNode if from_log => (
            "All cache nodes stop",
            "every message to them is lost until they are restarted; what is in the log stays",
        ),
        Fault::RestartCache if for_good => (
            "The cache restarts",
            "everything in it is lost for good, because there is no database",
        ),
        Fault::RestartCache => (
            "The cache restarts",
            "everything in it is lost, and every read misses at first",
        ),
        Fault::FailOverCache if lacking => (
            "The cache node fails",
            "it has no replica, so an empty node takes over",
        ),
        Fault::FailOverCache => (
            "The cache fails over to its replica",
            "changes that had not reached the replica are lost, deletes included",
        ),
        Fault::CutCache => (
            "The cache is cut off",
            "messages to and from it are lost until it is reconnected",
        ),
        Fault::HealCache => (
            "The cache is connected",
            "it still holds what it held, however old that is",
        ),
        Fault::SlowDatabase | Fault::StopDatabase | Fault::CutDatabase | Fault::HealDatabase
            if lacking =>
        {
            let usual = self::fault(fault, Effect::Usual);
            (
                usual.0,
                "this lane has no database, so nothing changes here",
            )
        }
        Fault::SlowDatabase => (
            "The database becomes slow",
            "every query now takes ten times as long",
        ),
        Fault::StopDatabase => (
            "The database stops",
            "every query is refused until it recovers",
        ),
        Fault::CutDatabase => (
            "The database is cut off",
            "messages to and from it are lost until it is reconnected",
        ),
        Fault::HealDatabase => ("The database is up", "it answers at its normal speed"),
        Fault::LoseNextDelete if lacking => (
            "The next DELETE would be lost",
            "this lane sends no DELETE: nothing to lose",
        ),
        Fault::LoseNextDelete => (
            "The next DELETE will be lost",
            "the copy that it should remove stays",
        ),
        Fault::FailNextCacheWrite => (
            "The next SET will fail",
            "the cache keeps what it has under that key",
        ),
        Fault::StopCacheNode => (
            "All cache nodes stop",
            "their entries are lost, and so is every message to them until they are restarted",
        ),
        // These happen to one node.
        Fault::RemoveCacheNode => ("A Memcached node leaves", ""),
        Fault::AddCacheNode => ("A Memcached node joins", ""),
        Fault::AddShard => ("A shard joins", ""),
        Fault::RemoveShard => ("A shard is to leave", ""),
        Fault::PromoteRegion => ("A Region is promoted", ""),
    }
}

/// A fault in a lane that has no node for it to change.
pub(super) const fn without_node(fault: Fault) -> &'static str {
    match fault {
        Fault::StopCacheNode => "A cache node would stop",
        Fault::RemoveCacheNode => "A Memcached node would leave",
        Fault::AddCacheNode => "A Memcached node would join",
        Fault::AddShard => "A shard would join",
        Fault::RemoveShard => "A shard would leave",
        Fault::PromoteRegion => "A Region would be promoted",
        Fault::RestartCache => "A cache node would restart",
        Fault::CutCache => "A cache node would be cut off",
        Fault::HealCache => "A cache node would be connected",
        Fault::FailOverCache => "A cache node would fail over",
        other => self::fault(other, Effect::Usual).0,
    }
}

/// What a fault of a node means where nodes have replicas.
pub(super) fn replicated_fault(fault: Fault, node: NodeName) -> &'static str {
    match fault {
        Fault::RestartCache => {
            "it comes back empty; a primary empties its replicas, a replica copies its primary's data"
        }
        Fault::StopCacheNode => {
            "its entries are lost, and so is every message to it until it is restarted or replaced"
        }
        Fault::CutCache => {
            "clients' messages to and from it are lost until it is reconnected; the other nodes still reach it"
        }
        other => node_fault(other, node).1,
    }
}

/// What a fault of a node means where its shard has a log.
pub(super) fn durable_fault(fault: Fault, node: NodeName) -> &'static str {
    match fault {
        Fault::RestartCache => "it answers nothing until it has read the log",
        Fault::StopCacheNode => {
            "every message to it is lost until it is restarted or replaced; what is in the log stays"
        }
        Fault::FailOverCache => "the replica reads the log to its end before it takes over",
        other => replicated_fault(other, node),
    }
}

/// A fault of one of several nodes, such as shard 2, and what it means.
pub(super) fn node_fault(fault: Fault, node: NodeName) -> (String, &'static str) {
    let (does, means) = match fault {
        Fault::RestartCache => (
            "restarts",
            "it is empty, and reads of its keys miss at first",
        ),
        Fault::FailOverCache => (
            "fails over to its replica",
            "changes that had not reached the replica are lost, deletes included",
        ),
        Fault::CutCache => (
            "is cut off",
            "messages to and from it are lost until it is reconnected",
        ),
        Fault::HealCache => ("is connected", "messages reach it again"),
        Fault::StopCacheNode => (
            "stops",
            "its entries are lost, and so is every message to it until it is restarted",
        ),
        Fault::RemoveCacheNode => (
            "leaves",
            "its entries are lost, and the client chooses among the other nodes",
        ),
        Fault::PromoteRegion => ("is being promoted", ""),
        Fault::AddCacheNode => (
            "joins",
            "it is empty, and the keys that it gets miss at first",
        ),
        other => {
            let (what, means) = self::fault(other, Effect::Usual);
            return (what.to_owned(), means);
        }
    };
    let name = node.to_string();
    let name = name[..1].to_uppercase() + &name[1..];
    (format!("{name} {does}"), means)
}
