//! Each defence and each path does what it is for: the same requests with the switch off and on.
#![cfg(not(target_arch = "wasm32"))]

use cache::PolicyKind;
use cache::units::{Micros, Version};
use scenario::{FaultInput, LaneInput, RequestInput};
use sim::{
    Broken, Event, EventKind, Failure, Fault, Latency, Operation, Outcome, ReadPath, Refresh, Verb,
    WritePath, WriteTtl,
};
use support::scenarios::{request, scenario};
use support::steady::{LOOK_UP_US, SELECT_US, answer, count, database_reads, events, steady};

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const ASIDE: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::WriteAround);
const SECOND_US: u64 = 1_000_000;

fn herd(clients: u32) -> Vec<RequestInput> {
    let read = |client| RequestInput {
        client,
        ..request(u64::from(client) * 50, READ, "k")
    };
    (1..=clients).map(read).collect()
}

#[test]
fn a_herd_asks_the_database_once_with_single_flight_or_a_lease() {
    let reads_with = |change: fn(&mut LaneInput)| {
        let mut lane = steady(ASIDE);
        change(&mut lane);
        let events = events(scenario(herd(30), vec![lane]));
        for number in 0..30 {
            assert_eq!(answer(&events, number).0, Outcome::Value(Version(1)));
        }
        database_reads(&events)
    };
    assert_eq!(reads_with(|_| {}), 30);
    assert_eq!(
        reads_with(|lane| lane.strategy.defences.single_flight = true),
        1
    );
    let lease =
        |lane: &mut LaneInput| lane.strategy.defences.lease_us = Some(Micros(10 * SECOND_US));
    assert_eq!(reads_with(lease), 1);
}

#[test]
fn a_lease_whose_holder_is_gone_is_given_to_another() {
    let mut lane = steady(ASIDE);
    lane.strategy.defences.lease_us = Some(Micros(100_000));
    // The holder's query takes longer than its lease: the next one to ask gets it.
    lane.database.read = Latency::Constant { us: 300_000 };
    let events = events(scenario(herd(2), vec![lane]));
    assert_eq!(database_reads(&events), 2);
}

#[test]
fn those_who_wait_for_a_load_that_fails_get_the_error() {
    let mut lane = steady(ASIDE);
    lane.strategy.defences.single_flight = true;
    let mut input = scenario(herd(3), vec![lane]);
    input.faults = vec![FaultInput {
        at_us: 1_000,
        fault: Fault::StopDatabase,
        lane: None,
        node: None,
        zone: None,
    }];
    let events = events(input);
    for number in 0..3 {
        assert_eq!(answer(&events, number).0, Outcome::Failed);
    }
}

/// Three reads of a copy: fresh, past its soft end, and just after that.
fn reads_around_the_soft_end(change: fn(&mut LaneInput)) -> Vec<Event> {
    let mut lane = steady((ReadPath::CacheAside, WritePath::WriteAround));
    lane.strategy.ttl_us = Some(Micros(20 * SECOND_US));
    change(&mut lane);
    let requests = vec![
        request(0, READ, "k"),
        request(SECOND_US, WRITE, "k"),
        request(12 * SECOND_US, READ, "k"),
        request(13 * SECOND_US, READ, "k"),
    ];
    events(scenario(requests, vec![lane]))
}

#[test]
fn a_soft_ttl_and_refresh_ahead_answer_first_and_reload_after() {
    let plain = reads_around_the_soft_end(|_| {});
    assert_eq!(answer(&plain, 3).0, Outcome::Value(Version(1)));
    let soft = |lane: &mut LaneInput| {
        lane.strategy.defences.soft_ttl_us = Some(Micros(10 * SECOND_US));
    };
    let ahead = |lane: &mut LaneInput| lane.strategy.read = ReadPath::RefreshAhead;
    for change in [soft, ahead] {
        let events = reads_around_the_soft_end(change);
        let due = |kind: &EventKind| {
            matches!(
                kind,
                EventKind::Refresh {
                    why: Refresh::Due,
                    ..
                }
            )
        };
        assert_eq!(count(&events, due), 1);
        // The read that reloads pays for its look-up only and gets the old copy; the next the new one.
        assert_eq!(
            answer(&events, 2),
            (Outcome::Value(Version(1)), Micros(210))
        );
        assert_eq!(
            answer(&events, 3),
            (Outcome::Value(Version(2)), Micros(210))
        );
    }
}

