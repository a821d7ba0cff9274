//! How the application uses the cache: a read path, a write path, a time to live and defences. One
//! file a path; this file is their registry.
//!
//! To add one: a file beside this one with its procedure, a variant below, and its match arms.

mod blocks;
mod cache_aside;
mod defences;
mod delete_first;
mod invalidate;
mod no_cache;
mod read_through;
mod refresh_ahead;
mod update;
mod write_around;
mod write_behind;
mod write_through;

pub use defences::Defences;

use super::event::{Operation, Verb};
use super::procedure::Procedure;
use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// What the application does to read a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a read path")]
pub enum ReadPath {
    /// Look in the cache; on a miss read the database and fill the cache.
    CacheAside,
    /// The same, done by a library that the caller asks.
    ReadThrough,
    /// Read-through that reloads a copy in use before it expires.
    RefreshAhead,
    /// Read the database, always.
    NoCache,
}

impl ReadPath {
    /// Every read path, in the order in which they are offered.
    pub const ALL: [ReadPath; 4] = [
        ReadPath::CacheAside,
        ReadPath::ReadThrough,
        ReadPath::RefreshAhead,
        ReadPath::NoCache,
    ];
}

/// What the application does to write a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a write path")]
pub enum WritePath {
    /// Write the database only; a copy in the cache goes stale until its time to live ends.
    WriteAround,
    /// Write the database, then delete the key from the cache.
    Invalidate,
    /// Write the database, then overwrite the copy in the cache if there is one.
    Update,
    /// Write the database, then the cache.
    WriteThrough,
    /// Write the cache, answer, and write the database later.
    WriteBehind,
    /// Delete the key from the cache, then write the database: a mistake.
    DeleteFirst,
}

impl WritePath {
    /// Every write path, in the order in which they are offered.
    pub const ALL: [WritePath; 6] = [
        WritePath::WriteAround,
        WritePath::Invalidate,
        WritePath::Update,
        WritePath::WriteThrough,
        WritePath::WriteBehind,
        WritePath::DeleteFirst,
    ];
}

/// What a write does with the time to live of the key that it stores.
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

/// The whole of it, for one lane.
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
    /// What a write that stores does with the time to live.
    #[serde(default)]
    pub write_ttl: WriteTtl,
    /// Refresh-ahead: after so much of its time to live, in percent, a hit reloads a copy.
    #[serde(default = "default_refresh_percent")]
    pub refresh_after_percent: u32,
    /// Write-behind: how long after a write its row is written, in microseconds.
    #[serde(default = "default_flush_delay")]
    pub flush_delay_us: Micros,
    /// What is done against stale copies and stampedes.
    #[serde(default)]
    pub defences: Defences,
}

/// Half of the time to live: Coherence's own example.
const fn default_refresh_percent() -> u32 {
    50
}

/// A second.
const fn default_flush_delay() -> Micros {
    Micros(1_000_000)
}

impl Strategy {
    /// The two paths, without a time to live or defences.
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

    /// Whether a hit may be answered and then reloaded.
    pub const fn refreshes(&self) -> bool {
        matches!(self.read, ReadPath::RefreshAhead) || self.defences.soft_ttl_us.is_some()
    }

    /// How long a copy of that time to live counts as fresh, if hits on older ones reload it.
    pub fn fresh_for(&self, ttl: Option<Micros>) -> Option<Micros> {
        let ahead = match (self.read, ttl) {
            (ReadPath::RefreshAhead, Some(ttl)) => {
                Some(ttl.0 / 100 * u64::from(self.refresh_after_percent))
            }
            _ => None,
        };
        let soft = self.defences.soft_ttl_us.map(|soft| soft.0);
        let sooner = ahead.into_iter().chain(soft).min();
        sooner.map(Micros)
    }

