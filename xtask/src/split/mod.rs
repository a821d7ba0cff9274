//! Parts the page's WebAssembly in two, so that the first picture does not wait for what it does not
//! need.
//!
//! A list names what comes later by its Rust paths; whatever only that calls comes later as well. In
//! the first part a stub stands in place of each such function that is called there: it has the second
//! part loaded if it is not there yet, and then calls the function through the table, where the second
//! part has put it. So nobody can tell whether a module was parted, except by how long a call takes.

mod first;
mod later;
mod list;
mod module;
mod names;
mod plan;
#[cfg(test)]
mod tests;

use crate::run::Outcome;
pub use list::List;
use module::Module;
use names::Names;
use plan::Plan;
use wasmparser::ExternalKind;

/// What can go wrong: a module that is none, or that does more than this knows.
type Failure = wasm_encoder::reencode::Error<&'static str>;

/// The export that loads the second part: `bridge::parts` in Rust.
const LOAD: &str = "loadLater";

/// A module in two.
pub struct Parts {
    /// What the page starts with.
    pub first: Vec<u8>,
    /// What it fetches afterwards.
    pub later: Vec<u8>,
    /// Lines of the list that no function fits any more.
    pub idle: Vec<String>,
}

/// Parts a module that still has the names of its functions.
pub fn split(code: &[u8], list: &List) -> Outcome<Parts> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be parted: {error}");
    let module = Module::read(code).map_err(failed)?;
    let Some((ExternalKind::Func, load)) = module.exports.get(LOAD).copied() else {
        return Err(format!(
            "The page's WebAssembly cannot be parted: it exports no `{LOAD}`."
        ));
    };
    // All functions lie in one table; another one holds JavaScript's objects.
    let table = module.slots.keys().next().map_or(0, |(table, _)| *table);
    let plan = Plan::make(&module, table, load, |name| list.is_later(name));
    let names = Names::give(&module, &plan);
    let all: Vec<&str> = module
        .functions
        .iter()
        .map(|function| function.name)
        .collect();
    Ok(Parts {
        first: first::write(code, &module, &plan, &names, table, load).map_err(failed)?,
        later: later::write(&module, &plan, &names, table).map_err(failed)?,
        idle: list.idle(&all).into_iter().map(str::to_owned).collect(),
    })
}
