//! What can be done to a thing on the stage: only what changes something, each undone again.

use cache_playground::session::acts::{Act, Thing};
use cache_playground::session::{Edit, Session};
use cache_playground::view::{Acts, ActsProps};
use scenario::{RACES, Scenario, Scene};
use sim::{Fault, FaultCommand, Operation, Party, Pattern, Zone};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use timeline::Command;
use yew::{Callback, LocalServerRenderer};

fn at(step: u32) -> Session {
    let session = Session::new();
    session.command(Command::Seek { step }).expect("a step");
    session
}

fn key(name: &str) -> Thing {
    Thing::Key(name.into())
}

fn things() -> Vec<Thing> {
    let mut things = vec![
        Thing::Request(1),
        Thing::App,
        Thing::Cache,
        Thing::Database,
        Thing::WayToCache,
        Thing::WayToDatabase,
    ];
    things.extend(["user:1", "user:2", "user:7"].map(key));
    things
}

fn acts(session: &Session, thing: &Thing) -> Vec<Act> {
    session.snapshot().acts(thing, 0, false)
}

/// Whatever is offered does something: it makes a step of its own, has a sentence there, is undone by its
/// name, and comes back with the link's inputs.
#[test]
fn every_act_on_offer_does_something_and_is_undone() {
    for step in [0, 5, 19, 60] {
        for thing in things() {
            for only in [false, true] {
                for act in at(step).snapshot().acts(&thing, 1, only) {
                    let session = at(step);
                    let before = (session.state_hash(), session.snapshot().frame);
                    let Some(command) = act.command(only.then_some(2)) else {
                        continue;
                    };
                    session.act(command).expect("it is on offer");
                    let snapshot = session.snapshot();
                    assert_eq!(snapshot.frame.step, step + 1, "{act:?}");
                    assert_ne!(snapshot.frame.lanes[1], before.1.lanes[1], "{act:?}");
                    if only {
                        assert_eq!(snapshot.frame.lanes[0].metrics, before.1.lanes[0].metrics);
                        assert_eq!(snapshot.frame.lanes[0].faults, before.1.lanes[0].faults);
                        assert_eq!(snapshot.frame.lanes[0].requests, before.1.lanes[0].requests);
                    }
                    let lanes = timeline::narrate(&snapshot.run, step + 1);
                    let lanes = lanes.iter().flat_map(|told| &told.lanes).count();
                    assert_eq!(lanes, if only { 1 } else { 2 }, "{act:?}");
                    let again = Scenario::again(&snapshot.run.scenario().input).expect("valid");
                    let linked = Session::new();
                    linked.load(again);
                    linked
                        .command(Command::Seek { step: step + 1 })
                        .expect("a step");
                    assert_eq!(linked.state_hash(), session.state_hash(), "{act:?}");
                    let name = session.undoable(false).expect("it can be undone");
                    let told = session.undo(false).expect("it is undone");
                    assert_eq!(told, format!("Undone: {name}."));
                    assert_eq!((session.state_hash(), session.snapshot().frame), before);
                }
            }
        }
    }
}

/// What is offered at one of several nodes changes that node, and is undone again.
#[test]
fn a_press_on_a_node_acts_on_that_node() {
    for (name, number) in [
        ("moved", 2),
        ("lost-memcached-node", 2),
        ("lost-memcached-node", 5),
    ] {
        let start = || {
            let session = Session::new();
            let scene = Scene::named(name).expect("a scene").scenario();
            session.load(Scenario::new(scene).expect("valid"));
            let step = session.snapshot().run.step_count() / 3;
            session.command(Command::Seek { step }).expect("a step");
            session
        };
        let acts = start().snapshot().acts(&Thing::Node(number), 0, false);
        assert!(!acts.is_empty(), "{name}");
        for act in acts {
            let session = start();
            let before = session.snapshot().frame;
            session
                .act(act.command(Some(1)).expect("a fault"))
                .expect("it is on offer");
            let frame = session.snapshot().frame;
            let lane = (&frame.lanes[0].nodes, &before.lanes[0].nodes);
            for (node, was) in lane.0.iter().zip(lane.1) {
                let same = node.id != number;
                // Where a node joins or leaves, keys move, and nothing else.
                assert!(!same || node == was, "{act:?}");
            }
            // A shard that joins is another node.
            if act == Act::Fault(Fault::AddShard) {
                assert_eq!(lane.0.len(), lane.1.len() + 1);
                session.undo(false).expect("it is undone");
                continue;
            }
            assert_ne!(
                lane.0[usize::from(number) - 1],
                lane.1[usize::from(number) - 1],
                "{act:?}"
            );
            session.undo(false).expect("it is undone");
            assert_eq!(session.snapshot().frame, before);
        }
    }
}

