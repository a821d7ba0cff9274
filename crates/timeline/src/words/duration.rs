//! Durations in the unit that fits.

use cache::units::Micros;
use std::fmt::Write;

/// A duration in the unit that fits: `310 µs`, `4.12 ms`, `1.5 s`, `4 min 30 s`.
pub fn duration(span: Micros) -> String {
    let us = span.0;
    let rounded = |unit: u64| (us + unit / 2) / unit;
    let mut text = String::new();
    let written = match us {
        0..1_000 => write!(text, "{us} µs"),
        1_000..999_500 => write!(text, "{} ms", decimal(us, 1_000)),
        999_500..119_500_000 => write!(text, "{} s", decimal(us, 1_000_000)),
        119_500_000..7_200_000_000 => two_units(&mut text, rounded(1_000_000), (60, "min"), "s"),
        7_200_000_000..172_800_000_000 => {
            two_units(&mut text, rounded(60_000_000), (60, "h"), "min")
        }
        _ => two_units(&mut text, rounded(3_600_000_000), (24, "d"), "h"),
    };
    written.expect("writing to a text cannot fail");
    text
}

/// Three significant digits at most, without trailing zeros.
fn decimal(us: u64, unit: u64) -> String {
    let (whole, rest) = (us / unit, us % unit);
    let digits = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let scale = 10_u64.pow(digits);
    let rounded = (whole * scale) + (rest * scale + unit / 2) / unit;
    let (whole, fraction) = (rounded / scale, rounded % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let fraction = format!("{fraction:0width$}", width = digits as usize);
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

fn two_units(
    text: &mut String,
    small: u64,
    (size, large_name): (u64, &str),
    small_name: &str,
) -> std::fmt::Result {
    match small % size {
        0 => write!(text, "{} {large_name}", small / size),
        rest => write!(text, "{} {large_name} {rest} {small_name}", small / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let cases = [
            (0, "0 µs"),
            (310, "310 µs"),
            (4_123, "4.12 ms"),
            (4_100, "4.1 ms"),
            (18_420, "18.4 ms"),
            (999_700, "1 s"),
            (10_000_000, "10 s"),
            (9_995_000, "10 s"),
            (119_600_000, "2 min"),
            (180_000_000, "3 min"),
            (269_970_000, "4 min 30 s"),
            (90_000_000_000, "25 h"),
            (180_000_000_000, "2 d 2 h"),
        ];
        for (us, expected) in cases {
            assert_eq!(duration(Micros(us)), expected);
        }
    }
}
