//! Write-around: a write goes to the database only. Unread writes never enter the cache, and a copy
//! that is already there goes stale until its time to live ends.
//!
//! Source: the plain form of lazy loading in the ElastiCache user guide, "Caching strategies".

use crate::sim::procedure::{Procedure, procedure};

pub(super) static WRITE: Procedure = procedure! {
    "put(key, value):" => Begin,
    "  db.UPDATE(key, value)" => DatabaseWrite,
    "  return" => Reply,
};
