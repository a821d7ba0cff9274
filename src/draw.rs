//! The mixing function behind every random draw: whoever draws, draws a hash of what the draw is for.

/// The output function of SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014.
#[inline(always)]
pub const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A whole number from 0 to below `bound`, of a 64-bit draw: its high bits, scaled.
pub const fn below(draw: u64, bound: u32) -> u32 {
    ((draw as u128 * bound as u128) >> 64) as u32
}