/// At a remaining time of Δ, XFetch reloads with a probability of 1/e; at 2Δ of 1/e²; β scales it.
#[test]
fn xfetch_reloads_with_the_papers_probability() {
    let share = |remaining_us: u64, beta_percent: u32| {
        let mut early = 0;
        for seed in 0..1_500 {
            let mut lane = steady(ASIDE);
            lane.strategy.ttl_us = Some(Micros(10 * SECOND_US));
            lane.strategy.defences.xfetch_beta_percent = Some(beta_percent);
            // The SET is done 4,200 µs after the load began, and the look-up 110 µs after the read.
            let rebuild_us = 4_310;
            let stored_at = 210 + 4_200 + 110;
            let at_us = stored_at + 10 * SECOND_US - 110 - remaining_us * rebuild_us / 1_000;
            let requests = vec![request(0, READ, "k"), request(at_us, READ, "k")];
            let mut input = scenario(requests, vec![lane]);
            input.seed = seed.to_string();
            let events = events(input);
            let is = |kind: &EventKind| matches!(kind, EventKind::Refresh { why: Refresh::Early { rebuild }, .. } if rebuild.0 == rebuild_us);
            early += count(&events, is);
        }
        early * 1_000 / 1_500
    };
    assert!(
        share(1_000, 100).abs_diff(368) < 40,
        "{}",
        share(1_000, 100)
    );
    assert!(
        share(2_000, 100).abs_diff(135) < 30,
        "{}",
        share(2_000, 100)
    );
    assert!(
        share(2_000, 200).abs_diff(368) < 40,
        "{}",
        share(2_000, 200)
    );
}

#[test]
fn jitter_spreads_the_ends_and_keeps_to_its_share() {
    let ends = |jitter_percent| {
        let mut lane = steady(ASIDE);
        lane.cache.capacity = 100;
        lane.strategy.ttl_us = Some(Micros(100 * SECOND_US));
        lane.strategy.defences.ttl_jitter_percent = jitter_percent;
        let reads = (0..100).map(|i| request(i, READ, &format!("k{i}")));
        let of = |event: &Event| match event.kind {
            EventKind::Fill {
                expires_at: Some(end),
                ..
            } => Some(end.since(event.at).0),
            _ => None,
        };
        let events = events(scenario(reads.collect(), vec![lane]));
        let mut ends: Vec<u64> = events.iter().filter_map(of).collect();
        ends.sort_unstable();
        ends
    };
    let without = ends(0);
    assert!(without.iter().all(|&end| end == 100 * SECOND_US));
    let with = ends(10);
    assert!(with[0] >= 90 * SECOND_US && with[99] <= 110 * SECOND_US);
    assert!(
        with[0] < 92 * SECOND_US && with[99] > 108 * SECOND_US,
        "{with:?}"
    );
}

#[test]
fn write_behind_makes_one_write_of_several_and_answers_before() {
    let lane = steady((ReadPath::CacheAside, WritePath::WriteBehind));
    let requests = vec![
        request(0, WRITE, "k"),
        request(1_000, WRITE, "k"),
        request(2_000, WRITE, "k"),
        request(3_000, READ, "k"),
        request(5 * SECOND_US, READ, "k"),
    ];
    let events = events(scenario(requests, vec![lane]));
    assert_eq!(answer(&events, 0), (Outcome::Written, Micros(210)));
    assert_eq!(answer(&events, 3).0, Outcome::Value(Version(4)));
    let commits: Vec<(u64, Version)> = events
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Write { version, .. } => Some((event.at.0, version)),
            _ => None,
        })
        .collect();
    // A second after the first answer, 100 µs on the wire and 8 ms of work.
    assert_eq!(commits, [(210 + SECOND_US + 100 + 8_000, Version(4))]);
}

