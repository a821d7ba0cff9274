//! Write-through: every write goes to the database and then to the cache, which therefore holds what
//! was written last, whether or not anybody will read it.
//!
//! Source: ElastiCache user guide, "Caching strategies", write-through (its pseudocode writes the
//! database first).

use crate::sim::procedure::{Procedure, procedure};

pub(super) static WRITE: Procedure = procedure! {
    "put(key, value):" => Begin,
    "  db.UPDATE(key, value)" => DatabaseWrite,
    "  cache.SET(key, value, ttl)" => CacheSet,
    "  return" => Reply,
};
