//! Random draws that depend on what they are for, never on what was drawn before.
//!
//! A draw is a hash of (seed, stream, request, occurrence). So an extra operation in one lane cannot
//! shift another lane's luck, and request 17's database read takes equally long in every lane: that
//! is what makes a comparison fair, and what keeps lanes in step until they truly differ.

/// What a draw is for. The numbers are part of saved results: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// The network round trip of a cache operation.
    CacheNetwork = 1,
    /// The cache node's own work on an operation.
    CacheService = 2,
    /// The network round trip of a database operation.
    DatabaseNetwork = 3,
    /// The database's work on a read.
    DatabaseRead = 4,
    /// The database's work on a write.
    DatabaseWrite = 5,
}

/// A 64-bit value that looks random and is fixed by its four arguments.
///
/// `occurrence` tells several draws of one stream within one request apart.
pub fn draw(seed: u64, stream: Stream, request: u32, occurrence: u32) -> u64 {
    let purpose = (stream as u64) << 32 | u64::from(occurrence);
    mix(mix(mix(seed) ^ purpose) ^ u64::from(request))
}

/// The output function of SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_matters() {
        let base = draw(1, Stream::CacheNetwork, 1, 0);
        assert_eq!(base, draw(1, Stream::CacheNetwork, 1, 0));
        assert_ne!(base, draw(2, Stream::CacheNetwork, 1, 0));
        assert_ne!(base, draw(1, Stream::CacheService, 1, 0));
        assert_ne!(base, draw(1, Stream::CacheNetwork, 2, 0));
        assert_ne!(base, draw(1, Stream::CacheNetwork, 1, 1));
    }
}
