//! The functions that the opening needs, by their names.

use super::names::readable;
use std::collections::BTreeSet;

/// Longer names are cut off here, with a number that tells apart those that are alike so far.
const LONGEST: usize = 100;

/// What ran when the opening was looked at, stepped through and played.
pub struct Profile {
    names: BTreeSet<String>,
}

impl Profile {
    /// Reads it: a line for each name. Lines that begin with `#` are comments.
    pub fn read(text: &str) -> Self {
        let is_name = |line: &&str| !line.is_empty() && !line.starts_with('#');
        Self {
            names: text.lines().filter(is_name).map(str::to_owned).collect(),
        }
    }

    /// Whether a function of this name is needed, as the linker knows it.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&line(name))
    }
}

/// The line for a function of this name, as the linker knows it.
pub fn line(name: &str) -> String {
    let name = readable(name);
    match name.char_indices().nth(LONGEST) {
        None => name,
        Some((end, _)) => format!("{}… {:08x}", &name[..end], hash(&name)),
    }
}

/// The FNV-1a hash, of 32 bits.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::{Profile, line};

    #[test]
    fn a_name_is_found_without_the_hashes_of_its_crates() {
        let profile = Profile::read("# why\ncrate::view::draw\n");
        let mangled = "_RNvNtCsiuJ00F193F1_16cache_playground4view4draw";
        assert!(profile.has(mangled));
        assert!(profile.has(&mangled.replace("CsiuJ00F193F1_", "CskXz2N5qbUqe_")));
        assert!(!profile.has(&mangled.replace("4draw", "5drawn")));
    }

    /// Were it otherwise, what was needed would not be known any more after the next change: the second
    /// part could then not even be loaded, which takes such functions.
    #[test]
    fn a_name_is_found_whatever_its_copy_and_its_import_are_numbered() {
        let shim = |number: &str| {
            format!("_RNvNvCs6GZHesorgTl_12wasm_bindgen4call26___wbg_get_{number} externref shim")
        };
        let (one, other) = (shim("0000000000000090"), shim("00000000000000ba"));
        assert_eq!(line(&one), "wasm_bindgen::call::__wbg_get externref shim");
        assert_eq!(line(&one), line(&other));
        assert_eq!(line("alloc_impl.1002"), line("alloc_impl.26"));
        assert_ne!(line("alloc_impl.rs"), line("alloc_impl"));
    }

    #[test]
    fn long_names_stay_apart() {
        let long = "a".repeat(150);
        let (one, other) = (line(&format!("{long}b")), line(&format!("{long}c")));
        assert!(one != other && one.len() < 120);
    }
}
