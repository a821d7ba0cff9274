//! From a number to its place on an axis and back, and the round numbers between.

use super::quantity::{Quantity, one_two_five};
use sim::log2;

/// The width of a letter of a label, and the distance between two labels, in pixels.
const LETTER: f64 = 8.5;
const GAP: f64 = 12.0;

/// The ends of an axis, and whether it is linear or logarithmic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale {
    from: u64,
    to: u64,
    log: bool,
}

/// A round number on an axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// The number.
    pub value: u64,
    /// Its place, from 0 to 1.
    pub place: f64,
    /// The number as text.
    pub label: String,
}

impl Scale {
    /// From 0 to `to`; to 1 if that is 0.
    pub fn linear(to: u64) -> Self {
        Scale {
            from: 0,
            to: to.max(1),
            log: false,
        }
    }

    /// From one number to another.
    pub fn between(from: u64, to: u64) -> Self {
        Scale {
            from,
            to: to.max(from + 1),
            log: false,
        }
    }

    /// From 0 to the first tick that is at least `most`, with at most `steps` between.
    pub fn linear_to_tick(unit: Quantity, most: u64, steps: u64) -> Self {
        let step = unit.round_step(most.div_ceil(steps.max(1)));
        Scale::linear(most.div_ceil(step).saturating_mul(step))
    }

    /// Equal ratios at equal distances, from `from` to `to`. Nothing below 1 has a place on it.
    pub fn log(from: u64, to: u64) -> Self {
        let from = from.max(1);
        Scale {
            from,
            to: to.max(from + 1),
            log: true,
        }
    }

    /// The same, widened on both sides to 1, 2 or 5 times a power of ten.
    pub fn log_to_ticks(least: u64, most: u64) -> Self {
        Scale::log(below(least.max(1)), one_two_five(most.max(1)))
    }

    /// Where it begins.
    pub fn from(self) -> u64 {
        self.from
    }

    /// Where it ends.
    pub fn to(self) -> u64 {
        self.to
    }

    /// Whether equal distances are equal ratios.
    pub fn is_log(self) -> bool {
        self.log
    }

    /// The place of a number, from 0 to 1; that of the nearest end for what lies outside.
    pub fn place(self, value: u64) -> f64 {
        let value = value.clamp(self.from, self.to);
        if self.log {
            let of = |value| (log2(value) - log2(self.from)) as f64;
            of(value) / of(self.to)
        } else {
            (value - self.from) as f64 / (self.to - self.from) as f64
        }
    }

    /// The number at a place from 0 to 1: the largest whose own place is no further.
    pub fn at(self, place: f64) -> u64 {
        let (mut least, mut most) = (self.from, self.to);
        if place >= 1.0 {
            return most;
        }
        while most - least > 1 {
            let middle = least + (most - least) / 2;
            if self.place(middle) <= place {
                least = middle
            } else {
                most = middle
            }
        }
        least
    }

    /// Round numbers from one end to the other, at most `most` and one more.
    pub fn ticks(self, unit: Quantity, most: u64) -> Vec<Tick> {
        let values = if self.log {
            self.powers(most)
        } else {
            let step = unit.round_step((self.to - self.from).div_ceil(most.max(1)));
            (self.from.div_ceil(step)..=self.to / step)
                .map(|i| i * step)
                .collect()
        };
        let tick = |value| self.tick(unit, value);
        values.into_iter().map(tick).collect()
    }

    /// Round numbers from one end to the other and the end itself, each with the width that the axis needs
    /// for it to stand clear of those that matter more: the two ends, and rounder numbers. Less round ones
    /// come all together, or a part of the axis would seem finer.
    pub fn ticks_by_room(self, unit: Quantity) -> Vec<(Tick, f64)> {
        let letters = |tick: &Tick| tick.label.chars().count() as f64 * LETTER;
        let between = |a: &Tick, b: &Tick| {
            // Half of each label, but those at the ends stand within the axis.
            let half = |tick: &Tick| match tick.place {
                0.0 | 1.0 => letters(tick),
                _ => letters(tick) / 2.0,
            };
            (half(a) + half(b) + GAP) / (a.place - b.place).abs()
        };
        let ends = [self.from, self.to].map(|end| self.tick(unit, end));
        let mut all: Vec<(Tick, f64)> = ends.map(|end| (end, 0.0)).into();
        // The finer steps divide the coarser ones, whatever the span.
        for most in [if self.log { 4 } else { 6 }, 30] {
            let ticks = self.ticks(unit, most);
            let widest = ticks.iter().map(letters).fold(0.0, f64::max) + GAP;
            let pairs = ticks.windows(2);
            let together = pairs.map(|pair| widest / (pair[1].place - pair[0].place));
            let together = together.fold(0.0, f64::max);
            for tick in ticks {
                let room = all.iter().map(|(other, _)| between(&tick, other));
                let room = room.fold(together, f64::max);
                // A tick that is there already has no room at any width.
                if room.is_finite() {
                    all.push((tick, room));
                }
            }
        }
        all
    }

