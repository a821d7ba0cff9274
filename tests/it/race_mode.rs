//! Race mode: the catalogue's races can be won and lost, moves can be taken back and made again, and
//! what the page says of a client's next move is what the move does.
#![cfg(not(target_arch = "wasm32"))]

use crate::edited::edited;
use cache_playground::session::Edit;
use cache_playground::session::race::{ClientTurn, Next, kept, nobody, reached, turns, verdict};
use scenario::{Defence, Goal, RACES, Race, Scenario, ScenarioInput};
use sim::{Broken, EventKind, Fault, FaultCommand, Operation, Turn};
use support::scenarios::{player, run};
use timeline::{Command, Frame, LoggedEvent, Player, Run, narrate, stable_hash};

fn with(race: &Race, defence: Option<Defence>, moves: &[u32]) -> ScenarioInput {
    let mut input = race.scenario();
    if let Some(defence) = defence {
        defence.switch(&mut input.lanes[0].strategy, true);
    }
    input.schedule = Some(moves.to_vec());
    input
}

/// Whether a run breaks the promise that a race is about, and no other.
fn is_won(race: &Race, run: &Run) -> bool {
    let mut won = false;
    for logged in run.log() {
        if let EventKind::Violation { promise } = logged.event.kind {
            let goal = match promise {
                Broken::BoundedStaleness { .. } => Goal::UnboundedStaleness,
                Broken::Durability { .. } => Goal::LostWrite,
            };
            assert_eq!(goal, race.goal, "{}", race.name);
            won = true;
        }
    }
    won
}

#[test]
fn every_race_is_won_by_its_known_moves_and_not_with_its_defence() {
    for race in RACES.iter() {
        assert!(
            is_won(race, &run(with(race, None, &race.moves))),
            "{}",
            race.name
        );
        let defence = race.defences[0];
        let defended = run(with(race, Some(defence), &race.moves));
        assert!(!is_won(race, &defended), "{} with {defence:?}", race.name);
        // Nobody wins without moving, and no move of the known ones is too many.
        for fewer in 0..race.moves.len() {
            let moves = &race.moves[..fewer];
            let early = run(with(race, None, moves));
            let end = early.end_of_move(fewer as u32);
            let broken = early.seek(end).lanes[0].metrics().violations;
            assert_eq!(broken, 0, "{} after {fewer} moves", race.name);
        }
    }
}

/// What makes a race is what a client has in hand while another one moves: it is said and shown.
#[test]
fn what_a_waiting_client_has_in_hand_is_said() {
    let race = Race::named("read-and-delete").expect("a race of the catalogue");
    // Client 1 misses and reads the row.
    let run = run(with(race, None, &[1, 1]));
    let end = run.end_of_move(2);
    let [of_first, ..] = &turns(&run, end)[..] else {
        panic!("the race has clients");
    };
    let [Next::Line(code)] = &of_first.next[..] else {
        panic!("client 1 can move in the one lane: {of_first:?}");
    };
    assert_eq!(code, "cache.SET(key, v1)");
    let told = narrate(&run, end)[0].sentences[0].text();
    assert_eq!(
        told,
        "The database returns user:7 v1: request 1 waits for your next move."
    );
    let frame = Frame::of(&run, &run.seek(end));
    let request = frame.lanes[0].shown_request().expect("client 1's");
    assert_eq!(request.version.map(|version| version.0), Some(1));
}

/// All orders of the clients' instructions, each client given so many moves.
fn orders(left: &mut [u32; 3], so_far: &mut Vec<u32>, hear: &mut dyn FnMut(&[u32])) {
    if left.iter().all(|&moves| moves == 0) {
        hear(so_far);
    }
    for client in 0..3 {
        if left[client] > 0 {
            left[client] -= 1;
            so_far.push(client as u32 + 1);
            orders(left, so_far, hear);
            so_far.pop();
            left[client] += 1;
        }
    }
}

/// Where a defence closes a race, no order of the moves whatsoever wins it, and without the defence
/// some do.
#[test]
fn a_defence_that_closes_a_race_closes_it_in_every_order() {
    let closed = ["read-and-delete", "two-writers", "lost-delete"];
    for name in closed {
        let race = Race::named(name).expect("it is in the catalogue");
        let mut moves_of = [3, 3, 3];
        if name == "two-writers" {
            moves_of = [2, 2, 3];
        } else {
            moves_of[1] = 2;
        }
        let (mut won, mut won_defended, mut all) = (0, 0, 0);
        orders(&mut moves_of, &mut Vec::new(), &mut |moves| {
            all += 1;
            won += u32::from(is_won(race, &run(with(race, None, moves))));
            let defended = with(race, Some(race.defences[0]), moves);
            won_defended += u32::from(is_won(race, &run(defended)));
        });
        assert!(won > 0 && won < all, "{name}: {won} of {all}");
        assert_eq!(won_defended, 0, "{name}: of {all} orders");
    }
}

