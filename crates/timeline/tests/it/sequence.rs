//! A request's sequence diagram and what is told of a key agree with the frames and the log.

use cache::units::{Key, Micros};
use proptest::prelude::*;
use scenario::{DatabaseInput, FaultInput, NetworkInput, ScenarioInput, opening};
use sim::{Defences, EventKind, Fault, Latency, Operation, Party, ReadPath, Verb, WritePath};
use std::collections::BTreeSet;
use support::cases;
use support::scenarios::{calm_scenarios, lane, request, run, scenario, scenarios};
use timeline::{
    Arrow, Doing, Frame, Lifeline, LoggedEvent, MessageFrame, Run, Sequence, Subject, Trail,
};

fn sequences(run: &Run) -> Vec<Sequence> {
    let requests = 1..=run.scenario().workload.len();
    requests
        .flat_map(|request| Sequence::of(run, request))
        .collect()
}

/// The stretches of time that a client waited for, in order: each trip's messages, waits and works, and
/// what the application itself waited for. A trip that came to nothing is in the wait for its answer.
fn stretches(sequence: &Sequence) -> Vec<(Micros, Micros)> {
    let answered: BTreeSet<u32> = sequence
        .arrows
        .iter()
        .filter(|arrow| arrow.to == Lifeline::App && !arrow.lost)
        .map(|arrow| arrow.trip)
        .collect();
    let kept = |trip: u32| trip == 0 || answered.contains(&trip);
    let arrows = sequence
        .arrows
        .iter()
        .filter(|arrow| arrow.trip > 0 && kept(arrow.trip))
        .map(|arrow| (arrow.departed_at, arrow.arrives_at));
    let spans = sequence
        .spans
        .iter()
        .filter(|span| kept(span.trip))
        .map(|span| (span.from, span.until));
    let mut all: Vec<_> = arrows.chain(spans).collect();
    all.sort();
    all
}

/// From the request's beginning to its answer without a gap and without anything twice.
fn assert_adds_up(sequence: &Sequence) {
    let Some(answered_at) = sequence.answered_at else {
        return;
    };
    let mut at = sequence.began_at;
    for (from, until) in stretches(sequence) {
        if from >= answered_at {
            break;
        }
        assert_eq!(from, at, "a gap or an overlap in {sequence:#?}");
        at = until;
    }
    assert_eq!(at, answered_at, "{sequence:#?}");
}

fn is_arrow(arrow: &Arrow, message: &MessageFrame) -> bool {
    let party = |party: Party| Lifeline::from(party);
    (arrow.from, arrow.to) == (party(message.from), party(message.to))
        && arrow.verb == Some(message.verb)
        && (arrow.departed_at, arrow.arrives_at) == (message.departed_at_us, message.arrives_at_us)
        && arrow.trip > 0
        && arrow.version == message.version
        && arrow.error == (message.error.is_some() && !arrow.lost)
        && (message.from == Party::App) == arrow.label.starts_with(message.verb.name())
        && (!message.miss || arrow.label == "nothing" || arrow.error || arrow.lost)
}

/// Every message that a frame shows is an arrow, and every arrow is shown while it is in flight. Gives
/// how many messages were shown.
fn assert_agrees_with_frames(run: &Run) -> u32 {
    let all = sequences(run);
    let mut shown = 0;
    for step in 1..=run.step_count() {
        let frame = Frame::of(run, &run.seek(step));
        for (lane, of_lane) in frame.lanes.iter().enumerate() {
            for message in &of_lane.messages {
                let of_request = |sequence: &&Sequence| {
                    (sequence.request, sequence.lane) == (message.request, lane)
                };
                let sequence = all.iter().find(of_request).expect("it has begun");
                let found = sequence.arrows.iter().any(|arrow| is_arrow(arrow, message));
                // The reply to a SET that was refused is not drawn if it is lost: no event says when
                // it left.
                let may_lack = (message.from, message.verb) == (Party::Cache, Verb::Set)
                    && sequence.arrows.iter().all(|arrow| {
                        arrow.departed_at != message.departed_at_us || arrow.to != Lifeline::App
                    });
                let lost = sequence
                    .spans
                    .iter()
                    .any(|span| span.label.ends_with("for an answer"));
                assert!(
                    found || (may_lack && lost),
                    "{message:?} at step {step} in {sequence:#?}"
                );
                shown += 1;
            }
            for sequence in all.iter().filter(|sequence| sequence.lane == lane) {
                let in_flight = sequence.arrows.iter().filter(|arrow| {
                    let (at, trip) = (frame.at_us, arrow.trip > 0);
                    trip && arrow.departed_at < at && at < arrow.arrives_at
                });
                for arrow in in_flight {
                    let of_arrow = |message: &&MessageFrame| {
                        message.request == sequence.request && is_arrow(arrow, message)
                    };
                    let found = of_lane.messages.iter().any(|message| of_arrow(&message));
                    assert!(found, "{arrow:?} at step {step}, {:?}", of_lane.messages);
                }
            }
        }
    }
    shown
}

