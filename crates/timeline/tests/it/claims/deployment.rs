use super::{Claim, count, last, numbers};
use cache::units::{Key, Micros};
use sim::{Event, EventKind, Failure, NodeId, Operation, Outcome, ReshardStep, Stage, Verb};
use std::collections::{BTreeMap, BTreeSet};
use support::scenarios::events_of_lane;
use timeline::Run;

pub const CLAIMS: &[Claim] = &[
    ("moved", moved),
    ("more-shards", more_shards),
    ("resharding", resharding),
    ("full-coverage", full_coverage),
    ("hot-key-replicas", hot_key_replicas),
    ("replica-read", replica_read),
    ("lost-primary", lost_primary),
    ("lost-region", lost_region),
    ("restart-durable", restart_durable),
    ("lost-memcached-node", lost_memcached_node),
];

/// The map saves every redirect; without it each slot of another shard costs one; a client made for one node
/// gets an error for every command about them, and finds none of their keys.
fn moved(run: &Run) {
    let [aware, follows, plain] = &numbers(run)[..] else {
        panic!("three lanes");
    };
    assert_eq!((aware.redirects, aware.failed_trips), (0, 0));
    let scenario = run.scenario();
    let elsewhere = |key: &Key| run.seek(0).lanes[1].holder(*key) != NodeId(0);
    let slot = |key: &Key| run.seek(0).lanes[1].place(*key);
    let requests = 0..scenario.workload.len();
    let asked: Vec<Key> = requests.map(|number| scenario.request(number).1).collect();
    let slots: BTreeSet<u32> = asked
        .iter()
        .filter(|key| elsewhere(key))
        .map(slot)
        .collect();
    assert!(slots.len() > 2);
    assert_eq!(follows.redirects, slots.len() as u64);
    assert_eq!(follows.failed_trips, 0);
    assert_eq!(
        (aware.hits, aware.database_reads),
        (follows.hits, follows.database_reads)
    );
    let refused = count(run, 2, |event| {
        matches!(
            event.kind,
            EventKind::Fail {
                failure: Failure::Moved,
                ..
            }
        )
    });
    assert!(refused > 5);
    assert_eq!(plain.redirects, refused as u64);
    assert!(plain.database_reads > aware.database_reads && plain.failed_requests == 0);
    // Keys with one tag are in one slot.
    let tagged = ["{user:7}:name", "{user:7}:cart"].map(|name| {
        let key = scenario.key_named(name).expect("it is asked for");
        slot(&key)
    });
    assert_eq!(tagged[0], tagged[1]);
}

/// Three times the room gives a better hit rate, and one shard has clearly more to do than its share.
fn more_shards(run: &Run) {
    let rates: Vec<u64> = numbers(run)
        .iter()
        .filter_map(|of| of.hit_per_mille())
        .collect();
    assert!(rates[1] > rates[0] + 100, "{rates:?}");
    let mut commands: BTreeMap<NodeId, u32> = BTreeMap::new();
    for event in events_of_lane(run, 1) {
        if matches!(event.kind, EventKind::Hit { .. } | EventKind::Miss { .. }) {
            *commands.entry(event.node).or_default() += 1;
        }
    }
    let all: u32 = commands.values().sum();
    let most = commands.values().max().copied().unwrap_or(0);
    assert!(most * 100 > all * 40, "{commands:?}");
}

