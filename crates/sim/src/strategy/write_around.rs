//! Write-around: a write goes to the database only. Unread writes never enter the cache, and a copy
//! that is already there goes stale until its TTL runs out.
//!
//! Source: the plain form of lazy loading in the ElastiCache user guide, "Caching strategies".

use super::{Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Database only",
    short_title: "DB only",
    rule: "writes the database only; a copy in the cache stays stale until its TTL runs out",
    pattern: None,
    caches: false,
    database: true,
    procedure: write,
};

fn write(_strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .line("  return", Instruction::Reply)
        .end()
}
