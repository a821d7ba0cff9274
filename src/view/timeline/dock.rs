//! The transport, fixed at the bottom of the window.

use crate::session::Snapshot;
use crate::view::context::use_page;
use crate::view::shell::drop_down::DropDown;
use crate::view::shell::field::Field;
use crate::view::shell::format::grouped;
use crate::view::shell::menu::Menu;
use crate::view::state::{Action, PACES};
use crate::view::timeline::simulation::use_simulation;
use crate::view::timeline::stepping::unit_name;
use crate::view::timeline::{DrawnPart, Legend, RunMap, Timeline, Tools, Window};
use cache::units::Micros;
use sim::FaultCommand;
use timeline::{Command, Pace, Unit, duration};
use yew::prelude::*;

/// What the Step button can step by, with names on screen.
pub const UNITS: [(Unit, &str); 7] = [
    (Unit::Event, "event"),
    (Unit::Request, "request"),
    (Unit::Miss, "miss"),
    (Unit::Eviction, "eviction"),
    (Unit::Expiration, "expiry"),
    (Unit::Stale, "stale read"),
    (Unit::Error, "error"),
];

#[derive(Properties, PartialEq)]
pub struct DockProps {
    pub snapshot: Snapshot,
    /// What Step steps by.
    pub unit: Unit,
    /// The pace to play at: an index into [`PACES`].
    pub pace: usize,
    /// What the timeline shows, if it is not the whole run.
    pub zoom: Option<Window>,
}

/// The transport.
#[function_component(Dock)]
pub fn dock(props: &DockProps) -> Html {
    let page = use_page();
    let snapshot = &props.snapshot;
    use_simulation(&page.session, &snapshot.run);
    let last = snapshot.run.known_steps();
    let window = props.zoom.unwrap_or(Window::whole(last));
    let part = use_memo((snapshot.run.clone(), window), |(run, window)| {
        DrawnPart::of(run.clone(), *window)
    });
    let more = use_state_eq(|| false);
    let playing = snapshot.playing.is_some();
    let at_start = snapshot.frame.step == 0;
    let run = &snapshot.run;
    let at_end = run.is_finished() && snapshot.frame.step == run.known_steps();
    // In a race the next step is a client's.
    let stuck = at_end && run.scenario().input.schedule.is_none();
    let looped = snapshot.repeat.is_some_and(|repeat| repeat.on);
    let unit = props.unit;
    let (faults, titles): (Vec<_>, Vec<_>) = snapshot
        .faults(None)
        .into_iter()
        .map(|(fault, words)| (fault, AttrValue::from(words.title)))
        .unzip();
    let on_fault = use_callback((page.clone(), faults), |i: usize, (page, faults)| {
        let (fault, lane) = (faults[i], None);
        page.send(Command::Fault(FaultCommand {
            fault,
            lane,
            node: None,
            zone: None,
        }));
    });
    let on_click = |command: Command| page.on_press(move |page| page.carry_out(command));
    let pace = props.pace;
    let toggle = page.on_press(move |page| {
        if playing {
            page.carry_out(Command::Pause)
        } else {
            page.play(pace)
        }
    });
    let back = format!("Back by one {}", unit_name(unit));
    let on_step = |forward: bool| page.on_press(move |page| page.step(forward, unit));
    let on_unit = use_callback(page.view.clone(), |i: usize, view| {
        view.dispatch(Action::Unit(UNITS[i].0));
    });
    let on_pace = use_callback(page.clone(), |i: usize, page| page.set_pace(i));
    html! {
        <footer class={if *more { "dock more-open" } else { "dock" }}>
            <div class="dock-in">
                <RunMap run={snapshot.run.clone()} {last} />
                <div class="keys" role="group" aria-label="Move through the run">
                    <button class="ic" type="button" aria-label="To the start" aria-disabled={at_start.to_string()}
                        onclick={on_click(Command::Reset)}>{ icon("M2.5 3h2v12h-2zM10 3v12L4.5 9zM16 3v12l-5.5-6z") }</button>
                    <button class="ic" type="button" aria-label={back} aria-disabled={at_start.to_string()}
                        onclick={on_step(false)}>{ icon("M4 3h2v12H4zM14.5 3v12L6.5 9z") }</button>
                    <button class="ic main" type="button" aria-disabled={stuck.to_string()}
                        onclick={on_step(true)}>{ "Step" }{ icon("M3.5 3v12l8-6zM12 3h2v12h-2z") }</button>
                    <button class="ic" type="button" aria-label={if playing { "Pause" } else { "Play" }}
                        aria-disabled={(at_end && !playing && !looped).to_string()} onclick={toggle}>
                        { icon(if playing { "M4 3h3.5v12H4zM10.5 3H14v12h-3.5z" } else { "M5 3v12l9-6z" }) }
                    </button>
                    <button class="ic more-toggle" type="button" aria-label="More controls" aria-expanded={more.to_string()} onclick={
                        let more = more.clone();
                        Callback::from(move |_: MouseEvent| more.set(!*more))
                    }>{ icon("M3 7.5h3v3H3zM7.5 7.5h3v3h-3zM12 7.5h3v3h-3z") }</button>
                </div>
                <Timeline snapshot={snapshot.clone()} part={(*part).clone()} {last} />
                <Tools zoom={props.zoom} repeat={snapshot.repeat} />
                <div class="dock-row">
                <div class="opts">
                    <label><span class="opts-word">{ "step by" }</span><DropDown label="Step by" chosen={UNITS.iter().position(|(u, _)| *u == unit).unwrap_or(0)}
                        options={UNITS.map(|(_, name)| AttrValue::from(name)).to_vec()} on_choose={on_unit} /></label>
                    <label><span class="opts-word">{ "play at" }</span><DropDown label="Pace: at reading pace, or how long a simulated millisecond lasts" chosen={pace}
                        options={PACES.map(|(name, _)| AttrValue::from(name)).to_vec()} headings={pace_headings()} on_choose={on_pace} />
                        { for pace_words(snapshot, pace).map(|words| html! { <span class="ratio">{ words }</span> }) }</label>
                    <Menu id="faults" class="link" name="Break" more=" something" items={titles} on_choose={on_fault} />
                </div>
                <div class="opts far">
                    <Legend part={(*part).clone()} />
                    <GoToRequest snapshot={snapshot.clone()} />
                    <button class="link" type="button" aria-haspopup="dialog"
                        onclick={page.on_press(|page| page.view.dispatch(Action::Help(true)))}>{ "Keyboard shortcuts" }</button>
                </div>
                </div>
            </div>
        </footer>
    }
}

