//! How the application uses the cache: a read path, a write path and a time to live. One file a
//! path; this file is their registry.
//!
//! To add one: a file beside this one with its procedure, a variant below, and its match arms.

mod cache_aside;
mod invalidate;
mod no_cache;
mod write_around;
mod write_through;

use super::procedure::Procedure;
use crate::units::Micros;
use serde::{Deserialize, Serialize};

/// What the application does to read a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a read path")]
pub enum ReadPath {
    /// Look in the cache; on a miss read the database and fill the cache.
    CacheAside,
    /// Read the database, always.
    NoCache,
}

impl ReadPath {
    /// Its instructions.
    pub const fn procedure(self) -> &'static Procedure {
        match self {
            ReadPath::CacheAside => &cache_aside::READ,
            ReadPath::NoCache => &no_cache::READ,
        }
    }
}

/// What the application does to write a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a write path")]
pub enum WritePath {
    /// Write the database only; a copy in the cache goes stale until its time to live ends.
    WriteAround,
    /// Write the database, then delete the key from the cache.
    Invalidate,
    /// Write the database, then the cache.
    WriteThrough,
}

impl WritePath {
    /// Its instructions.
    pub const fn procedure(self) -> &'static Procedure {
        match self {
            WritePath::WriteAround => &write_around::WRITE,
            WritePath::Invalidate => &invalidate::WRITE,
            WritePath::WriteThrough => &write_through::WRITE,
        }
    }
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
}

/// A strategy's name as people know it: a preset of read and write path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pattern {
    /// Lazy loading: the cache holds what has been asked for.
    CacheAside,
    /// Every write goes to the cache too; a miss is loaded lazily.
    WriteThrough,
    /// No cache at all: what every other pattern is measured against.
    NoCache,
}

impl Pattern {
    /// Every pattern, in the order in which they are offered.
    pub const ALL: [Pattern; 3] = [Pattern::CacheAside, Pattern::WriteThrough, Pattern::NoCache];

    /// The pattern that a strategy is an instance of.
    pub const fn of(strategy: &Strategy) -> Pattern {
        match (strategy.read, strategy.write) {
            (ReadPath::NoCache, _) => Pattern::NoCache,
            (ReadPath::CacheAside, WritePath::WriteThrough) => Pattern::WriteThrough,
            (ReadPath::CacheAside, WritePath::WriteAround | WritePath::Invalidate) => {
                Pattern::CacheAside
            }
        }
    }

    /// Its read and write path, as it is usually taught.
    pub const fn paths(self) -> (ReadPath, WritePath) {
        match self {
            Pattern::CacheAside => (ReadPath::CacheAside, WritePath::WriteAround),
            Pattern::WriteThrough => (ReadPath::CacheAside, WritePath::WriteThrough),
            Pattern::NoCache => (ReadPath::NoCache, WritePath::WriteAround),
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Pattern::CacheAside => "Cache-aside",
            Pattern::WriteThrough => "Write-through",
            Pattern::NoCache => "No cache",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::procedure::Instruction;

    #[test]
    fn every_procedure_begins_and_ends_where_a_request_does() {
        let reads = [ReadPath::CacheAside, ReadPath::NoCache].map(ReadPath::procedure);
        let writes = [
            WritePath::WriteAround,
            WritePath::Invalidate,
            WritePath::WriteThrough,
        ]
        .map(WritePath::procedure);
        for procedure in reads.into_iter().chain(writes) {
            let ends = (procedure.lines.first(), procedure.lines.last());
            let (Some(first), Some(last)) = ends else {
                panic!("an empty procedure");
            };
            assert_eq!(first.instruction, Instruction::Begin);
            assert_eq!(last.instruction, Instruction::Reply);
        }
    }

    #[test]
    fn a_pattern_is_its_own_preset() {
        for pattern in Pattern::ALL {
            let (read, write) = pattern.paths();
            let ttl_us = None;
            assert_eq!(
                Pattern::of(&Strategy {
                    read,
                    write,
                    ttl_us
                }),
                pattern
            );
        }
    }
}
