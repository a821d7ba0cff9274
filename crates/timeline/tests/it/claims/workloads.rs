use super::{Claim, count, last, numbers};
use sim::{EventKind, Party};
use timeline::Run;

pub const CLAIMS: &[Claim] = &[
    ("product-page", product_page),
    ("session-store", session_store),
    ("leaderboard", leaderboard),
    ("analytics-counters", analytics_counters),
    ("rate-limiter", rate_limiter),
];

/// A tenth of the pages answers more than half of the reads; only pages that a write leaves alone are stale.
fn product_page(run: &Run) {
    let [deleted, left] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(deleted.hit_per_mille() >= Some(500));
    assert!(left.stale_reads >= 20 && deleted.stale_reads * 20 <= left.stale_reads);
    assert!(left.hits > deleted.hits, "deleting costs misses");
}

/// With room for all, nearly every read hits once the visitors are there; with room for a quarter most miss.
fn session_store(run: &Run) {
    let [all, quarter] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(all.evictions == 0 && quarter.evictions > 1_000);
    assert!(
        all.hit_per_mille() >= Some(900),
        "{:?}",
        all.hit_per_mille()
    );
    assert!(
        quarter.hit_per_mille() <= Some(500),
        "{:?}",
        quarter.hit_per_mille()
    );
}

/// A copy that is a second old makes a typical read at least 100 times faster than the 40 ms query. Ten
/// seconds save further queries, and show older scores.
fn leaderboard(run: &Run) {
    let without = last(run).baseline.read_p50_us.expect("reads").0;
    assert!(without >= 40_000);
    let [second, ten] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(second.read_p50_us.expect("reads").0 * 100 < without);
    assert!(ten.database_reads * 4 < second.database_reads);
    assert!(ten.stale_age_max_us > second.stale_age_max_us);
}

/// Write-behind writes the database at least four times less often, answers writes ten times faster, and
/// loses some of them with the cache; write-through loses none.
fn analytics_counters(run: &Run) {
    let [behind, through] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(behind.database_writes * 4 < through.database_writes);
    let [fast, slow] = [behind, through].map(|of| of.write_p50_us.expect("writes").0);
    assert!(fast * 10 < slow);
    assert!(behind.violations > 0 && through.violations == 0);
}

/// In memory a call waits at least ten times less, and the database does nothing at all; in the database
/// every call is a write, and calls queue behind each other. No count is lost to an eviction.
fn rate_limiter(run: &Run) {
    let [memory, database] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    let [fast, slow] = [memory, database].map(|of| of.write_p50_us.expect("writes").0);
    assert!(fast * 10 < slow, "{fast} and {slow}");
    let asked = count(
        run,
        0,
        |event| matches!(event.kind, EventKind::Send { verb } if verb.party() == Party::Database),
    );
    assert_eq!(
        (asked, memory.database_reads, memory.database_writes),
        (0, 0, 0)
    );
    assert_eq!((memory.evictions, memory.failed_requests), (0, 0));
    assert_eq!(database.database_writes, memory.writes);
    assert!(database.queued_max >= 10, "{}", database.queued_max);
    assert!(database.wait_p99_us.expect("queries").0 > slow);
}