/// Returns how many messages the frames showed.
fn assert_is_true_of(input: ScenarioInput) -> u32 {
    let run = run(input);
    for sequence in sequences(&run) {
        let of_all = run.latency(sequence.request - 1, sequence.lane);
        assert_eq!(sequence.latency(), of_all);
        assert!(sequence.complete);
        assert_adds_up(&sequence);
    }
    assert_agrees_with_frames(&run)
}

#[test]
fn the_opening_scene_is_drawn_as_it_happens() {
    assert!(assert_is_true_of(opening()) > 40);
    let run = run(opening());
    // user:7 is a miss: three trips, each there and back, and the client's own two.
    let [aside, through] = &Sequence::of(&run, 2)[..] else {
        panic!("both lanes have it");
    };
    let labels = |sequence: &Sequence| -> Vec<String> {
        sequence
            .arrows
            .iter()
            .map(|arrow| arrow.label.clone())
            .collect()
    };
    let expected = [
        "get user:7",
        "GET user:7",
        "nothing",
        "SELECT user:7",
        "row v1",
        "SET user:7 v1",
        "stored",
        "v1",
    ];
    assert_eq!(labels(aside), expected);
    assert_eq!(aside.latency(), through.latency());
    let database = aside
        .spans
        .iter()
        .filter(|span| span.at == Lifeline::Database);
    assert_eq!(database.count(), 1);
}

/// A trip to the cache is all that there is, and what it does not find is no key rather than no row.
#[test]
fn without_a_database_a_request_makes_one_trip() {
    let lanes = vec![
        lane((ReadPath::CacheOnly, WritePath::CacheOnly)),
        lane((ReadPath::CacheAside, WritePath::WriteAround)),
    ];
    let requests = vec![
        request(0, Operation::Read, "a"),
        request(100_000, Operation::Write, "a"),
        request(200_000, Operation::Read, "a"),
    ];
    let input = scenario(requests, lanes);
    assert_is_true_of(input.clone());
    let run = run(input);
    let labels = |number: u32| -> Vec<String> {
        let sequences = Sequence::of(&run, number);
        assert!(!sequences[0].has_database && sequences[1].has_database);
        let arrows = sequences[0].arrows.iter();
        arrows.map(|arrow| arrow.label.clone()).collect()
    };
    assert_eq!(labels(1), ["get a", "GET a", "nothing", "no such key"]);
    assert_eq!(labels(2), ["put a", "SET a", "stored", "done"]);
    assert_eq!(labels(3), ["get a", "GET a", "v1", "v1"]);
}

#[test]
fn a_request_that_never_was_has_no_diagram() {
    let run = run(opening());
    assert_eq!(Sequence::of(&run, 0), []);
    assert_eq!(Sequence::of(&run, 1_000), []);
}

#[test]
fn waiting_for_a_connection_and_for_the_engine_is_drawn() {
    let mut lane = lane((ReadPath::CacheAside, WritePath::Invalidate));
    lane.database.connections = 1;
    lane.cache.service = Latency::Constant { us: 500 };
    let requests = ["a", "b", "c"].map(|key| request(0, Operation::Read, key));
    let input = scenario(requests.into(), vec![lane]);
    assert_is_true_of(input.clone());
    let last = &Sequence::of(&run(input), 3)[0];
    let waits = |at: Lifeline| {
        let of = |span: &&timeline::Span| span.at == at && span.doing == Doing::Waits;
        last.spans.iter().filter(of).count()
    };
    assert!(
        waits(Lifeline::Database) > 0 && waits(Lifeline::Cache) > 0,
        "{last:#?}"
    );
}

