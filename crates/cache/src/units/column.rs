//! Numbers at rest.

/// Whole numbers of one kind, kept in as few bits each as the largest needs above the smallest.
#[derive(Clone, Debug)]
pub struct Column {
    least: u64,
    /// The bits of each.
    width: usize,
    len: usize,
    words: Box<[u64]>,
}

const WORD: usize = u64::BITS as usize;

impl Column {
    /// Of these, in their order.
    pub fn of(values: &[u64]) -> Column {
        let (mut least, mut most) = (u64::MAX, 0);
        for &value in values {
            if value < least {
                least = value;
            }
            if value > most {
                most = value;
            }
        }
        let width = WORD - most.saturating_sub(least).leading_zeros() as usize;
        let mut words = vec![0; (values.len() * width).div_ceil(WORD)];
        let (mut at, mut word, mut filled) = (0, 0, 0);
        // Where a word ends is hard to foresee for a processor, so that nothing branches there: the word that
        // is being filled is written with every number.
        for &value in values.iter().filter(|_| width > 0) {
            let above = value - least;
            word |= above << filled;
            words[at] = word;
            let end = filled + width;
            let full = end >= WORD;
            // What did not fit any more.
            let rest = above >> 1 >> (WORD - 1 - filled);
            word = if full { rest } else { word };
            at += usize::from(full);
            filled = end % WORD;
        }
        if filled > 0 {
            words[at] = word;
        }
        Column {
            least,
            width,
            len: values.len(),
            words: words.into_boxed_slice(),
        }
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number at a place.
    pub fn get(&self, place: usize) -> u64 {
        if self.width == 0 {
            return self.least;
        }
        let (first, shift) = (place * self.width / WORD, place * self.width % WORD);
        let mut above = self.words[first] >> shift;
        if shift + self.width > WORD {
            above |= self.words[first + 1] << (WORD - shift);
        }
        self.least + (above & (u64::MAX >> (WORD - self.width)))
    }

    /// What it takes beside itself, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        size_of_val(&*self.words) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back_and_takes_as_many_bits_as_it_needs() {
        let mix = |i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for width in 0..=64 {
            for (least, len) in [(0, 0), (7, 1), (1 << 20, 1_000)] {
                let kept = |i: u64| match width {
                    0 => 0,
                    _ => mix(i + 1) >> (64 - width),
                };
                let least = if width < 64 - 21 { least } else { 0 };
                let values: Vec<u64> = (0..len).map(|i| least + kept(i)).collect();
                let column = Column::of(&values);
                assert_eq!(column.len(), values.len());
                let back: Vec<u64> = (0..values.len()).map(|place| column.get(place)).collect();
                assert_eq!(back, values, "{width}");
                assert!(
                    column.heap_bytes() <= (len * width).div_ceil(64) * 8,
                    "{width}"
                );
            }
        }
        let extremes = [u64::MAX, 0, 1, u64::MAX - 1];
        let column = Column::of(&extremes);
        assert!((0..4).all(|place| column.get(place) == extremes[place]));
    }
}
