//! Update: write the database, then overwrite the copy in the cache if there is one (`SET … XX`). What
//! nobody has read does not enter the cache, unlike under write-through; two writers can still leave
//! their values in the wrong order.
//!
//! Source: the set/set inversion in R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, for
//! which that paper deletes instead.

use super::{Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Database, then update",
    short_title: "DB, then update copy",
    rule: "writes the database, then updates the copy if there is one",
    pattern: None,
    caches: true,
    database: true,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .store(strategy, Instruction::CacheSetIfPresent)
        .line("  return", Instruction::Reply)
        .end()
}
