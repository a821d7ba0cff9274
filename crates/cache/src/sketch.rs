//! A count-min sketch with 4-bit counters that age: how often a key has been used lately, about.
//!
//! G. Cormode, S. Muthukrishnan, "An improved data stream summary: the count-min sketch and its
//! applications", Journal of Algorithms 55(1), 2005; with the ageing of TinyLFU (`policy/wtinylfu.rs`):
//! after ten counts for each entry that the cache holds, all counters are halved.

use crate::draw::mix;
use crate::units::Key;

/// A counter's largest value.
const COUNT_MAX: u64 = 15;

/// How many counters count one key.
const ROWS: u32 = 4;

/// The counts for each entry of the cache that make an age.
const SAMPLE: u64 = 10;

/// A table of counters, sixteen a word. The four rows of a key are four different quarters of the
/// words, so that they never meet in one counter.
#[derive(Clone, Debug, Hash)]
pub(super) struct Sketch {
    words: Vec<u64>,
    counted: u64,
    age_at: u64,
}

impl Sketch {
    /// A sketch for a cache of `entries` entries: one word an entry.
    pub(super) fn new(entries: u32) -> Self {
        Sketch {
            words: vec![0; entries.next_power_of_two().max(16) as usize],
            counted: 0,
            age_at: SAMPLE * u64::from(entries),
        }
    }

    /// The number of entries that it was made for.
    pub(super) fn entries(&self) -> u32 {
        (self.age_at / SAMPLE) as u32
    }

    /// The word, and the place in it, of a key's counter in a row.
    fn counter(&self, hash: u64, row: u32) -> (usize, u32) {
        // Sixteen bits of the hash would be too few for a large table: each row takes others.
        let bits = hash.rotate_left(row * 16) as u32;
        let word = bits as usize & (self.words.len() - 1);
        // Four counters of each word belong to each row.
        let place = row * 4 + (bits >> 30);
        (word, place * 4)
    }

    /// Counts a use.
    pub(super) fn count(&mut self, key: Key) {
        let hash = mix(key.0.into());
        let mut grown = false;
        for row in 0..ROWS {
            let (word, shift) = self.counter(hash, row);
            if self.words[word] >> shift & COUNT_MAX < COUNT_MAX {
                self.words[word] += 1 << shift;
                grown = true;
            }
        }
        self.counted += u64::from(grown);
        if self.counted >= self.age_at {
            for word in &mut self.words {
                // Drop the bit that a counter would shift into its neighbour.
                *word = *word >> 1 & 0x7777_7777_7777_7777;
            }
            self.counted /= 2;
        }
    }

    /// About how often the key has been used: never less than the true count of this age, and at most
    /// 15.
    pub(super) fn estimate(&self, key: Key) -> u8 {
        let hash = mix(key.0.into());
        let counts = (0..ROWS).map(|row| {
            let (word, shift) = self.counter(hash, row);
            (self.words[word] >> shift & COUNT_MAX) as u8
        });
        counts.min().unwrap_or_default()
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        size_of_val(self.words.as_slice()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_at_least_the_count_and_seldom_more() {
        let mut sketch = Sketch::new(1000);
        for key in 0..1000 {
            for _ in 0..key % 5 {
                sketch.count(Key(key));
            }
        }
        let estimates = (0..1000).map(|key| (key % 5, u32::from(sketch.estimate(Key(key)))));
        let (mut exact, mut too_low) = (0, 0);
        for (count, estimate) in estimates {
            exact += u32::from(estimate == count);
            too_low += u32::from(estimate < count);
        }
        assert_eq!(too_low, 0);
        assert!(exact > 990, "{exact} of 1000 are exact");
    }

    #[test]
    fn counters_saturate_and_are_halved() {
        let mut sketch = Sketch::new(16);
        (0..40).for_each(|_| sketch.count(Key(7)));
        assert_eq!(sketch.estimate(Key(7)), 15);
        // Only what changes a counter is counted: 15 until now, so 145 more make an age.
        (0..145).for_each(|n| sketch.count(Key(100 + n)));
        assert_eq!(sketch.estimate(Key(7)), 7);
    }
}
