//! What a person can switch on against a race, to replay the same moves with it.

use cache::units::Micros;
use sim::{Strategy, WritePath};

/// A defence as a switch: what it changes of a lane's strategy, and what is there without it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// Leases of that length: what is filled needs one, and a delete voids it.
    Lease(Micros),
    /// The cache refuses to overwrite a newer version.
    VersionCheck,
    /// A write that deletes the key deletes it once more, so long after.
    DoubleDelete(Micros),
    /// The commit log deletes a written key, so long after the commit.
    CommitLog(Micros),
    /// Copies have a time to live.
    Ttl(Micros),
    /// Another write path than the one in which the race is.
    Path {
        /// The race's.
        without: WritePath,
        /// The other one.
        with: WritePath,
    },
}

/// What is offered where a person schedules a scenario that is no race of the catalogue.
pub const GUARDS: &[Guard] = &[
    Guard::Lease(Micros(10_000_000)),
    Guard::VersionCheck,
    Guard::DoubleDelete(Micros(1_000_000)),
    Guard::CommitLog(Micros(200_000)),
    Guard::Ttl(Micros(5_000_000)),
];

impl Guard {
    /// Whether a strategy has it, however long its spans are.
    pub fn is_on(self, strategy: &Strategy) -> bool {
        let with = &strategy.defences;
        match self {
            Guard::Lease(_) => with.lease_us.is_some(),
            Guard::VersionCheck => with.version_check,
            Guard::DoubleDelete(_) => with.double_delete_us.is_some(),
            Guard::CommitLog(_) => with.commit_log_us.is_some(),
            Guard::Ttl(_) => strategy.ttl_us.is_some(),
            Guard::Path { with, .. } => strategy.write == with,
        }
    }

    /// Switches it on or off.
    pub fn switch(self, strategy: &mut Strategy, on: bool) {
        let with = &mut strategy.defences;
        match self {
            Guard::Lease(span) => with.lease_us = on.then_some(span),
            Guard::VersionCheck => with.version_check = on,
            Guard::DoubleDelete(span) => with.double_delete_us = on.then_some(span),
            Guard::CommitLog(span) => with.commit_log_us = on.then_some(span),
            Guard::Ttl(span) => strategy.ttl_us = on.then_some(span),
            Guard::Path { without, with } => strategy.write = if on { with } else { without },
        }
    }
}
