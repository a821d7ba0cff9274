//! How a run is played: what is held long enough to be read, what is shortened, and how long all of it takes.

use cache::units::Micros;
use scenario::{Scenario, ScenarioInput, opening};
use timeline::{Command, Pace, Player, Playing, ReadingPace, narrate};

const PACES: [ReadingPace; 3] = [ReadingPace::Slow, ReadingPace::Normal, ReadingPace::Fast];

fn playing(input: ScenarioInput, pace: Pace) -> Player {
    let mut player = Player::new(Scenario::new(input).expect("it is a scenario"));
    player.run().complete();
    player.command(Command::Play { pace }).expect("it plays");
    player
}

/// What playing does at each step, to the end of the run.
fn beats(mut player: Player) -> Vec<(u32, Playing)> {
    let mut beats = Vec::new();
    while let Some(playing) = player.playing() {
        beats.push((player.step(), playing));
        player.play_on();
    }
    beats
}

fn whole_ms(beats: &[(u32, Playing)]) -> f64 {
    beats
        .iter()
        .map(|(_, playing)| playing.beat.whole_ms())
        .sum()
}

#[test]
fn each_telling_sentence_of_the_opening_is_shown_for_long_enough() {
    for pace in PACES {
        let player = playing(opening(), Pace::Reading(pace));
        let run = player.run().clone();
        let beats = beats(player);
        assert_eq!(beats.len() as u32, run.step_count(), "it plays to the end");
        for (step, playing) in &beats {
            let held = playing.beat.hold_ms;
            if run.is_worth_reading(*step) {
                assert!(held >= 1_500.0, "step {step} is shown for {held} ms");
            } else {
                assert_eq!(held, 0.0, "nothing is read at step {step}");
            }
            assert!(playing.beat.move_ms <= 600.0, "step {step} hangs");
        }
        // A query that gets a connection at once, and rows on their way, hold nobody up.
        let said = |step: u32| narrate(&run, step)[0].sentences[0].what.clone();
        let passed = |words: &str| {
            let mut steps = (1..run.step_count()).filter(|&step| said(step).contains(words));
            steps.any(|step| !run.is_worth_reading(step))
        };
        assert!(passed("starts"), "a query is not stopped at");
        let minutes = whole_ms(&beats) / 60_000.0;
        assert!(minutes < 5.0, "the opening takes {minutes} minutes");
    }
}

#[test]
fn long_waits_are_shortened_and_said_to_be() {
    let player = playing(opening(), Pace::Reading(ReadingPace::Normal));
    let run = player.run().clone();
    let mut skipped = 0;
    for (step, playing) in beats(player) {
        let span = run.step_at(playing.next).since(run.step_at(step));
        assert_eq!(playing.beat.skips, (span > Micros(20_000)).then_some(span));
        skipped += u32::from(playing.beat.skips.is_some());
    }
    assert!(
        skipped > 3,
        "between requests of the opening there are seconds"
    );
}

#[test]
fn every_scene_plays_to_its_end_in_minutes() {
    for scene in scenario::SCENES.iter() {
        for (pace, minutes) in PACES.into_iter().zip([12.0, 7.0, 5.0]) {
            let player = playing(scene.scenario(), Pace::Reading(pace));
            let whole = player.run().is_long();
            let taken = whole_ms(&beats(player)) / 60_000.0;
            assert!(taken <= minutes, "{}: {taken} minutes", scene.name);
            if whole {
                let wanted = pace.whole_run_ms() / 60_000.0;
                assert!((taken - wanted).abs() < 0.01, "{}: {taken}", scene.name);
            }
        }
    }
}

#[test]
fn in_proportion_a_millisecond_takes_what_it_takes() {
    let player = playing(opening(), Pace::Proportional(0.001));
    let run = player.run().clone();
    for (step, playing) in beats(player) {
        let span_us = run.step_at(playing.next).since(run.step_at(step)).0;
        match playing.beat.skips {
            Some(_) => assert!(run.is_idle_after(step), "only idle time is skipped"),
            None => assert!(
                (playing.beat.whole_ms() - span_us as f64).abs() < 0.001,
                "step {step}"
            ),
        }
    }
}
