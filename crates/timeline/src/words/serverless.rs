//! What a serverless cache does because of its rate: the facts, their words, which of them an event tells, and how
//! far the rate is used at a moment.

use super::duration::duration;
use super::number::{grouped, thousandths};
use super::trouble;
use crate::frame::ServerlessFrame;
use cache::units::Micros;
use sim::{Exceeded, Fault, Verb};
use std::fmt::{Display, Formatter, Result};
use std::rc::Rc;

/// A clause about a serverless cache, with its values. What is used or needed is in thousandths of an ECPU, rates
/// are ECPUs a second.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerlessFact {
    /// The cache throttles a command about a key.
    Throttles(Verb, Rc<str>),
    /// It has used so much of its rate in this second.
    CacheHasUsed(u64, u32),
    /// The slot has used so much of its rate in this second.
    SlotHasUsed(u16, u64, u32),
    /// The command needs so much.
    Needs(u64),
    /// The whole cache would have room for it: so much of its rate is used.
    CacheHasRoom(u64, u32),
    /// The rate doubles after this time.
    DoublesIn(Micros),
    /// The rate is at its maximum.
    AtMaximum,
    /// The cache supports this rate now.
    Supports(u32),
    /// It supported this rate before, and more was asked for so long ago.
    MoreWasAskedFor(u32, Micros),
    /// A fault would happen to a node.
    FaultOfNode(Fault),
    /// There is no node for it that clients could notice.
    NoNodes,
}

impl Display for ServerlessFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ServerlessFact::Throttles(verb, key) => {
                write!(f, "The cache throttles {} {key}", verb.name())
            }
            ServerlessFact::CacheHasUsed(used, rate) => {
                write!(f, "it has used {} in this second", of_rate(*used, *rate))
            }
            ServerlessFact::SlotHasUsed(slot, used, rate) => {
                let used = of_rate(*used, *rate);
                write!(f, "slot {slot} has used {used} in this second")
            }
            ServerlessFact::Needs(milli) => {
                write!(f, "the command needs {}", thousandths(*milli))
            }
            ServerlessFact::CacheHasRoom(used, rate) => {
                write!(f, "the whole cache has used {}", of_rate(*used, *rate))
            }
            ServerlessFact::DoublesIn(span) => {
                write!(f, "it supports more in {}", duration(*span))
            }
            ServerlessFact::AtMaximum => f.write_str("that is its maximum"),
            ServerlessFact::Supports(rate) => {
                write!(
                    f,
                    "The cache now supports {} ECPU/s",
                    grouped((*rate).into())
                )
            }
            ServerlessFact::MoreWasAskedFor(rate, ago) => write!(
                f,
                "commands began to exceed {} ECPU/s {} ago",
                grouped((*rate).into()),
                duration(*ago)
            ),
            ServerlessFact::FaultOfNode(fault) => f.write_str(match fault {
                Fault::RestartCache => "A cache node would restart",
                Fault::FailOverCache => "A cache node would fail",
                Fault::CutCache => "A cache node would be cut off",
                Fault::HealCache => "A cache node would be connected",
                other => trouble::without_node(*other),
            }),
            ServerlessFact::NoNodes => {
                f.write_str("serverless replaces its nodes unseen, so nothing changes in this lane")
            }
        }
    }
}

/// `45.2 of 300 ECPUs`.
fn of_rate(used_milli: u64, rate: u32) -> String {
    format!(
        "{} of {} ECPUs",
        thousandths(used_milli),
        grouped(rate.into())
    )
}

/// A command that exceeds a rate.
pub(super) fn throttled(
    verb: Verb,
    key: Rc<str>,
    exceeded: Exceeded,
    now: Micros,
) -> Vec<ServerlessFact> {
    let throttles = ServerlessFact::Throttles(verb, key);
    match exceeded {
        Exceeded::Cache {
            used_milli,
            rate,
            needs_milli,
            grows_at,
        } => vec![
            throttles,
            ServerlessFact::CacheHasUsed(used_milli, rate),
            ServerlessFact::Needs(needs_milli),
            match grows_at {
                Some(at) => ServerlessFact::DoublesIn(at.since(now)),
                None => ServerlessFact::AtMaximum,
            },
        ],
        Exceeded::Slot {
            slot,
            used_milli,
            rate,
            needs_milli,
            cache_used_milli,
            cache_rate,
        } => vec![
            throttles,
            ServerlessFact::SlotHasUsed(slot, used_milli, rate),
            ServerlessFact::Needs(needs_milli),
            ServerlessFact::CacheHasRoom(cache_used_milli, cache_rate),
        ],
    }
}

/// A rate that has grown, in a cache that takes so long for it.
pub(super) fn grown(before: u32, rate: u32, doubling: Micros) -> [ServerlessFact; 2] {
    [
        ServerlessFact::Supports(rate),
        ServerlessFact::MoreWasAskedFor(before, doubling),
    ]
}

/// A fault of a node.
pub(super) fn fault_of_node(fault: Fault) -> [ServerlessFact; 2] {
    [ServerlessFact::FaultOfNode(fault), ServerlessFact::NoNodes]
}

impl ServerlessFrame {
    /// How far its rate is used in this second: `45.2 of 300 ECPU/s`.
    pub fn of_cache(&self) -> String {
        let used = thousandths(self.used_milli_ecpu);
        format!("{used} of {} ECPU/s", grouped(self.ecpu_per_second.into()))
    }

    /// How far the rate of the busiest slot is used: `slot 5474: 30 of 30`; of none where none is.
    pub fn of_slot(&self) -> String {
        let most = grouped(self.slot_ecpu_per_second.into());
        match self.slot {
            Some(slot) => {
                let used = thousandths(self.slot_used_milli_ecpu);
                format!("slot {slot}: {used} of {most}")
            }
            None => format!("a slot gets {most}"),
        }
    }

    /// How many commands it has throttled; empty if none.
    pub fn throttled_in_words(&self) -> String {
        match self.throttled {
            0 => String::new(),
            throttled => format!("{} throttled", grouped(throttled)),
        }
    }

    /// When it supports more; empty while no more is asked for.
    pub fn growth_in_words(&self, now: Micros) -> String {
        let left = self.grows_at_us.map(|at| duration(at.since(now)));
        left.map_or_else(String::new, |left| format!("more in {left}"))
    }
}
