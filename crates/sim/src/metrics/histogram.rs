//! How spans of time are distributed, in little memory whatever their number.
//!
//! Up to 2,048 different spans each has a bucket of its own, and everything is exact. From then on
//! the histogram is log-linear: buckets of equal width, 256 of them between a power of two and the
//! next, as in HdrHistogram (G. Tene). A bucket remembers the largest span in it, so that a percentile
//! is always a span that really occurred, at most 1/256 (0.4 %) above the exact one.
//!
//! Buckets lie in blocks of 256 that are only there if something fell into them. A bucket takes 8
//! bytes, so that a million read latencies between 0.15 ms and 80 ms need ten blocks or 20 KB. The hdrhistogram crate at two significant digits
//! is 0.8 % wide, does not know which values occurred, cannot be hashed, and at three digits takes 70
//! KB however few samples there are.

use cache::units::Micros;
use std::hash::{Hash, Hasher};

/// The most different spans that are kept exactly.
const EXACT_MAX: usize = 2_048;

/// Beyond that a power of two is divided into 2⁸ buckets.
const BUCKET_BITS: u32 = 8;

/// A histogram of spans of time. What it holds depends on the spans only, never on their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    /// While it is exact: the spans, ascending.
    spans_us: Vec<u64>,
    /// How many there are of each.
    counts: Vec<u32>,
    /// Once it is not: the buckets, from the first block that a span could fall into.
    blocks: Vec<Option<Box<[Bucket; 1 << BUCKET_BITS]>>>,
    count: u64,
    sum_us: u64,
    max_us: u64,
}

/// How many spans, and how far the largest of them lies above the bucket's start: a bucket as wide as
/// 32 bits is for spans of 25 days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Bucket {
    count: u32,
    largest: u32,
}

impl Histogram {
    pub(super) fn add(&mut self, span: Micros) {
        self.count += 1;
        // Past what it can hold, 580,000 years, it stays there.
        self.sum_us = self.sum_us.saturating_add(span.0);
        self.max_us = self.max_us.max(span.0);
        self.put(span.0, 1);
    }

    /// Adds the spans of another one.
    pub(super) fn merge(&mut self, other: &Histogram) {
        self.count += other.count;
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        self.max_us = self.max_us.max(other.max_us);
        if other.is_coarse() && !self.is_coarse() {
            self.coarsen();
        }
        for (us, count) in other.buckets() {
            self.put(us, count);
        }
    }

    fn put(&mut self, us: u64, count: u32) {
        if self.is_coarse() {
            return self.add_to_bucket(us, count);
        }
        let place = self.spans_us.partition_point(|&other| other < us);
        if self.spans_us.get(place) == Some(&us) {
            self.counts[place] += count;
        } else {
            self.spans_us.insert(place, us);
            self.counts.insert(place, count);
            if self.counts.len() > EXACT_MAX {
                self.coarsen();
            }
        }
    }

    fn is_coarse(&self) -> bool {
        !self.blocks.is_empty()
    }

    fn add_to_bucket(&mut self, us: u64, count: u32) {
        let (octave, number) = bucket(us);
        let place = (number >> BUCKET_BITS) as usize;
        if place >= self.blocks.len() {
            self.blocks.resize(place + 1, None);
        }
        let block = self.blocks[place]
            .get_or_insert_with(|| Box::new([Bucket::default(); 1 << BUCKET_BITS]));
        let bucket = &mut block[number as usize % (1 << BUCKET_BITS)];
        let above = us & ((1 << octave) - 1);
        bucket.count += count;
        bucket.largest = bucket.largest.max(above.try_into().unwrap_or(u32::MAX));
    }

    fn coarsen(&mut self) {
        let spans = std::mem::take(&mut self.spans_us);
        for (us, count) in spans.into_iter().zip(std::mem::take(&mut self.counts)) {
            self.add_to_bucket(us, count);
        }
    }