/// What is offered at a zone changes its nodes and no others, and a zone that is down can be brought back.
#[test]
fn a_press_on_a_zone_acts_on_its_nodes() {
    let start = || {
        let session = Session::new();
        let scene = Scene::named("replica-read").expect("a scene").scenario();
        session.load(Scenario::new(scene).expect("valid"));
        session.command(Command::Seek { step: 20 }).expect("a step");
        session
    };
    let zone = Thing::Zone(Zone::B);
    let told = start().snapshot().told(&zone, 0);
    assert_eq!(told, ("Zone b".to_owned(), "1 replica".to_owned()));
    let acts = start().snapshot().acts(&zone, 0, true);
    let titles: Vec<String> = acts.iter().map(|act| act.title(&zone)).collect();
    let titled = [
        "Restart all of zone b",
        "Cut all of zone b off",
        "Take zone b down",
    ];
    assert_eq!(titles, titled);
    for act in acts {
        let session = start();
        let before = session.snapshot().frame;
        let command = act.command(Some(1)).expect("a fault");
        session.act(command).expect("it is on offer");
        let frame = session.snapshot().frame;
        assert_ne!(frame.lanes[0].nodes[1], before.lanes[0].nodes[1], "{act:?}");
        for other in [0, 2] {
            let same = |of: &timeline::Frame| of.lanes[0].nodes[other].reachable;
            assert_eq!(same(&frame), same(&before), "{act:?}");
        }
        let offered = session.snapshot().acts(&zone, 0, true);
        let back = [Fault::HealCache, Fault::RestartCache].map(|of| Act::ZoneFault(of, Zone::B));
        assert!(offered.iter().any(|act| back.contains(act)), "{act:?}");
        assert_eq!(frame.lanes[0].nodes[1].reachable, act == back[1]);
        let told = session.snapshot().told(&zone, 0).1;
        assert_eq!(told.contains("1 node down"), act != back[1], "{told}");
    }
}

#[test]
fn what_would_change_nothing_is_not_on_offer() {
    let session = at(5);
    let heals = |session: &Session, thing: &Thing, only: bool| {
        let acts = session.snapshot().acts(thing, 0, only);
        acts.contains(&Act::Fault(Fault::HealCache))
    };
    assert!(!heals(&session, &Thing::Cache, false) && !heals(&session, &Thing::WayToCache, false));
    let (fault, lane) = (Fault::CutCache, Some(2));
    let cut = Command::Fault(FaultCommand {
        fault,
        lane,
        node: None,
        zone: None,
    });
    session.command(cut).expect("a fault");
    assert!(heals(&session, &Thing::Cache, false) && heals(&session, &Thing::WayToCache, false));
    assert!(!heals(&session, &Thing::Cache, true), "lane A is whole");
    let fails_over = Act::Fault(Fault::FailOverCache);
    assert!(
        !acts(&session, &Thing::Cache).contains(&fails_over),
        "there is no replica"
    );
    // A way that is whole is not healed, however slow the database is.
    let (fault, lane) = (Fault::SlowDatabase, None);
    session
        .command(Command::Fault(FaultCommand {
            fault,
            lane,
            node: None,
            zone: None,
        }))
        .expect("a fault");
    let heal = Act::Fault(Fault::HealDatabase);
    assert!(acts(&session, &Thing::Database).contains(&heal));
    assert!(!acts(&session, &Thing::WayToDatabase).contains(&heal));
}

/// The opening scene with lane A's database taken away.
fn without_database() -> Session {
    let session = Session::new();
    session
        .edit(&Edit::Pattern(0, Pattern::CacheOnly))
        .expect("a pattern");
    session
}

#[test]
fn a_lane_without_a_database_is_offered_no_database_fault() {
    let session = without_database();
    let faults = |lane| session.snapshot().faults(lane);
    let is_of_database = |fault: Fault| fault.party() == Party::Database;
    assert!(!faults(Some(0)).iter().any(|of| is_of_database(of.0)));
    assert!(faults(Some(1)).iter().any(|of| is_of_database(of.0)));
    assert!(faults(None).iter().any(|of| is_of_database(of.0)));
    assert!(faults(Some(0)).iter().any(|of| of.0 == Fault::RestartCache));
}

#[test]
fn a_key_without_a_row_has_only_its_copy() {
    let session = without_database();
    let snapshot = session.snapshot();
    let name = snapshot.frame.lanes[0].cache.entries[0].key.clone();
    let of = Thing::Key(name.clone());
    assert_eq!(snapshot.told(&of, 0).1, "copy v1");
    assert_eq!(snapshot.told(&of, 1).1, "copy v1, row v1");
    let deletion = Act::Delete(name).command(Some(1)).expect("a command");
    session.act(deletion).expect("a copy");
    assert_eq!(session.snapshot().told(&of, 0).1, "no copy");
    // Keys are on offer although there are no rows to take them from.
    let keys = session.snapshot().keys_to_choose(0, 6);
    let in_b = session.snapshot().keys_to_choose(1, 6);
    assert!(keys.len() == 6 && keys.len() == in_b.len(), "{keys:?}");
    let listed = session.snapshot().keys_listed(0);
    assert_eq!(listed, session.snapshot().keys_listed(1));
}

