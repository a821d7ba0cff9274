//! The functions that the opening needs, by their names.

use super::{Failure, blocks, names::readable};
use std::collections::BTreeMap;
use wasmparser::FunctionBody;

/// Longer names are cut off here, with a number that tells apart those that are alike so far.
const LONGEST: usize = 100;

/// What ran when the opening was looked at, stepped through and played.
pub struct Profile {
    /// Each function, with the blocks that were never come to: for each shape that the function has (there
    /// may be several of one name).
    functions: BTreeMap<String, BTreeMap<u32, Vec<bool>>>,
}

impl Profile {
    /// Reads it: a line for each function. Lines that begin with `#` are comments.
    pub fn read(text: &str) -> Self {
        let mut functions: BTreeMap<String, BTreeMap<u32, Vec<bool>>> = BTreeMap::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let mut parts = line.split('\t');
            let shapes = functions
                .entry(parts.next().unwrap_or_default().to_owned())
                .or_default();
            for shape in parts {
                let (hash, cold) = shape.split_once(' ').unwrap_or_default();
                if let Ok(hash) = u32::from_str_radix(hash, 16) {
                    shapes.insert(hash, bits(cold));
                }
            }
        }
        Self { functions }
    }

    /// Whether a function of this name is needed, as the linker knows it.
    pub fn has(&self, name: &str) -> bool {
        self.functions.contains_key(&line(name))
    }

    /// Of a function of this name and with this body, whether each block was never come to; nothing, if
    /// that is not known of any.
    pub fn cold(&self, name: &str, body: &FunctionBody) -> Result<Option<Vec<bool>>, Failure> {
        let Some(shapes) = self
            .functions
            .get(&line(name))
            .filter(|shapes| !shapes.is_empty())
        else {
            return Ok(None);
        };
        let (blocks, hash) = blocks::shape(body)?;
        let cold = shapes.get(&hash).map(|cold| {
            let known = cold.iter().copied().chain(std::iter::repeat(false));
            known.take(blocks).collect()
        });
        Ok(cold)
    }

    /// Adds a function that ran, with the blocks that did.
    pub fn add(&mut self, name: &str, body: &FunctionBody, ran: &[bool]) -> Result<(), Failure> {
        let shapes = self.functions.entry(line(name)).or_default();
        if !has_pieces(name) {
            return Ok(());
        }
        let (_, hash) = blocks::shape(body)?;
        let cold = ran.iter().map(|ran| !ran);
        match shapes.get_mut(&hash) {
            // Copies of one function: what any of them came to.
            Some(known) => known
                .iter_mut()
                .zip(cold)
                .for_each(|(known, cold)| *known &= cold),
            None => drop(shapes.insert(hash, cold.collect())),
        }
        Ok(())
    }

    /// As text.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for (name, shapes) in &self.functions {
            text += name;
            for (hash, cold) in shapes {
                if cold.contains(&true) {
                    text += &format!("\t{hash:08x} {}", digits(cold));
                }
            }
            text += "\n";
        }
        text
    }

    /// How many functions there are.
    pub fn len(&self) -> usize {
        self.functions.len()
    }
}

/// Where a table grows or a heap is searched depends on more than on what a person does.
fn has_pieces(name: &str) -> bool {
    let name = readable(name);
    !["dlmalloc::", "hashbrown::", "indexmap::"]
        .iter()
        .any(|part| name.contains(part))
        && ![
            "<alloc::", "alloc::", "core::", "<core::", "<std::", "std::",
        ]
        .iter()
        .any(|part| name.starts_with(part))
}

/// Four bits a digit, the lowest first.
fn digits(bits: &[bool]) -> String {
    let digit = |bits: &[bool]| {
        let value = bits
            .iter()
            .rev()
            .fold(0, |value, bit| value * 2 + u32::from(*bit));
        char::from_digit(value, 16)
    };
    let digits: String = bits.chunks(4).filter_map(digit).collect();
    digits.trim_end_matches('0').to_owned()
}

fn bits(digits: &str) -> Vec<bool> {
    let values = digits.chars().filter_map(|digit| digit.to_digit(16));
    values
        .flat_map(|value| (0..4).map(move |bit| value >> bit & 1 == 1))
        .collect()
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