    fn tick(self, unit: Quantity, value: u64) -> Tick {
        Tick {
            value,
            place: self.place(value),
            label: unit.short(value),
        }
    }

    /// 1, 2 and 5 times every power of ten, or only the powers, or every few of them, as there is room.
    fn powers(self, most: u64) -> Vec<u64> {
        let mut all = Vec::new();
        let mut value = one_two_five(self.from);
        while value <= self.to {
            all.push(value);
            match value.checked_add(1) {
                Some(next) => value = one_two_five(next),
                None => break,
            }
        }
        if all.len() as u64 <= most + 1 {
            return all;
        }
        all.retain(|&value| below_ten(value) == 1);
        let every = (all.len() as u64).div_ceil(most.max(1)).max(1) as usize;
        all.into_iter().step_by(every).collect()
    }
}

/// The largest of 1, 2, 5, 10, 20, 50 … that is at most `value`.
fn below(value: u64) -> u64 {
    let next = one_two_five(value);
    if next == value {
        return value;
    }
    match below_ten(next) {
        5 => next / 5 * 2,
        _ => next / 2,
    }
}

/// The first digit of a number.
fn below_ten(mut value: u64) -> u64 {
    while value >= 10 {
        value /= 10;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_numbers_are_each_others_inverse() {
        for scale in [Scale::linear(1_000), Scale::log(1, 100_000)] {
            assert_eq!(scale.place(scale.from()), 0.0);
            assert_eq!(scale.place(scale.to()), 1.0);
            assert_eq!(scale.place(u64::MAX), 1.0);
            for value in [1, 2, 77, 500, 1_000] {
                assert_eq!(scale.at(scale.place(value)), value, "{scale:?}");
            }
            assert_eq!(scale.at(1.0), scale.to());
        }
        let places = [1, 10, 100].map(|value| Scale::log(1, 100).place(value));
        assert!((places[1] - 0.5).abs() < 1e-6 && places[2] == 1.0);
    }

    #[test]
    fn a_wide_axis_has_more_ticks_and_its_end() {
        let labels = |scale: Scale, width| {
            let ticks = scale.ticks_by_room(Quantity::Count).into_iter();
            let mut fit: Vec<Tick> = ticks
                .filter_map(|(tick, room)| (room <= width).then_some(tick))
                .collect();
            fit.sort_by_key(|tick| tick.value);
            let labels: Vec<String> = fit.into_iter().map(|tick| tick.label).collect();
            labels.join(" ")
        };
        let scale = Scale::log(1, 800);
        assert_eq!(labels(scale, 1_000.0), "1 2 5 10 20 50 100 200 500 800");
        assert_eq!(labels(scale, 240.0), "1 10 100 800");
        let long = Scale::log(1, 1_200_000);
        assert_eq!(labels(long, 240.0), "1 100 10k 1.2M");
        assert_eq!(labels(Scale::linear(837), 400.0), "0 200 400 600 837");
        assert_eq!(labels(Scale::log(1, 2), 240.0), "1 2");
        for span in (1..500).chain([837, 95_607]) {
            let scale = Scale::linear(span);
            let steps = [6, 30].map(|most| scale.ticks(Quantity::Count, most)[1].value);
            assert_eq!(steps[0] % steps[1], 0, "{span}");
        }
    }

    #[test]
    fn ticks_are_round_and_few() {
        let labels = |scale: Scale, unit, most| {
            let ticks = scale.ticks(unit, most);
            ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(
            labels(Scale::linear(1_000), Quantity::Share, 4),
            ["0 %", "50 %", "100 %"]
        );
        assert_eq!(
            labels(Scale::linear(7_300), Quantity::Time, 4),
            ["0", "2 ms", "4 ms", "6 ms"]
        );
        assert_eq!(
            labels(Scale::log(100, 1_000), Quantity::Time, 4),
            ["100 µs", "200 µs", "500 µs", "1 ms"]
        );
        assert_eq!(
            labels(Scale::log(1, 1_000_000), Quantity::Count, 4),
            ["1", "100", "10k", "1M"]
        );
        assert_eq!(Scale::log_to_ticks(130, 4_120), Scale::log(100, 5_000));
        assert_eq!(Scale::log_to_ticks(600, 600), Scale::log(500, 1_000));
        assert_eq!(
            Scale::linear_to_tick(Quantity::Count, 7, 4),
            Scale::linear(8)
        );
    }
}