/// Slot by slot there are ASKs and a MOVED for each slot; at once there is no ASK, one write waits, and it is over in
/// a tenth of the time. No copy is lost.
fn resharding(run: &Run) {
    let steps = |lane: u8| {
        let events = events_of_lane(run, lane).into_iter();
        let steps = events.filter_map(|event| match event.kind {
            EventKind::Reshard { step } => Some((event.at, step)),
            _ => None,
        });
        steps.collect::<Vec<_>>()
    };
    let asks = |lane| {
        count(run, lane, |event| {
            matches!(event.kind, EventKind::Ask { .. })
        })
    };
    let moved = |lane| {
        count(run, lane, |event| {
            matches!(event.kind, EventKind::Moved { .. })
        })
    };
    assert!(asks(0) >= 2, "{}", asks(0));
    assert_eq!(asks(1), 0);
    assert!(
        moved(0) > moved(1) && moved(1) >= 1,
        "{} {}",
        moved(0),
        moved(1)
    );
    let waits = |lane| {
        let waits = |step: &ReshardStep| matches!(step, ReshardStep::WriteWaits { .. });
        steps(lane).iter().filter(|of| waits(&of.1)).count()
    };
    assert_eq!(waits(0), 0);
    assert!(waits(1) >= 1);
    let took = |lane| {
        let all = steps(lane);
        let ends = |step: &ReshardStep| matches!(step, ReshardStep::Ends { slots: 4_096, .. });
        let end = all.iter().find(|of| ends(&of.1)).expect("it ends");
        end.0.since(all[0].0).0
    };
    assert!(took(0) > 10 * took(1), "{} {}", took(0), took(1));
    // Whatever is not in the cache at the end was deleted by a write.
    for (lane, numbers) in numbers(run).iter().enumerate() {
        let held = last(run).lanes[lane].cache.used;
        let warm = run.scenario().workload.warm.len() as u32;
        let deleted = (numbers.deletions + numbers.evictions) as u32;
        assert_eq!(held + deleted, warm + numbers.fills as u32, "lane {lane}");
        assert_eq!((numbers.failed_trips, numbers.evictions), (0, 0));
    }
    // The redirects cost the client of A more time than that of B, all in all.
    assert!(numbers(run)[0].redirects > numbers(run)[1].redirects);
}

/// A loses the hits of one shard; B those of all once the loss is noticed. After the restart both hit again.
fn full_coverage(run: &Run) {
    let down = |event: &Event| {
        matches!(
            event.kind,
            EventKind::Fail {
                failure: Failure::ClusterDown,
                ..
            }
        )
    };
    assert_eq!(count(run, 0, down), 0);
    assert!(count(run, 1, down) > 20);
    let (noticed, back) = (Micros(4_000_000), Micros(9_000_000));
    let hits = |lane: u8, from: Micros, until: Micros| {
        count(run, lane, |event| {
            let between = from < event.at && event.at < until;
            between && matches!(event.kind, EventKind::Hit { .. })
        })
    };
    assert!(hits(0, noticed, back) > 10);
    assert_eq!(hits(1, noticed, back), 0);
    assert!(hits(1, back, Micros::NEVER) > 5);
    let stages = events_of_lane(run, 1).into_iter();
    let stages = stages.filter_map(|event| match event.kind {
        EventKind::Failover {
            stage: stage @ (Stage::ClusterDown | Stage::ClusterUp),
        } => Some((event.at, stage)),
        _ => None,
    });
    let expected = [(noticed, Stage::ClusterDown), (back, Stage::ClusterUp)];
    assert_eq!(stages.collect::<Vec<_>>(), expected);
    // The database answers for a cache that does not.
    let numbers = numbers(run);
    assert!(numbers[1].database_reads > numbers[0].database_reads);
}

/// Before the loss both miss each key once. After it, the ring misses the lost node's keys only, and the
/// remainder most of all.
fn lost_memcached_node(run: &Run) {
    let loss = Micros(15_000_000);
    let before = run.seek(run.step_before(Micros(loss.0 - 1)));
    for (lane, of) in (0..).zip(&before.lanes) {
        let key_count = run.scenario().workload.key_count();
        let keys: Vec<Key> = (0..key_count)
            .map(Key)
            .filter(|&key| of.copy(key).is_some())
            .collect();
        assert!(keys.len() > 55, "almost all are cached: {}", keys.len());
        let lost: BTreeSet<Key> = keys
            .iter()
            .copied()
            .filter(|&key| of.holder(key) == NodeId(3))
            .collect();
        let missed: BTreeSet<Key> = events_of_lane(run, lane)
            .iter()
            .filter(|event| event.at >= loss && matches!(event.kind, EventKind::Miss { .. }))
            .map(|event| event.key)
            .filter(|key| keys.contains(key))
            .collect();
        match lane {
            0 => assert!(missed.is_subset(&lost), "{missed:?}"),
            _ => assert!(
                missed.len() * 100 > keys.len() * 60,
                "{} of {}",
                missed.len(),
                keys.len()
            ),
        }
    }
    let [ring, remainder] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(remainder.database_reads > ring.database_reads + 15);
    let nodes = &last(run).lanes[0].nodes;
    assert!(!nodes[3].in_use && nodes[3].cache.entries.is_empty());
}

