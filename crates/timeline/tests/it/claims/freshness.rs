use super::{Claim, numbers, peak_reads};
use cache::units::Micros;
use timeline::{Frame, Run};

pub const CLAIMS: &[Claim] = &[
    ("ttl", ttl),
    ("jitter", jitter),
    ("stale-reads", stale_reads),
];

/// In A an expired copy lies in the cache for seconds; in B it is gone within a tenth of one. Neither serves
/// it, and both ask the database as often.
fn ttl(run: &Run) {
    let mut longest = [0; 2];
    for step in 0..=run.step_count() {
        let frame = Frame::of(run, &run.seek(step));
        for (lane, longest) in frame.lanes.iter().zip(&mut longest) {
            let expired = lane.cache.entries.iter().filter(|entry| entry.expired);
            let since = expired.filter_map(|entry| Some(frame.at_us.since(entry.expires_at_us?).0));
            *longest = since.fold(*longest, u64::max);
        }
    }
    assert!(longest[0] > 5_000_000, "{longest:?}");
    assert!(longest[1] <= 100_000, "{longest:?}");
    let [lazy, active] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(lazy.hits, active.hits);
    assert_eq!(lazy.database_reads, active.database_reads);
}

/// Of the same requests, jitter at least halves the most rows that the database reads in any tenth of a second,
/// and its longest queue.
fn jitter(run: &Run) {
    let peak = |lane| peak_reads(run, lane, Micros(100_000));
    let [without, with] = [0, 1].map(peak);
    assert!(with * 2 <= without, "{with} {without}");
    let queues: Vec<u32> = numbers(run).iter().map(|of| of.queued_max).collect();
    assert!(queues[1] * 2 <= queues[0], "{queues:?}");
}

/// Only a write that leaves the copy alone is followed by stale reads.
fn stale_reads(run: &Run) {
    let stale: Vec<u64> = numbers(run).iter().map(|of| of.stale_reads).collect();
    assert!(stale[0] >= 5 && stale[1..] == [0, 0, 0], "{stale:?}");
    let of = numbers(run);
    assert!(
        of[1].misses > of[0].misses,
        "deleting the copy costs a miss"
    );
    let write = |lane: usize| of[lane].write_p50_us.expect("writes").0;
    assert!(write(3) * 10 < write(0), "writing behind is quick");
}
