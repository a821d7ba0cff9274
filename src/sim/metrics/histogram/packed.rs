//! A histogram at rest, as keyframes keep it: some 3 bytes a bucket instead of 8, and none for buckets into
//! which nothing fell.

use super::Histogram;
use crate::units::Column;

/// What there is in its buckets.
#[derive(Clone, Debug)]
pub(crate) struct PackedHistogram {
    coarse: bool,
    /// The longest span in each bucket, ascending, as its distance from the one before.
    longest: Column,
    counts: Column,
}

impl Histogram {
    /// Gives away what is in the buckets; the totals stay.
    pub(crate) fn pack(&mut self) -> PackedHistogram {
        let (mut longest, mut counts) = (Vec::new(), Vec::new());
        let mut before = 0;
        for (us, count) in self.buckets() {
            longest.push(us - before);
            counts.push(count.into());
            before = us;
        }
        let coarse = self.is_coarse();
        self.spans_us = Vec::new();
        self.counts = Vec::new();
        self.blocks = Vec::new();
        PackedHistogram {
            coarse,
            longest: Column::of(&longest),
            counts: Column::of(&counts),
        }
    }

    /// Takes it back.
    pub(crate) fn unpack(&mut self, packed: &PackedHistogram) {
        let mut us = 0;
        for place in 0..packed.counts.len() {
            us += packed.longest.get(place);
            let count = packed.counts.get(place) as u32;
            match packed.coarse {
                // The longest span of a bucket is all that it knows of its spans.
                true => self.add_to_bucket(us, count),
                false => {
                    self.spans_us.push(us);
                    self.counts.push(count);
                }
            }
        }
    }
}

impl PackedHistogram {
    /// What it takes beside the columns themselves, in bytes.
    pub(crate) fn heap_bytes(&self) -> u64 {
        self.longest.heap_bytes() + self.counts.heap_bytes()
    }
}