#[test]
fn what_write_behind_has_queued_dies_with_the_cache() {
    let lane = steady((ReadPath::CacheAside, WritePath::WriteBehind));
    let requests = vec![request(0, WRITE, "k"), request(5 * SECOND_US, READ, "k")];
    let mut input = scenario(requests, vec![lane]);
    input.faults = vec![FaultInput {
        at_us: 500_000,
        fault: Fault::RestartCache,
        lane: None,
        node: None,
        zone: None,
    }];
    let events = events(input);
    let lost = |kind: &EventKind| {
        let lost = Broken::Durability {
            version: Version(2),
        };
        matches!(kind, EventKind::Violation { promise } if *promise == lost)
    };
    assert_eq!(count(&events, lost), 1);
    assert_eq!(
        count(&events, |kind| matches!(kind, EventKind::Write { .. })),
        0
    );
    assert_eq!(answer(&events, 1).0, Outcome::Value(Version(1)));
}

#[test]
fn a_flush_that_fails_is_tried_again() {
    let lane = steady((ReadPath::CacheAside, WritePath::WriteBehind));
    let fault = |at_us, fault| FaultInput {
        at_us,
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    let mut input = scenario(vec![request(0, WRITE, "k")], vec![lane]);
    input.faults = vec![fault(100, Fault::StopDatabase)];
    let never = events(input.clone());
    let broken = |kind: &EventKind| matches!(kind, EventKind::Violation { .. });
    assert_eq!(count(&never, broken), 1, "given up in the end");
    input.faults.push(fault(2_500_000, Fault::HealDatabase));
    let healed = events(input);
    assert_eq!(count(&healed, broken), 0);
    assert_eq!(
        count(&healed, |kind| matches!(kind, EventKind::Write { .. })),
        1
    );
}

/// A read, a write that makes the row, and reads around the end of what was stored.
fn reads_of_a_row_that_is_not_there(
    negative_ttl: Option<Micros>,
    ttl: Option<Micros>,
) -> Vec<Event> {
    let mut lane = steady(ASIDE);
    lane.strategy.ttl_us = ttl;
    lane.strategy.defences.negative_ttl_us = negative_ttl;
    let requests = vec![
        request(0, READ, "away"),
        request(SECOND_US, READ, "away"),
        request(2 * SECOND_US, WRITE, "away"),
        request(9 * SECOND_US, READ, "away"),
        request(11 * SECOND_US, READ, "away"),
        request(12 * SECOND_US, READ, "here"),
    ];
    let mut input = scenario(requests, vec![lane]);
    input.absent = vec!["away".to_owned()];
    events(input)
}

/// What each SET stored, when it was done, and when that ends.
fn fills(events: &[Event]) -> Vec<(Version, Micros, Option<Micros>)> {
    let of = |event: &Event| match event.kind {
        EventKind::Fill {
            value, expires_at, ..
        } => Some((value.version, event.at, expires_at)),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// The absence of a row is stored with a TTL of its own. Until that ends a look-up is enough, and a row
/// that is made in the meantime stays unseen.
#[test]
fn negative_caching_stores_that_there_is_no_row_for_a_time_of_its_own() {
    let (looked_up, loaded) = (Micros(LOOK_UP_US), Micros(LOOK_UP_US + SELECT_US));
    let stored = Micros(loaded.0 + LOOK_UP_US);
    for ttl in [None, Some(Micros(100 * SECOND_US))] {
        let off = reads_of_a_row_that_is_not_there(None, ttl);
        assert_eq!(answer(&off, 0), (Outcome::Absent, loaded));
        assert_eq!(answer(&off, 1), (Outcome::Absent, loaded));
        assert_eq!(answer(&off, 3), (Outcome::Value(Version(1)), stored));
        assert!(fills(&off).iter().all(|fill| fill.0 != Version(0)));

        let on = reads_of_a_row_that_is_not_there(Some(Micros(10 * SECOND_US)), ttl);
        assert_eq!(answer(&on, 0), (Outcome::Absent, stored));
        assert_eq!(answer(&on, 1), (Outcome::Absent, looked_up));
        assert_eq!(answer(&on, 3), (Outcome::Absent, looked_up));
        // After the end it is an ordinary miss.
        assert_eq!(answer(&on, 4), (Outcome::Value(Version(1)), stored));
        let fills = fills(&on);
        let [nothing, made, here] = fills[..] else {
            panic!("{fills:?}");
        };
        let ends = |(version, at, end): (Version, Micros, Option<Micros>)| {
            (version, end.map(|end| end.since(at)))
        };
        assert_eq!(ends(nothing), (Version(0), Some(Micros(10 * SECOND_US))));
        assert_eq!(ends(made), (Version(1), ttl));
        assert_eq!(ends(here), (Version(1), ttl));
        assert_eq!(database_reads(&on), database_reads(&off) - 1);
    }
}

/// A plain SET drops the TTL, KEEPTTL keeps it, and without a candidate `volatile-*` refuses.
#[test]
fn a_write_keeps_sets_or_drops_the_ttl() {
    let ends = |write_ttl| {
        let mut lane = steady((ReadPath::CacheAside, WritePath::WriteThrough));
        lane.strategy.ttl_us = Some(Micros(100 * SECOND_US));
        lane.strategy.write_ttl = write_ttl;
        let requests = vec![request(0, READ, "k"), request(10 * SECOND_US, WRITE, "k")];
        let of = |event: &Event| match event.kind {
            EventKind::Fill { expires_at, .. } => Some((event.at, expires_at)),
            _ => None,
        };
        let fills: Vec<_> = events(scenario(requests, vec![lane]))
            .iter()
            .filter_map(of)
            .collect();
        let [(first, Some(end)), (second, rewritten)] = fills[..] else {
            panic!("{fills:?}");
        };
        assert_eq!(end.since(first), Micros(100 * SECOND_US));
        (end, second, rewritten)
    };
    let (_, at, end) = ends(WriteTtl::Set);
    assert_eq!(end, Some(at.after(Micros(100 * SECOND_US))));
    assert_eq!(ends(WriteTtl::Drop).2, None);
    let (end, _, kept) = ends(WriteTtl::Keep);
    assert_eq!(kept, Some(end));
}

#[test]
fn the_active_cycle_expires_what_nobody_asks_for() {
    let expired_at = |active_expiry| {
        let mut lane = steady(ASIDE);
        lane.strategy.ttl_us = Some(Micros(SECOND_US));
        lane.cache.active_expiry = active_expiry;
        let requests = vec![request(0, READ, "k"), request(9 * SECOND_US, READ, "other")];
        let of = |event: &Event| {
            matches!(event.kind, EventKind::Expire { verb: None, .. }).then_some(event.at)
        };
        events(scenario(requests, vec![lane])).iter().find_map(of)
    };
    assert_eq!(expired_at(false), None);
    let at = expired_at(true).expect("the cycle finds it");
    // The copy ends after 1.00462 s: the next tick, at ten a second, is at 1.1 s.
    assert_eq!(at, Micros(1_100_000));
}

#[test]
fn with_noeviction_a_full_cache_refuses_and_the_application_goes_on() {
    let Some(noeviction) = PolicyKind::from_name("noeviction") else {
        panic!("a policy of the engine");
    };
    let mut lane = steady(ASIDE);
    lane.cache.policy = noeviction;
    lane.cache.capacity = 1;
    let requests = vec![
        request(0, READ, "a"),
        request(SECOND_US, READ, "b"),
        request(2 * SECOND_US, READ, "b"),
    ];
    let events = events(scenario(requests, vec![lane]));
    let refused = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Fail {
                verb: Verb::Set,
                failure: Failure::OutOfMemory
            }
        )
    };
    assert_eq!(count(&events, refused), 2);
    assert_eq!(answer(&events, 2).0, Outcome::Value(Version(1)));
    assert_eq!(database_reads(&events), 3);
}

/// Whoever queued a key writes its row, though its client was told of a failure: those who write the key
/// next leave it to that.
#[test]
fn what_write_behind_has_queued_is_written_though_the_reply_is_lost() {
    for cut_at_us in [None, Some(1_150)] {
        let lane = steady((ReadPath::CacheAside, WritePath::WriteBehind));
        let requests = vec![
            request(1_000, WRITE, "k"),
            request(3 * SECOND_US, WRITE, "k"),
            request(9 * SECOND_US, WRITE, "k"),
        ];
        let mut input = scenario(requests, vec![lane]);
        if let Some(at_us) = cut_at_us {
            let fault = |at_us, fault| FaultInput {
                at_us,
                fault,
                lane: None,
                node: None,
                zone: None,
            };
            input.faults = vec![
                fault(at_us, Fault::CutCache),
                fault(2 * SECOND_US, Fault::HealCache),
            ];
        }
        let events = events(input);
        let failed = answer(&events, 0).0 == Outcome::Failed;
        assert_eq!(failed, cut_at_us.is_some());
        let queued = count(&events, |kind| matches!(kind, EventKind::Enqueue { .. }));
        let added = |kind: &EventKind| {
            matches!(
                kind,
                EventKind::Enqueue {
                    replaces: Some(_),
                    ..
                }
            )
        };
        let written = count(&events, |kind| matches!(kind, EventKind::Write { .. }));
        assert_eq!(queued, 3);
        assert_eq!(written, queued - count(&events, added));
    }
}

/// Leases are given to those who miss; a reload follows a hit, and stores what it has read unless the copy
/// that it found is no longer there.
#[test]
fn a_reload_is_stored_with_leases_too() {
    let lease = |lane: &mut LaneInput| {
        lane.strategy.defences.lease_us = Some(Micros(10 * SECOND_US));
    };
    let soft = |lane: &mut LaneInput| {
        lane.strategy.defences.soft_ttl_us = Some(Micros(10 * SECOND_US));
        lane.strategy.defences.lease_us = Some(Micros(10 * SECOND_US));
    };
    let ahead = |lane: &mut LaneInput| {
        lane.strategy.read = ReadPath::RefreshAhead;
        lane.strategy.defences.lease_us = Some(Micros(10 * SECOND_US));
    };
    let rejected = |kind: &EventKind| matches!(kind, EventKind::Reject { .. });
    let without = reads_around_the_soft_end(lease);
    assert_eq!(answer(&without, 3).0, Outcome::Value(Version(1)));
    for change in [soft, ahead] {
        let events = reads_around_the_soft_end(change);
        assert_eq!(answer(&events, 3).0, Outcome::Value(Version(2)));
        assert_eq!(count(&events, rejected), 0);
    }

    // The row is read, then written and its copy deleted, and only then is what was read to be stored.
    let mut lane = steady((ReadPath::RefreshAhead, WritePath::Invalidate));
    lane.strategy.ttl_us = Some(Micros(20 * SECOND_US));
    lane.strategy.defences.lease_us = Some(Micros(10 * SECOND_US));
    lane.database.read = Latency::Constant { us: 50_000 };
    let requests = vec![
        request(0, READ, "k"),
        request(12 * SECOND_US, READ, "k"),
        request(12 * SECOND_US + 20_000, WRITE, "k"),
    ];
    let events = events(scenario(requests, vec![lane]));
    assert_eq!(count(&events, rejected), 1);
}