#[test]
fn a_copy_can_expire_once_and_be_deleted_while_it_is_there() {
    let of = key("user:2");
    let (delete, expire) = (Act::Delete("user:2".into()), Act::Expire("user:2".into()));
    for step in [0, 5] {
        let session = at(step);
        assert!(acts(&session, &of).contains(&delete) && acts(&session, &of).contains(&expire));
        session
            .act(expire.command(None).expect("a command"))
            .expect("a copy");
        assert!(
            acts(&session, &of).contains(&delete),
            "it stays until it is found"
        );
        assert!(!acts(&session, &of).contains(&expire), "it has expired");
        session
            .act(delete.command(None).expect("a command"))
            .expect("a copy");
        assert!(!acts(&session, &of).contains(&delete), "it is gone");
        let (_, like) = session.snapshot().told(&of, 0);
        assert_eq!(like, "no copy, row v1");
    }
}

#[test]
fn in_a_race_nobody_asks_by_hand() {
    let session = Session::new();
    session.load(Scenario::new(RACES[0].scenario()).expect("valid"));
    let asks = |act: &Act| matches!(act, Act::Ask(..) | Act::AskFor(_));
    let name = session.snapshot().frame.lanes[0].database.rows[0]
        .key
        .clone();
    for thing in [Thing::App, Thing::Key(name)] {
        assert!(!acts(&session, &thing).iter().any(asks), "{thing:?}");
    }
}

#[test]
fn commands_by_hand_are_undone_by_name() {
    let ask = Act::Ask(Operation::Write, "user:9".into());
    let cases = [
        (ask, Some(1), "write user:9 by hand in lane A"),
        (Act::Expire("user:1".into()), None, "let user:1 expire"),
        (Act::Delete("user:1".into()), None, "DEL user:1 by hand"),
        (
            Act::Fault(Fault::RestartCache),
            Some(2),
            "restart the cache in lane B",
        ),
    ];
    for (act, lane, name) in cases {
        let session = at(3);
        session
            .act(act.command(lane).expect("a command"))
            .expect("it can be done");
        assert_eq!(session.undoable(false).as_deref(), Some(name));
        assert_eq!(session.undo(false), Some(format!("Undone: {name}.")));
        assert_eq!(session.undo(true), Some(format!("Redone: {name}.")));
    }
    let session = at(3);
    session.console(0, "DEL user:1").expect("a line");
    let name = session.undoable(false);
    assert_eq!(name.as_deref(), Some("DEL user:1 by hand in lane A"));
}

fn drawn(props: ActsProps) -> String {
    let renderer = LocalServerRenderer::<Acts>::with_props(props).hydratable(false);
    let mut drawing = pin!(renderer.render());
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(text) = drawing.as_mut().poll(&mut context) {
            return text;
        }
    }
}

/// The menu names the thing in full, however narrow its picture is, and lists what can be done.
#[test]
fn the_menu_says_what_it_is_about() {
    let session = at(19);
    let snapshot = session.snapshot();
    let thing = key("user:2");
    let props = |lane, asking| ActsProps {
        id: "acts-A".to_owned(),
        told: snapshot.told(&thing, 0),
        thing: thing.clone(),
        acts: snapshot.acts(&thing, 0, false),
        asking,
        keys: snapshot.keys_to_choose(0, 6),
        lane,
        only: false,
        on_choose: Callback::noop(),
        on_key: Callback::from(|_| None),
        on_only: Callback::noop(),
    };
    let menu = drawn(props(Some('A'), None));
    assert!(
        menu.contains("<b>user:2</b><span>copy v1, row v2</span>"),
        "{menu}"
    );
    let titles = [
        "Read it now",
        "Write it",
        "Delete the copy",
        "Let it expire",
        "Follow it",
    ];
    let places: Vec<Option<usize>> = titles.iter().map(|title| menu.find(title)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
    assert_eq!(menu.matches("role=\"menuitem\"").count(), titles.len());
    assert_eq!(menu.matches("role=\"menuitemradio\"").count(), 2);
    assert_eq!(drawn(props(None, None)).matches("menuitemradio").count(), 0);
    let asking = drawn(props(None, Some(Operation::Read)));
    let entries = &snapshot.frame.lanes[0].cache.entries;
    let keys: Vec<Rc<str>> = entries.iter().map(|entry| entry.key.clone()).collect();
    assert!(keys.iter().all(|key| asking.contains(&**key)), "{asking}");
    assert!(asking.contains("<form"));
}
