//! The narration of a step: its most telling events. Lanes in which the same happened share sentences.

use super::{Fact, Sentence, sentence};
use crate::log::LoggedEvent;
use crate::run::Run;
use sim::EventKind;

/// How many events of a lane a step tells of.
const SENTENCES: usize = 2;

/// The narration of a step for some lanes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Narration {
    /// The lanes that these sentences are about, from 0.
    pub lanes: Vec<u8>,
    /// One or two sentences.
    pub sentences: Vec<Sentence>,
    /// How many more events are as telling as these, such as other evictions for one large entry.
    pub more: usize,
}

/// The narration of a step. Lanes in which the same happened share their sentences.
pub fn narrate(run: &Run, step: u32) -> Vec<Narration> {
    let mut narrations: Vec<Narration> = Vec::new();
    let events = run.events_at(step);
    for of_lane in events.chunk_by(|a, b| a.lane == b.lane) {
        let lane = of_lane[0].lane;
        let telling = most_telling(of_lane);
        let more = telling.len().saturating_sub(SENTENCES);
        let sentences = telling
            .into_iter()
            .take(SENTENCES)
            .map(|logged| match logged.event.kind {
                EventKind::Hold => held(run, step, logged),
                _ => sentence(run.scenario(), logged),
            })
            .collect();
        match narrations
            .iter_mut()
            .find(|other| (&other.sentences, other.more) == (&sentences, more))
        {
            Some(same) => same.lanes.push(lane),
            None => narrations.push(Narration {
                lanes: vec![lane],
                sentences,
                more,
            }),
        }
    }
    narrations
}

/// The most steps that a move has taken.
const MOVE_STEPS: u32 = 16;

/// The sentence about a request that waits for its client's next move. A move ends there, so the sentence
/// begins with what the request did last.
fn held(run: &Run, step: u32, logged: &LoggedEvent) -> Sentence {
    let told = sentence(run.scenario(), logged);
    let of_it = |other: &&LoggedEvent| {
        (other.lane, other.event.request) == (logged.lane, logged.event.request)
            && other.event.kind.telling() > logged.event.kind.telling()
    };
    let earlier = (step.saturating_sub(MOVE_STEPS).max(1)..=step).rev();
    let last = earlier.into_iter().find_map(|step| {
        let events = run.events_at(step);
        let last = events
            .iter()
            .filter(of_it)
            .max_by_key(|other| other.event.kind.telling());
        last.map(|last| sentence(run.scenario(), last).facts[0].clone())
    });
    let number = logged.event.request.map_or(0, |number| number + 1);
    match last {
        Some(last) => Sentence::new(told.kind, vec![last, Fact::WaitsForMove(number)]),
        None => told,
    }
}

/// The most telling events, in order.
fn most_telling(events: &[LoggedEvent]) -> Vec<&LoggedEvent> {
    let telling = |logged: &LoggedEvent| logged.event.kind.telling();
    let most = events.iter().map(telling).max();
    let most = most.unwrap_or(0);
    events
        .iter()
        .filter(|logged| telling(logged) == most)
        .collect()
}
