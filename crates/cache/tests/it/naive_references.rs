//! The naive references against the oracle: they must give its exact miss counts before they may
//! judge the engine.

use crate::naive::misses;
use crate::oracle::{Row, rows};
use crate::streams::STREAMS;

/// The capacity that the references, which search vectors, can do in seconds.
const CAPACITY: u32 = 100;

#[test]
fn the_references_give_the_oracles_miss_counts() {
    let rows = rows();
    for (name, stream) in STREAMS {
        let keys = stream();
        let of_stream = rows
            .iter()
            .filter(|row| row.stream == name && row.capacity == CAPACITY && row.policy != "belady");
        assert_eq!(of_stream.clone().count(), 8, "policies on {name}");
        for Row {
            policy,
            misses: expected,
            ..
        } in of_stream
        {
            assert_eq!(
                misses(policy, CAPACITY, &keys),
                *expected,
                "{name}, {policy}"
            );
        }
    }
}

/// The oracle has no counts of W-TinyLFU, which depend on a hash, but its paper says how it behaves:
/// where some keys are popular it is as good as LFU, a scan does not wash them out, and unlike LFU it
/// forgets those that no longer are.
#[test]
fn the_reference_of_w_tinylfu_behaves_as_its_paper_says() {
    let rows = rows();
    for (name, stream) in STREAMS {
        let of = |policy| {
            let mut rows = rows.iter();
            let row =
                rows.find(|row| (row.stream, row.policy, row.capacity) == (name, policy, CAPACITY));
            row.expect("a row").misses
        };
        let misses = misses("wtinylfu", CAPACITY, &stream());
        // A loop that is longer than the sketch's memory is like no popularity at all.
        let most = match name {
            "loop" => of("lru"),
            "shift" => of("lru") * 95 / 100,
            _ => of("lfu"),
        };
        assert!(misses <= most, "{name}: {misses}, at most {most}");
    }
}
