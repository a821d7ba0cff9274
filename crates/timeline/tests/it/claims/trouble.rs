use super::{Claim, count, last, numbers};
use cache::units::Micros;
use sim::{EventKind, Operation, Refused};
use support::scenarios::events_of_lane;
use timeline::Run;

pub const CLAIMS: &[Claim] = &[
    ("stampede", stampede),
    ("collapse", collapse),
    ("cut-off", cut_off),
    ("lagging-failover", lagging_failover),
];

/// Without single flight the database gets at least ten times as many queries for the one row, and they
/// queue; with it, one.
fn stampede(run: &Run) {
    let [all, one] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(one.database_reads, 1);
    assert!(all.database_reads >= 10 && all.queued_max >= 6);
    assert_eq!(one.queued_max, 0);
    assert_eq!(all.reads, one.reads);
}

/// Nothing waits before the restart; after it at least a hundred queries do, and at the end none. Where at
/// most twenty may, they are as good as their word, others are refused, and answered reads are faster.
fn collapse(run: &Run) {
    let restart = Micros(5_000_000);
    let waiting = |event: &sim::Event| match event.kind {
        EventKind::Queue { waiting } => Some((event.at, waiting)),
        _ => None,
    };
    for lane in [0, 1] {
        let queues: Vec<_> = events_of_lane(run, lane)
            .iter()
            .filter_map(waiting)
            .collect();
        assert!(queues.iter().all(|&(at, _)| at > restart), "calm at first");
        let most = queues
            .iter()
            .map(|&(_, waiting)| waiting)
            .max()
            .unwrap_or(0);
        match lane {
            0 => assert!(most >= 100, "{most}"),
            _ => assert_eq!(most, 20),
        }
    }
    let end = last(run);
    assert!(end.lanes.iter().all(|lane| lane.database.queued == 0));
    let refused = |lane| {
        count(run, lane, |event| {
            let at = matches!(
                event.kind,
                EventKind::Refuse {
                    at: Refused::QueueFull { .. }
                }
            );
            at
        })
    };
    assert!(refused(0) == 0 && refused(1) > 0);
    let longest = numbers(run)
        .iter()
        .map(|of| of.read_max_us)
        .collect::<Vec<_>>();
    assert!(
        longest[1].expect("reads").0 * 2 < longest[0].expect("reads").0,
        "{longest:?}"
    );
    // It recovers: the last second is answered from the cache.
    let end = end.at_us;
    let late = count(run, 0, |event| {
        matches!(event.kind, EventKind::Miss { .. }) && end.since(event.at) < Micros(1_000_000)
    });
    assert_eq!(late, 0);
}

/// While the cache is cut off every read waits for the time-out, and nothing fails; the copy whose delete was
/// lost is stale once the cache is back.
fn cut_off(run: &Run) {
    for (lane, timeout) in [(0, 1_000_000), (1, 20_000)] {
        let (cut, healed) = (Micros(2_000_000), Micros(14_000_000));
        let slow: Vec<u64> = events_of_lane(run, lane)
            .iter()
            .filter(|event| event.at > cut && event.at < healed)
            .filter_map(|event| match event.kind {
                EventKind::Reply {
                    latency,
                    operation: Operation::Read,
                    ..
                } => Some(latency.0),
                _ => None,
            })
            .collect();
        assert!(
            slow.len() >= 3
                && slow
                    .iter()
                    .all(|&us| us > timeout && us < timeout + 200_000)
        );
    }
    for of in numbers(run) {
        assert_eq!(of.failed_requests, 0);
        assert!(of.stale_reads >= 1);
    }
}

/// The replica that is 30 seconds behind brings back a copy that was deleted; the other one does not.
fn lagging_failover(run: &Run) {
    let stale: Vec<u64> = numbers(run).iter().map(|of| of.stale_reads).collect();
    assert!(stale[0] >= 2 && stale[1] == 0, "{stale:?}");
    let last_read = run.scenario().workload.len() - 1;
    let stale_at_last = count(run, 0, |event| {
        matches!(event.kind, EventKind::Stale { .. }) && event.request == Some(last_read)
    });
    assert_eq!(stale_at_last, 0, "the next write ends it");
}
