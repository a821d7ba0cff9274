//! Write-through: every write goes to the database and then to the cache, which therefore holds what
//! was written last, whether or not it will be read.
//!
//! Source: ElastiCache user guide, "Caching strategies", write-through (its pseudocode writes the
//! database first).

use super::{Pattern, Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Database and cache",
    short_title: "DB + cache",
    rule: "writes the database, then always stores the new value in the cache",
    pattern: Some(Pattern::WriteThrough),
    caches: true,
    database: true,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .store(strategy, Instruction::CacheSet)
        .line("  return", Instruction::Reply)
        .end()
}
