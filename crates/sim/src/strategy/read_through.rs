//! Read-through: the caller asks one library, which looks in the cache and loads what is missing.
//! The caller is simpler; the trips of a miss are those of cache-aside.
//!
//! On ElastiCache, a side cache, the loading is done by a library in the application, not by the
//! engine. Source: Oracle Coherence, "Read-through, write-through, write-behind and refresh-ahead
//! caching".

use super::{Pattern, ReadAbout, Strategy};
use crate::procedure::{Procedure, Writer};

pub(super) const ABOUT: ReadAbout = ReadAbout {
    title: "Read-through",
    rule: "leaves the loading to a caching library, which the application asks",
    pattern: Pattern::ReadThrough,
    caches: true,
    database: true,
    library: true,
    refreshes: false,
    procedure: read,
};

fn read(strategy: &Strategy, rows_may_be_absent: bool) -> Procedure {
    Writer::new("library.get(key):")
        .look_up(strategy)
        .load(strategy, rows_may_be_absent)
        .end()
}
