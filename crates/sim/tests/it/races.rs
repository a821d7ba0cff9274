//! The races of caching, each as a scripted interleaving: it ends stale without its defence, and
//! correct with it.
//!
//! Sources: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013; Azure architecture centre,
//! "Cache-Aside pattern"; ElastiCache user guide, on failover.
#![cfg(not(target_arch = "wasm32"))]

use cache::units::{Micros, Version};
use scenario::{FaultInput, RequestInput, ScenarioInput, WarmInput};
use sim::{EventKind, Fault, Latency, Operation, Outcome, Pattern, ReadPath, Strategy, WritePath};
use support::scenarios::{lane, player, request, run, scenario};
use timeline::{Command, Frame, Run};

const SECOND: Micros = Micros(1_000_000);

/// One race: who moves when, and what helps.
struct Race {
    name: &'static str,
    /// Whether the cache holds version 1 at the start.
    warm: bool,
    /// Under which paths it happens.
    paths: (ReadPath, WritePath),
    /// What the clients do: 1 and 2 race, 3 looks at what is left.
    clients: [Operation; 2],
    /// Whose turn it is. Client 9 does nothing: its moves let time pass.
    moves: &'static [u32],
    /// What else has to be so for the race to happen.
    conditions: fn(&mut ScenarioInput),
    /// What helps.
    defence: fn(&mut ScenarioInput),
    /// The version that a correct read at the end gives.
    latest: u32,
}

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const INVALIDATE: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);

fn nothing(_: &mut ScenarioInput) {}

fn strategy(input: &mut ScenarioInput) -> &mut Strategy {
    &mut input.lanes[0].strategy
}

fn fault(input: &mut ScenarioInput, at_us: u64, fault: Fault) {
    let lane = None;
    input.faults.push(FaultInput { at_us, fault, lane });
}

const RACES: [Race; 9] = [
    Race {
        name: "a reader stores what a writer has overtaken",
        warm: false,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[1, 1, 2, 2, 1, 3, 3, 3],
        conditions: nothing,
        defence: |input| strategy(input).defences.lease_us = Some(Micros(10 * SECOND.0)),
        latest: 2,
    },
    Race {
        name: "the key is deleted before the commit",
        warm: false,
        paths: (ReadPath::CacheAside, WritePath::DeleteFirst),
        clients: [READ, WRITE],
        moves: &[2, 1, 1, 1, 2, 3, 3, 3],
        conditions: nothing,
        defence: |input| strategy(input).write = WritePath::Invalidate,
        latest: 2,
    },
    Race {
        name: "the key is deleted before the commit, and once more later",
        warm: false,
        paths: (ReadPath::CacheAside, WritePath::DeleteFirst),
        clients: [READ, WRITE],
        moves: &[2, 1, 1, 1, 2, 2, 2, 3, 3, 3],
        conditions: nothing,
        defence: |input| strategy(input).defences.double_delete_us = Some(Micros(500_000)),
        latest: 2,
    },
    Race {
        name: "two writers store in the other order than they commit",
        warm: false,
        paths: (ReadPath::CacheAside, WritePath::WriteThrough),
        clients: [WRITE, WRITE],
        moves: &[1, 2, 2, 1, 3, 3, 3],
        conditions: nothing,
        defence: |input| strategy(input).defences.version_check = true,
        latest: 3,
    },
    Race {
        name: "two writers, who delete instead of storing",
        warm: true,
        paths: (ReadPath::CacheAside, WritePath::Update),
        clients: [WRITE, WRITE],
        moves: &[1, 2, 2, 1, 3, 3, 3],
        conditions: nothing,
        defence: |input| strategy(input).write = WritePath::Invalidate,
        latest: 3,
    },
    Race {
        name: "the writer's delete is lost",
        warm: true,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[2, 2, 9, 9, 3, 3, 3],
        conditions: |input| fault(input, 500_000, Fault::LoseNextDelete),
        defence: |input| strategy(input).defences.commit_log_us = Some(Micros(200_000)),
        latest: 2,
    },
    Race {
        name: "the writer's delete is lost, and the copy has a time to live",
        warm: true,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[2, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 3],
        conditions: |input| fault(input, 500_000, Fault::LoseNextDelete),
        defence: |input| strategy(input).ttl_us = Some(Micros(5 * SECOND.0)),
        latest: 2,
    },
    Race {
        name: "a reader refills from a replica of the database that lags",
        warm: false,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[
            2, 2, 1, 1, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 2, 3, 3, 3,
        ],
        conditions: |input| {
            let lag = 5 * SECOND.0;
            input.lanes[0].database.replica_lag = Some(Latency::Constant { us: lag });
        },
        defence: |input| strategy(input).defences.double_delete_us = Some(Micros(8 * SECOND.0)),
        latest: 2,
    },
    Race {
        name: "a failover brings back what was deleted",
        warm: true,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[2, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 3],
        conditions: |input| {
            input.lanes[0].cache.replica_lag_us = Some(30 * SECOND.0);
            fault(input, 3_500_000, Fault::FailOverCache);
        },
        defence: |input| strategy(input).ttl_us = Some(Micros(6 * SECOND.0)),
        latest: 2,
    },
];

