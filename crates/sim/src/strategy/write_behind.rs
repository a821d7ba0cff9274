//! Write-behind: a write goes to the cache, which queues the key, and is answered at once; the row is
//! written a while later. Rewrites of a queued key coalesce into one row write. What is queued when
//! the cache's contents are lost is lost with them.
//!
//! Source: Oracle Coherence, "Write-behind caching".

use super::{Pattern, Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Cache, database later",
    short_title: "DB later",
    rule: "writes the cache now and the database later; queued writes can be lost",
    pattern: Some(Pattern::WriteBehind),
    caches: true,
    database: true,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .store(strategy, Instruction::CacheSetAndQueue)
        .line("  return", Instruction::Reply)
        .line("  if key was queued: stop", Instruction::StopIfQueued)
        .line(
            "  sleep(flush delay)",
            Instruction::Wait(strategy.flush_delay_us),
        )
        .line("  db.UPDATE(key, queued value)", Instruction::DatabaseFlush)
        .end()
}
