//! What the timeline draws of a run: every step with its marks, or of a long part the miss rate and the
//! rarer events.

use super::window::Window;
use super::{CELL, LINE};
use crate::view::shell::format::{grouped, px, share};
use crate::view::stage::marks::{Mark, MarkIcon};
use std::rc::Rc;
use timeline::{LoggedEvent, Run, Stretch, Tally};
use yew::prelude::*;

/// The most steps that are drawn one by one.
const STEPS_MAX: u32 = 320;
/// The most stretches in which more steps are drawn.
const STRETCHES_MAX: u32 = 240;
/// The fewest steps of a stretch.
const STRETCH_STEPS_MIN: u32 = 20;
/// A lane's line in stretches: marks above, the miss rate below.
const BAR: f64 = LINE / 2.0;
/// The units of a lane's bars: fine enough for any screen.
const BARS_WIDTH: u64 = 100_000;
const BARS_HEIGHT: u64 = 1_000;

/// A part of a run, as it is drawn.
#[derive(Clone, PartialEq)]
pub struct DrawnPart {
    /// The run.
    pub run: Rc<Run>,
    /// The part.
    pub window: Window,
    /// The same in stretches; `None` if each step is drawn.
    pub stretches: Option<Rc<Vec<Stretch>>>,
}

impl DrawnPart {
    /// A part of a run.
    pub fn of(run: Rc<Run>, window: Window) -> Self {
        let steps = window.steps();
        let stretches = (steps > STEPS_MAX).then(|| {
            let at_most = (steps / STRETCH_STEPS_MIN).clamp(1, STRETCHES_MAX);
            Rc::new(run.stretches(window.from, window.to, at_most))
        });
        DrawnPart {
            run,
            window,
            stretches,
        }
    }

    /// The steps that are drawn one by one.
    fn steps(&self) -> std::ops::RangeInclusive<u32> {
        self.window.from.max(1)..=self.window.to
    }

    /// The stretch that a step is in.
    pub fn stretch_at(&self, step: u32) -> Option<&Stretch> {
        let stretches = self.stretches.as_deref()?;
        let place = stretches.partition_point(|stretch| stretch.to < step);
        stretches.get(place)
    }

    /// Whether a step has a mark in any lane.
    pub fn is_marked(&self, step: u32) -> bool {
        let lanes = self.run.scenario().lanes.len();
        step > 0 && (0..lanes).any(|lane| !marks_of(&self.run, step, lane).is_empty())
    }
}

#[derive(Properties, PartialEq)]
pub struct DrawnProps {
    /// The part of the run.
    pub part: DrawnPart,
    /// The width of the drawing, in pixels.
    pub width: u32,
}

/// The marks of a part of the run.
#[function_component(Drawn)]
pub fn drawn(props: &DrawnProps) -> Html {
    let part = &props.part;
    let lanes = part.run.scenario().lanes.len();
    html! {
        <g>
            { for (0..lanes).map(|lane| {
                let y = match part.stretches {
                    None => line(lane),
                    Some(_) => LINE * (lane as f64 + 1.0),
                };
                html! { <rect class="track" x="0" width="100%" y={px(y - 1.0)} height="2" /> }
            }) }
            if let Some(stretches) = &part.stretches {
                <g>{ for (0..lanes).map(|lane| bars(stretches, part.window, lane)) }</g>
                <g>{ cells(stretches, part.window, props.width) }</g>
            } else {
                <g>{ for (0..lanes).flat_map(|lane| each_step(part, lane)) }</g>
            }
        </g>
    }
}

/// The middle of a lane's line.
fn line(lane: usize) -> f64 {
    LINE * (lane as f64 + 0.5) + 2.0
}

fn each_step(part: &DrawnPart, lane: usize) -> Vec<Html> {
    let mut drawn = Vec::new();
    for step in part.steps() {
        let marks = marks_of(&part.run, step, lane);
        let from = -5.0 * (marks.len() as f64 - 1.0);
        let placed = marks.iter().enumerate().map(|(i, mark)| {
            html! { <use href={mark.href()} x={px(from + 10.0 * i as f64)} /> }
        });
        if !marks.is_empty() {
            let (x, y) = (part.window.place(step), px(line(lane)));
            drawn.push(html! {
                <svg class="step-marks" data-step={step.to_string()} data-lane={lane.to_string()} {x} {y}
                    width="1" height="1" overflow="visible">{ for placed }</svg>
            });
        }
    }
    drawn
}

/// The marks of a step in a lane, each once. A stale read implies a hit, and an expiry a miss.
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

