//! Invalidate: write the database, then delete the key from the cache, so that the next read loads
//! the new row. The order matters: see `delete_first`.
//!
//! Source: Azure architecture centre, "Cache-Aside pattern", on updating the store before removing
//! the item from the cache.

use super::{Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Database, then delete",
    short_title: "DB, delete",
    rule: "writes the database, then deletes the key from the cache; the next read misses and loads the new row",
    pattern: None,
    caches: true,
    database: true,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .line("  cache.DELETE(key)", Instruction::CacheDelete)
        .reply_and_delete_again(strategy)
        .end()
}
