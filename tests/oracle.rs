//! The cache engine's miss counts are those of the reference simulators, to the last miss.

mod common;

use cache_playground::cache::{Cache, PolicyKind};
use cache_playground::units::{Key, Micros};
use common::streams::STREAMS;
use std::collections::BTreeSet;

/// The rows of the oracle's table that the policies at hand can be held to.
const EXPECTED: &str = include_str!("data/oracle.tsv");

struct Row<'a> {
    stream: &'a str,
    policy: PolicyKind,
    capacity: u32,
    requests: usize,
    misses: u64,
}

fn rows() -> Vec<Row<'static>> {
    EXPECTED.lines().skip(1).map(row).collect()
}

fn row(line: &'static str) -> Row<'static> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[stream, policy, capacity, requests, misses] = fields.as_slice() else {
        panic!("five fields in {line:?}");
    };
    Row {
        stream,
        policy: PolicyKind::from_name(policy).expect("a policy of the engine"),
        capacity: capacity.parse().expect("a capacity"),
        requests: requests.parse().expect("a count"),
        misses: misses.parse().expect("a count"),
    }
}

/// The streams first: with wrong keys the counts below would mean nothing.
#[test]
fn the_streams_are_the_oracles() {
    let expected: [(&str, usize, usize, &[u32], u32); 4] = [
        (
            "skew",
            200_000,
            9_751,
            &[227, 115, 424, 722, 66, 520, 239, 8682],
            250_859_025,
        ),
        (
            "scan",
            200_000,
            53_178,
            &[117, 1315, 412, 821, 13822, 3147, 6325, 311],
            2_000_148_568,
        ),
        (
            "loop",
            100_000,
            1_500,
            &[0, 1, 2, 3, 4, 5, 6, 7],
            74_700_000,
        ),
        (
            "shift",
            200_000,
            15_633,
            &[14, 389, 2312, 181, 95, 24, 359, 5900],
            1_147_213_065,
        ),
    ];
    for ((name, stream), (expected_name, requests, distinct, first, sum)) in
        STREAMS.into_iter().zip(expected)
    {
        let keys = stream();
        assert_eq!(name, expected_name);
        assert_eq!(keys.len(), requests, "{name}");
        assert_eq!(&keys[..8], first, "{name}");
        let seen: BTreeSet<u32> = keys.iter().copied().collect();
        assert_eq!(seen.len(), distinct, "{name}");
        let total = keys.iter().fold(0_u32, |sum, &key| sum.wrapping_add(key));
        assert_eq!(total, sum, "{name}");
    }
}

#[test]
fn miss_counts_are_exact() {
    let rows = rows();
    assert_eq!(
        rows.len(),
        32,
        "four streams, two policies, four capacities"
    );
    for (name, stream) in STREAMS {
        let keys = stream();
        for row in rows.iter().filter(|row| row.stream == name) {
            assert_eq!(keys.len(), row.requests, "{name}");
            let misses = misses(row.policy, row.capacity, &keys);
            let (policy, capacity) = (row.policy.name(), row.capacity);
            assert_eq!(misses, row.misses, "{name}, {policy}, {capacity} entries");
        }
    }
}

/// The oracle's convention: every request counts, and a miss is always stored.
fn misses(policy: PolicyKind, capacity: u32, keys: &[u32]) -> u64 {
    let mut cache = Cache::new(policy, capacity);
    let missed = |&(now, &key): &(u64, &u32)| !cache.request(Key(key), Micros(now));
    (0..).zip(keys).filter(missed).count() as u64
}
