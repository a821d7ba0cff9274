use super::{Claim, last, numbers};
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

/// Counting in memory is at least ten times faster than in the database.
fn rate_limiter(run: &Run) {
    let [memory, database] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    let [fast, slow] = [memory, database].map(|of| of.write_p50_us.expect("writes").0);
    assert!(fast * 10 < slow);
    assert!(memory.database_writes * 10 < database.database_writes);
}