fn hash(player: &Player) -> u64 {
    player.moment().state_hash()
}

/// Undo is going back to the end of the move before, redo to the end of the next one: the states are
/// those of the way there, and of a run that has only those moves.
#[test]
fn moves_taken_back_and_made_again_are_the_same_states() {
    for race in RACES.iter() {
        let mut playing = player(race.scenario());
        let mut on_the_way = vec![hash(&playing)];
        for &client in &race.moves {
            playing
                .command(Command::Move { client })
                .expect("a client of the race");
            on_the_way.push(hash(&playing));
        }
        let made = race.moves.len() as u32;
        assert_eq!(playing.run().moves_made(playing.step()), made);
        let mut ends = vec![0];
        for number in 1..=made {
            ends.push(playing.run().end_of_move(number));
        }
        assert!(ends.is_sorted_by(|a, b| a < b), "{}: {ends:?}", race.name);
        for number in (0..=made).rev().chain(0..=made) {
            let step = ends[number as usize];
            playing.command(Command::Seek { step }).expect("a step");
            assert_eq!(playing.run().moves_made(step), number, "{}", race.name);
            assert_eq!(hash(&playing), on_the_way[number as usize], "{}", race.name);
        }
    }
}

/// A move after going back takes the place of those that came after, and keeps what was before.
#[test]
fn a_move_drops_what_came_after_it() {
    let race = Race::named("read-and-delete").expect("it is in the catalogue");
    let mut playing = player(with(race, None, &race.moves));
    let step = playing.run().end_of_move(2);
    playing.command(Command::Seek { step }).expect("a step");
    let before = hash(&playing);
    let restart = FaultCommand {
        fault: Fault::RestartCache,
        lane: None,
        node: None,
        zone: None,
    };
    playing.command(Command::Fault(restart)).expect("a fault");
    let restarted = hash(&playing);
    playing
        .command(Command::Move { client: 2 })
        .expect("a client");
    let input = &playing.run().scenario().input;
    assert_eq!(input.schedule, Some(vec![1, 1, 2]));
    assert_eq!(input.commands.len(), 1, "the fault is before the move");
    let at = |step: u32| playing.run().seek(step).state_hash();
    assert_eq!(at(step), before);
    assert_eq!(at(step + 1), restarted);

    playing.command(Command::Seek { step }).expect("a step");
    playing
        .command(Command::Move { client: 1 })
        .expect("a client");
    let input = &playing.run().scenario().input;
    assert_eq!(input.schedule, Some(vec![1, 1, 1]));
    assert!(input.commands.is_empty(), "the fault came after");
}

/// What a turn announces is the next thing that the client does.
#[test]
fn a_turn_says_what_the_move_does() {
    for race in RACES.iter() {
        for defence in race.defences.iter().copied().map(Some).chain([None]) {
            let mut playing = player(with(race, defence, &[]));
            let order = [1, 2, 3, 2, 1, 3, 1, 2, 3, 1, 2, 3, 9, 1, 2, 9];
            for client in order {
                let moment = playing.moment();
                let world = &moment.lanes[0];
                let turn = world.turn(client);
                let before = playing.run().step_count().min(playing.step());
                playing.command(Command::Move { client }).expect("a client");
                let events: Vec<EventKind> = (before + 1..=playing.step())
                    .flat_map(|step| {
                        playing
                            .run()
                            .events_at(step)
                            .iter()
                            .copied()
                            .collect::<Vec<_>>()
                    })
                    .map(|logged| logged.event.kind)
                    .collect();
                let idle = events.contains(&EventKind::Idle { client });
                let Turn::Executes { request, line } = turn else {
                    assert!(idle, "{}: {turn:?}, {events:?}", race.name);
                    continue;
                };
                assert!(!idle, "{}: {turn:?}, {events:?}", race.name);
                let operation = playing.run().scenario().workload.operation(request);
                let lines = &world.setup().procedures.of(operation).lines;
                let instruction = lines[line as usize].instruction;
                let does = events.iter().any(|kind| match (kind, instruction.verb()) {
                    (EventKind::Send { verb }, Some(wanted)) => *verb == wanted,
                    (EventKind::Wait { .. }, None) => true,
                    _ => false,
                });
                // What write-behind has lost is not flushed any more.
                let lost = playing.moment().lanes[0].metrics().violations > 0;
                assert!(does || lost, "{}: {instruction:?}, {events:?}", race.name);
            }
        }
    }
}

