//! Undo and redo over every kind of change: the same state at the same step, and the words for it.

use cache::PolicyKind;
use cache::units::Micros;
use cache_playground::session::{Edit, LabOrders, Session, Set};
use proptest::prelude::*;
use scenario::{SCENES, Scenario, ScenarioInput, opening};
use serde_json::Value;
use sim::{Fault, FaultCommand, Pattern, WritePath};
use support::cases;
use support::scenarios::scenarios;
use timeline::Command;
use worker::{Order, TraceOpened, TraceSummary};

fn at(step: u32) -> Session {
    let session = Session::new();
    session.command(Command::Seek { step }).expect("a step");
    session
}

/// Everything that must be the same again.
fn state(session: &Session) -> (ScenarioInput, u32, u64, u64) {
    let snapshot = session.snapshot();
    let input = (*snapshot.run.scenario().input).clone();
    (
        input,
        snapshot.frame.step,
        session.state_hash(),
        snapshot.run.log_hash(),
    )
}

fn undo(session: &Session) -> Option<String> {
    session.undo(false)
}

fn redo(session: &Session) -> Option<String> {
    session.undo(true)
}

fn set(place: &str, value: Value) -> Edit {
    Edit::Set(Set {
        values: vec![(place.to_owned(), value)],
        told: String::new(),
    })
}

fn fault(lane: Option<u32>) -> Command {
    Command::Fault(FaultCommand {
        fault: Fault::CutCache,
        lane,
        node: None,
        zone: None,
    })
}

fn product_page() -> ScenarioInput {
    let scene = SCENES.iter().find(|scene| scene.name == "product-page");
    scene.expect("there is such a scene").scenario()
}

#[test]
fn nothing_can_be_undone_at_first() {
    let session = at(3);
    assert_eq!(session.undoable(false), None);
    assert_eq!(session.undoable(true), None);
    let before = state(&session);
    assert_eq!((undo(&session), redo(&session)), (None, None));
    assert_eq!(state(&session), before);
}

#[test]
fn every_kind_of_change_is_undone_and_redone() {
    type Change = fn(&Session);
    let changes: [(Change, &str, &str, &str); 12] = [
        (
            |session| session.edit(&Edit::Capacity(0, 8)).expect("valid"),
            "capacity of lane A",
            "Undone: capacity of lane A back to 4 entries.",
            "Redone: capacity of lane A is again 8 entries.",
        ),
        (
            |session| {
                session
                    .edit(&Edit::Ttl(1, Some(Micros(10_000_000))))
                    .expect("valid")
            },
            "TTL of lane B",
            "Undone: TTL of lane B back to 5 min.",
            "Redone: TTL of lane B is again 10 s.",
        ),
        (
            |session| {
                session
                    .edit(&Edit::Policy(0, PolicyKind::Sieve))
                    .expect("valid")
            },
            "policy of lane A",
            "Undone: policy of lane A back to LRU.",
            "Redone: policy of lane A is again SIEVE.",
        ),
        (
            |session| {
                session
                    .edit(&Edit::Write(0, WritePath::Invalidate))
                    .expect("valid")
            },
            "write path of lane A",
            "Undone: write path of lane A back to Database only.",
            "Redone: write path of lane A is again Database, then delete.",
        ),
        (
            |session| {
                session
                    .edit(&Edit::Pattern(0, Pattern::ReadThrough))
                    .expect("valid")
            },
            "read path of lane A",
            "Undone: read path of lane A back to Cache-aside, and one more input with it.",
            "Redone: read path of lane A is again Read-through, and one more input with it.",
        ),
        (
            |session| session.edit(&Edit::Seed("9".to_owned())).expect("valid"),
            "seed",
            "Undone: seed back to \"7\".",
            "Redone: seed is again \"9\".",
        ),
        (
            |session| {
                let edit = set("/lanes/0/network/timeout_us", Value::from(5_000));
                session.edit(&edit).expect("valid");
            },
            "time-out of lane A",
            "Undone: time-out of lane A back to 1 s.",
            "Redone: time-out of lane A is again 5 ms.",
        ),
        (
            |session| session.edit(&Edit::Generate).expect("valid"),
            "requests",
            "Undone: requests back to List of requests, and one more input with it.",
            "Redone: requests is again Generated, and one more input with it.",
        ),
        (
            |session| session.load(Scenario::new(product_page()).expect("valid")),
            "“Product page”",
            "Undone: “Cache-aside or write-through?” is back.",
            "Redone: “Product page” is back.",
        ),
        (
            |session| session.command(fault(None)).expect("valid"),
            "cut the cache off",
            "Undone: cut the cache off.",
            "Redone: cut the cache off.",
        ),
        (
            |session| {
                session.command(fault(Some(1))).expect("valid");
                session.switch_to(0).expect("the run before");
            },
            "going to another run",
            "Undone: showing the other run.",
            "Redone: showing the other run.",
        ),
        (
            |session| {
                let edit = set("/schedule", Value::Array(Vec::new()));
                session.edit(&edit).expect("valid");
                session
                    .command(Command::Move { client: 1 })
                    .expect("a move");
            },
            "a move",
            "Undone: 0 moves have been made.",
            "Redone: 1 move has been made.",
        ),
    ];
    for (change, name, undone, redone) in changes {
        let session = at(11);
        let before = state(&session);
        change(&session);
        let after = state(&session);
        assert_eq!(session.undoable(false).as_deref(), Some(name));
        assert_eq!(undo(&session).as_deref(), Some(undone));
        assert_eq!(session.undoable(true).as_deref(), Some(name));
        assert_eq!(redo(&session).as_deref(), Some(redone));
        assert_eq!(state(&session), after, "{name}");
        assert_eq!(redo(&session), None);
        while undo(&session).is_some() {}
        assert_eq!(state(&session), before, "{name}");
    }
}

