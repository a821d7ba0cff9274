//! The names under which the second part finds what it needs of the first: as short as can be.

use super::{module::Module, plan::Plan};
use std::collections::BTreeMap;

/// The module's name in the second part's imports.
pub const MODULE: &str = "";

/// What the first part exports for the second, by the numbers of the whole.
pub struct Names {
    pub functions: BTreeMap<u32, String>,
    pub globals: BTreeMap<u32, String>,
    pub tables: BTreeMap<u32, String>,
    pub memory: String,
    /// The global that says whether the second part is there.
    pub there: String,
    /// What the first part calls what it imports, by its names there. wasm-bindgen's own are so long that
    /// they are a sixtieth of the download.
    pub imports: BTreeMap<String, String>,
}

impl Names {
    /// Names that the module does not use itself.
    pub fn give(module: &Module, plan: &Plan) -> Self {
        let mut free = (0..)
            .map(short)
            .filter(|name| !module.exports.contains_key(name.as_str()));
        let mut next = || free.next().unwrap_or_default();
        let (memory, there) = (next(), next());
        let mut all = |numbers: &std::collections::BTreeSet<u32>| {
            numbers.iter().map(|number| (*number, next())).collect()
        };
        let imports = module.imports.iter().zip((0..).map(short));
        let imports = imports.map(|(name, new)| ((*name).to_owned(), new));
        Self {
            imports: imports.collect(),
            tables: all(&plan.shared_tables),
            globals: all(&plan.shared_globals),
            functions: all(&plan.shared_functions),
            memory,
            there,
        }
    }
}

/// What wasm-bindgen adds to the name of an import's function that it wraps.
const SHIM: &str = " externref shim";

/// A function's name as in Rust, without what tells apart crates of one name and without numbers that are
/// others after any change of the program: the compiler's, which tell copies of one function apart, and
/// wasm-bindgen's, which stand for its hashes (`xtask/src/site.rs`).
pub fn readable(name: &str) -> String {
    let (name, shim) = match name.strip_suffix(SHIM) {
        Some(name) => (name, SHIM),
        None => (name, ""),
    };
    let name = match name.rsplit_once('.') {
        Some((of, copy)) if copy.bytes().all(|byte| byte.is_ascii_digit()) => of,
        _ => name,
    };
    // Both packages of the page's program are told by their rooms.
    let mut name = format!("{:#}", rustc_demangle::demangle(name))
        .replace("cache_playground_engine::", "crate::")
        .replace("cache_playground::", "crate::");
    let is_hash =
        |digits: &str| digits.len() == HASH && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(start) = name.len().checked_sub(HASH + 1)
        && name.is_char_boundary(start)
        && name.is_char_boundary(start + 1)
        && name[start..].starts_with('_')
        && is_hash(&name[start + 1..])
    {
        name.truncate(start);
    }
    name + shim
}

/// So many digits has a hash of wasm-bindgen's, or what stands in its place.
const HASH: usize = 16;

/// The names in their order: `a`, `b`, … `Z`, `aa`, `ab`, …
fn short(number: u32) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let (mut left, mut name) = (number as usize, String::new());
    loop {
        name.insert(0, char::from(LETTERS[left % LETTERS.len()]));
        if left < LETTERS.len() {
            return name;
        }
        left = left / LETTERS.len() - 1;
    }
}