/// The hot key's shard has as much to do as the one node; two replicas share its reads.
fn hot_key_replicas(run: &Run) {
    let [one, shards, replicas] = &numbers(run)[..] else {
        panic!("three lanes");
    };
    let share = |lane: u8| {
        let mut gets: BTreeMap<NodeId, u32> = BTreeMap::new();
        for event in events_of_lane(run, lane) {
            if matches!(event.kind, EventKind::Send { verb: Verb::Get }) {
                *gets.entry(event.node).or_default() += 1;
            }
        }
        let all: u32 = gets.values().sum();
        gets.values().max().copied().unwrap_or(0) * 100 / all
    };
    assert!(share(1) > 80, "{} % at one shard", share(1));
    assert!(share(2) < 60, "{} % at one replica", share(2));
    let mean = |of: &timeline::MetricsFrame| of.read_mean_us.expect("reads").0;
    let means = [mean(one), mean(shards), mean(replicas)];
    assert!(means[1] * 2 > means[0], "{means:?}");
    assert!(means[2] * 5 < means[1], "{means:?}");
}

/// Every read of B that comes within the lag is older than what had been acknowledged; none of A is.
fn replica_read(run: &Run) {
    let [primary, replicas] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(primary.stale_reads, 0);
    assert_eq!(replicas.stale_reads, 4);
    let own = |lane: u8| {
        let own_writes = events_of_lane(run, lane);
        let mut written: BTreeMap<(u32, Key), cache::units::Version> = BTreeMap::new();
        let mut missed = 0;
        for event in own_writes {
            let Some(number) = event.request else {
                continue;
            };
            let client = run.scenario().workload.client(number);
            match event.kind {
                EventKind::Write { version, .. } => {
                    written.insert((client, event.key), version);
                }
                EventKind::Reply {
                    operation: Operation::Read,
                    outcome: Outcome::Value(version),
                    ..
                } if written
                    .get(&(client, event.key))
                    .is_some_and(|own| *own > version) =>
                {
                    missed += 1;
                }
                _ => {}
            }
        }
        missed
    };
    assert_eq!(
        (own(0), own(1)),
        (0, 2),
        "clients that do not read what they wrote"
    );
}

/// The restart takes what only the default cache had; the other two give every session back in its last version, and
/// have taken milliseconds for each write.
fn restart_durable(run: &Run) {
    let [default, durable, memorydb] = &numbers(run)[..] else {
        panic!("three lanes");
    };
    let gone = [default, durable, memorydb].map(|of| of.lost_writes);
    assert_eq!(gone, [5, 0, 0]);
    // Nobody is answered while the data is loaded again, but by the cache that has none.
    let failed = [default, durable, memorydb].map(|of| of.failed_requests);
    assert_eq!(failed, [0, 1, 1]);
    let typical = |of: &timeline::MetricsFrame| of.write_p50_us.expect("writes").0;
    assert!(typical(default) < 1_000, "{}", typical(default));
    assert!(
        (2_000..10_000).contains(&typical(durable)),
        "{}",
        typical(durable)
    );
    assert!(
        (2_000..10_000).contains(&typical(memorydb)),
        "{}",
        typical(memorydb)
    );
    for lane in 0..3 {
        let mut newest: BTreeMap<Key, cache::units::Version> = BTreeMap::new();
        let mut answers = Vec::new();
        for event in events_of_lane(run, lane) {
            match event.kind {
                EventKind::Fill { value, .. } => {
                    newest.insert(event.key, value.version);
                }
                EventKind::Write { version, .. } => {
                    newest.insert(event.key, version);
                }
                EventKind::Reply {
                    operation: Operation::Read,
                    outcome,
                    ..
                } if event.at > Micros(9_000_000) => answers.push((event.key, outcome)),
                _ => {}
            }
        }
        assert_eq!((answers.len(), newest.len()), (5, 5));
        for (key, outcome) in answers {
            let expected = match lane {
                0 => Outcome::Absent,
                _ => Outcome::Value(newest[&key]),
            };
            assert_eq!(outcome, expected, "lane {lane}");
        }
    }
    let frame = last(run);
    let cost = |lane: usize, name: &str| {
        let mut parts = frame.lanes[lane].cost.parts.iter();
        let part = parts.find(|part| part.name == name);
        part.map(|part| part.micro_usd.expect("a price").0)
    };
    let nodes = 2 * 730 * 126_400;
    assert_eq!(
        (cost(0, "Nodes"), cost(1, "Nodes")),
        (Some(nodes), Some(nodes))
    );
    assert_eq!(cost(0, "Durability"), None);
    assert_eq!(cost(1, "Durability"), Some(nodes * 18 / 100));
}

