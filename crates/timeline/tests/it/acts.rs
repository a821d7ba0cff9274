//! What a person does by hand: requests, and copies that expire. Each is one more step of a run that is
//! otherwise as it was.

use cache::units::{Key, Micros, Version};
use proptest::prelude::*;
use scenario::{RequestInput, Scenario, ScenarioInput, link, opening};
use serde_json::{Value, json};
use sim::{
    ByHand, Event, EventKind, Latency, Operation, Outcome, Pattern, ReadPath, World, WritePath,
};
use std::collections::BTreeSet;
use std::rc::Rc;
use support::cases;
use support::scenarios::{
    acted_scenarios, events_of_lane, lane, paths, player, request, run, scenario, valid,
};
use timeline::{Frame, LoggedEvent, Player, Run, Sequence, narrate};

fn act(command: Value) -> ByHand {
    serde_json::from_value(command).expect("a command")
}

fn ask(op: &str, key: &str) -> ByHand {
    act(json!({"request": {"op": op, "key": key}}))
}

/// The events of a kind of one request.
fn of(run: &Run, number: u32) -> Vec<Event> {
    let log = run.log();
    let of = log.iter().map(|logged| logged.event);
    of.filter(|event| event.request == Some(number)).collect()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_request_by_hand_is_answered_in_the_lanes_that_it_reaches(input in acted_scenarios()) {
        let run = run(input);
        run.complete();
        let scenario = run.scenario();
        let mut answered = BTreeSet::new();
        for LoggedEvent { lane, event } in run.log() {
            if let EventKind::Reply { latency, .. } = event.kind {
                let number = event.request.expect("a reply answers a request");
                prop_assert_eq!(run.latency(number, lane.into()), Some(latency));
                prop_assert!(answered.insert((number, lane)));
            }
        }
        let own = scenario.workload.len();
        let given = scenario.interventions.iter().filter(|given| given.step < run.step_count());
        let asks = given.filter(|given| matches!(given.command, ByHand::Request(_)));
        for (number, given) in (own..).zip(asks) {
            for lane in 0..scenario.lanes.len() {
                let reached = given.command.reaches(lane);
                prop_assert_eq!(answered.contains(&(number, lane as u8)), reached);
                prop_assert_eq!(run.latency(number, lane).is_some(), reached);
            }
            prop_assert_eq!(run.step_of_request(number), Some(given.step + 1));
            let lanes: Vec<usize> = Sequence::of(&run, number + 1).iter().map(|of| of.lane).collect();
            let reached = (0..scenario.lanes.len()).filter(|&lane| given.command.reaches(lane));
            prop_assert_eq!(lanes, reached.collect::<Vec<_>>());
        }
    }

    /// A run that is forked command by command is the run of its inputs and of its link.
    #[test]
    fn acting_step_by_step_is_the_run_of_the_link(input in acted_scenarios()) {
        let commands = input.commands.clone();
        let mut forked = run(ScenarioInput { commands: Vec::new(), ..input.clone() });
        for given in commands {
            if !forked.reach(given.step) {
                break;
            }
            // What is known of the parent must not leak into the fork.
            forked.complete();
            forked = forked.fork(given.step, given.command).expect("it can be given here");
        }
        let inputs = forked.scenario().input.clone();
        let fresh = run(ScenarioInput::clone(&inputs));
        prop_assert_eq!(forked.log(), fresh.log());
        let last = fresh.step_count();
        for step in (0..=last).step_by(7).chain([last]) {
            prop_assert_eq!(Frame::of(&forked, &forked.seek(step)), Frame::of(&fresh, &fresh.seek(step)));
        }
        if let Some(link) = link::encode(&inputs, last, None) {
            let linked = link::decode(&link).expect("a link is read again");
            prop_assert_eq!(&linked.scenario.input, &inputs);
            prop_assert_eq!(Run::new(Rc::new(linked.scenario)).log_hash(), fresh.log_hash());
        }
    }
}

/// Reads of a few keys, far enough apart that none waits for another.
fn calm(lanes: &[(ReadPath, WritePath)]) -> ScenarioInput {
    let requests = (0..30).map(|nth| {
        let op = [Operation::Read, Operation::Read, Operation::Write][nth % 3];
        request(nth as u64 * 1_000_000, op, ["a", "b", "c", "d"][nth % 4])
    });
    let requests: Vec<RequestInput> = requests.collect();
    let mut lanes: Vec<_> = lanes.iter().copied().map(lane).collect();
    for lane in &mut lanes {
        lane.cache.capacity = 20;
        lane.strategy.defences.ttl_jitter_percent = 10;
        lane.strategy.ttl_us = Some(Micros(9_000_000));
    }
    scenario(requests, lanes)
}

