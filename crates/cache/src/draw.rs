//! The mixing function behind every random draw: a draw is a hash of its purpose.

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
#[inline]
pub const fn below(draw: u64, bound: u32) -> u32 {
    (scaled(draw, bound) >> 32) as u32
}

/// draw · bound / 2³², rounded down.
#[inline]
pub const fn scaled(draw: u64, bound: u32) -> u64 {
    ((draw as u128 * bound as u128) >> 32) as u64
}

/// amount · parts / of, rounded down. `parts` is at most `of`, which is not 0.
pub const fn share(amount: u64, parts: u32, of: u32) -> u64 {
    (amount as u128 * parts as u128 / of as u128) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_below_a_bound_is_its_exact_share() {
        for bound in [0, 1, 2, 3, 1_000, 10_007, 1 << 31, u32::MAX] {
            for i in 0..2_000 {
                let draw = match i {
                    0 => 0,
                    1 => u64::MAX,
                    _ => mix(i),
                };
                let product = u128::from(draw) * u128::from(bound);
                assert_eq!(u128::from(below(draw, bound)), product >> 64);
            }
        }
    }
}