/// The two kinds of pace, each with the first of [`PACES`] that is of it.
fn pace_headings() -> Vec<(usize, AttrValue)> {
    vec![
        (0, "Stop at what matters, shorten waits".into()),
        (3, "Real proportions".into()),
    ]
}

/// What a pace means, in words; `None` where its name says it.
fn pace_words(snapshot: &Snapshot, place: usize) -> Option<String> {
    let (_, pace) = PACES[place];
    let times = |ratio: f64| grouped((ratio + 0.5) as u64);
    Some(match pace {
        Pace::Reading(reading) if snapshot.run.is_long() => {
            let seconds = (reading.whole_run_ms() / 1000.0) as u64;
            format!("all in {}", duration(Micros(seconds * 1_000_000)))
        }
        Pace::Reading(_) => return None,
        Pace::Proportional(slower) if slower < 1.0 => {
            format!("{}× slower", times(1.0 / slower))
        }
        Pace::Proportional(faster) if faster > 1.0 => {
            format!("{}× faster", times(faster))
        }
        Pace::Proportional(_) => "real time".to_owned(),
    })
}

fn icon(path: &'static str) -> Html {
    html! {
        <svg width="18" height="18" viewBox="0 0 18 18" fill="currentColor" aria-hidden="true"><path d={path} /></svg>
    }
}

#[derive(Properties, PartialEq)]
struct GoToRequestProps {
    snapshot: Snapshot,
}

/// The number of the request at the playhead; another number goes there.
#[function_component(GoToRequest)]
fn go_to_request(props: &GoToRequestProps) -> Html {
    let page = use_page();
    let run = &props.snapshot.run;
    let count = run.scenario().workload.len();
    let current = props.snapshot.frame.requests_begun;
    let on_change = Callback::from(move |typed: String| {
        let run = page.session.snapshot().run;
        let step = match typed.trim().parse::<u32>() {
            Ok(0) => Some(0),
            Ok(number) => run.step_of_request(number - 1),
            Err(_) => None,
        };
        // The field's own range says what was expected; what is in force comes back.
        if let Some(step) = step {
            page.go_to(step);
        }
    });
    let label = format!("Request at the playhead, of {count}");
    let digits = count.to_string().len();
    html! {
        <label>
            { "request" }
            <Field {label} value={current.to_string()} {digits} range={(0, count as u64)} {on_change} />
            <span class="of">{ format!("of {}", grouped(count.into())) }</span>
        </label>
    }
}
