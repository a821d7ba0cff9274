//! The run at a glance: every step with its marks, or for a long run where the misses are, and the
//! playhead.

use super::format::{grouped, letter, px, share};
use super::marks::Mark;
use crate::session::{Scene, Session};
use crate::sim::EventKind;
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
    let last = scene.run.step_count();
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
                    <Marks run={scene.run.clone()} />
                    <svg x={playhead} overflow="visible" width="1" height={px(height)}>
                        <path class="playhead" d={format!("M0 0V{}", px(height))} />
                        <circle class="playhead-knob" cy={px(height / 2.0)} r="7" />
                    </svg>
                </svg>
                <input class="timeline-slider" type="range" min="0" max={last.to_string()} step="1"
                    aria-label="Step" aria-valuetext={format!("step {} of {last}", scene.frame.step)}
                    value={scene.frame.step.to_string()} {oninput} />
            </div>
        </div>
    }
}

/// A run, which never changes.
#[derive(Properties, PartialEq)]
pub struct RunProps {
    /// The run.
    pub run: Rc<Run>,
}

/// What is drawn of the run, once.
#[function_component(Marks)]
fn marks(props: &RunProps) -> Html {
    let run = &props.run;
    let lanes = run.scenario().lanes.len();
    let line = |lane: usize| LINE * (lane as f64 + 0.5) + 2.0;
    let detailed = run.step_count() <= STEPS_MAX;
    html! {
        <g>
            { for (0..lanes).map(|lane| html! {
                <rect class="track" x="0" width="100%" y={px(line(lane) - 1.0)} height="2" />
            }) }
            <g>{ for (0..lanes).flat_map(|lane| if detailed { each_step(run, lane, line(lane)) } else { stretches(run, lane, line(lane)) }) }</g>
        </g>
    }
}

fn each_step(run: &Run, lane: usize, y: f64) -> Vec<Html> {
    let last = run.step_count();
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
fn stretch_count(run: &Run) -> u32 {
    (run.step_count() / STRETCH_STEPS_MIN).clamp(1, STRETCHES_MAX)
}

/// For each stretch of a long run, the share of its look-ups that missed, as the height of a bar.
fn stretches(run: &Run, lane: usize, y: f64) -> Vec<Html> {
    let (last, count) = (run.step_count(), stretch_count(run));
    let mut counts = vec![(0_u32, 0_u32); count as usize];
    for step in 1..=last {
        let place = u64::from(step - 1) * u64::from(count) / u64::from(last);
        let (lookups, misses) = &mut counts[place as usize];
        for logged in run
            .events_at(step)
            .iter()
            .filter(|logged| usize::from(logged.lane) == lane)
        {
            match logged.event.kind {
                EventKind::Hit { .. } => *lookups += 1,
                EventKind::Miss { .. } => {
                    *lookups += 1;
                    *misses += 1;
                }
                _ => {}
            }
        }
    }
    let width = share(1, count.into());
    let bars = counts
        .into_iter()
        .enumerate()
        .filter(|(_, (lookups, _))| *lookups > 0);
    bars.map(|(i, (lookups, misses))| {
        let height = (LINE - 6.0) * f64::from(misses) / f64::from(lookups);
        let x = share(i as u64, count.into());
        let y = px(y + (LINE - 6.0) / 2.0 - height);
        html! { <rect class="miss-share" {x} {y} width={width.clone()} height={px(height)} /> }
    })
    .collect()
}

/// What the marks mean: those that occur.
#[function_component(Legend)]
pub fn legend(props: &RunProps) -> Html {
    let run = &props.run;
    if run.step_count() > STEPS_MAX {
        let steps = u64::from(run.step_count() / stretch_count(run));
        return html! {
            <p class="marks-legend"><span class="miss-share-key"></span>
                { format!("share of look-ups that missed, in stretches of {} steps", grouped(steps)) }
            </p>
        };
    }
    let occurs = |mark: &Mark| {
        run.log()
            .iter()
            .any(|logged| Mark::of(logged.event.kind.name()) == Some(*mark))
    };
    html! {
        <ul class="marks-legend">
            { for Mark::ALL.into_iter().filter(occurs).map(|mark| html! {
                <li><super::marks::MarkIcon mark={Some(mark)} />{ mark.word() }</li>
            }) }
        </ul>
    }
}