    /// The largest span of each bucket with any, ascending, and how many it holds.
    fn buckets(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let exact = self
            .spans_us
            .iter()
            .copied()
            .zip(self.counts.iter().copied());
        let blocks = (0..).zip(&self.blocks);
        let coarse = blocks.flat_map(|(number, block): (u64, _)| {
            let buckets = block.iter().flat_map(|block| block.iter());
            let numbered = (number << BUCKET_BITS..).zip(buckets);
            numbered
                .filter(|(_, bucket)| bucket.count > 0)
                .map(|(number, bucket)| {
                    (start_us(number) + u64::from(bucket.largest), bucket.count)
                })
        });
        exact.chain(coarse)
    }

    /// The nearest-rank percentile: a span that at least `percent` of all are at or below, and the
    /// smallest such one, or in a histogram of more than 2,048 different spans one at most 0.4 %
    /// above it. `None` while there is none.
    pub fn percentile(&self, percent: u64) -> Option<Micros> {
        let rank = (self.count * percent).div_ceil(100).max(1);
        let mut below = 0;
        let reaches = |&(_, count): &(u64, u32)| {
            below += u64::from(count);
            below >= rank
        };
        self.buckets().find(reaches).map(|(us, _)| Micros(us))
    }

    /// For about `points` spans in order, how many are at most as long. The last one is the longest span of
    /// all. Each span really occurred.
    pub fn cumulative(&self, points: u64) -> Vec<(Micros, u64)> {
        let (mut below, mut told) = (0, 0);
        let mut curve = Vec::new();
        for (us, count) in self.buckets() {
            below += u64::from(count);
            // The number of the equal part of all that has been reached.
            let part = below * points / self.count;
            if part > told || below == self.count || curve.is_empty() {
                curve.push((Micros(us), below));
                told = part;
            }
        }
        curve
    }

    /// The longest span, exactly.
    pub fn max(&self) -> Option<Micros> {
        (self.count > 0).then_some(Micros(self.max_us))
    }

    /// The mean, exactly but for the part below a microsecond.
    pub fn mean(&self) -> Option<Micros> {
        self.sum_us.checked_div(self.count).map(Micros)
    }

    /// How many spans there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of all spans.
    pub fn sum(&self) -> Micros {
        Micros(self.sum_us)
    }

    /// How much memory it takes beside itself, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let blocks = self.blocks.iter().flatten().count() << BUCKET_BITS;
        let exact = self.spans_us.len() * 8 + self.counts.len() * 4;
        (exact + self.blocks.len() * 8 + blocks * size_of::<Bucket>()) as u64
    }
}

/// Its buckets in order, however they are kept.
impl Hash for Histogram {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (largest_us, counts): (Vec<u64>, Vec<u32>) = self.buckets().unzip();
        largest_us.hash(state);
        counts.hash(state);
        self.count.hash(state);
        self.sum_us.hash(state);
        self.is_coarse().hash(state);
    }
}

/// The number of the log-linear bucket that a span falls into: one a microsecond up to 511, then 256
/// a power of two. And by how many bits the span is finer than the bucket.
fn bucket(us: u64) -> (u32, u64) {
    let octave = (64 - us.leading_zeros()).saturating_sub(BUCKET_BITS + 1);
    (octave, (u64::from(octave) << BUCKET_BITS) + (us >> octave))
}

