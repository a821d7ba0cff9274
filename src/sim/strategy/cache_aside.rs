//! Cache-aside, also called lazy loading: the application looks in the cache, and on a miss reads
//! the database and fills the cache itself. A miss therefore costs three trips.
//!
//! Source: ElastiCache user guide, "Caching strategies", lazy loading.

use crate::sim::procedure::{Procedure, procedure};

pub(super) static READ: Procedure = procedure! {
    "get(key):" => Begin,
    "  value = cache.GET(key)" => CacheGet,
    "  if value: return value" => ReplyIfHit,
    "  value = db.SELECT(key)" => DatabaseRead,
    "  cache.SET(key, value, ttl)" => CacheSet,
    "  return value" => Reply,
};
