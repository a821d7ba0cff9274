//! A histogram at rest, as keyframes keep it: some 3 bytes a bucket instead of 8, and none for buckets into
//! which nothing fell.

use super::{BUCKET_BITS, Histogram, start_us};
use crate::units::Column;
use std::mem::take;

/// What there is in its buckets.
#[derive(Clone, Debug)]
pub struct PackedHistogram {
    coarse: bool,
    /// The longest span in each bucket, ascending, as its distance from the one before.
    longest: Column,
    counts: Column,
}

impl Histogram {
    /// Gives away what is in the buckets; the totals stay.
    pub fn pack(&mut self) -> PackedHistogram {
        let coarse = self.is_coarse();
        let (spans_us, exact) = (take(&mut self.spans_us), take(&mut self.counts));
        let blocks = take(&mut self.blocks);
        let (mut longest, mut counts) = (Vec::new(), Vec::new());
        let mut before = 0;
        let mut add = |us: u64, count: u32| {
            longest.push(us - before);
            counts.push(count.into());
            before = us;
        };
        for (&us, &count) in spans_us.iter().zip(&exact) {
            add(us, count);
        }
        for (number, block) in blocks.iter().enumerate() {
            let Some(block) = block else { continue };
            for (within, bucket) in block.iter().enumerate() {
                if bucket.count > 0 {
                    let start = start_us(((number << BUCKET_BITS) + within) as u64);
                    add(start + u64::from(bucket.largest), bucket.count);
                }
            }
        }
        PackedHistogram {
            coarse,
            longest: Column::of(&longest),
            counts: Column::of(&counts),
        }
    }

    /// Takes it back.
    pub fn unpack(&mut self, packed: &PackedHistogram) {
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
    pub fn heap_bytes(&self) -> u64 {
        self.longest.heap_bytes() + self.counts.heap_bytes()
    }
}
