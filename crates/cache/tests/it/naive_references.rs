//! The naive references against the oracle: they must give its exact miss counts before they may
//! judge the engine.

use crate::streams::STREAMS;
use std::path::PathBuf;

/// The miss counts of reference simulators on each stream at a capacity of 100 entries, which the
/// vectors of the references can do in seconds.
const EXPECTED: [(&str, [(&str, u64); 8]); 4] = [
    (
        "skew",
        [
            ("fifo", 183_696),
            ("lru", 182_529),
            ("clock", 181_560),
            ("lfu", 165_972),
            ("sieve", 161_973),
            ("s3fifo", 162_248),
            ("arc", 165_287),
            ("twoq", 166_827),
        ],
    ),
    (
        "scan",
        [
            ("fifo", 195_349),
            ("lru", 195_263),
            ("clock", 195_174),
            ("lfu", 190_832),
            ("sieve", 188_971),
            ("s3fifo", 187_861),
            ("arc", 189_452),
            ("twoq", 190_041),
        ],
    ),
    (
        "loop",
        [
            ("fifo", 100_000),
            ("lru", 100_000),
            ("clock", 100_000),
            ("lfu", 100_000),
            ("sieve", 100_000),
            ("s3fifo", 100_000),
            ("arc", 100_000),
            ("twoq", 100_000),
        ],
    ),
    (
        "shift",
        [
            ("fifo", 183_694),
            ("lru", 182_502),
            ("clock", 181_397),
            ("lfu", 196_353),
            ("sieve", 168_613),
            ("s3fifo", 163_977),
            ("arc", 165_883),
            ("twoq", 168_178),
        ],
    ),
];

#[test]
fn the_references_give_the_oracles_miss_counts() {
    for ((name, stream), (expected_name, rows)) in STREAMS.into_iter().zip(EXPECTED) {
        assert_eq!(name, expected_name);
        let keys = stream();
        for (policy, expected) in rows {
            assert_eq!(
                crate::naive::misses(policy, 100, &keys),
                expected,
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
    for ((name, stream), (_, rows)) in STREAMS.into_iter().zip(EXPECTED) {
        let of = |policy| {
            let mut rows = rows.iter();
            rows.find(|row| row.0 == policy).expect("a row").1
        };
        let misses = crate::naive::misses("wtinylfu", 100, &stream());
        // A loop that is longer than the sketch's memory is like no popularity at all.
        let most = match name {
            "loop" => of("lru"),
            "shift" => of("lru") * 95 / 100,
            _ => of("lfu"),
        };
        assert!(misses <= most, "{name}: {misses}, at most {most}");
    }
}

/// Every row of a table like `tests/data/oracle.tsv`, for hours of patience or release builds:
/// `CACHE_PLAYGROUND_ORACLE` names the folder with `expected.tsv` and `web12.txt`.
#[test]
#[ignore = "minutes in a debug build; needs the folder in CACHE_PLAYGROUND_ORACLE"]
fn the_references_give_the_whole_table() {
    let folder =
        std::env::var_os("CACHE_PLAYGROUND_ORACLE").expect("CACHE_PLAYGROUND_ORACLE is set");
    let folder = PathBuf::from(folder);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a readable file");
    let web12 = read("web12.txt");
    let web12: Vec<u32> = web12
        .lines()
        .map(|line| line.parse().expect("a key"))
        .collect();
    let mut checked = 0;
    for line in read("expected.tsv").lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[stream, policy, capacity, _, misses] = fields.as_slice() else {
            panic!("five fields in {line:?}");
        };
        if policy == "belady" {
            continue;
        }
        let keys = match STREAMS.into_iter().find(|&(name, _)| name == stream) {
            Some((_, keys)) => keys(),
            None => web12.clone(),
        };
        let capacity = capacity.parse().expect("a capacity");
        let expected: u64 = misses.parse().expect("a count");
        let counted = crate::naive::misses(policy, capacity, &keys);
        println!("{line}\t{counted}");
        assert_eq!(counted, expected, "{line}");
        checked += 1;
    }
    assert_eq!(
        checked, 160,
        "five streams, eight policies, four capacities"
    );
}