/// Each stretch's miss rate in a lane, as the height of a bar. All bars are one shape: hundreds of elements
/// more would slow every step down.
fn bars(stretches: &[Stretch], window: Window, lane: usize) -> Html {
    let place = |step: u32| {
        let step = step.clamp(window.from, window.to);
        u64::from(step - window.from) * BARS_WIDTH / u64::from(window.steps())
    };
    let mut path = String::new();
    for stretch in stretches {
        let Tally { hits, misses, .. } = stretch.lanes[lane];
        if misses > 0 {
            let height = u64::from(misses) * BARS_HEIGHT / u64::from(hits + misses);
            let (from, to) = (place(stretch.from), place(stretch.to));
            path += &format!("M{from} {BARS_HEIGHT}v-{height}H{to}v{height}z");
        }
    }
    let view_box = format!("0 0 {BARS_WIDTH} {BARS_HEIGHT}");
    let y = px(LINE * (lane as f64 + 1.0) - BAR);
    html! {
        <svg x="0" {y} width="100%" height={px(BAR)} viewBox={view_box} preserveAspectRatio="none">
            <path class="miss-share" d={path} />
        </svg>
    }
}

/// The events that are marked above the bars, with their counts: faults first, because there are few and they explain
/// what follows, then the gravest.
pub fn rare(of: &Tally) -> [(Mark, u32); 7] {
    [
        (Mark::Fault, of.faults),
        (Mark::Violation, of.violations),
        (Mark::Error, of.errors),
        (Mark::Stale, of.stale),
        (Mark::Reject, of.rejections),
        (Mark::Expire, of.expirations),
        (Mark::Evict, of.evictions),
    ]
}

/// As many marks side by side as have room, each for the first kind of event there.
fn cells(stretches: &[Stretch], window: Window, width: u32) -> Html {
    let count = (width / CELL).max(1);
    let lanes = stretches.first().map_or(0, |stretch| stretch.lanes.len());
    let mut gravest = vec![None; count as usize * lanes];
    for stretch in stretches {
        let middle = (stretch.from / 2 + stretch.to / 2).clamp(window.from, window.to);
        let into = u64::from(middle - window.from) * u64::from(count);
        let cell = (into / u64::from(window.steps())).min(u64::from(count) - 1) as usize;
        for (lane, of) in stretch.lanes.iter().enumerate() {
            let here = rare(of).iter().position(|(_, times)| *times > 0);
            let known: &mut Option<usize> = &mut gravest[cell * lanes + lane];
            *known = match (*known, here) {
                (Some(known), Some(here)) => Some(known.min(here)),
                (known, here) => known.or(here),
            };
        }
    }
    let names = rare(&Tally::default());
    let placed = gravest.iter().enumerate().filter_map(|(i, rank)| {
        let mark = names[(*rank)?].0;
        let (cell, lane) = (i / lanes, i % lanes);
        let x = share(2 * cell as u64 + 1, 2 * u64::from(count));
        let y = px(LINE * lane as f64 + 7.0);
        Some(html! {
            <svg class="stretch-mark" data-lane={lane.to_string()} {x} {y} width="1" height="1" overflow="visible">
                <use href={mark.href()} transform="scale(.8)" />
            </svg>
        })
    });
    placed.collect()
}

#[derive(Properties, PartialEq)]
pub struct LegendProps {
    /// The part whose marks are explained.
    pub part: DrawnPart,
}

/// The legend of the marks that occur.
#[function_component(Legend)]
pub fn legend(props: &LegendProps) -> Html {
    let part = &props.part;
    if let Some(stretches) = &part.stretches {
        let steps = part.window.steps() / (stretches.len() as u32).max(1);
        let each = format!(", each {} steps", grouped(steps.into()));
        let occurs = |i: usize| {
            let in_lane = |of: &Tally| rare(of)[i].1 > 0;
            stretches
                .iter()
                .any(|stretch| stretch.lanes.iter().any(in_lane))
        };
        let names = rare(&Tally::default());
        return html! {
            <ul class="marks-legend">
                <li><span class="miss-share-key"></span><span>{ "miss rate" }<span class="each">{ each }</span></span></li>
                { for (0..names.len()).rev().filter(|&i| occurs(i)).map(|i| entry(names[i].0)) }
            </ul>
        };
    }
    let occurs = |mark: &Mark| {
        part.steps().any(|step| {
            let events = part.run.events_at(step);
            let is = |logged: &LoggedEvent| logged.event.kind.name() == mark.word();
            events.iter().any(is)
        })
    };
    html! {
        <ul class="marks-legend">{ for Mark::ALL.into_iter().filter(occurs).map(entry) }</ul>
    }
}

fn entry(mark: Mark) -> Html {
    html! { <li><MarkIcon mark={Some(mark)} />{ mark.word() }</li> }
}
