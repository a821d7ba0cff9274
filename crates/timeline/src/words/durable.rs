//! What a durable shard's log has and saves: the facts, their words, and which of them an event tells.

use super::duration::duration;
use super::fact::{Fact, NodeName};
use super::{grouped, trouble};
use cache::units::{Micros, Version};
use sim::{Applied, Durability, EventKind, Fault, Instruction, LaneSetup};
use std::fmt::{Display, Formatter, Result};
use std::rc::Rc;

/// A clause about durability, with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DurableFact {
    /// The log has this version of a key.
    LogHas(Rc<str>, Version),
    /// The log has the removal of a key.
    LogHasRemoval(Rc<str>),
    /// The change was made this long ago.
    MadeAgo(Micros),
    /// What has just been done is in the log.
    Logged,
    /// The new primary has read the log to its end.
    ReadsLog,
    /// A node has read the log.
    Restored(NodeName),
    /// It holds this many entries.
    AnswersWith(u32),
    /// A node reads the log before it answers.
    LoadsFirst,
    /// What a fault of a node means where its shard has a log.
    FaultMeans(Fault, NodeName),
    /// This many acknowledged writes are gone, because they were not in the log.
    GoneUnlogged(u32),
}

impl Display for DurableFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            DurableFact::LogHas(key, version) => write!(f, "The log has {key} v{}", version.0),
            DurableFact::LogHasRemoval(key) => write!(f, "The log has the removal of {key}"),
            DurableFact::MadeAgo(span) => write!(
                f,
                "the change is {} old, and until now a failure would have lost it",
                duration(*span)
            ),
            DurableFact::Logged => f.write_str("two zones have it in the log"),
            DurableFact::ReadsLog => f.write_str("it has read the log to its end"),
            DurableFact::Restored(node) => write!(f, "{} has read the log", node.capital()),
            DurableFact::AnswersWith(1) => f.write_str("it answers again, with 1 entry"),
            DurableFact::AnswersWith(count) => {
                let count = grouped((*count).into());
                write!(f, "it answers again, with {count} entries")
            }
            DurableFact::LoadsFirst => f.write_str("it reads the log before it answers"),
            DurableFact::FaultMeans(fault, node) => {
                f.write_str(trouble::durable_fault(*fault, *node))
            }
            DurableFact::GoneUnlogged(1) => {
                f.write_str("1 acknowledged write is gone, because it was not in the log yet")
            }
            DurableFact::GoneUnlogged(count) => write!(
                f,
                "{} acknowledged writes are gone, because they were not in the log yet",
                grouped((*count).into())
            ),
        }
    }
}

/// A change that has got into the log.
pub(super) fn logged(key: Rc<str>, applied: Applied, lag: Micros) -> Vec<Fact> {
    let has = match applied {
        Applied::Stored { value, .. } => DurableFact::LogHas(key, value.version),
        Applied::Removed => DurableFact::LogHasRemoval(key),
    };
    vec![Fact::Durable(has), Fact::Durable(DurableFact::MadeAgo(lag))]
}

/// That a command's change is in the log, in a lane whose writes wait for it.
pub(super) fn in_log(lane: &LaneSetup) -> Option<Fact> {
    let waits = lane.is_durable() && lane.cache.durability.mode == Durability::Sync;
    waits.then_some(Fact::Durable(DurableFact::Logged))
}

/// How many acknowledged writes are gone since an event. That none is gone is told where the log saves the only copy.
pub(super) fn gone(lane: &LaneSetup, kind: &EventKind) -> Option<Fact> {
    let fails = matches!(
        kind,
        EventKind::Fault {
            fault: Fault::RestartCache | Fault::FailOverCache | Fault::StopCacheNode,
            ..
        }
    );
    let only_copy = !lane.strategy.has_database()
        || lane
            .procedures
            .write
            .find(Instruction::DatabaseFlush)
            .is_some();
    match kind.gone() {
        0 if fails && only_copy && lane.is_durable() => Some(Fact::WritesGone(0)),
        0 => None,
        count if lane.is_durable() => Some(Fact::Durable(DurableFact::GoneUnlogged(count))),
        count => Some(Fact::WritesGone(count)),
    }
}
