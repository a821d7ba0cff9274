//! Write-around: a write goes to the database only. Unread writes never enter the cache, and a copy
//! that is already there goes stale until its time to live ends.
//!
//! Source: the plain form of lazy loading in the ElastiCache user guide, "Caching strategies".

use crate::procedure::{Instruction, Procedure, Writer};

pub(super) fn write() -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .line("  return", Instruction::Reply)
        .end()
}