#[test]
fn what_is_lost_ends_where_it_was_lost() {
    let lanes = vec![lane((ReadPath::CacheAside, WritePath::Invalidate))];
    let requests = vec![
        request(0, Operation::Write, "a"),
        request(5_000_000, Operation::Read, "a"),
    ];
    let fault = |at_us, fault| FaultInput {
        at_us,
        fault,
        lane: None,
        node: None,
        zone: None,
    };
    let input = ScenarioInput {
        faults: vec![
            fault(0, Fault::LoseNextDelete),
            fault(4_000_000, Fault::CutCache),
        ],
        ..scenario(requests, lanes)
    };
    assert_is_true_of(input.clone());
    let run = run(input);
    for (request, verb) in [(1, Verb::Delete), (2, Verb::Get)] {
        let sequence = &Sequence::of(&run, request)[0];
        let lost: Vec<&Arrow> = sequence.arrows.iter().filter(|arrow| arrow.lost).collect();
        assert_eq!(lost.len(), 1, "{sequence:#?}");
        assert_eq!((lost[0].verb, lost[0].to), (Some(verb), Lifeline::Cache));
        let waited = sequence.spans.iter().find(|span| span.at == Lifeline::App);
        let waited = waited.expect("it waits for an answer");
        assert_eq!(waited.from, lost[0].departed_at);
    }
}

#[test]
fn work_after_the_answer_and_the_commit_log_are_drawn() {
    let with = |write, defences: Defences| {
        let mut lane = lane((ReadPath::CacheAside, write));
        lane.strategy.defences = defences;
        lane
    };
    let twice = Defences {
        double_delete_us: Some(Micros(500_000)),
        ..Defences::default()
    };
    let logged = Defences {
        commit_log_us: Some(Micros(20_000)),
        ..Defences::default()
    };
    let lanes = vec![
        with(WritePath::Invalidate, twice),
        with(WritePath::WriteAround, logged),
        with(WritePath::WriteBehind, Defences::default()),
    ];
    let input = scenario(vec![request(0, Operation::Write, "a")], lanes);
    assert_is_true_of(input.clone());
    let run = run(input);
    let all = Sequence::of(&run, 1);
    for sequence in &all {
        let answered_at = sequence.answered_at.expect("it is answered");
        let after = sequence
            .arrows
            .iter()
            .filter(|arrow| arrow.arrives_at > answered_at);
        assert!(after.count() > 0, "{sequence:#?}");
        assert!(sequence.ends_at > answered_at);
    }
    let by_log = all[1]
        .arrows
        .iter()
        .find(|arrow| arrow.from == Lifeline::Database && arrow.trip == 0);
    let by_log = by_log.expect("the commit log deletes");
    assert_eq!(by_log.arrives_at.since(by_log.departed_at), Micros(20_000));
}

#[test]
fn trips_that_take_no_time_have_their_arrows_all_the_same() {
    let mut lane = lane((ReadPath::CacheAside, WritePath::Update));
    let none = Latency::Constant { us: 0 };
    lane.network = NetworkInput {
        cache: none,
        database: none,
        ..NetworkInput::default()
    };
    lane.cache.service = none;
    lane.database = DatabaseInput {
        read: none,
        write: none,
        ..DatabaseInput::default()
    };
    let requests = vec![
        request(0, Operation::Read, "a"),
        request(0, Operation::Write, "a"),
    ];
    let input = scenario(requests, vec![lane]);
    assert_eq!(
        assert_is_true_of(input.clone()),
        0,
        "nothing is ever seen in flight"
    );
    let all = sequences(&run(input));
    // GET, SELECT and SET of the read; UPDATE and SET of the write; there and back each.
    let arrows: Vec<usize> = all.iter().map(|sequence| sequence.arrows.len()).collect();
    assert_eq!(arrows, [2 + 6, 2 + 4]);
}

