//! The defences that a person can switch on to replay the moves of a race.

use cache::units::Micros;
use serde::Deserialize;
use sim::{Strategy, WritePath};

/// A defence: a change of a lane's strategy that can be undone. Spans are in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defence {
    /// Leases of that length: a fill needs one, and a delete cancels it.
    Lease(Micros),
    /// The cache refuses to overwrite a newer version.
    VersionCheck,
    /// A write deletes the key a second time, this long after the first.
    DoubleDelete(Micros),
    /// The commit log deletes a written key, this long after the commit.
    CommitLog(Micros),
    /// Copies have a TTL.
    Ttl(Micros),
    /// Another write path.
    Path {
        /// The one that the race is about.
        without: WritePath,
        /// The one used instead.
        with: WritePath,
    },
}

/// The defences of a scheduled scenario that is none of the races of the page.
pub const DEFENCES: &[Defence] = &[
    Defence::Lease(Micros(10_000_000)),
    Defence::VersionCheck,
    Defence::DoubleDelete(Micros(1_000_000)),
    Defence::CommitLog(Micros(200_000)),
    Defence::Ttl(Micros(5_000_000)),
];

impl Defence {
    /// Whether a strategy has it, whatever its span is.
    pub fn is_on(self, strategy: &Strategy) -> bool {
        let with = &strategy.defences;
        match self {
            Defence::Lease(_) => with.lease_us.is_some(),
            Defence::VersionCheck => with.version_check,
            Defence::DoubleDelete(_) => with.double_delete_us.is_some(),
            Defence::CommitLog(_) => with.commit_log_us.is_some(),
            Defence::Ttl(_) => strategy.ttl_us.is_some(),
            Defence::Path { with, .. } => strategy.write == with,
        }
    }

    /// Switches it on or off.
    pub fn switch(self, strategy: &mut Strategy, on: bool) {
        let with = &mut strategy.defences;
        match self {
            Defence::Lease(span) => with.lease_us = on.then_some(span),
            Defence::VersionCheck => with.version_check = on,
            Defence::DoubleDelete(span) => with.double_delete_us = on.then_some(span),
            Defence::CommitLog(span) => with.commit_log_us = on.then_some(span),
            Defence::Ttl(span) => strategy.ttl_us = on.then_some(span),
            Defence::Path { without, with } => strategy.write = if on { with } else { without },
        }
    }
}
