//! One lane's strategy, and the procedures that follow from it.

use super::{Defences, ReadPath, WritePath};
use crate::event::{Operation, Verb};
use crate::procedure::Procedure;
use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// What a write does with the TTL of the key that it stores.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "set, drop or keep")]
pub enum WriteTtl {
    /// It sets the strategy's, as `SET … EX` does.
    #[default]
    Set,
    /// It stores without one and so drops one that is there, as a plain `SET` does.
    Drop,
    /// It leaves one that is there as it is, as `SET … KEEPTTL` does.
    Keep,
}

/// One lane's strategy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with a read and a write path"
)]
pub struct Strategy {
    /// How a key is read.
    pub read: ReadPath,
    /// How a key is written.
    pub write: WritePath,
    /// How long a copy stays valid, in microseconds; `null` for as long as it is not evicted.
    #[serde(default)]
    pub ttl_us: Option<Micros>,
    /// What a write that stores does with the TTL.
    #[serde(default)]
    pub write_ttl: WriteTtl,
    /// Refresh-ahead: after so much of its TTL, in percent, a hit reloads a copy.
    #[serde(default = "default_refresh_percent")]
    pub refresh_after_percent: u32,
    /// Write-behind: how long after a write its row is written, in microseconds.
    #[serde(default = "default_flush_delay")]
    pub flush_delay_us: Micros,
    /// What is done against stale copies and stampedes.
    #[serde(default)]
    pub defences: Defences,
}

/// Half of the TTL: Coherence's own example.
const fn default_refresh_percent() -> u32 {
    50
}

/// A second.
const fn default_flush_delay() -> Micros {
    Micros(1_000_000)
}

impl Strategy {
    /// The two paths, without a TTL or defences.
    pub const fn new(read: ReadPath, write: WritePath) -> Self {
        Strategy {
            read,
            write,
            ttl_us: None,
            write_ttl: WriteTtl::Set,
            refresh_after_percent: default_refresh_percent(),
            flush_delay_us: default_flush_delay(),
            defences: Defences {
                ttl_jitter_percent: 0,
                single_flight: false,
                lease_us: None,
                version_check: false,
                double_delete_us: None,
                soft_ttl_us: None,
                xfetch_beta_percent: None,
                negative_ttl_us: None,
                commit_log_us: None,
            },
        }
    }

    /// Whether reads use a cache.
    pub const fn caches(&self) -> bool {
        self.read.about().caches
    }

    /// Whether there is a database. Without one the cache holds the only copy.
    pub const fn has_database(&self) -> bool {
        self.read.about().database
    }

    /// Whether a hit may be answered and then reloaded.
    pub const fn refreshes(&self) -> bool {
        let soft = self.has_database() && self.defences.soft_ttl_us.is_some();
        self.read.about().refreshes || soft
    }

    /// How long a copy of that TTL counts as fresh, if hits on older ones reload it.
    pub fn fresh_for(&self, ttl: Option<Micros>) -> Option<Micros> {
        let ttl = ttl.filter(|_| self.read.about().refreshes);
        let ahead = ttl.map(|ttl| ttl.0 / 100 * u64::from(self.refresh_after_percent));
        // Without a database there is nothing to reload from.
        let soft = self.defences.soft_ttl_us.filter(|_| self.has_database());
        let soft = soft.map(|soft| soft.0);
        let sooner = ahead.into_iter().chain(soft).min();
        sooner.map(Micros)
    }

    /// Its read and write procedure. If rows may be absent from the database, a read has to decide
    /// what to do about them.
    pub fn procedures(&self, rows_may_be_absent: bool) -> Procedures {
        Procedures {
            read: (self.read.about().procedure)(self, rows_may_be_absent),
            write: (self.write.about().procedure)(self),
        }
    }
}

/// The instructions of a lane's two paths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Procedures {
    /// What a read executes.
    pub read: Procedure,
    /// What a write executes.
    pub write: Procedure,
}

impl Procedures {
    /// What a request of that kind executes.
    pub fn of(&self, operation: Operation) -> &Procedure {
        match operation {
            Operation::Read => &self.read,
            Operation::Write => &self.write,
        }
    }

    /// Whether any of them sends such a message.
    pub fn send(&self, verb: Verb) -> bool {
        let mut lines = self.read.lines.iter().chain(self.write.lines.iter());
        lines.any(|line| line.instruction.verb() == Some(verb))
    }
}
