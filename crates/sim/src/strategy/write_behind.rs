//! Write-behind: a write goes to the cache, which queues the key, and is answered at once; the row is
//! written a while later. Rewrites of a queued key coalesce into one row write. What is queued when
//! the cache's contents are lost is lost with them.
//!
//! Source: Oracle Coherence, "Write-behind caching".

use super::Strategy;
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) fn write(strategy: &Strategy) -> Procedure {
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
