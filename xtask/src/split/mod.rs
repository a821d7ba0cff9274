//! Parts the page's WebAssembly in two, so that the first picture does not wait for what it does not
//! need.
//!
//! A profile names the functions that the opening needs; all others come later, and with them the constants
//! that only they refer to. In the first part a stub stands in place of each such function that is called
//! there: it has the second part loaded if it is not there yet, and then calls the function through the
//! table, where the second part has put it. So nobody can tell whether a module was parted, except by how
//! long a call takes.

mod blocks;
mod first;
mod flow;
mod later;
mod module;
mod names;
mod order;
mod outline;
#[cfg(test)]
mod outline_tests;
mod pieces;
mod plan;
mod probe;
mod profile;
mod references;
mod sections;
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
    /// The names under which the second part finds the first one's functions.
    pub shared: BTreeSet<String>,
}

/// One part in the order in which it compresses best.
pub struct Arranged {
    /// The module.
    pub code: Vec<u8>,
    /// The number that each of its functions had.
    pub numbers: Vec<u32>,
}

/// Parts a module that still has the names of its functions. `linked` is what the linker wrote before
/// wasm-bindgen read it: without it all constants stay in the first part.
pub fn split(code: &[u8], linked: Option<&[u8]>, profile: &Profile) -> Outcome<Parts> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be parted: {error}");
    let module = Module::read(code).map_err(failed)?;
    let code = &*outline::write(code, &module, profile).map_err(failed)?;
    let module = Module::read(code).map_err(failed)?;
    let references = linked.map(References::read).transpose().map_err(failed)?;
    if let Some(name) = references.as_ref().and_then(|each| each.lost(&module)) {
        return Err(format!(
            "The page's WebAssembly cannot be parted: what {} refers to is not found in it.",
            names::readable(name)
        ));
    }
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
        shared: names.functions.into_values().collect(),
    })
}

/// The two optimised parts as they are best served; `shared` are the names of functions that the second finds
/// in the first ([`Parts::shared`]).
pub fn arrange(first: &[u8], later: &[u8], shared: &BTreeSet<String>) -> Outcome<[Arranged; 2]> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be arranged: {error}");
    let (first, names) = order::first(first, shared).map_err(failed)?;
    Ok([first, order::later(later, &names).map_err(failed)?])
}

/// The module with a probe in each function (`probe.rs`).
pub fn probed(code: &[u8]) -> Outcome<Vec<u8>> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be probed: {error}");
    let module = Module::read(code).map_err(failed)?;
    probe::write(code, &module).map_err(failed)
}

/// What ran, given the numbers of the blocks that did in [`probed`]: those of the opening, and those of a long
/// run, whose speed would suffer if what it comes to in the opening's functions were a call away.
pub fn profile(code: &[u8], opening: &BTreeSet<u32>, long_run: &BTreeSet<u32>) -> Outcome<Profile> {
    let failed = |error: Failure| format!("The page's WebAssembly cannot be read: {error}");
    let module = Module::read(code).map_err(failed)?;
    let (mut profile, mut first) = (Profile::read(""), 0);
    for function in &module.functions {
        let Some(body) = &function.body else { continue };
        let blocks = first..first + blocks::shape(body).map_err(failed)?.0 as u32;
        first = blocks.end;
        if opening.contains(&blocks.start) && function.size() > plan::SMALL {
            let ran = blocks.map(|block| opening.contains(&block) || long_run.contains(&block));
            let ran: Vec<bool> = ran.collect();
            profile.add(function.name, body, &ran).map_err(failed)?;
        }
    }
    Ok(profile)
}
