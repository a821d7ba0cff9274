//! Numbers, shares, sizes and money as people read them.

use sim::cost::MicroUsd;

/// A whole number in groups of three: `95,607`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in tenths of a percent: `66.7 %`, `40 %`.
pub fn per_mille(share: u64) -> String {
    match share % 10 {
        0 => format!("{} %", share / 10),
        tenth => format!("{}.{tenth} %", share / 10),
    }
}

/// A size in decimal multiples: `812 B`, `1.2 kB`, `3.4 MB`.
pub fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} B"),
        _ => scaled(size, [" kB", " MB", " GB"]),
    }
}

/// An amount to the cent: `$1,255.79`.
pub fn dollars(amount: MicroUsd) -> String {
    let cents = amount.cents();
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// A price exactly: `$0.0023`, `$12`.
pub fn price(price: MicroUsd) -> String {
    let (whole, rest) = (grouped(price.0 / 1_000_000), price.0 % 1_000_000);
    let digits = format!("{rest:06}");
    match digits.trim_end_matches('0') {
        "" => format!("${whole}"),
        digits => format!("${whole}.{digits}"),
    }
}

/// A number in thousands, millions or billions, with a tenth where it has fewer than three digits.
pub fn scaled(value: u64, names: [&str; 3]) -> String {
    let (mut unit, mut name) = (1_000, names[0]);
    for next in &names[1..] {
        // A number that would be rounded to a thousand of the smaller unit is one of the larger.
        if value + unit / 20 >= unit * 1_000 {
            (unit, name) = (unit * 1_000, *next);
        }
    }
    let tenths = (value * 10 + unit / 2) / unit;
    match (tenths / 10, tenths % 10) {
        (whole @ 0..100, tenth @ 1..) => format!("{whole}.{tenth}{name}"),
        _ => format!("{}{name}", grouped((value + unit / 2) / unit)),
    }
}

/// A count with its noun: `1 key`, `13,756 keys`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count as u64))
}

/// ECPUs, with as many digits as a sum of money needs: `9,999,999`, `13 million`.
pub fn ecpus(ecpus: u64) -> String {
    match ecpus {
        0..10_000_000 => grouped(ecpus),
        _ => format!("{} million", grouped((ecpus + 500_000) / 1_000_000)),
    }
}

/// Thousandths as a number with as many digits behind the point as it has: `3.2`, `14`.
pub fn thousandths(milli: u64) -> String {
    let digits = format!("{:03}", milli % 1_000);
    match digits.trim_end_matches('0') {
        "" => grouped(milli / 1_000),
        digits => format!("{}.{digits}", grouped(milli / 1_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_money_read_well() {
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(1_240), "1.2 kB");
        assert_eq!(bytes(64_000_000), "64 MB");
        assert_eq!(bytes(950_040_000), "950 MB");
        assert_eq!(bytes(999_960), "1 MB");
        assert_eq!(dollars(MicroUsd(1_255_795_000)), "$1,255.80");
        assert_eq!(price(MicroUsd(2_300)), "$0.0023");
        assert_eq!(price(MicroUsd(12_000_000)), "$12");
        assert_eq!(ecpus(9_999_999), "9,999,999");
        assert_eq!(ecpus(13_140_000), "13 million");
        assert_eq!(thousandths(3_200), "3.2");
        assert_eq!(thousandths(1_014_000), "1,014");
    }
}
