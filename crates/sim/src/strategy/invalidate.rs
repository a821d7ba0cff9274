//! Invalidate: write the database, then delete the key from the cache, so that the next read loads
//! the new row. The order matters: see `delete_first`.
//!
//! Source: Azure architecture centre, "Cache-Aside pattern", on updating the store before removing
//! the item from the cache.

use super::Strategy;
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .line("  cache.DELETE(key)", Instruction::CacheDelete)
        .reply_and_delete_again(strategy)
        .end()
}
