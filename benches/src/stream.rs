//! The streams: Zipf with exponent 1, defined by whole numbers alone, so that they are the same wherever
//! they are made.

/// How often the key of rank r is asked for is in proportion to the whole part of 2^40 / r.
const SCALE: u64 = 1 << 40;

/// A stream of so many requests for so many keys. Keys are numbered in the order in which they come up,
/// as the reader of traces numbers them.
pub fn zipf(keys: u32, length: usize) -> Vec<u32> {
    let mut total = 0;
    let ends: Vec<u64> = (1..=u64::from(keys))
        .map(|rank| {
            total += SCALE / rank;
            total
        })
        .collect();
    let ranks = (0..length as u64).map(|place| {
        // The high half of a product picks evenly from the whole; the bias is below 2^-19.
        let drawn = (u128::from(mix(place)) * u128::from(total)) >> 64;
        ends.partition_point(|&end| u128::from(end) <= drawn)
    });
    let (mut numbers, mut next) = (vec![None; keys as usize], 0..);
    ranks
        .map(|rank| *numbers[rank].get_or_insert_with(|| next.next().expect("no end")))
        .collect()
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014) over a counter.
fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_as_they_come_up_and_the_first_rank_has_its_share() {
        let stream = zipf(1_000, 100_000);
        let (mut seen, mut counts) = (0, vec![0; 1_000]);
        for key in stream {
            assert!(key <= seen);
            seen = seen.max(key + 1);
            counts[key as usize] += 1;
        }
        // The harmonic number of 1,000 is 7.485: the first rank has 13.36 % of all requests.
        let most = counts.into_iter().max();
        assert!(
            most.is_some_and(|most| (13_000..13_700).contains(&most)),
            "{most:?}"
        );
    }
}
