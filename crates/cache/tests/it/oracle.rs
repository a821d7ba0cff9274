//! The cache engine's miss counts are those of the reference simulators, to the last miss.
//!
//! The stream `web12` is a real trace that is not committed (cache2k benchmark, © headissue GmbH, Jens
//! Wilke, CC BY 4.0; one integer key a line, 95,607 requests): its rows are checked where the
//! environment variable `ORACLE_WEB12` holds the file's path.

use crate::streams::STREAMS;
use cache::units::{Key, Micros};
use cache::{BareCache, Cache, CacheSettings, PolicyKind};
use std::collections::BTreeSet;

/// The oracle's table.
const EXPECTED: &str = include_str!("../data/oracle.tsv");

pub struct Row<'a> {
    pub stream: &'a str,
    pub policy: &'a str,
    pub capacity: u32,
    pub requests: usize,
    pub misses: u64,
}

pub fn rows() -> Vec<Row<'static>> {
    EXPECTED.lines().skip(1).map(row).collect()
}

/// The rows of the engine's policies: Bélády's optimum is none, and is compared in the tests of `worker`.
fn engine_rows() -> Vec<Row<'static>> {
    let mut rows = rows();
    rows.retain(|row| row.policy != "belady");
    rows
}

fn row(line: &'static str) -> Row<'static> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[stream, policy, capacity, requests, misses] = fields.as_slice() else {
        panic!("five fields in {line:?}");
    };
    Row {
        stream,
        policy,
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
    let rows = engine_rows();
    assert_eq!(
        rows.len(),
        160,
        "five streams, eight policies, four capacities"
    );
    for (name, stream) in STREAMS {
        let keys: Vec<Key> = stream().into_iter().map(Key).collect();
        let compared = compare(&rows, name, &keys);
        assert_eq!(compared, 32, "rows of {name}");
    }
}

#[test]
fn miss_counts_of_a_real_trace_are_exact() {
    let Some(path) = std::env::var_os("ORACLE_WEB12") else {
        println!("skipped: ORACLE_WEB12 holds no path");
        return;
    };
    let text = std::fs::read_to_string(path).expect("the trace can be read");
    let keys = text.lines().map(|line| Key(line.parse().expect("a key")));
    let keys: Vec<Key> = keys.collect();
    assert_eq!(compare(&engine_rows(), "web12", &keys), 32);
}

/// Compares all rows of a stream, and returns how many there were.
fn compare(rows: &[Row], name: &str, keys: &[Key]) -> usize {
    let of_stream = rows.iter().filter(|row| row.stream == name);
    for row in of_stream.clone() {
        assert_eq!(keys.len(), row.requests, "{name}");
        let misses = misses(row.policy, row.capacity, keys);
        let (policy, capacity) = (row.policy, row.capacity);
        assert_eq!(misses, row.misses, "{name}, {policy}, {capacity} entries");
    }
    of_stream.count()
}

/// The fewest misses that any policy can have over a stream.
fn optimum(stream: &str, capacity: u32) -> u64 {
    let rows = rows();
    let wanted = (stream, "belady", capacity);
    let row = rows
        .iter()
        .find(|row| (row.stream, row.policy, row.capacity) == wanted);
    row.expect("a row of the table").misses
}

/// The oracle's convention: every request counts, and a miss is always stored.
fn misses(policy: &str, capacity: u32, keys: &[Key]) -> u64 {
    misses_at(1_000_000, policy, capacity, keys)
}

/// `gap_us` lies between two requests: the policies modelled on Valkey go by time.
fn misses_at(gap_us: u64, policy: &str, capacity: u32, keys: &[Key]) -> u64 {
    let policy = PolicyKind::from_name(policy).expect("a policy of the engine");
    let times = (0..).map(|number: u64| Micros(number * gap_us));
    let requests = keys.iter().copied().zip(times);
    let mut cache = Cache::new(&CacheSettings::new(policy, capacity));
    let missed = |&(key, now): &(Key, Micros)| !cache.request(key, now);
    let misses = requests.clone().filter(missed).count() as u64;
    let bare = BareCache::new(policy, capacity).misses(requests);
    assert_eq!(bare, misses, "{}, {capacity} entries", policy.name());
    misses
}

/// W-TinyLFU depends on its hash, and the sampling policies on their draws, so there is no count to
/// compare with. But where popularity does not change, half of what can be gained over LRU is known to
/// be W-TinyLFU's; a sample of five is a few hundredths from LRU; random is as good as FIFO; and a
/// counter that seldom decays gains most of what exact LFU does.
#[test]
fn policies_that_draw_or_hash_are_in_a_band_around_the_exact_ones() {
    let (_, skew) = STREAMS[0];
    let keys: Vec<Key> = skew().into_iter().map(Key).collect();
    for capacity in [500, 2000] {
        let misses = |gap_us, policy| misses_at(gap_us, policy, capacity, &keys) as f64;
        let second = 1_000_000;
        let lru = misses(second, "lru");
        let optimum = optimum("skew", capacity) as f64;
        let gained = |misses| (lru - misses) / (lru - optimum);
        let lfu = gained(misses(second, "lfu"));
        let tinylfu = gained(misses(second, "wtinylfu"));
        assert!((0.40..0.60).contains(&tinylfu), "{capacity}: {tinylfu}");
        let sampled = misses(second, "valkey-lru") / lru;
        assert!((0.98..1.03).contains(&sampled), "{capacity}: {sampled}");
        let random = misses(second, "random") / misses(second, "fifo");
        assert!((0.98..1.02).contains(&random), "{capacity}: {random}");
        let counted = gained(misses(1000, "valkey-lfu"));
        assert!(
            (counted - lfu).abs() < 0.15,
            "{capacity}: {counted}, LFU {lfu}"
        );
    }
}
