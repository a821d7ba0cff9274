//! Delete first: the mistake of deleting the key before the row is written. A read in between loads
//! the old row and puts it back, and nothing removes it any more.
//!
//! Source: Azure architecture centre, "Cache-Aside pattern", which names the order as important.

use super::{Strategy, WriteAbout};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: WriteAbout = WriteAbout {
    title: "Delete, then database",
    short_title: "delete copy, then DB",
    rule: "deletes the key, then writes the database; a read in between puts the old row back",
    pattern: None,
    caches: true,
    database: true,
    procedure: write,
};

fn write(strategy: &Strategy) -> Procedure {
    Writer::new("put(key, value):")
        .line("  cache.DELETE(key)", Instruction::CacheDelete)
        .line("  db.UPDATE(key, value)", Instruction::DatabaseWrite)
        .reply_and_delete_again(strategy)
        .end()
}