/// Holds a trace and counts nothing.
struct Uncounted;

impl LabOrders for Uncounted {
    fn order(&self, _: Order) {}
}

#[test]
fn going_back_to_a_trace_that_is_no_longer_there_says_so() {
    let session = Session::new();
    let open = |name: &str| {
        let mut scenario = opening();
        scenario.title = name.into();
        let summary = TraceSummary {
            name: name.to_owned(),
            requests: 1,
            keys: 1,
            timed: true,
            unused: Vec::new(),
        };
        let opened = TraceOpened {
            summary,
            scenario,
            replays: Vec::new(),
        };
        session
            .open_trace(opened, std::rc::Rc::new(Uncounted))
            .expect("valid");
    };
    let is_open = || session.snapshot().trace.is_some();
    open("one.txt");
    open("two.txt");
    let gone = "Undone: “one.txt” is back. For its curves, open the file again.";
    assert_eq!(undo(&session).as_deref(), Some(gone));
    assert!(!is_open());
    let there = "Redone: “two.txt” is back.";
    assert_eq!(redo(&session).as_deref(), Some(there));
    assert!(is_open());
    undo(&session);
    let snapshot = "Undone: “Cache-aside or write-through?” is back.";
    assert_eq!(undo(&session).as_deref(), Some(snapshot));
    let gone = "Redone: “one.txt” is back. For its curves, open the file again.";
    assert_eq!(redo(&session).as_deref(), Some(gone));
}

#[test]
fn undoing_a_command_goes_back_to_the_run_that_is_kept() {
    let session = at(5);
    session.command(fault(None)).expect("valid");
    let forks = session.forks().len();
    undo(&session);
    assert_eq!((session.forks().len(), session.fork().id), (forks, 0));
    redo(&session);
    assert_eq!((session.forks().len(), session.fork().id), (forks, 1));
    assert_eq!(session.fork().parent, Some((0, 5)));
}

#[test]
fn a_change_after_undoing_drops_what_was_undone() {
    let session = at(5);
    session.edit(&Edit::Capacity(0, 8)).expect("valid");
    undo(&session);
    session.edit(&Edit::Capacity(0, 2)).expect("valid");
    assert_eq!(redo(&session), None);
    assert_eq!(
        undo(&session).as_deref(),
        Some("Undone: capacity of lane A back to 4 entries.")
    );
}

#[test]
fn a_moved_playhead_keeps_its_place_in_time() {
    let session = at(5);
    session.edit(&Edit::Capacity(0, 1)).expect("valid");
    session.command(Command::Seek { step: 40 }).expect("a step");
    let instant = session.snapshot().frame.at_us;
    undo(&session);
    let there = state(&session);
    assert!(session.snapshot().frame.at_us <= instant);
    assert!(session.snapshot().run.step_at(there.1 + 1) > instant);
    redo(&session);
    assert_eq!(session.snapshot().frame.step, 40);
    undo(&session);
    assert_eq!(state(&session), there);
}

