//! Cache-aside, also called lazy loading: the application looks in the cache, and on a miss reads
//! the database and fills the cache itself. A miss therefore costs three trips.
//!
//! Source: ElastiCache user guide, "Caching strategies", lazy loading.

use super::Strategy;
use crate::procedure::{Procedure, Writer};

pub(super) fn read(strategy: &Strategy, rows_may_be_absent: bool) -> Procedure {
    Writer::new("get(key):")
        .look_up(strategy)
        .load(strategy, rows_may_be_absent)
        .end()
}