/// Whatever a person asks for, every other request draws the same: its events are the same to the
/// microsecond.
#[test]
fn a_request_by_hand_changes_no_draw_of_another() {
    for (at, paths) in paths().into_iter().enumerate() {
        let before = run(calm(&[paths]));
        let steps = before.step_count();
        let mut acted = run(calm(&[paths]));
        // At rest, so that nobody waits for a connection.
        let idle = (1..steps).filter(|&step| before.is_idle_after(step));
        let steps: Vec<u32> = idle.skip(at % 3).step_by(5).take(3).collect();
        for (given, step) in (0..).zip(steps) {
            let op = ["read", "write"][given as usize % 2];
            // Each command has made steps of its own.
            let step = acted.step_before(before.step_at(step));
            acted = acted.fork(step, ask(op, "elsewhere")).expect("a request");
        }
        let others = |run: &Run| -> Vec<Event> {
            let all = events_of_lane(run, 0).into_iter();
            let others = all.filter(|event| event.request.is_some_and(|number| number < 30));
            others
                .map(|event| Event {
                    cause: None,
                    ..event
                })
                .collect()
        };
        let sent = acted.scenario().request_count() - 30;
        assert_eq!(sent, 3);
        assert!((30..33).all(|number| acted.latency(number, 0).is_some()));
        assert_eq!(others(&before), others(&acted), "{paths:?}");
        assert_eq!(before.latency(17, 0), acted.latency(17, 0));
    }
}

/// The same request takes equally long in all lanes, as any other.
#[test]
fn a_request_by_hand_has_the_same_luck_in_every_lane() {
    let paths = Pattern::CacheAside.paths();
    let run = run(calm(&[paths, paths])).fork(3, ask("read", "new"));
    let run = run.expect("a request");
    let [a, b] = [0, 1].map(|lane| run.latency(30, lane).expect("answered"));
    assert_eq!(a, b);
    assert!(a > Micros(0));
}

/// The version of a key's copy, which has to be there.
fn cached(world: &World, key: Key) -> Version {
    let copy = world.cache().and_then(|cache| cache.peek(key));
    copy.expect("a copy").value.version
}

#[test]
fn a_new_key_has_no_row_until_it_is_written() {
    for paths in paths() {
        let empty = run(calm(&[paths]))
            .fork(0, ask("read", "new"))
            .expect("a request");
        let events = of(&empty, 30);
        let answer = events.iter().find_map(|event| match event.kind {
            EventKind::Reply { outcome, .. } => Some(outcome),
            _ => None,
        });
        assert_eq!(answer, Some(Outcome::Absent), "{paths:?}");
        let stores = |event: &Event| matches!(event.kind, EventKind::Fill { .. });
        assert!(
            !events.iter().any(stores),
            "what is not there is not cached: {paths:?}"
        );
        let last = empty.step_count();
        let again = empty.fork(last, ask("write", "new")).expect("a request");
        again.complete();
        let key = again.scenario().key_named("new").expect("it was named");
        let end = again.seek(again.step_count());
        let only_copy = paths.0 == ReadPath::CacheOnly;
        let written = match only_copy {
            true => cached(&end.lanes[0], key),
            false => end.lanes[0].row(key).version,
        };
        assert_eq!(written, Version(1), "{paths:?}");
        let frame = Frame::of(&again, &end);
        let rows = &frame.lanes[0].database.rows;
        let names: Vec<&str> = rows.iter().map(|row| &*row.key).collect();
        let all = ["a", "b", "c", "d", "new"];
        assert_eq!(names, if only_copy { &[][..] } else { &all[..] });
    }
}

#[test]
fn a_copy_that_a_person_lets_expire_stays_until_it_is_found() {
    let mut input = calm(&[(ReadPath::CacheAside, WritePath::WriteAround)]);
    input.lanes[0].cache.active_expiry = false;
    let start = run(input);
    let step = start.step_of_request(4).expect("the fifth request reads a");
    let expired = start
        .fork(step, act(json!({"expire": "a"})))
        .expect("it can be let expire");
    let frame = Frame::of(&expired, &expired.seek(step + 1));
    let entries = &frame.lanes[0].cache.entries;
    let of_key = entries.iter().find(|entry| &*entry.key == "a");
    assert!(of_key.is_some_and(|entry| entry.expired), "{entries:?}");
    let told = &narrate(&expired, step + 1)[0].sentences[0];
    assert_eq!(
        told.text(),
        "You let a v1 expire: it stays in the cache until something finds it expired."
    );
    // Nothing is there to expire any more.
    let again = expired
        .fork(step + 1, act(json!({"expire": "a"})))
        .expect("it may be tried");
    assert_eq!(
        narrate(&again, step + 2)[0].sentences[0].text(),
        "There is no copy of a to expire: the cache holds no usable copy of it."
    );
    // The next read finds it expired and loads the row again.
    let read = expired.fork(step + 1, ask("read", "a")).expect("a request");
    let found = of(&read, 30);
    let missed = |event: &Event| event.kind == EventKind::Miss { expired: true };
    assert!(found.iter().any(missed), "{found:?}");
    // It was no use of the key: the order of the entries is what it was.
    let order = |run: &Run, step| -> Vec<Rc<str>> {
        let frame = Frame::of(run, &run.seek(step));
        let entries = frame.lanes[0].cache.entries.iter();
        entries.map(|entry| entry.key.clone()).collect()
    };
    assert_eq!(order(&start, step), order(&expired, step + 1));
}

