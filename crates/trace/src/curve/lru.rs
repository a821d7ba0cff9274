//! The misses of LRU at every capacity in one pass: R. L. Mattson, J. Gecsei, D. R. Slutz, I. L.
//! Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970.
//!
//! An LRU cache of capacity *c* holds the *c* keys that were used last. So a request hits in exactly
//! those caches whose capacity is larger than its *stack distance*, the number of other keys used since
//! its key was used last. One histogram of the distances is the whole curve.
//!
//! To count the keys used since: every key marks the position in the stream where it was used last, and
//! the distance is the number of marks behind that of the key. The marks are bits, 64 to a word, and
//! over the counts of the words is a binary indexed tree (P. M. Fenwick, "A new data structure for
//! cumulative frequency tables", Software: Practice and Experience 24(3), 1994): O(log n) a request,
//! with 3 bits of memory a request, which stays in the processor's caches for millions of them.

use super::key_count;
use cache::units::Key;

/// The misses of LRU at every capacity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LruCurve {
    /// The misses at capacity 0, 1, 2 … up to the number of different keys.
    misses: Vec<u32>,
}

impl LruCurve {
    /// The misses at `capacity` entries; from [`largest`](Self::largest) on, one for each key.
    pub fn misses(&self, capacity: u32) -> u64 {
        let place = (capacity as usize).min(self.misses.len() - 1);
        self.misses[place].into()
    }

    /// The smallest capacity from which on a larger one misses no less, at least 1.
    pub fn largest(&self) -> u32 {
        let last = self.misses.last();
        let enough = self.misses.iter().position(|misses| Some(misses) == last);
        enough.unwrap_or(0).max(1) as u32
    }

    /// The curve at the capacities that a plot can show: all of the first hundred, and beyond them about
    /// three hundred evenly spaced on a logarithmic scale and as many on a linear one, up to
    /// [`largest`](Self::largest). Each is a capacity with its exact misses.
    pub fn thinned(&self) -> Vec<(u32, u64)> {
        const FIRST: u64 = 100;
        const PARTS: u64 = 300;
        let last = u64::from(self.largest());
        let even = (1..=PARTS).map(|part| part * last / PARTS);
        let mut capacities: Vec<u64> = (1..=FIRST.min(last)).chain(even).collect();
        let mut capacity = FIRST;
        while capacity < last {
            capacities.push(capacity);
            // About the 300th root of the largest trace's number of keys.
            capacity += (capacity / 28).max(1);
        }
        capacities.push(last);
        capacities.sort_unstable();
        capacities.dedup();
        let kept = capacities.into_iter().filter(|&capacity| capacity > 0);
        kept.map(|capacity| (capacity as u32, self.misses(capacity as u32)))
            .collect()
    }

    /// The misses at capacity 0, 1, 2 … up to the number of different keys.
    pub fn as_slice(&self) -> &[u32] {
        &self.misses
    }
}

/// The curve of a stream, in one go.
pub fn lru_curve(keys: &[Key]) -> LruCurve {
    let mut distances = StackDistances::new(keys);
    keys.iter().for_each(|&key| distances.request(key));
    distances.curve()
}

pub(super) struct StackDistances {
    /// The position of each key's last use.
    last: Vec<u32>,
    marks: Marks,
    /// How many requests have come.
    now: u32,
    /// How many different keys there were.
    distinct: u32,
    /// How many requests had each distance.
    histogram: Vec<u32>,
}

const NEVER: u32 = u32::MAX;

impl StackDistances {
    /// # Panics
    /// If there are 2^32 keys or more.
    pub(super) fn new(keys: &[Key]) -> Self {
        assert!(u32::try_from(keys.len()).is_ok());
        StackDistances {
            last: vec![NEVER; key_count(keys)],
            marks: Marks::new(keys.len()),
            now: 0,
            distinct: 0,
            histogram: Vec::new(),
        }
    }

    /// Takes the next request of the stream.
    pub(super) fn request(&mut self, key: Key) {
        let last = std::mem::replace(&mut self.last[key.0 as usize], self.now);
        if last == NEVER {
            self.distinct += 1;
            self.histogram.push(0);
        } else {
            let distance = self.distinct - self.marks.up_to(last);
            self.histogram[distance as usize] += 1;
            self.marks.clear(last);
        }
        self.marks.set(self.now);
        self.now += 1;
    }

    /// The curve of the requests that have come.
    pub(super) fn curve(self) -> LruCurve {
        let mut misses = Vec::with_capacity(self.histogram.len() + 1);
        let mut left = self.now;
        misses.push(left);
        for hits in self.histogram {
            left -= hits;
            misses.push(left);
        }
        LruCurve { misses }
    }
}

/// Marks at positions, and how many there are up to any of them.
struct Marks {
    words: Vec<u64>,
    /// The tree over the words' counts, whose node 0 is not used: node *n* counts the words from
    /// *n* − (the lowest bit of *n*) up to *n* − 1.
    tree: Vec<u32>,
}

impl Marks {
    fn new(positions: usize) -> Self {
        let words = positions.div_ceil(64);
        Marks {
            words: vec![0; words],
            tree: vec![0; words + 1],
        }
    }

    fn set(&mut self, position: u32) {
        self.words[position as usize / 64] |= 1 << (position % 64);
        self.add(position, 1);
    }

    fn clear(&mut self, position: u32) {
        self.words[position as usize / 64] &= !(1 << (position % 64));
        // Counts wrap round: adding the largest number takes one away.
        self.add(position, u32::MAX);
    }

    fn add(&mut self, position: u32, change: u32) {
        let mut node = position as usize / 64 + 1;
        while let Some(count) = self.tree.get_mut(node) {
            *count = count.wrapping_add(change);
            node += node & node.wrapping_neg();
        }
    }

    /// How many marks there are at `position` and before it.
    fn up_to(&self, position: u32) -> u32 {
        let mut node = position as usize / 64;
        let within = self.words[node] << (63 - position % 64);
        let mut count = within.count_ones();
        while node > 0 {
            count = count.wrapping_add(self.tree[node]);
            node &= node - 1;
        }
        count
    }
}