#[test]
fn what_is_refused_or_changes_nothing_is_no_change() {
    let session = at(5);
    let run = session.snapshot().run;
    session
        .edit(&Edit::Capacity(0, 0))
        .expect_err("out of range");
    session
        .edit(&Edit::Capacity(0, 4))
        .expect("what it is already");
    session.command(Command::Seek { step: 7 }).expect("a step");
    session.switch_to(0).expect("the present run");
    assert_eq!(session.undoable(false), None);
    assert!(std::rc::Rc::ptr_eq(&run, &session.snapshot().run));
}

#[test]
fn a_scene_starts_over_as_it_was_loaded() {
    let session = at(5);
    assert!(!session.is_changed());
    session.edit(&Edit::Capacity(0, 9)).expect("valid");
    session.command(fault(None)).expect("valid");
    assert!(session.is_changed());
    session.start_over();
    assert!(!session.is_changed());
    assert_eq!(
        state(&session).0,
        *Session::new().snapshot().run.scenario().input
    );
    assert_eq!(session.snapshot().frame.step, 0);
    undo(&session);
    assert_eq!(
        session.snapshot().run.scenario().input.lanes[0]
            .cache
            .capacity,
        9
    );
    assert!(session.is_changed());
    // Going back before a scene was loaded is going back to the one before it, and to its beginning.
    let session = Session::new();
    session.load(Scenario::new(SCENES[2].scenario()).expect("valid"));
    undo(&session);
    session.start_over();
    assert_eq!(
        session.snapshot().run.scenario().input.title,
        opening().title
    );
}

#[test]
fn only_so_many_changes_are_kept() {
    let session = Session::new();
    for i in 0..250 {
        session.edit(&Edit::Capacity(0, 5 + i)).expect("valid");
    }
    let mut undone = 0;
    while undo(&session).is_some() {
        undone += 1;
    }
    assert_eq!(undone, 100);
    assert_eq!(
        session.snapshot().run.scenario().input.lanes[0]
            .cache
            .capacity,
        154
    );
}

proptest! {
    #![proptest_config(cases(8))]

    /// Whatever was done in whatever order, undoing all of it and doing all of it again comes by the same
    /// states.
    #[test]
    fn undoing_everything_and_redoing_it_passes_the_same_states(
        input in scenarios(),
        acts in proptest::collection::vec((0..6_u32, 1..9_u64, 0..60_u32), 1..8),
    ) {
        let session = Session::new();
        session.load(Scenario::new(input).expect("valid"));
        let mut states = vec![state(&session)];
        let mut seeks = 0;
        for (act, number, step) in acts {
            let before = session.snapshot().run;
            match act {
                0 => { session.edit(&Edit::Capacity(0, number)).ok(); }
                1 => { session.edit(&Edit::Seed(number.to_string())).ok(); }
                2 => { session.edit(&Edit::Pattern(0, Pattern::ALL[number as usize % Pattern::ALL.len()])).ok(); }
                3 => { session.command(fault(None)).ok(); }
                4 => session.load(Scenario::new(SCENES[number as usize % SCENES.len()].scenario()).expect("valid")),
                _ => {
                    let step = step.min(before.step_count());
                    session.command(Command::Seek { step }).expect("a step");
                    seeks += 1;
                    *states.last_mut().expect("one") = state(&session);
                }
            }
            if !std::rc::Rc::ptr_eq(&before, &session.snapshot().run) {
                states.push(state(&session));
            }
        }
        let inputs: Vec<_> = states.iter().map(|state| &state.0).collect();
        for expected in inputs[..inputs.len() - 1].iter().rev() {
            prop_assert!(undo(&session).is_some());
            prop_assert_eq!(*expected, &state(&session).0);
        }
        for expected in &states[1..] {
            prop_assert!(redo(&session).is_some());
            let found = state(&session);
            prop_assert_eq!(&found.0, &expected.0);
            // Where the playhead was moved between two changes, the place in time is kept instead.
            if seeks == 0 {
                prop_assert_eq!(&found, expected);
            }
        }
        prop_assert_eq!(redo(&session), None);
    }
}
