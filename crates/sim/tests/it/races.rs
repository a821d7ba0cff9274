//! Races that are not in the catalogue or need another defence there, each as a scripted interleaving:
//! it ends stale without its defence, and correct with it. `tests/it/race_mode.rs` plays the catalogue's.
//!
//! Sources: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013; Azure architecture centre,
//! "Cache-Aside pattern".
#![cfg(not(target_arch = "wasm32"))]

use cache::units::{Micros, Version};
use scenario::{FaultInput, RequestInput, ScenarioInput, WarmInput};
use sim::{EventKind, Fault, Operation, Outcome, Pattern, ReadPath, Strategy, WritePath};
use support::scenarios::{lane, player, request, run, scenario};
use timeline::{Command, Frame, Run};

const SECOND: Micros = Micros(1_000_000);

/// One race: the order of moves, and a defence.
struct Race {
    name: &'static str,
    /// Whether the cache holds version 1 at the start.
    warm: bool,
    /// The paths under which it happens.
    paths: (ReadPath, WritePath),
    /// What clients 1 and 2 do; client 3 reads the key at the end.
    clients: [Operation; 2],
    /// The clients in order of their turns. Client 9 does nothing: its moves let time pass.
    moves: &'static [u32],
    /// Whether the writer's DELETE is lost.
    loses_delete: bool,
    /// Switches the defence on.
    defence: fn(&mut ScenarioInput),
    /// The version that a correct read at the end gives.
    latest: u32,
}

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const INVALIDATE: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);

fn strategy(input: &mut ScenarioInput) -> &mut Strategy {
    &mut input.lanes[0].strategy
}

const RACES: [Race; 3] = [
    Race {
        name: "the key is deleted before the commit, and once more later",
        warm: false,
        paths: (ReadPath::CacheAside, WritePath::DeleteFirst),
        clients: [READ, WRITE],
        moves: &[2, 1, 1, 1, 2, 2, 2, 3, 3, 3],
        loses_delete: false,
        defence: |input| strategy(input).defences.double_delete_us = Some(Micros(500_000)),
        latest: 2,
    },
    Race {
        name: "two writers, who delete instead of storing",
        warm: true,
        paths: (ReadPath::CacheAside, WritePath::Update),
        clients: [WRITE, WRITE],
        moves: &[1, 2, 2, 1, 3, 3, 3],
        loses_delete: false,
        defence: |input| strategy(input).write = WritePath::Invalidate,
        latest: 3,
    },
    Race {
        name: "the writer's delete is lost, and the copy has a TTL",
        warm: true,
        paths: INVALIDATE,
        clients: [READ, WRITE],
        moves: &[2, 2, 9, 9, 9, 9, 9, 9, 9, 9, 3, 3, 3],
        loses_delete: true,
        defence: |input| strategy(input).ttl_us = Some(Micros(5 * SECOND.0)),
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
    if race.loses_delete {
        input.faults.push(FaultInput {
            at_us: 500_000,
            fault: Fault::LoseNextDelete,
            lane: None,
            node: None,
            zone: None,
        });
    }
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

/// The schedule alone decides: a request waits, however long, until its client's turn.
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
