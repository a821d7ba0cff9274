//! A hash that is the same on every platform: 64 bits of everything that `derive(Hash)` visits.
//!
//! The standard hashers are either keyed or not specified, and write `usize` in the platform's
//! width; this one widens every number to 64 bits first.

use std::hash::{Hash, Hasher};

/// The canonical hash of a value.
pub fn stable_hash(value: &impl Hash) -> u64 {
    let mut hasher = StableHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hashes whatever it is given, in order; its state is the hash so far.
#[derive(Clone, Copy, Default)]
pub struct StableHasher {
    state: u64,
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write_u64(&mut self, word: u64) {
        // The 64-bit finalizer of MurmurHash3 (A. Appleby), after mixing the word in.
        let mut z = (self.state ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        z = (z ^ (z >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        self.state = z ^ (z >> 33);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }
    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_stay() {
        assert_eq!(stable_hash(&1_u32), stable_hash(&1_u64));
        assert_eq!(stable_hash(&1_usize), stable_hash(&1_u64));
        assert_eq!(
            stable_hash(&("key", Some(3_u8))),
            stable_hash(&("key", Some(3_u32)))
        );
        assert_ne!(stable_hash(&"ab"), stable_hash(&"ba"));
        assert_eq!(format!("{:016x}", stable_hash(&0_u64)), "9ca066f1a4ab2eea");
    }
}
