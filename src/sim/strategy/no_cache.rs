//! No cache: every read is a database read. The baseline of every comparison.

use crate::sim::procedure::{Procedure, procedure};

pub(super) static READ: Procedure = procedure! {
    "get(key):" => Begin,
    "  value = db.SELECT(key)" => DatabaseRead,
    "  return value" => Reply,
};
