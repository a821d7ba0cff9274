//! Cache only, writing: the new value goes to the cache, its only place, and is gone when that loses it. The
//! cache node numbers the versions, like a counter that it increments.
//!
//! Source: Redis documentation, "INCR", on counters as rate limiters.

use super::{Pattern, Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Cache only",
    short_title: "cache only",
    rule: "writes the cache and nothing else; what it evicts or loses is gone",
    pattern: Some(Pattern::CacheOnly),
    caches: true,
    database: false,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .store(strategy, Instruction::CacheSetOnlyCopy)
        .line("  return", Instruction::Reply)
        .end()
}
