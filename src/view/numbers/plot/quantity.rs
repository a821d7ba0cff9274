//! The kinds of numbers on an axis, and how they are written.

use crate::view::shell::format::{bytes, dollars, grouped, per_mille, percent, scaled};
use cache::units::Micros;
use sim::cost::MicroUsd;
use timeline::duration;

/// The kind of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// A count.
    Count,
    /// A number in thousandths: 1,500 is written `1.5`.
    Milli,
    /// A share in thousandths: 667 is written `66.7 %`.
    Share,
    /// A span or an instant in microseconds.
    Time,
    /// A time of day in seconds: 43,210 is written `12:00:10`.
    Clock,
    /// A size in bytes.
    Bytes,
    /// An amount in micro-dollars: 255,792,000 is written `$255.79`.
    Dollars,
    /// A part of a whole: of 50,000, 33,725 is written `33,725 (67.45 %)`, and a tick as its share.
    Of(u64),
}

/// A second and the units above it that people count in, in microseconds.
const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Quantity {
    /// A number in full, as it is read out.
    pub fn text(self, value: u64) -> String {
        match self {
            Quantity::Count => grouped(value),
            Quantity::Milli => milli(value),
            Quantity::Share => per_mille(value),
            Quantity::Time => duration(Micros(value)),
            Quantity::Clock => time_of_day(value, true),
            Quantity::Bytes => bytes(value),
            Quantity::Dollars => dollars(MicroUsd(value)),
            Quantity::Of(whole) => format!("{} ({})", grouped(value), percent(value, whole)),
        }
    }

    /// A number beside a tick: a large count is cut to what fits there.
    pub fn short(self, value: u64) -> String {
        match self {
            Quantity::Time | Quantity::Bytes | Quantity::Milli if value == 0 => "0".to_owned(),
            Quantity::Clock => time_of_day(value, false),
            Quantity::Dollars => short_dollars(value),
            Quantity::Count if value >= 10_000 => scaled(value, ["k", "M", "G"]),
            Quantity::Milli if value >= 10_000_000 => scaled(value / 1_000, ["k", "M", "G"]),
            Quantity::Of(whole) => format!("{} %", value * 100 / whole.max(1)),
            _ => self.text(value),
        }
    }

    /// The smallest step between ticks that is at least `span` and that people count in.
    pub fn round_step(self, span: u64) -> u64 {
        let span = span.max(1);
        match self {
            Quantity::Time if span > SECOND => time_step(span),
            Quantity::Clock => time_step(span * SECOND) / SECOND,
            Quantity::Of(whole) => {
                let parts = [20, 10, 5, 4, 2].map(|parts| whole.div_ceil(parts));
                parts
                    .into_iter()
                    .find(|&part| part >= span)
                    .unwrap_or(whole.max(1))
            }
            _ => one_two_five(span),
        }
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50 … that is at least `span`.
pub fn one_two_five(span: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for times in [1, 2, 5] {
            match power.checked_mul(times) {
                Some(step) if step < span => {}
                Some(step) => return step,
                None => return span,
            }
        }
        power = power.saturating_mul(10);
    }
}

fn time_step(span: u64) -> u64 {
    let steps = [
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        20 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        20 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        6 * HOUR,
        12 * HOUR,
    ];
    let round = steps.into_iter().find(|&step| step >= span);
    round.unwrap_or_else(|| one_two_five(span.div_ceil(DAY)) * DAY)
}

/// A time of day, with its seconds if there are any.
fn time_of_day(second: u64, seconds: bool) -> String {
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    match second {
        1.. if seconds => format!("{hour}:{minute:02}:{second:02}"),
        _ => format!("{hour}:{minute:02}"),
    }
}

/// Dollars beside a tick: whole ones in thousands from ten thousand on, and cents below one.
fn short_dollars(micro_usd: u64) -> String {
    match micro_usd {
        10_000_000_000.. => format!("${}", scaled(micro_usd / 1_000_000, ["k", "M", "G"])),
        _ if micro_usd.is_multiple_of(1_000_000) => format!("${}", grouped(micro_usd / 1_000_000)),
        _ => dollars(MicroUsd(micro_usd)),
    }
}

/// Thousandths as a decimal number without zeros at its end.
fn milli(value: u64) -> String {
    let (whole, rest) = (grouped(value / 1_000), value % 1_000);
    if rest == 0 {
        return whole;
    }
    let digits = format!("{rest:03}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_unit() {
        assert_eq!(Quantity::Count.text(12_345), "12,345");
        assert_eq!(Quantity::Count.short(12_345), "12.3k");
        assert_eq!(Quantity::Count.short(1_000_000), "1M");
        assert_eq!(Quantity::Milli.text(1_500), "1.5");
        assert_eq!(Quantity::Milli.text(1_005), "1.005");
        assert_eq!(Quantity::Of(20_000).text(13_519), "13,519 (67.60 %)");
        assert_eq!(Quantity::Share.text(667), "66.7 %");
        assert_eq!(Quantity::Time.text(4_120), "4.12 ms");
        assert_eq!(Quantity::Time.short(0), "0");
        assert_eq!(Quantity::Clock.text(43_210), "12:00:10");
        assert_eq!(Quantity::Clock.text(34_500), "9:35");
        assert_eq!(Quantity::Clock.short(86_400), "24:00");
        assert_eq!(Quantity::Dollars.text(255_792_000), "$255.79");
        let ticks = [0, 500_000, 250_000_000, 12_500_000_000].map(|it| Quantity::Dollars.short(it));
        assert_eq!(ticks, ["$0", "$0.50", "$250", "$12.5k"]);
    }

    #[test]
    fn steps_are_round() {
        let cases = [(0, 1), (3, 5), (11, 20), (5_000, 5_000), (300_001, 500_000)];
        for (span, step) in cases {
            assert_eq!(Quantity::Count.round_step(span), step);
            assert_eq!(Quantity::Time.round_step(span), step);
        }
        assert_eq!(Quantity::Time.round_step(40 * SECOND), MINUTE);
        assert_eq!(Quantity::Time.round_step(25 * HOUR), 2 * DAY);
        assert_eq!(Quantity::Clock.round_step(86_400 / 4), 6 * 3_600);
        assert_eq!(Quantity::Count.round_step(u64::MAX), u64::MAX);
    }
}
