//! Cache only, reading: the cache is asked and nothing else, because there is no database. What it does not
//! hold does not exist any more.
//!
//! Source: Redis documentation, "INCR", on counters as rate limiters, which keeps them in the server alone.

use super::{Pattern, ReadAbout, Strategy};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: ReadAbout = ReadAbout {
    title: "Cache only",
    rule: "asks the cache and nothing else; there is no database, and writes have to go to the cache only",
    pattern: Pattern::CacheOnly,
    caches: true,
    database: false,
    library: false,
    refreshes: false,
    procedure: read,
};

/// Defences against stampedes and stale copies add no line: nothing is loaded here.
fn read(_strategy: &Strategy, _rows_may_be_absent: bool) -> Procedure {
    Writer::new("get(key):")
        .line("  value = cache.GET(key)", Instruction::CacheGet)
        .line("  if value: return value", Instruction::ReplyIfHit)
        .line("  return none", Instruction::Reply)
        .end()
}
