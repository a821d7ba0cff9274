//! Cache-aside, also called lazy loading: the application looks in the cache, and on a miss reads
//! the database and fills the cache itself. A miss therefore costs three trips.
//!
//! Source: ElastiCache user guide, "Caching strategies", lazy loading.

use super::{Pattern, ReadAbout, Strategy};
use crate::procedure::{Procedure, Writer};

pub(super) const ABOUT: ReadAbout = ReadAbout {
    title: "Cache-aside",
    rule: "checks the cache; on a miss, reads the database and stores the result in the cache",
    pattern: Pattern::CacheAside,
    caches: true,
    database: true,
    library: false,
    refreshes: false,
    procedure: read,
};

fn read(strategy: &Strategy, rows_may_be_absent: bool) -> Procedure {
    Writer::new("get(key):")
        .look_up(strategy)
        .load(strategy, rows_may_be_absent)
        .end()
}
