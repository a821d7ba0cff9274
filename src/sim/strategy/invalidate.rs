//! Invalidate: write the database, then delete the key from the cache, so that the next read loads
//! the new row. The order matters: deleting first lets a reader put the old row back.
//!
//! Source: Azure architecture centre, "Cache-Aside pattern", on updating the store before removing
//! the item from the cache.

use crate::sim::procedure::{Procedure, procedure};

pub(super) static WRITE: Procedure = procedure! {
    "put(key, value):" => Begin,
    "  db.UPDATE(key, value)" => DatabaseWrite,
    "  cache.DELETE(key)" => CacheDelete,
    "  return" => Reply,
};
