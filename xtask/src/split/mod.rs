//! Parts the page's WebAssembly in two, so that the first picture does not wait for what it does not
//! need.
//!
//! A profile names the functions that the opening needs; all others come later, and with them the constants
//! that only they refer to. In the first part a stub stands in place of each such function that is called
//! there: it has the second part loaded if it is not there yet, and then calls the function through the
//! table, where the second part has put it. So nobody can tell whether a module was parted, except by how
//! long a call takes.

mod first;
mod later;
mod module;
mod names;
mod plan;
mod probe;
mod profile;
mod references;
mod table;
#[cfg(test)]
mod tests;

use crate::run::Outcome;
use module::Module;
use names::Names;
use plan::Plan;
pub use profile::Profile;
use references::References;
use std::collections::{BTreeMap, BTreeSet};
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
    /// What the first part calls what it imports, by the names that the whole has for it.
    pub imports: BTreeMap<String, String>,
}

/// Parts a module that still has the names of its functions. `linked` is what the linker wrote before
/// wasm-bindgen read it: without it all constants stay in the first part.
pub fn split(code: &[u8], linked: Option<&[u8]>, profile: &Profile) -> Outcome<Parts> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be parted: {error}");
    let module = Module::read(code).map_err(failed)?;
    let references = linked.map(References::read).transpose().map_err(failed)?;
    let Some((ExternalKind::Func, load)) = module.exports.get(LOAD).copied() else {
        return Err(format!(
            "The page's WebAssembly cannot be parted: it exports no `{LOAD}`."
        ));
    };
    // All functions lie in one table; another one holds JavaScript's objects.
    let table = module.slots.keys().next().map_or(0, |(table, _)| *table);
    let plan = Plan::make(&module, references.as_ref(), table, load, |name| {
        !profile.has(name)
    });
    let names = Names::give(&module, &plan);
    Ok(Parts {
        first: first::write(code, &module, &plan, &names, table, load).map_err(failed)?,
        later: later::write(&module, &plan, &names, table).map_err(failed)?,
        imports: names.imports,
    })
}

/// The module with a probe in each function (`probe.rs`).
pub fn probed(code: &[u8]) -> Outcome<Vec<u8>> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be probed: {error}");
    let module = Module::read(code).map_err(failed)?;
    probe::write(code, &module).map_err(failed)
}

/// The names of the functions with these numbers, for a [`Profile`].
pub fn names(code: &[u8], numbers: &BTreeSet<u32>) -> Outcome<BTreeSet<String>> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be read: {error}");
    let module = Module::read(code).map_err(failed)?;
    let found = numbers
        .iter()
        .filter_map(|number| module.functions.get(*number as usize));
    Ok(found
        .filter(|function| function.size() > plan::SMALL)
        .map(|function| profile::line(function.name))
        .collect())
}
