//! What more than one of the written modules has: a counter, and the names of functions.

use wasm_encoder::{ConstExpr, GlobalSection, GlobalType, NameMap, NameSection, ValType};

/// A global that the program changes.
pub const COUNTER: GlobalType = GlobalType {
    val_type: ValType::I32,
    mutable: true,
    shared: false,
};

/// Adds so many counters that begin at 0.
pub fn add_counters(globals: &mut GlobalSection, count: u32) {
    for _ in 0..count {
        globals.global(COUNTER, &ConstExpr::i32_const(0));
    }
}

/// The names of functions, each with its number, the least first.
pub fn function_names(named: impl IntoIterator<Item = (u32, impl AsRef<str>)>) -> NameSection {
    let mut labels = NameMap::new();
    for (number, name) in named {
        labels.append(number, name.as_ref());
    }
    let mut naming = NameSection::new();
    naming.functions(&labels);
    naming
}
