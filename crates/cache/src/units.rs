//! Time and sizes as newtypes: one meaning a type, whole numbers only.

mod hash;

pub use hash::{StableHasher, stable_hash};

use serde::{Deserialize, Serialize};

/// An instant of simulated time, counted from the scenario's start, or a span of it; microseconds.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// Nothing at all: the scenario's start.
    pub const ZERO: Micros = Micros(0);

    /// Stands for "at no time" where instants are compared: later than anything that happens.
    pub const NEVER: Micros = Micros(u64::MAX);

    /// The later instant `span` from here.
    pub const fn after(self, span: Micros) -> Micros {
        Micros(self.0.saturating_add(span.0))
    }

    /// The span since `earlier`; zero if that is not earlier.
    pub const fn since(self, earlier: Micros) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }
}

/// A key as the engine knows it: its number in the scenario's or trace's table of names.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Key(pub u32);

/// How many times a key has been written: the row a database starts with is version 1.
///
/// A copy in the cache is stale when its version is lower than the row's.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u32);

/// Sorts by the first number of each pair and keeps pairs with the same one in order. This is a radix
/// sort, which takes less time than a comparison sort for the millions of keys of a trace.
pub fn sort_pairs(pairs: &mut Vec<(u64, u32)>) {
    let mut sorted = vec![(0, 0); pairs.len()];
    for byte in 0..8 {
        let digit = |value: u64| (value >> (8 * byte)) as usize & 255;
        let mut places = [0; 256];
        for &(value, _) in &*pairs {
            places[digit(value)] += 1;
        }
        if places.contains(&pairs.len()) {
            continue;
        }
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for &pair in &*pairs {
            let place = &mut places[digit(pair.0)];
            sorted[*place] = pair;
            *place += 1;
        }
        std::mem::swap(pairs, &mut sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_sorted_and_equals_keep_their_order() {
        let mix = |i: u32| u64::from(i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for (count, shift) in [
            (0, 0),
            (1, 0),
            (1_000, 0),
            (1_000, 56),
            (5_000, 61),
            (300, 64 - 9),
        ] {
            let mut pairs: Vec<(u64, u32)> = (0..count).map(|i| (mix(i) >> shift, i)).collect();
            let mut expected = pairs.clone();
            expected.sort();
            sort_pairs(&mut pairs);
            assert_eq!(pairs, expected);
        }
    }
}