/// The events about something, straight from the log.
fn events_about(run: &Run, subject: Subject) -> Vec<(u32, u8, &'static str)> {
    let mut found = Vec::new();
    for step in 1..=run.step_count() {
        for LoggedEvent { lane, event } in run.events_at(step).iter() {
            let about = match subject {
                Subject::Request(number) => event.request == Some(number),
                Subject::Key(key) => {
                    event.key == key && !["fault", "idle"].contains(&event.kind.name())
                }
            };
            if about {
                found.push((step, *lane, event.kind.name()));
            }
        }
    }
    found.sort();
    found
}

fn told(trail: &Trail) -> Vec<(u32, u8, &'static str)> {
    let of = |happening: &timeline::Happening| {
        let (step, kind) = (happening.step, happening.said.kind);
        let lanes = happening.lanes.clone();
        lanes
            .into_iter()
            .map(move |lane| (step, lane, kind))
            .collect::<Vec<_>>()
    };
    let mut told: Vec<_> = trail.happenings.iter().flat_map(of).collect();
    told.sort();
    told
}

#[test]
fn a_trail_tells_every_event_of_a_key_and_of_a_request() {
    let run = run(opening());
    let keys = (0..run.scenario().workload.key_count()).map(|key| Subject::Key(Key(key)));
    let requests = (0..run.scenario().workload.len()).map(Subject::Request);
    for subject in keys.chain(requests) {
        let expected = events_about(&run, subject);
        for step in [0, 1, run.step_count() / 2, run.step_count()] {
            let trail = Trail::around(&run, subject, step);
            assert_eq!(told(&trail), expected, "{subject:?} at step {step}");
            assert!(!trail.goes_on && *trail.steps.end() == run.step_count());
            let place = trail.after(step);
            assert!(
                trail.happenings[..place]
                    .iter()
                    .all(|happening| happening.step <= step)
            );
            assert!(
                trail.happenings[place..]
                    .iter()
                    .all(|happening| happening.step > step)
            );
        }
    }
}

#[test]
fn a_trail_through_a_long_run_says_how_far_it_goes() {
    let requests =
        (0..4_000).map(|n| request(n * 10_000, Operation::Read, ["a", "b"][n as usize % 2]));
    let run = run(scenario(
        requests.collect(),
        vec![lane((ReadPath::CacheAside, WritePath::Invalidate))],
    ));
    let last = run.step_count();
    let middle = last / 2;
    let trail = Trail::around(&run, Subject::Key(Key(0)), middle);
    assert!(trail.goes_on && *trail.steps.start() > 1 && trail.covers(middle));
    let (from, to) = (*trail.steps.start(), *trail.steps.end());
    let expected: Vec<_> = events_about(&run, Subject::Key(Key(0)))
        .into_iter()
        .filter(|(step, ..)| (from..=to).contains(step))
        .collect();
    assert_eq!(told(&trail), expected);
    // The end of what is known is no end of a trail.
    assert!(!trail.covers(to) && !trail.covers(last));
    assert!(Trail::around(&run, Subject::Key(Key(0)), last).covers(last));
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn diagrams_agree_with_frames_and_latencies(input in scenarios()) {
        assert_is_true_of(input);
    }

    #[test]
    fn every_event_with_a_message_has_its_arrow(input in calm_scenarios()) {
        let run = run(input);
        for sequence in sequences(&run) {
            let (number, lane) = (sequence.request - 1, sequence.lane);
            let of_it = |kind: fn(&EventKind) -> bool| {
                let of = |logged: &&LoggedEvent| {
                    (logged.event.request, usize::from(logged.lane)) == (Some(number), lane)
                        && kind(&logged.event.kind)
                };
                run.log().iter().filter(of).count()
            };
            let arrows = |of: fn(&Arrow) -> bool| sequence.arrows.iter().filter(|arrow| of(arrow)).count();
            let sent = of_it(|kind| matches!(kind, EventKind::Send { .. }));
            prop_assert_eq!(sent, arrows(|arrow| arrow.from == Lifeline::App && arrow.trip > 0));
            prop_assert_eq!(sent, arrows(|arrow| arrow.to == Lifeline::App && arrow.trip > 0));
        }
    }
}