    /// Its read and write procedure. If rows may be absent from the database, a read has to decide
    /// what to do about them.
    pub fn procedures(&self, rows_may_be_absent: bool) -> Procedures {
        Procedures {
            read: match self.read {
                ReadPath::CacheAside => cache_aside::read(self, rows_may_be_absent),
                ReadPath::ReadThrough => read_through::read(self, rows_may_be_absent),
                ReadPath::RefreshAhead => refresh_ahead::read(self, rows_may_be_absent),
                ReadPath::NoCache => no_cache::read(),
            },
            write: match self.write {
                WritePath::WriteAround => write_around::write(),
                WritePath::Invalidate => invalidate::write(self),
                WritePath::Update => update::write(self),
                WritePath::WriteThrough => write_through::write(self),
                WritePath::WriteBehind => write_behind::write(self),
                WritePath::DeleteFirst => delete_first::write(self),
            },
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

/// A strategy's name as people know it: a preset of read and write path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pattern {
    /// Lazy loading: the cache holds what has been asked for.
    CacheAside,
    /// The same through a library.
    ReadThrough,
    /// Every write goes to the cache too; a miss is loaded lazily.
    WriteThrough,
    /// Writes go to the cache, and to the database later.
    WriteBehind,
    /// Copies in use are reloaded before they expire.
    RefreshAhead,
    /// No cache at all: what every other pattern is measured against.
    NoCache,
}

impl Pattern {
    /// Every pattern, in the order in which they are offered.
    pub const ALL: [Pattern; 6] = [
        Pattern::CacheAside,
        Pattern::ReadThrough,
        Pattern::WriteThrough,
        Pattern::WriteBehind,
        Pattern::RefreshAhead,
        Pattern::NoCache,
    ];

    /// The pattern that a strategy is an instance of: what it writes names it before how it reads.
    pub const fn of(strategy: &Strategy) -> Pattern {
        match (strategy.read, strategy.write) {
            (ReadPath::NoCache, _) => Pattern::NoCache,
            (_, WritePath::WriteThrough) => Pattern::WriteThrough,
            (_, WritePath::WriteBehind) => Pattern::WriteBehind,
            (ReadPath::CacheAside, _) => Pattern::CacheAside,
            (ReadPath::ReadThrough, _) => Pattern::ReadThrough,
            (ReadPath::RefreshAhead, _) => Pattern::RefreshAhead,
        }
    }

    /// Its read and write path, as it is usually taught.
    pub const fn paths(self) -> (ReadPath, WritePath) {
        match self {
            Pattern::CacheAside => (ReadPath::CacheAside, WritePath::WriteAround),
            Pattern::ReadThrough => (ReadPath::ReadThrough, WritePath::Invalidate),
            Pattern::WriteThrough => (ReadPath::CacheAside, WritePath::WriteThrough),
            Pattern::WriteBehind => (ReadPath::CacheAside, WritePath::WriteBehind),
            Pattern::RefreshAhead => (ReadPath::RefreshAhead, WritePath::Invalidate),
            Pattern::NoCache => (ReadPath::NoCache, WritePath::WriteAround),
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Pattern::CacheAside => "Cache-aside",
            Pattern::ReadThrough => "Read-through",
            Pattern::WriteThrough => "Write-through",
            Pattern::WriteBehind => "Write-behind",
            Pattern::RefreshAhead => "Refresh-ahead",
            Pattern::NoCache => "No cache",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::Instruction;

    #[test]
    fn every_procedure_begins_once_and_answers_once() {
        for read in ReadPath::ALL {
            for write in WritePath::ALL {
                let procedures = Strategy::new(read, write).procedures(true);
                for procedure in [procedures.read, procedures.write] {
                    let count = |wanted| {
                        let lines = procedure.lines.iter();
                        lines.filter(|line| line.instruction == wanted).count()
                    };
                    assert_eq!(procedure.find(Instruction::Begin), Some(0));
                    assert_eq!(count(Instruction::Begin), 1);
                    assert_eq!(count(Instruction::Reply), 1);
                }
            }
        }
    }

    #[test]
    fn a_pattern_is_its_own_preset() {
        for pattern in Pattern::ALL {
            let (read, write) = pattern.paths();
            assert_eq!(Pattern::of(&Strategy::new(read, write)), pattern);
        }
    }
}