fn play(race: &Race, defended: bool) -> Run {
    let of_client = |client, op| RequestInput {
        client,
        ..request(0, op, "k")
    };
    let requests = vec![
        of_client(1, race.clients[0]),
        of_client(2, race.clients[1]),
        of_client(3, READ),
    ];
    let mut input = scenario(requests, vec![lane(race.paths)]);
    input.schedule = Some(race.moves.to_vec());
    if race.warm {
        let key = "k".to_owned();
        input.warm = vec![WarmInput { key, age_us: 0 }];
    }
    (race.conditions)(&mut input);
    if defended {
        (race.defence)(&mut input);
    }
    run(input)
}

/// What client 3 got at the end, and which promises were broken on the way.
fn end(run: &Run) -> (Option<Version>, usize) {
    let mut seen = None;
    let mut broken = 0;
    for logged in run.log() {
        match logged.event.kind {
            EventKind::Reply {
                outcome: Outcome::Value(version),
                ..
            } if logged.event.request == Some(2) => seen = Some(version),
            EventKind::Violation { .. } => broken += 1,
            _ => {}
        }
    }
    (seen, broken)
}

#[test]
fn every_race_ends_stale_without_its_defence_and_correct_with_it() {
    for race in &RACES {
        let (seen, broken) = end(&play(race, false));
        let name = race.name;
        assert_eq!(seen, Some(Version(race.latest - 1)), "{name}: stale");
        assert_eq!(broken, 1, "{name}: the monitor sees it");
        let (seen, broken) = end(&play(race, true));
        assert_eq!(seen, Some(Version(race.latest)), "{name}: defended");
        assert_eq!(broken, 0, "{name}: nothing is broken");
    }
}

/// The monitor names the step that left the old copy, not the one at which it was read.
#[test]
fn the_monitor_names_the_step_that_broke_it() {
    let run = play(&RACES[0], false);
    let log = run.log();
    let violation = log.iter().find_map(|logged| match logged.event.kind {
        EventKind::Violation { promise } => Some(promise),
        _ => None,
    });
    let Some(sim::Broken::BoundedStaleness { since }) = violation else {
        panic!("{violation:?}");
    };
    assert_eq!(since.request, Some(0));
    let step = run.step_before(since.at);
    assert_eq!(run.step_at(step), since.at);
    let events = run.events_at(step);
    let filled_old = |kind: &EventKind| matches!(kind, EventKind::Fill { value, row, .. } if value.version < *row);
    assert!(events.iter().any(|logged| filled_old(&logged.event.kind)));
}

/// Whose turn it is decides alone: a request waits, however long, until its client may move.
#[test]
fn a_client_moves_one_instruction_at_a_time() {
    let requests = vec![request(0, READ, "k"), request(0, READ, "k")];
    for moves in 0..=4_usize {
        let mut input = scenario(requests.clone(), vec![lane(Pattern::CacheAside.paths())]);
        input.schedule = Some(vec![1; moves]);
        let log = run(input).log();
        let sent = |kind: &EventKind| matches!(kind, EventKind::Send { .. });
        let sent = log.iter().filter(|logged| sent(&logged.event.kind)).count();
        assert_eq!(
            sent, moves,
            "one message a move: GET, SELECT, SET, and a GET that hits"
        );
    }
}

/// Waiting for its turn is a part of a request's time like any other.
#[test]
fn a_requests_time_is_the_sum_of_its_parts_where_people_schedule() {
    for race in &RACES {
        let run = play(race, true);
        for step in 0..=run.step_count() {
            let frame = Frame::of(&run, &run.seek(step));
            let lane = &frame.lanes[0];
            for request in lane.requests.iter().chain(&lane.last_request) {
                let parts = request.parts.iter().map(|part| part.elapsed_us.0);
                assert_eq!(
                    parts.sum::<u64>(),
                    request.elapsed_us.0,
                    "{}, step {step}",
                    race.name
                );
            }
        }
    }
}

#[test]
fn a_move_of_nobody_is_refused_by_its_own_name() {
    let mut input = scenario(vec![request(0, READ, "k")], vec![lane(INVALIDATE)]);
    input.schedule = Some(Vec::new());
    let mut player = player(input);
    let refused = player.command(Command::Move { client: 0 }).err();
    assert_eq!(refused.map(|e| e.path), Some("/client".to_owned()));
    player
        .command(Command::Move { client: 1 })
        .expect("a client");
    assert!(player.step() > 0);
}
