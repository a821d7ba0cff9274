//! The streams: Zipf with exponent 1, defined by whole numbers alone, so that they are the same wherever
//! they are made.

/// How often the key of rank r is asked for is in proportion to the whole part of 2^40 / r.
const SCALE: u64 = 1 << 40;

/// A stream of so many requests for so many keys. Keys are numbered in an order that has nothing to do
/// with how often they are asked for.
pub fn zipf(keys: u32, length: usize) -> Vec<u32> {
    let mut total = 0;
    let ends: Vec<u64> = (1..=u64::from(keys))
        .map(|rank| {
            total += SCALE / rank;
            total
        })
        .collect();
    (0..length as u64)
        .map(|place| {
            // The high half of a product picks evenly from the whole; the bias is below 2^-19.
            let drawn = (u128::from(mix(place)) * u128::from(total)) >> 64;
            let rank = ends.partition_point(|&end| u128::from(end) <= drawn);
            scrambled(rank as u32, keys)
        })
        .collect()
}

/// Each rank's key: every key once, since the factor has no divisor in common with either number of
/// keys (it is prime, and larger).
fn scrambled(rank: u32, keys: u32) -> u32 {
    ((u64::from(rank) * 2_654_435_761) % u64::from(keys)) as u32
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
    fn every_key_has_one_rank_and_the_first_rank_its_share() {
        let keys = 1_000;
        let mut seen = vec![false; keys as usize];
        (0..keys).for_each(|rank| seen[scrambled(rank, keys) as usize] = true);
        assert!(seen.into_iter().all(|seen| seen));
        // The harmonic number of 1,000 is 7.485: the first key has 13.36 % of all requests.
        let first = scrambled(0, keys);
        let stream = zipf(keys, 100_000);
        let count = stream.iter().filter(|&&key| key == first).count();
        assert!((13_000..13_700).contains(&count), "{count}");
    }
}
