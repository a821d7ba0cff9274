//! Commands given by hand, when something else of the scenario is edited.

use cache::PolicyKind;
use cache::units::Micros;
use cache_playground::session::{Edit, Session};
use sim::{EventKind, Fault, FaultCommand};
use timeline::Command;

/// The events of lane B, with their instants.
fn lane_b(session: &Session) -> Vec<(Micros, EventKind)> {
    let log = session.snapshot().run.log();
    let of_b = log.iter().filter(|logged| logged.lane == 1);
    of_b.map(|logged| (logged.event.at, logged.event.kind))
        .collect()
}

fn give(session: &Session, fault: Fault) {
    let command = Command::Fault(FaultCommand {
        fault,
        lane: None,
        node: None,
        zone: None,
    });
    session.command(command).expect("a fault");
}

/// An edit of lane A makes other steps. What was done by hand does not move with them: lane B, which was not
/// edited, does the same as before.
#[test]
fn what_was_done_keeps_its_instant_when_another_lane_is_edited() {
    let edits = [
        Edit::Ttl(0, Some(Micros(10_000_000))),
        Edit::Capacity(0, 1),
        Edit::Policy(0, PolicyKind::WTinyLfu),
    ];
    let steps_of = |session: &Session| -> Vec<u32> {
        let input = session.snapshot().run.scenario().input.clone();
        input.commands.iter().map(|given| given.step).collect()
    };
    let mut moved = 0;
    for edit in edits {
        let session = Session::new();
        session.command(Command::Seek { step: 5 }).expect("a step");
        give(&session, Fault::StopDatabase);
        session.command(Command::Seek { step: 12 }).expect("a step");
        give(&session, Fault::HealDatabase);
        let (before, steps) = (lane_b(&session), steps_of(&session));
        session.edit(&edit).expect("valid");
        assert_eq!(lane_b(&session), before, "{edit:?}");
        moved += u32::from(steps_of(&session) != steps);
    }
    assert!(moved > 0, "no edit makes other steps");
}
