//! Bélády's optimum: evict the entry whose next use is furthest away. It needs the future, so it is no
//! policy of the engine but a yardstick over a whole stream.
//!
//! L. A. Bélády, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
//! Journal 5(2), 1966.

use crate::units::Key;
use std::collections::BinaryHeap;

/// The fewest misses over a stream with room for `capacity` entries. With `bypass`, what is missed
/// need not be stored; without, it always is, as in the other policies.
///
/// A resident entry is known by the place of its next use: it is a hit if the stream arrives there.
pub fn belady_misses(keys: &[Key], capacity: u32, bypass: bool) -> u64 {
    let next_use = next_uses(keys);
    // By place: whether the entry that is used there is resident.
    let mut awaited = vec![false; keys.len()];
    let mut resident = 0;
    // The next uses of the resident entries, and some that have passed: these are lower than all
    // others, so the highest is a resident's.
    let mut farthest = BinaryHeap::new();
    let mut misses = 0;
    for (place, &next) in next_use.iter().enumerate() {
        if awaited[place] {
            // It stays, and is known by its use after this one.
            resident -= 1;
        } else {
            misses += 1;
            if resident == capacity {
                let last = farthest.peek().copied().unwrap_or_default();
                if bypass && next >= last {
                    continue;
                }
                farthest.pop();
                resident -= 1;
                if let Some(awaited) = awaited.get_mut(last as usize) {
                    *awaited = false;
                }
            }
        }
        resident += 1;
        farthest.push(next);
        if let Some(awaited) = awaited.get_mut(next as usize) {
            *awaited = true;
        }
    }
    misses
}

/// For each place of the stream, the place of the same key's next use; beyond the end, and never the
/// same twice, if there is none.
fn next_uses(keys: &[Key]) -> Vec<u64> {
    let mut places: Vec<(Key, u32)> = keys.iter().copied().zip(0..).collect();
    places.sort_unstable();
    let mut next: Vec<u64> = (0..).skip(keys.len()).take(keys.len()).collect();
    for pair in places.windows(2) {
        let [(key, place), (other, later)] = [pair[0], pair[1]];
        if key == other {
            next[place as usize] = later.into();
        }
    }
    next
}
