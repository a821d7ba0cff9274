//! What each scene claims, recomputed from its events. A scene without a claim fails the walk.

mod basics;
mod database;
mod deployment;
mod eviction;
mod freshness;
mod serverless;
mod trouble;
mod workloads;

use cache::units::Micros;
use scenario::{SCENES, Scenario, Scene};
use sim::{Event, EventKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use support::scenarios::{events_of_lane, run};
use timeline::{Frame, MetricsFrame, Run};

/// A scene's name, and what has to be true of its run.
type Claim = (&'static str, fn(&Run));

const CHAPTERS: [&[Claim]; 8] = [
    basics::CLAIMS,
    freshness::CLAIMS,
    eviction::CLAIMS,
    trouble::CLAIMS,
    database::CLAIMS,
    deployment::CLAIMS,
    serverless::CLAIMS,
    workloads::CLAIMS,
];

#[test]
fn every_scene_shows_what_it_claims() {
    let claims = || CHAPTERS.iter().copied().flatten();
    let mut broken = Vec::new();
    for scene in SCENES.iter() {
        let claim = claims().find(|(name, _)| *name == scene.name);
        let (_, check) = claim.unwrap_or_else(|| panic!("{} claims nothing", scene.name));
        // All of them are checked, so that one look shows which are broken.
        let run = AssertUnwindSafe(run(scene.scenario()));
        if catch_unwind(|| check(&run)).is_err() {
            broken.push(scene.name);
        }
    }
    assert_eq!(broken, [""; 0]);
    assert_eq!(claims().count(), SCENES.len(), "claims of no scene");
}

/// The run of a scene with something changed.
fn changed(name: &str, change: impl Fn(&mut scenario::ScenarioInput)) -> Run {
    let mut input = Scene::named(name).expect("a scene").scenario();
    change(&mut input);
    Run::new(Rc::new(Scenario::new(input).expect("valid")))
}

/// Each lane's numbers at the end.
fn numbers(run: &Run) -> Vec<MetricsFrame> {
    let frame = last(run);
    frame.lanes.into_iter().map(|lane| lane.metrics).collect()
}

fn last(run: &Run) -> Frame {
    Frame::of(run, &run.seek(run.step_count()))
}

/// How many events of a lane are of some kind.
fn count(run: &Run, lane: u8, is: impl Fn(&Event) -> bool) -> usize {
    events_of_lane(run, lane)
        .iter()
        .filter(|event| is(event))
        .count()
}

/// The most rows that the database reads for a lane in any window of this length.
fn peak_reads(run: &Run, lane: u8, window: Micros) -> usize {
    let reads: Vec<Micros> = events_of_lane(run, lane)
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Read { .. }))
        .map(|event| event.at)
        .collect();
    let within = |first: &Micros| {
        let end = first.after(window);
        reads
            .iter()
            .filter(|at| **at >= *first && **at < end)
            .count()
    };
    reads.iter().map(within).max().unwrap_or(0)
}
