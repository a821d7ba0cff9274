//! No cache: every read is a database read. The baseline of every comparison.

use crate::procedure::{Instruction, Procedure, Writer};

pub(super) fn read() -> Procedure {
    Writer::new("get(key):")
        .line("  value = db.SELECT(key)", Instruction::DatabaseRead)
        .line("  return value", Instruction::Reply)
        .end()
}
