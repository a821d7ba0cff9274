//! TinyLFU's sketch, number for number what the engine documents: four rows of counters up to fifteen,
//! of which each key has one in each row, and the lowest is the estimate; all are halved after ten
//! counts for each entry of the cache.
//!
//! Einziger, Friedman and Manes, ACM Transactions on Storage 13(4), 2017.

use crate::streams::SplitMix;
use cache::units::Key;

#[derive(Clone)]
pub struct Sketch {
    rows: [Vec<u32>; 4],
    counts: u64,
    age: u64,
}

impl Sketch {
    /// A sketch: four counters an entry in each row, and at least sixty-four.
    pub fn new(entries: u32) -> Self {
        let width = 4 * entries.next_power_of_two().max(16) as usize;
        Sketch {
            rows: std::array::from_fn(|_| vec![0; width]),
            counts: 0,
            age: 10 * u64::from(entries),
        }
    }

    /// The key's places in the rows. Each row takes another 32 bits of a hash: the lower ones say in
    /// which group of four, the upper two which of these.
    fn places(&self, key: Key) -> [usize; 4] {
        let hash = SplitMix::new(key.0.into()).next_u64();
        let groups = self.rows[0].len() as u64 / 4;
        [0, 16, 32, 48].map(|turn| {
            let bits = hash.rotate_left(turn) % (1 << 32);
            (bits % groups * 4 + bits / (1 << 30)) as usize
        })
    }

    /// Counts a use. One that finds every counter full is no count towards an age.
    pub fn count(&mut self, key: Key) {
        let mut full = true;
        let places = self.places(key);
        for (row, place) in self.rows.iter_mut().zip(places) {
            full &= row[place] == 15;
            row[place] = (row[place] + 1).min(15);
        }
        if !full {
            self.counts += 1;
        }
        if self.counts >= self.age {
            self.counts /= 2;
            for counter in self.rows.iter_mut().flatten() {
                *counter /= 2;
            }
        }
    }

    pub fn estimate(&self, key: Key) -> u32 {
        let counters = self.rows.iter().zip(self.places(key));
        let counters = counters.map(|(row, place)| row[place]);
        counters.min().expect("four rows")
    }
}
