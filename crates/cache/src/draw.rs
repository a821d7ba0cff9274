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
#[inline]
pub const fn below(draw: u64, bound: u32) -> u32 {
    (scaled(draw, bound) >> 32) as u32
}

/// draw · bound / 2³². WebAssembly multiplies 64 bits by 64 in a call; two products of 32 bits are exact too.
#[inline]
pub const fn scaled(draw: u64, bound: u32) -> u64 {
    let (high, low) = (draw >> 32, draw & u32::MAX as u64);
    high * bound as u64 + ((low * bound as u64) >> 32)
}

/// amount · parts / of, rounded down, where it fits; `of` is not 0. Digit by digit of 32 bits, as on paper:
/// 128 bits are a call in WebAssembly, and to divide them a kilobyte.
#[inline(never)]
pub const fn share(amount: u64, parts: u32, of: u32) -> u64 {
    let (parts, of) = (parts as u64, of as u64);
    let low = (amount & u32::MAX as u64) * parts;
    let high = (amount >> 32) * parts + (low >> 32);
    let rest = ((high % of) << 32) | low & u32::MAX as u64;
    ((high / of) << 32) + rest / of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact() {
        for i in 0..20_000 {
            let amount = mix(i) >> (i % 64);
            let of = (mix(i + 1) as u32 >> (i % 32)).max(1);
            let parts = (u64::from(of) * (i % 11) / 10) as u32;
            let exact = u128::from(amount) * u128::from(parts) / u128::from(of);
            if let Ok(exact) = u64::try_from(exact) {
                assert_eq!(share(amount, parts, of), exact, "{amount} {parts} {of}");
            }
        }
        let most = u64::MAX;
        assert_eq!(share(most, u32::MAX, u32::MAX), most);
        assert_eq!(share(most, 1, 1), most);
    }

    #[test]
    fn a_draw_is_scaled_exactly() {
        for bound in [0, 1, 2, 3, 1_000, 10_007, 1 << 31, u32::MAX] {
            for i in 0..2_000 {
                let draw = match i {
                    0 => 0,
                    1 => u64::MAX,
                    _ => mix(i),
                };
                let product = u128::from(draw) * u128::from(bound);
                assert_eq!(u128::from(scaled(draw, bound)), product >> 32);
                assert_eq!(u128::from(below(draw, bound)), product >> 64);
            }
        }
    }
}
