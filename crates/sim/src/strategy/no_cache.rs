//! No cache: every read is a database read. The baseline of every comparison.

use super::{Pattern, ReadAbout, Strategy};
use crate::procedure::{Instruction, Procedure, Writer};

pub(super) const ABOUT: ReadAbout = ReadAbout {
    title: "No cache",
    rule: "always reads the database; writes have to go to the database only",
    pattern: Pattern::NoCache,
    caches: false,
    database: true,
    library: false,
    refreshes: false,
    procedure: read,
};

fn read(_strategy: &Strategy, _rows_may_be_absent: bool) -> Procedure {
    Writer::new("get(key):")
        .line("  value = db.SELECT(key)", Instruction::DatabaseRead)
        .line("  return value", Instruction::Reply)
        .end()
}
