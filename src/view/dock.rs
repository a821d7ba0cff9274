//! The transport: always at the thumb. Step is the one loud button.

use super::controls::refuse;
use super::drop_down::DropDown;
use super::field::Field;
use super::menu::Menu;
use super::state::{Action, SPEEDS, ViewState};
use super::timeline::{Legend, Timeline};
use crate::session::{Scene, Session};
use crate::sim::{Fault, WorldCommand};
use crate::timeline::{Command, Unit};
use yew::prelude::*;

/// What the Step button can step by, as it is named on screen.
pub const UNITS: [(Unit, &str); 7] = [
    (Unit::Event, "event"),
    (Unit::Request, "request"),
    (Unit::Miss, "miss"),
    (Unit::Eviction, "eviction"),
    (Unit::Expiration, "expiry"),
    (Unit::Stale, "stale read"),
    (Unit::Error, "error"),
];

/// What can be broken and mended, as it is named on screen, in the order of [`Fault::ALL`].
const FAULTS: [&str; Fault::ALL.len()] = [
    "Restart the cache",
    "Fail over to the replica",
    "Cut the cache off",
    "Heal the cache",
    "Slow the database down",
    "Stop the database",
    "Cut the database off",
    "Heal the database",
    "Lose the next DELETE",
    "Fail the next SET",
];

/// The session and what is shown of it.
#[derive(Properties, PartialEq)]
pub struct DockProps {
    /// The session that is moved.
    pub session: Session,
    /// The view's dispatcher.
    pub view: UseReducerDispatcher<ViewState>,
    /// The scene.
    pub scene: Scene,
    /// What Step steps by.
    pub unit: Unit,
    /// The speed to play at: an index into [`SPEEDS`].
    pub speed: usize,
}

/// The transport.
#[function_component(Dock)]
pub fn dock(props: &DockProps) -> Html {
    let scene = &props.scene;
    let playing = scene.speed.is_some();
    let at_start = scene.frame.step == 0;
    let run = &scene.run;
    let at_end = run.is_finished() && scene.frame.step == run.known_steps();
    let unit = props.unit;
    let on_fault = {
        let deps = (props.session.clone(), props.view.clone());
        use_callback(deps, |i: usize, (session, view)| {
            let (fault, lane) = (Fault::ALL[i], None);
            send(session, view, Command::World(WorldCommand { fault, lane }));
        })
    };
    let on_click = |command: Command| {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| carry_out(&session, command))
    };
    let toggle = match playing {
        true => Command::Pause,
        false => Command::Play {
            speed: SPEEDS[props.speed].1,
        },
    };
    let unit_name = UNITS
        .iter()
        .find(|(u, _)| *u == unit)
        .map_or("", |(_, name)| *name);
    let back = format!("Back by one {unit_name}");
    let on_unit = use_callback(props.view.clone(), |i: usize, view| {
        view.dispatch(Action::Unit(UNITS[i].0));
    });
    let on_speed = {
        let deps = (props.session.clone(), props.view.clone());
        use_callback(deps, |i: usize, (session, view)| {
            view.dispatch(Action::Speed(i));
            if session.scene().speed.is_some() {
                carry_out(session, Command::Play { speed: SPEEDS[i].1 });
            }
        })
    };
    html! {
        <footer class="dock">
            <div class="dock-in">
                <div class="keys" role="group" aria-label="Move through the run">
                    <button class="ic" type="button" aria-label="To the start" aria-disabled={at_start.to_string()}
                        onclick={on_click(Command::Reset)}>{ icon("M3 3h2v12H3zM15 3v12L6 9z") }</button>
                    <button class="ic" type="button" aria-label={back} aria-disabled={at_start.to_string()}
                        onclick={on_click(Command::Step { by: -1, unit })}>{ icon("M13 3v12L4 9z") }</button>
                    <button class="ic main" type="button" aria-disabled={at_end.to_string()}
                        onclick={on_click(Command::Step { by: 1, unit })}>{ "Step" }{ icon("M5 3v12l9-6z") }</button>
                    <button class="ic" type="button" aria-label={if playing { "Pause" } else { "Play" }}
                        aria-disabled={(at_end && !playing).to_string()} onclick={on_click(toggle)}>
                        { icon(if playing { "M4 3h3.500v12H4zM10.500 3H14v12h-3.500z" } else { "M4 3v12l5-6zM9 3v12l6-6z" }) }
                    </button>
                </div>
                <Timeline session={props.session.clone()} scene={scene.clone()} />
                <div class="opts">
                    <label>{ "step by" }<DropDown label="Step by" chosen={UNITS.iter().position(|(u, _)| *u == unit).unwrap_or(0)}
                        options={UNITS.map(|(_, name)| AttrValue::from(name)).to_vec()} on_choose={on_unit} /></label>
                    <label>{ "1 ms takes" }<DropDown label="While playing, a simulated millisecond takes" chosen={props.speed}
                        options={SPEEDS.map(|(name, _)| AttrValue::from(name)).to_vec()} on_choose={on_speed} /></label>
                    <Menu id="faults" class="link" title="Break" more=" something" items={FAULTS.map(AttrValue::from).to_vec()} on_choose={on_fault} />
                </div>
                <div class="opts far">
                    <Legend run={scene.run.clone()} steps={scene.run.known_steps()} />
                    <GoToRequest session={props.session.clone()} scene={scene.clone()} />
                    <button class="link" type="button" aria-haspopup="dialog" onclick={
                        let view = props.view.clone();
                        Callback::from(move |_: MouseEvent| view.dispatch(Action::Help(true)))
                    }>{ "? for keys" }</button>
                </div>
            </div>
        </footer>
    }
}

/// Carries out a command; if it is refused, why is told.
pub fn send(session: &Session, view: &UseReducerDispatcher<ViewState>, command: Command) {
    if let Err(invalid) = session.command(command) {
        refuse(view, invalid.message);
    }
}

/// Carries out a command whose values are in range by the way it was made.
pub fn carry_out(session: &Session, command: Command) {
    let done = session.command(command);
    debug_assert!(done.is_ok());
}

fn icon(path: &'static str) -> Html {
    html! {
        <svg width="18" height="18" viewBox="0 0 18 18" fill="currentColor" aria-hidden="true"><path d={path} /></svg>
    }
}

/// The scene whose requests can be gone to.
#[derive(Properties, PartialEq)]
struct GoToRequestProps {
    session: Session,
    scene: Scene,
}

/// The number of the request at the playhead; another number goes there.
#[function_component(GoToRequest)]
fn go_to_request(props: &GoToRequestProps) -> Html {
    let run = &props.scene.run;
    let count = run.scenario().workload.len();
    let current = props.scene.frame.requests_begun;
    let session = props.session.clone();
    let on_change = Callback::from(move |typed: String| {
        let run = session.scene().run;
        let step = match typed.trim().parse::<u32>() {
            Ok(0) => Some(0),
            Ok(number) => run.step_of_request(number - 1),
            Err(_) => None,
        };
        // The field's own range says what was expected; what is in force comes back.
        if let Some(step) = step {
            carry_out(&session, Command::Seek { step });
        }
    });
    let label = format!("Request at the playhead, of {count}");
    let digits = count.to_string().len();
    html! {
        <label>
            { "request" }
            <Field {label} value={current.to_string()} {digits} range={(0, count as u64)} {on_change} />
            <span class="of">{ format!("of {}", super::format::grouped(count as u64)) }</span>
        </label>
    }
}
