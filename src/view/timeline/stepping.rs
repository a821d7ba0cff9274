//! What can be stepped by, and what is said where there is nothing further to step to.

use crate::session::Snapshot;
use crate::view::shell::format::grouped;
use crate::view::timeline::dock::UNITS;
use timeline::Unit;

pub fn unit_name(unit: Unit) -> &'static str {
    let mut units = UNITS.iter();
    units
        .find(|(of, _)| *of == unit)
        .map_or("", |(_, name)| name)
}

/// The sentence for a step by a unit that does not come again.
pub fn none_further(snapshot: &Snapshot, forward: bool, unit: Unit) -> String {
    let (run, step, name) = (&snapshot.run, snapshot.frame.step, unit_name(unit));
    let at = grouped(step.into());
    let is_end = run.is_finished() && step == run.known_steps();
    // The step itself can be the only one.
    let some_before = || run.find(step + 1, unit, false, 1).0.is_some();
    let race = run.scenario().input.schedule.is_some();
    match unit {
        _ if forward && is_end && race => {
            "There is no further step yet: press a client to run its next line.".to_owned()
        }
        _ if forward && is_end && matches!(unit, Unit::Event | Unit::Request) => {
            format!("End of the scene: step {at} is the last one.")
        }
        _ if !forward && step == 0 => "The run begins here: nothing has happened yet.".to_owned(),
        _ if !forward => format!("There is no {name} before step {at}."),
        _ if some_before() => format!("There is no further {name} after step {at}."),
        _ => format!("There is no {name} in this run."),
    }
}
