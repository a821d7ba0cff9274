//! A stretch that is played again and again, and a run in numbers.

use scenario::{Scenario, opening};
use sim::{EventKind, Fault, FaultCommand};
use std::rc::Rc;
use timeline::{Command, Limits, Pace, Player, Repeat, Run, Tally};

const PACE: Pace = Pace::Proportional(1.0);

fn player() -> Player {
    Player::new(Scenario::new(opening()).expect("the opening scene is valid"))
}

fn looped(from: u32, to: u32) -> Command {
    let on = true;
    Command::Loop(Some(Repeat { from, to, on }))
}

fn played(player: &mut Player, steps: usize) -> Vec<u32> {
    let play = |_| {
        player.play_on();
        player.step()
    };
    (0..steps).map(play).collect()
}

#[test]
fn playing_repeats_the_loop() {
    let mut player = player();
    player.command(looped(5, 8)).expect("there are more steps");
    player
        .command(Command::Play { pace: PACE })
        .expect("it plays");
    assert_eq!(player.step(), 5, "it goes on where the loop begins");
    assert_eq!(played(&mut player, 8), [6, 7, 8, 5, 6, 7, 8, 5]);
    assert_eq!(player.playing().map(|playing| playing.pace), Some(PACE));
    // One that is off, or gone, is passed.
    let off = Command::Loop(Some(Repeat {
        from: 5,
        to: 8,
        on: false,
    }));
    player.command(off).expect("it is switched off");
    assert_eq!(played(&mut player, 4), [6, 7, 8, 9]);
    player
        .command(Command::Loop(None))
        .expect("it is taken away");
    assert_eq!(player.repeat(), None);
}

#[test]
fn a_loop_at_the_end_of_the_run_goes_on() {
    let mut player = player();
    let last = player.run().step_count();
    player
        .command(looped(last - 1, last))
        .expect("both are there");
    player
        .command(Command::Seek { step: last })
        .expect("it is there");
    player
        .command(Command::Play { pace: PACE })
        .expect("it plays");
    assert_eq!(played(&mut player, 3), [last, last - 1, last]);
    player
        .command(Command::Loop(None))
        .expect("it is taken away");
    player.command(Command::Pause).expect("it pauses");
    player
        .command(Command::Play { pace: PACE })
        .expect("nothing to play");
    assert_eq!(player.playing(), None);
}

#[test]
fn a_loop_that_does_not_fit_is_refused() {
    let mut player = player();
    let last = player.run().step_count();
    for (from, to, path) in [(3, 3, "/from"), (4, 2, "/from"), (0, last + 1, "/to")] {
        let refused = player
            .command(looped(from, to))
            .expect_err("it does not fit");
        assert_eq!(refused.path, path);
    }
    assert_eq!(player.repeat(), None);
}

#[test]
fn a_loop_stays_with_its_time_in_a_fork_and_an_edit() {
    let mut player = player();
    player.command(looped(5, 30)).expect("both are there");
    let end = player.run().step_at(30);
    player
        .command(Command::Seek { step: 10 })
        .expect("it is there");
    let (fault, lane) = (Fault::RestartCache, None);
    let command = Command::Fault(FaultCommand {
        fault,
        lane,
        node: None,
        zone: None,
    });
    player.command(command).expect("it can always be restarted");
    let kept = player.repeat().expect("the fork has the stretch as well");
    assert_eq!(kept.from, 5);
    assert!(player.run().step_at(kept.to) <= end);
    assert!(player.run().step_at(kept.to + 1) > end);

    let mut input = opening();
    input.seed = "8".to_owned();
    let edited = player.with_edited(Scenario::new(input).expect("any seed is valid"));
    let kept = edited.repeat().expect("the other run is as long");
    assert!(edited.run().step_at(kept.to) <= end);
}

/// What happened in a lane in some steps, counted event by event.
fn counted(run: &Run, from: u32, to: u32, lane: u8) -> Tally {
    let mut tally = Tally::default();
    for step in from + 1..=to {
        for logged in run.events_at(step).iter().filter(|it| it.lane == lane) {
            match logged.event.kind {
                EventKind::Hit { .. } => tally.hits += 1,
                EventKind::Miss { .. } => tally.misses += 1,
                EventKind::Stale { .. } => tally.stale += 1,
                EventKind::Evict { .. } => tally.evictions += 1,
                EventKind::Expire { .. } => tally.expirations += 1,
                EventKind::Reject { .. } => tally.rejections += 1,
                EventKind::Fail { .. } => tally.errors += 1,
                EventKind::Fault { .. } => tally.faults += 1,
                EventKind::Violation { .. } => tally.violations += 1,
                _ => {}
            }
        }
    }
    tally
}

#[test]
fn stretches_count_the_events_of_their_steps() {
    let scenario = Rc::new(Scenario::new(opening()).expect("the opening scene is valid"));
    let run = Run::new(scenario.clone());
    run.complete();
    // The same run with so little memory that its stretches are whole blocks.
    let limits = Limits {
        block_events: 4,
        recorded_events: 8,
        ..Limits::of(&scenario)
    };
    let tight = Run::within(limits, scenario);
    tight.complete();
    let last = run.known_steps();
    for run in [&run, &tight] {
        for (from, to) in [(0, last), (20, 21), (last / 3, last)] {
            for at_most in [1, 7, 1000] {
                let stretches = run.stretches(from, to, at_most);
                assert!(stretches.len() <= at_most as usize);
                assert!(stretches[0].from <= from && stretches[stretches.len() - 1].to >= to);
                for pair in stretches.windows(2) {
                    assert_eq!(pair[0].to, pair[1].from, "they follow each other");
                }
                for stretch in &stretches {
                    for (lane, tally) in stretch.lanes.iter().enumerate() {
                        let expected = counted(run, stretch.from, stretch.to, lane as u8);
                        assert_eq!(*tally, expected, "{stretch:?}, lane {lane}");
                    }
                }
            }
        }
    }
    assert!(run.stretches(3, 3, 5).is_empty());
}
