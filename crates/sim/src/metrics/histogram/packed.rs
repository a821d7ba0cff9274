//! A histogram at rest, as keyframes keep it: some 3 bytes a bucket instead of 8, and none for buckets into
//! which nothing fell.

use super::{BUCKET_BITS, Histogram, start_us};
use cache::units::Column;
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
        let room = exact.len() + (blocks.iter().flatten().count() << BUCKET_BITS);
        let mut longest = Vec::with_capacity(room);
        let mut counts = Vec::with_capacity(room);
        let (mut len, mut before) = (0, 0);
        // Which buckets are empty is hard to foresee for a processor, so that nothing branches there: they
        // are added too, and taken off again.
        let mut add = |us: u64, count: u32| {
            longest.truncate(len);
            counts.truncate(len);
            longest.push(us.wrapping_sub(before));
            counts.push(u64::from(count));
            let kept = count > 0;
            before = if kept { us } else { before };
            len += usize::from(kept);
        };
        for (&us, &count) in spans_us.iter().zip(&exact) {
            add(us, count);
        }
        for (number, block) in blocks.iter().enumerate() {
            let Some(block) = block else { continue };
            let first = (number << BUCKET_BITS) as u64;
            let (start, next) = (start_us(first), start_us(first + 1));
            for (bucket, start) in block.iter().zip((start..).step_by((next - start) as usize)) {
                add(start + u64::from(bucket.largest), bucket.count);
            }
        }
        longest.truncate(len);
        counts.truncate(len);
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