#[test]
fn the_sentence_says_who_asks_and_in_which_lane() {
    let mut player = player(opening());
    player
        .by_hand(act(
            json!({"request": {"op": "read", "key": "user:7"}, "lane": 2}),
        ))
        .expect("a request");
    assert_eq!(player.step(), 1);
    let told = narrate(player.run(), 1);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].lanes, [1]);
    assert_eq!(
        told[0].sentences[0].text(),
        "You ask for user:7: the application checks the cache first."
    );
    let frame = player.frame();
    assert!(frame.lanes[0].requests.is_empty());
    let shown = frame.lanes[1].shown_request().expect("the request");
    assert!(shown.by_hand);
    let mut others = 1..shown.client;
    let of = &player.run().scenario().workload;
    assert!(!of.has_client(shown.client));
    assert!(others.any(|client| of.has_client(client)));
    assert_eq!(shown.id, of.len() + 1);
}

/// At the end of a run, when nothing more is due, a request by hand goes on by itself.
#[test]
fn a_request_can_be_sent_after_the_last_step() {
    let mut player = player(opening());
    let last = player.run().step_count();
    for _ in 0..2 {
        let end = player.run().step_count();
        player
            .command(timeline::Command::Seek { step: end })
            .expect("the last step");
        player.by_hand(ask("read", "user:1")).expect("a request");
    }
    assert!(player.run().step_count() > last + 4);
    let reads = |player: &Player| {
        let run = player.run();
        let frame = Frame::of(run, &run.seek(run.step_count()));
        (frame.lanes[0].metrics.reads, frame.baseline.reads)
    };
    let (reads, baseline) = reads(&player);
    assert_eq!(reads, baseline, "the baseline is asked too");
}

#[test]
fn what_cannot_be_done_is_refused_in_one_sentence() {
    let refused = |input: ScenarioInput, command: Value| -> String {
        let mut player = Player::new(valid(input));
        let before = player.run().clone();
        let refused = player.by_hand(act(command)).expect_err("it cannot be done");
        assert!(*player.run() == before);
        refused.message
    };
    let race = scenario::RACES[0].scenario();
    let cases = [
        (
            race.clone(),
            json!({"request": {"op": "read", "key": "user:7"}}),
        ),
        (
            opening(),
            json!({"request": {"op": "read", "key": "two words"}}),
        ),
        (
            opening(),
            json!({"request": {"op": "write", "key": "k".repeat(251)}}),
        ),
        (
            opening(),
            json!({"request": {"op": "read", "key": "user:7"}, "lane": 3}),
        ),
        (opening(), json!({"expire": ""})),
    ];
    let told: Vec<String> = cases.map(|(input, command)| refused(input, command)).into();
    let expected = [
        "request must be left out: in a race only its clients ask, when they are moved, but is a request by hand.",
        "request.key must be a key of 1 to 250 bytes without spaces or control characters, but is \"two words\".",
    ];
    assert_eq!(told[..2], expected);
    let named = ["request.key", "lane", "expire"];
    let mut rest = told[2..].iter().zip(named);
    assert!(rest.all(|(told, name)| told.starts_with(name)), "{told:?}");
    // A race's inputs cannot have one either.
    let mut input = race.to_value();
    input["commands"] = json!([{"step": 0, "command": {"request": {"op": "read", "key": "k"}}}]);
    let invalid = Scenario::from_value(&input).expect_err("a race has no requests by hand");
    assert_eq!(invalid.path, "/commands/0/command/request");
}

/// A service that is always the same, for requests that meet.
#[test]
fn several_requests_by_hand_at_one_instant_go_on_together() {
    let mut input = calm(&[Pattern::CacheAside.paths()]);
    input.lanes[0].network.cache = Latency::new(300, 300, 300, 300);
    let mut player = player(input);
    for key in ["x", "y", "x"] {
        player.by_hand(ask("read", key)).expect("a request");
    }
    assert_eq!(player.step(), 3);
    let frame = player.frame();
    assert_eq!(frame.at_us, Micros(0));
    let ids: Vec<u32> = frame.lanes[0]
        .requests
        .iter()
        .map(|request| request.id)
        .collect();
    assert_eq!(ids, [31, 32, 33]);
    assert_eq!(frame.lanes[0].database.row_count, 6);
}
