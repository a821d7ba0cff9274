//! The run at a glance: every step with its marks, or for a long run where the misses are, and the
//! playhead.

use super::format::{grouped, letter, px, share};
use super::marks::Mark;
use super::simulation::use_simulation;
use crate::session::{Scene, Session};
use crate::timeline::{Command, LoggedEvent, Run};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Up to so many steps are drawn one by one.
const STEPS_MAX: u32 = 320;
/// A longer run is drawn in at most so many stretches …
const STRETCHES_MAX: u32 = 240;
/// … of at least so many steps.
const STRETCH_STEPS_MIN: u32 = 20;
/// The height of a lane's line.
const LINE: f64 = 26.0;

/// The run and the playhead.
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The session that is moved.
    pub session: Session,
    /// The scene.
    pub scene: Scene,
}

/// The timeline: a slider over a drawing of the run.
#[function_component(Timeline)]
pub fn timeline(props: &TimelineProps) -> Html {
    let scene = &props.scene;
    use_simulation(&props.session, &scene.run);
    let last = scene.run.known_steps();
    let oninput = {
        let session = props.session.clone();
        Callback::from(move |event: InputEvent| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(step) = input.and_then(|input| input.value().parse().ok()) {
                // The slider's own range is the run's.
                let moved = session.command(Command::Seek { step });
                debug_assert!(moved.is_ok());
            }
        })
    };
    let lanes = scene.frame.lanes.len();
    let playhead = share(scene.frame.step.into(), last.into());
    let height = LINE * lanes as f64 + 4.0;
    html! {
        <div class="timeline">
            <div class="timeline-letters" aria-hidden="true">
                { for (0..lanes).map(|lane| html! { <span>{ letter(lane) }</span> }) }
            </div>
            <div class={format!("timeline-track lanes-{lanes}")}>
                <svg class="timeline-marks" width="100%" height={px(height)} aria-hidden="true">
                    <Marks run={scene.run.clone()} steps={last} />
                    <svg x={playhead} overflow="visible" width="1" height={px(height)}>
                        <path class="playhead" d={format!("M0 0V{}", px(height))} />
                        <circle class="playhead-knob" cy={px(height / 2.0)} r="7" />
                    </svg>
                </svg>
                <input class="timeline-slider" type="range" min="0" max={last.to_string()} step="1"
                    aria-label="Step" aria-valuetext={format!("step {} of {last}", scene.frame.step)}
                    value={scene.frame.step.to_string()} {oninput} />
            </div>
            if !scene.run.is_finished() {
                <p class="timeline-progress">{ progress(&scene.run) }</p>
            }
        </div>
    }
}

fn progress(run: &Run) -> String {
    let (known, all) = (run.known_requests(), run.scenario().workload.len());
    format!(
        "simulated up to request {} of {}",
        grouped(known.into()),
        grouped(all as u64)
    )
}

/// A run, of which nothing changes but how far it is known.
#[derive(Properties, PartialEq)]
pub struct RunProps {
    /// The run.
    pub run: Rc<Run>,
    /// How many of its steps are known.
    pub steps: u32,
}

/// What is drawn of the run, once.
#[function_component(Marks)]
fn marks(props: &RunProps) -> Html {
    let run = &props.run;
    let lanes = run.scenario().lanes.len();
    let line = |lane: usize| LINE * (lane as f64 + 0.5) + 2.0;
    let detailed = props.steps <= STEPS_MAX;
    html! {
        <g>
            { for (0..lanes).map(|lane| html! {
                <rect class="track" x="0" width="100%" y={px(line(lane) - 1.0)} height="2" />
            }) }
            <g>{ for (0..lanes).filter(|_| detailed).flat_map(|lane| each_step(run, props.steps, lane, line(lane))) }</g>
            if !detailed {
                <g>{ stretches(run, props.steps, line) }</g>
            }
        </g>
    }
}

fn each_step(run: &Run, last: u32, lane: usize, y: f64) -> Vec<Html> {
    let mut drawn = Vec::new();
    for step in 1..=last {
        let marks = marks_of(run, step, lane);
        let x = share(step.into(), last.into());
        let from = -5.0 * (marks.len() as f64 - 1.0);
        let placed = marks.iter().enumerate().map(|(i, mark)| {
            html! { <use href={mark.href()} x={px(from + 10.0 * i as f64)} /> }
        });
        if !marks.is_empty() {
            drawn.push(html! {
                <svg {x} y={px(y)} width="1" height="1" overflow="visible">{ for placed }</svg>
            });
        }
    }
    drawn
}

/// The marks of a step in a lane, each once. A stale read says that it was a hit, an expiry that it
/// led to a miss.
fn marks_of(run: &Run, step: u32, lane: usize) -> Vec<Mark> {
    let events = run.events_at(step);
    let occurs = |mark: Mark| {
        let is = |logged: &LoggedEvent| logged.event.kind.name() == mark.word();
        events
            .iter()
            .any(|logged| usize::from(logged.lane) == lane && is(logged))
    };
    let told_by_another = |mark: Mark| match mark {
        Mark::Hit => occurs(Mark::Stale),
        Mark::Miss => occurs(Mark::Expire),
        _ => false,
    };
    let told = Mark::ALL
        .into_iter()
        .filter(|&mark| occurs(mark) && !told_by_another(mark));
    told.collect()
}

/// In how many stretches a long run is drawn.
fn stretch_count(steps: u32) -> u32 {
    (steps / STRETCH_STEPS_MIN).clamp(1, STRETCHES_MAX)
}

/// For each stretch of a long run and each lane, the share of its look-ups that missed, as the height of
/// a bar.
fn stretches(run: &Run, steps: u32, line: impl Fn(usize) -> f64) -> Html {
    let count = stretch_count(steps);
    let lanes = run.scenario().lanes.len();
    let width = share(1, count.into());
    let counts = run.lookups(count);
    let bars = counts.iter().enumerate().filter_map(|(i, of)| {
        let lookups = of.hits + of.misses;
        if lookups == 0 {
            return None;
        }
        let height = (LINE - 6.0) * f64::from(of.misses) / f64::from(lookups);
        let x = share((i / lanes) as u64, count.into());
        let y = px(line(i % lanes) + (LINE - 6.0) / 2.0 - height);
        Some(
            html! { <rect class="miss-share" {x} {y} width={width.clone()} height={px(height)} /> },
        )
    });
    bars.collect()
}

/// What the marks mean: those that occur.
#[function_component(Legend)]
pub fn legend(props: &RunProps) -> Html {
    let run = &props.run;
    if props.steps > STEPS_MAX {
        let steps = u64::from(props.steps / stretch_count(props.steps));
        return html! {
            <p class="marks-legend"><span class="miss-share-key"></span>
                { format!("share of look-ups that missed, in stretches of {} steps", grouped(steps)) }
            </p>
        };
    }
    let occurs = |mark: &Mark| {
        (1..=props.steps).any(|step| {
            let events = run.events_at(step);
            let is = |logged: &LoggedEvent| Mark::of(logged.event.kind.name()) == Some(*mark);
            events.iter().any(is)
        })
    };
    html! {
        <ul class="marks-legend">
            { for Mark::ALL.into_iter().filter(occurs).map(|mark| html! {
                <li><super::marks::MarkIcon mark={Some(mark)} />{ mark.word() }</li>
            }) }
        </ul>
    }
}