/// What the panel says of a lane: the monitor's step and the one that caused it, and with a defence
/// what that did at which step.
#[test]
fn what_is_said_of_a_race_is_what_the_log_has() {
    for race in RACES.iter() {
        let lost = run(with(race, None, &race.moves));
        let last = lost.step_count();
        let said = reached(&lost, 0, last).expect("the race is won");
        let there = lost.events_at(said.step);
        let violation = |kind: &EventKind| matches!(kind, EventKind::Violation { .. });
        assert!(there.iter().any(|logged| violation(&logged.event.kind)));
        assert_eq!(reached(&lost, 0, said.step - 1), None, "not yet before");
        assert_eq!(kept(&lost, 0, last), None, "no defence is on");
        if let Some(cause) = said.cause {
            assert!(cause < said.step);
            let spoils = lost
                .events_at(cause)
                .iter()
                .any(|logged| match logged.event.kind {
                    EventKind::Fill { value, row, .. } => value.version < row,
                    EventKind::Write { version, copy } => copy.is_some_and(|copy| copy < version),
                    EventKind::Fault { fault, .. } => fault == Fault::FailOverCache,
                    _ => false,
                });
            assert!(spoils, "{}: step {cause}", race.name);
        } else {
            assert_eq!(race.goal, Goal::LostWrite, "{}", race.name);
        }
        let defended = run(with(race, Some(race.defences[0]), &race.moves));
        let last = defended.step_count();
        assert_eq!(reached(&defended, 0, last), None, "{}", race.name);
        // A second delete that is still to come has done nothing yet.
        let kept = kept(&defended, 0, last);
        assert!(
            kept.is_some() || race.name == "lagging-replica",
            "{}",
            race.name
        );
    }
}

/// The first of two deletes is every write's own: the second one alone is the defence's work. Before it
/// there is a stale copy, and the verdict says that the delete is still to come.
#[test]
fn a_second_delete_is_told_apart_from_the_first() {
    let race = Race::named("read-and-delete").expect("a race");
    let double = race.defences.iter().copied();
    let mut double = double.filter(|of| matches!(of, Defence::DoubleDelete(_)));
    let defended = with(race, double.next_back(), &race.moves);
    let before = run(defended.clone());
    assert_eq!(kept(&before, 0, before.step_count()), None);
    let said = verdict(&before, 0);
    assert!(said.ends_with("a delete of it is still to come."), "{said}");

    let mut moves = race.moves.clone();
    // A second passes, and the writer goes on.
    moves.extend([9, 2, 2]);
    let after = run(ScenarioInput {
        schedule: Some(moves),
        ..defended
    });
    let kept = kept(&after, 0, after.step_count()).expect("it was deleted again");
    let deleted = |logged: &LoggedEvent| matches!(logged.event.kind, EventKind::Delete { .. });
    assert!(after.events_at(kept.step).iter().any(deleted));
    let said = verdict(&after, 0);
    assert!(said.starts_with("do not reach the goal."), "{said}");
    assert!(said.ends_with("No copy is left."), "{said}");
}

/// The lane that is put beside has the defence, the one it came from has not, and both have the moves.
#[test]
fn a_lane_beside_is_the_same_but_for_the_defence() {
    for race in RACES.iter() {
        let defence = race.defences[0];
        let input = with(race, Some(defence), &race.moves);
        let both = edited(&input, Edit::Beside(0, vec![defence]));
        assert_eq!(both.lanes[1], input.lanes[0]);
        assert_eq!(both.lanes[0], race.scenario().lanes[0]);
        assert_eq!(both.schedule, input.schedule);
        let both = run(both);
        let last = both.step_count();
        assert!(reached(&both, 0, last).is_some(), "{}", race.name);
        assert_eq!(reached(&both, 1, last), None, "{}", race.name);
        let turns = turns(&both, 0);
        assert_eq!(turns.len(), 3, "{}", race.name);
        assert!(turns.iter().all(ClientTurn::can_move));
        assert_eq!(nobody(both.scenario()), Some(9));
    }
}

#[test]
fn the_catalogue_is_known_by_its_scenes() {
    for race in RACES.iter() {
        let input = with(race, Some(race.defences[0]), &[1, 2]);
        let of = Race::of(&input).map(|race| race.name);
        assert_eq!(of, Some(race.name));
        let mut other = input.clone();
        other.schedule = None;
        assert!(Race::of(&other).is_none(), "time decides");
        let mut other = input;
        if let scenario::WorkloadInput::Script(script) = &mut other.workload {
            script[0].op = Operation::Write;
            script[1].op = Operation::Read;
        }
        assert!(Race::of(&other).is_none(), "other requests");
        assert!(Scenario::new(race.scenario()).is_ok());
        for defence in &race.defences {
            let mut strategy = race.scenario().lanes[0].strategy;
            let before = stable_hash(&strategy);
            assert!(!defence.is_on(&strategy), "{}: {defence:?}", race.name);
            defence.switch(&mut strategy, true);
            assert!(defence.is_on(&strategy));
            defence.switch(&mut strategy, false);
            assert_eq!(stable_hash(&strategy), before);
        }
    }
}
