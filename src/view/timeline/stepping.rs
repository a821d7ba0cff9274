//! A step by something, and what is said where there is nothing more to step to.

use crate::session::{Scene, Session};
use crate::view::shell::format::grouped;
use crate::view::state::{Action, ViewState};
use crate::view::timeline::dock::{UNITS, carry_out};
use timeline::{Command, Unit};
use yew::UseReducerDispatcher;

/// Steps by one unit, forward or back. Where there is no further one, the page says so.
pub fn step(session: &Session, view: &UseReducerDispatcher<ViewState>, forward: bool, unit: Unit) {
    let before = session.scene().frame.step;
    let by = if forward { 1 } else { -1 };
    carry_out(session, Command::Step { by, unit });
    let scene = session.scene();
    if scene.frame.step == before {
        view.dispatch(Action::Told(none_further(&scene, forward, unit).into()));
    }
}

/// What a unit is called on screen.
pub fn unit_name(unit: Unit) -> &'static str {
    let mut units = UNITS.iter();
    units
        .find(|(of, _)| *of == unit)
        .map_or("", |(_, name)| name)
}

fn none_further(scene: &Scene, forward: bool, unit: Unit) -> String {
    let (run, step, name) = (&scene.run, scene.frame.step, unit_name(unit));
    let at = grouped(step.into());
    let is_end = run.is_finished() && step == run.known_steps();
    // The step itself can be the only one.
    let some_before = || run.find(step + 1, unit, false, 1).0.is_some();
    match unit {
        _ if forward && is_end && matches!(unit, Unit::Event | Unit::Request) => {
            format!("End of the scene: step {at} is the last one.")
        }
        _ if !forward && step == 0 => "The run begins here: nothing has happened yet.".to_owned(),
        _ if !forward => format!("There is no {name} before step {at}."),
        _ if some_before() => format!("There is no further {name} after step {at}."),
        _ => format!("There is no {name} in this run."),
    }
}
