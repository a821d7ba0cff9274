//! Logarithm and power to the base 2 in whole numbers, for the tables and draws that need them.
//!
//! Floating-point logarithms differ in their last bits between native code and WebAssembly; these
//! have no last bits to differ in. A table of 64 cells takes most of the argument, and three terms of
//! the power series the rest: the error is below 10⁻⁷, far below what any number here is known to.
//!
//! Numbers are fixed-point with 32 binary digits after the point ("Q32"): [`ONE`] stands for 1.

/// 1 as a fixed-point number.
pub(super) const ONE: u64 = 1 << 32;

/// The natural logarithm of 2.
pub(super) const LN_2: u64 = 2_977_044_472;

/// The logarithm of e to the base 2.
const LOG2_E: u64 = 6_196_328_019;

const CELLS: usize = 64;

/// log2(1 + i/64) for every i.
const LOG2_OF_CELL: [u64; CELLS] = {
    let mut table = [0; CELLS];
    let mut i = 0;
    while i < CELLS {
        table[i] = log2_by_squaring((CELLS + i) as u64);
        i += 1;
    }
    table
};

/// 2 to the power of i/64 for every i.
const EXP2_OF_CELL: [u64; CELLS] = {
    // The 64th root of 2 is six square roots away. Q62, so that products of many stay exact enough.
    let mut root: u128 = 2 << 62;
    let mut square_roots = 0;
    while square_roots < 6 {
        root = (root << 62).isqrt();
        square_roots += 1;
    }
    let mut table = [0; CELLS];
    let mut power: u128 = 1 << 62;
    let mut i = 0;
    while i < CELLS {
        table[i] = (power >> 30) as u64;
        power = (power * root) >> 62;
        i += 1;
    }
    table
};

/// log2 of a number of 64ths from 1 to 2, a binary digit at a time: squaring doubles a logarithm.
const fn log2_by_squaring(sixty_fourths: u64) -> u64 {
    let mut x = (sixty_fourths as u128) << 56;
    let mut log2 = 0;
    let mut digit = 0;
    while digit < 32 {
        x = (x * x) >> 62;
        log2 <<= 1;
        if x >> 63 != 0 {
            x >>= 1;
            log2 |= 1;
        }
        digit += 1;
    }
    log2
}

/// The base-2 logarithm of a whole number, as a fixed-point number.
///
/// # Panics
/// If the number is 0.
pub fn log2(number: u64) -> u64 {
    assert!(number != 0, "0 has no logarithm");
    let zeros = number.leading_zeros();
    // From 1 to 2 in Q39: the first six digits after the point say which cell.
    let mantissa = number << zeros >> 24;
    let cell = (mantissa >> 33) as usize - CELLS;
    let start = mantissa >> 33 << 33;
    // mantissa = start · (1 + r), so what is left is log2(1 + r).
    let r = ((mantissa - start) << 30) / (start >> 2);
    let square = (r * r) >> 32;
    let ln = r - square / 2 + ((square * r) >> 32) / 3;
    (u64::from(63 - zeros) << 32) + LOG2_OF_CELL[cell] + ((ln * LOG2_E) >> 32)
}

/// 2 to the power of a fixed-point number, as a fixed-point number; the largest there is if that
/// would be 2³² or more.
pub(super) fn exp2(power: u64) -> u64 {
    let whole = power >> 32;
    if whole >= 32 {
        return u64::MAX;
    }
    exp2_of_fraction(power) << whole
}

/// 2 to the power of minus a fixed-point number, as a number of 2⁻⁴⁸ths, so that small results keep
/// their digits.
pub(super) fn exp2_of_minus(power: u64) -> u64 {
    // 2^-x = 2^(1 - fraction of x) / 2^(whole of x + 1)
    let fraction = power & (ONE - 1);
    let shift = (power >> 32) + 1;
    let (base, shift) = match fraction {
        0 => (ONE, shift - 1),
        _ => (exp2_of_fraction(ONE - fraction), shift),
    };
    match shift {
        0..64 => base << 16 >> shift,
        _ => 0,
    }
}

/// 2 to the power of the part after the point: from 1 to 2.
fn exp2_of_fraction(power: u64) -> u64 {
    let fraction = power & (ONE - 1);
    let cell = (fraction >> 26) as usize;
    let x = ((fraction & ((1 << 26) - 1)) * LN_2) >> 32;
    let square = (x * x) >> 32;
    let rest = x + square / 2 + ((square * x) >> 32) / 6;
    EXP2_OF_CELL[cell] + ((EXP2_OF_CELL[cell] * rest) >> 32)
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "what the platform's own functions give, to a tolerance"
)]
mod tests {
    use super::*;

    fn value(fixed: u64) -> f64 {
        fixed as f64 / ONE as f64
    }

    #[test]
    fn logarithms_agree_with_floating_point() {
        for number in (1..5_000).chain((1..5_000).map(|i| i * 3_689_348_814_741_907)) {
            let error = value(log2(number)) - (number as f64).log2();
            assert!(error.abs() < 1e-7, "{number}: {error}");
        }
        assert_eq!(log2(1), 0);
        assert_eq!(log2(1 << 63), 63 << 32);
    }

    #[test]
    fn powers_agree_with_floating_point() {
        for i in 0..10_000_u64 {
            let power = i * ONE / 700;
            let relative = value(exp2(power)) / value(power).exp2() - 1.0;
            assert!(relative.abs() < 1e-7, "{i}: {relative}");
            let small = exp2_of_minus(power) as f64 / (1_u64 << 48) as f64;
            let error = small - (-value(power)).exp2();
            assert!(error.abs() < 1e-7 * small + 1e-14, "{i}: {error}");
        }
        assert_eq!(exp2(0), ONE);
        assert_eq!(exp2(31 << 32), 1 << 63);
        assert_eq!(exp2(32 << 32), u64::MAX);
        assert_eq!(exp2_of_minus(0), 1 << 48);
        assert_eq!(exp2_of_minus(1 << 32), 1 << 47);
        assert_eq!(exp2_of_minus(u64::MAX), 0);
    }
}