/// The shortest span of a bucket.
fn start_us(bucket: u64) -> u64 {
    let octave = (bucket >> BUCKET_BITS).saturating_sub(1);
    (bucket - (octave << BUCKET_BITS)) << octave
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw};

    #[test]
    fn spans_beyond_what_their_sum_can_hold_are_counted() {
        let mut histogram = Histogram::default();
        for us in [u64::MAX - 1, u64::MAX - 1, 7] {
            histogram.add(Micros(us));
        }
        assert_eq!(histogram.max(), Some(Micros(u64::MAX - 1)));
        assert_eq!(histogram.percentile(1), Some(Micros(7)));
        assert_eq!(histogram.mean(), Some(Micros(u64::MAX / 3)));
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(50), None);
        assert_eq!((histogram.max(), histogram.mean()), (None, None));
        for us in [50, 15, 40, 20, 35, 20] {
            histogram.add(Micros(us));
        }
        let percentiles = [5, 17, 50, 51, 99, 100].map(|p| histogram.percentile(p));
        let expected = [15, 20, 20, 35, 50, 50].map(|us| Some(Micros(us)));
        assert_eq!(percentiles, expected);
        assert_eq!(histogram.max(), Some(Micros(50)));
        assert_eq!((histogram.count(), histogram.sum()), (6, Micros(180)));
        assert_eq!(histogram.mean(), Some(Micros(30)));
    }

    /// Spans from nothing to 2^40, more of the small ones.
    fn spans(count: u32) -> Vec<u64> {
        let span = |i| {
            let drawn = draw(1, Stream::DatabaseRead, i, 0);
            drawn >> 24 >> (drawn % 40)
        };
        (0..count).map(span).collect()
    }

    fn histogram(spans: impl IntoIterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::default();
        spans.into_iter().for_each(|us| histogram.add(Micros(us)));
        histogram
    }

    #[test]
    fn many_spans_are_near_and_really_occurred() {
        let mut spans = spans(100_000);
        let histogram = histogram(spans.iter().copied());
        spans.sort_unstable();
        for percent in 1..=100 {
            let exact = spans[(spans.len() as u64 * percent).div_ceil(100) as usize - 1];
            let got = histogram.percentile(percent).expect("not empty").0;
            assert!((exact..=exact + exact / 256).contains(&got), "{percent}");
            assert!(spans.binary_search(&got).is_ok(), "{percent}");
        }
        assert_eq!(histogram.max().map(|us| us.0), spans.last().copied());
        assert_eq!(histogram.sum().0, spans.iter().sum::<u64>());
        assert_eq!(histogram.count(), 100_000);
    }

    #[test]
    fn few_different_spans_are_exact_however_many_there_are() {
        let of_few = || spans(100_000).into_iter().map(|us| us % 2_048 * 1_000);
        let histogram = histogram(of_few());
        let mut sorted: Vec<u64> = of_few().collect();
        sorted.sort_unstable();
        for percent in 1..=100 {
            let exact = sorted[1_000 * percent as usize - 1];
            assert_eq!(histogram.percentile(percent), Some(Micros(exact)));
        }
    }

    #[test]
    fn a_curve_rises_to_all_of_them() {
        assert_eq!(Histogram::default().cumulative(10), []);
        let few = histogram([50, 15, 40, 20, 35, 20]);
        let curve = few.cumulative(100).into_iter().map(|(us, n)| (us.0, n));
        let expected = [(15, 1), (20, 3), (35, 4), (40, 5), (50, 6)];
        assert_eq!(curve.collect::<Vec<_>>(), expected);
        let many = histogram(spans(100_000));
        let curve = many.cumulative(64);
        assert!(curve.len() <= 65, "{}", curve.len());
        assert!(curve.is_sorted());
        assert_eq!(curve.last().copied(), many.max().map(|max| (max, 100_000)));
        for (span, at_most) in curve {
            // The percentile of so many is the span itself.
            let percent = at_most * 100 / 100_000;
            assert!(many.percentile(percent).is_some_and(|p| p <= span));
        }
    }

    #[test]
    fn the_order_of_the_spans_does_not_matter() {
        for count in [1_000, 2_200, 10_000] {
            let forward = histogram(spans(count));
            let backward = histogram(spans(count).into_iter().rev());
            assert_eq!(forward, backward);
        }
    }

    #[test]
    fn two_merged_are_one_of_all_spans() {
        for (of_one, of_other) in [
            (0, 5),
            (5, 0),
            (10, 20),
            (1_500, 1_500),
            (5, 9_000),
            (9_000, 5),
        ] {
            let spans = spans(of_one + of_other);
            let (one, other) = spans.split_at(of_one as usize);
            let mut merged = histogram(one.iter().copied());
            merged.merge(&histogram(other.iter().copied()));
            assert_eq!(merged, histogram(spans), "{of_one} and {of_other}");
        }
    }

    #[test]
    fn buckets_are_in_order_and_narrow() {
        let mut edge = 0;
        for us in (0..100_000).chain((0..64).map(|bit| 1 << bit).filter(|&us| us > 100_000)) {
            let (octave, number) = bucket(us);
            assert!(number >= edge, "{us}");
            edge = number;
            assert_ne!(number, bucket(us + 1 + us / 256).1, "{us}");
            assert_eq!(start_us(number), us >> octave << octave, "{us}");
        }
    }
}