/// With a replica clients reach a primary again after some seconds, and find the data; without one they do not.
fn lost_primary(run: &Run) {
    let stopped = Micros(6_000_000);
    let [with, without] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert!(
        without.failed_trips > 2 * with.failed_trips,
        "{} and {}",
        without.failed_trips,
        with.failed_trips
    );
    assert_eq!((with.failed_requests, without.failed_requests), (0, 0));
    // What was written meanwhile has left old copies, which nothing replaces.
    assert!(
        with.stale_reads > 3 && with.violations > 3,
        "{}",
        with.stale_reads
    );
    let events = events_of_lane(run, 0);
    let lost = events.iter().find_map(|event| match event.kind {
        EventKind::Failover {
            stage: Stage::Promoted { lost, .. },
        } => Some(lost),
        _ => None,
    });
    assert_eq!(lost, Some(0));
    let hit =
        |event: &&sim::Event| event.at > stopped && matches!(event.kind, EventKind::Hit { .. });
    let again = events.iter().find(hit).expect("the replica serves").at;
    let gap = again.since(stopped);
    assert!((4_000_000..8_000_000).contains(&gap.0), "{gap:?}");
    assert!(!events_of_lane(run, 1).iter().any(|event| hit(&event)));
    let leaderless = count(run, 1, |event| {
        matches!(
            event.kind,
            EventKind::Failover {
                stage: Stage::Leaderless { .. }
            }
        )
    });
    assert_eq!(leaderless, 1);
}

/// Nobody takes over by itself. Where a person promotes the other Region, a write has a cache to go to again; the
/// change that had not crossed is lost, and its old copy is read for ever.
fn lost_region(run: &Run) {
    let [alone, promoted] = &numbers(run)[..] else {
        panic!("two lanes");
    };
    assert_eq!(
        (alone.failed_requests, promoted.failed_requests),
        (0, 0),
        "the database answers"
    );
    let promotions = |lane: u8| {
        let events = events_of_lane(run, lane).into_iter();
        let stages = events.filter_map(|event| match event.kind {
            EventKind::Failover { stage } => Some((event.at, event.node, stage)),
            _ => None,
        });
        stages.collect::<Vec<_>>()
    };
    assert!(promotions(0).is_empty());
    let [(at, region, Stage::Promoted { from, lost, .. })] = promotions(1)[..] else {
        panic!("one promotion");
    };
    assert_eq!(at, Micros(40_000_000));
    assert_eq!((region, from, lost), (NodeId(1), NodeId(0), 1));
    // The last write reaches a cache only where a Region was promoted.
    let stored_late = |lane: u8| {
        count(run, lane, |event| {
            event.at > at && matches!(event.kind, EventKind::Fill { .. })
        })
    };
    assert_eq!((stored_late(0), stored_late(1)), (0, 1));
    assert_eq!(alone.failed_trips, promoted.failed_trips + 1);
    // A reads three old copies of the keys that were written after the loss or just before it; B reads one less.
    assert_eq!(alone.stale_reads, promoted.stale_reads + 1);
    // Before the loss a read in the other Region was behind once.
    let behind = count(run, 1, |event| {
        event.at < Micros(6_000_000) && matches!(event.kind, EventKind::Behind { .. })
    });
    assert_eq!(behind, 1);
}
