//! The run at a glance: every step with its marks, or of a long part the miss rate, and the playhead.
//! Zoomed in, it shows a window of the run.

pub mod dock;
mod drawn;
mod pointer;
mod runs;
mod scrub;
pub mod simulation;
mod stepping;
mod strip;
mod tip;
mod tools;
mod window;

pub use drawn::{DrawnPart, Legend};
pub use runs::RunMap;
pub use stepping::none_further;
pub use tools::{Tool, Tools, apply};
pub use window::Window;

use crate::session::Snapshot;
use crate::view::context::{Page, use_page};
use crate::view::shell::format::{grouped, letter, px};
use drawn::Drawn;
use pointer::{Gesture, Pointed, Pointer, use_wheel};
use scrub::{go_to, use_scrub};
use strip::Strip;
use timeline::Run;
use tip::Tip;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// The height of a lane's line.
const LINE: f64 = 26.0;
/// The room that a mark takes, in pixels, where each stands for a stretch.
const CELL: u32 = 15;

#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    pub snapshot: Snapshot,
    /// The part of its run that is drawn.
    pub part: DrawnPart,
    /// The run's last step, as far as it is known.
    pub last: u32,
}

/// The timeline: a slider over a drawing of the run. The slider is for the keyboard and for screen readers;
/// pointers act on the drawing itself.
#[function_component(Timeline)]
pub fn timeline(props: &TimelineProps) -> Html {
    let page = use_page();
    let (snapshot, part, last) = (&props.snapshot, &props.part, props.last);
    let window = part.window;
    let (track, drawing) = (use_node_ref(), use_node_ref());
    let width = use_width(&drawing);
    let pointed = use_state_eq(Pointed::default);
    let focused = use_state_eq(|| false);
    let pointer = Pointer {
        drawing: drawing.clone(),
        scrub: use_scrub(&page, pointed.dragged),
        page: page.clone(),
        part: part.clone(),
        last,
        pointed: pointed.setter(),
        gesture: use_mut_ref(Gesture::default),
    };
    use_wheel(&track, pointer.clone());
    let on = |act: fn(&Pointer, &PointerEvent)| {
        let pointer = pointer.clone();
        Callback::from(move |event: PointerEvent| act(&pointer, &event))
    };
    let of = page.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let target = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let Some(step) = target.and_then(|input| input.value().parse().ok()) {
            go_to(&of, step);
        }
    });
    let onfocus = {
        let focused = focused.setter();
        Callback::from(move |event: FocusEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            // A pressed slider is pointed at already.
            focused.set(target.is_some_and(|it| it.matches(":focus-visible").unwrap_or(false)));
        })
    };
    let onblur = {
        let focused = focused.setter();
        Callback::from(move |_: FocusEvent| focused.set(false))
    };
    // Escape hides the tooltip until something else is pointed at.
    let onkeydown = {
        let (focused, pointed) = (focused.setter(), pointed.setter());
        Callback::from(move |event: KeyboardEvent| {
            focused.set(event.key() != "Escape");
            pointed.set(Pointed::default());
        })
    };
    let lanes = snapshot.frame.lanes.len();
    let height = LINE * lanes as f64 + 4.0;
    let at_playhead = *focused || pointed.dragged;
    let told = pointed.step.or(at_playhead.then_some(snapshot.frame.step));
    let told = told.filter(|&step| window.contains(step));
    html! {
        <div class="timeline">
            <div class="timeline-letters" aria-hidden="true">
                { for (0..lanes).map(|lane| html! { <span>{ letter(lane) }</span> }) }
            </div>
            <div class={format!("timeline-track lanes-{lanes}")} ref={track}
                onpointerdown={on(Pointer::press)} onpointermove={on(Pointer::go_on)} onpointerup={on(Pointer::release)}
                onpointercancel={on(Pointer::release)} onpointerleave={on(Pointer::leave)}>
                <svg class="timeline-marks" ref={drawing} width="100%" height={px(height)} aria-hidden="true">
                    { band(props, pointed.step.zip(pointed.band), height) }
                    { branches(&page, props.part.window, height) }
                    <Drawn part={part.clone()} {width} />
                </svg>
                // What moves at every step has its own drawing, so that the marks are not laid out again.
                <svg class="timeline-over" width="100%" height={px(height)} aria-hidden="true">
                    if let Some(step) = told {
                        <svg x={window.place(step)} overflow="visible" width="1" height={px(height)}>
                            <path class="pointed" d={format!("M0 0V{}", px(height))} />
                        </svg>
                    }
                    if window.contains(snapshot.frame.step) {
                        <svg x={window.place(snapshot.frame.step)} overflow="visible" width="1" height={px(height)}>
                            <path class="playhead" d={format!("M0 0V{}", px(height))} />
                            <circle class="playhead-knob" cy={px(height / 2.0)} r="7" />
                        </svg>
                    }
                </svg>
                <input class="timeline-slider" type="range" min="0" max={last.to_string()} step="1"
                    aria-label="Step" aria-valuetext={format!("step {} of {last}", snapshot.frame.step)}
                    value={snapshot.frame.step.to_string()} {oninput} {onfocus} {onblur} {onkeydown} />
            </div>
            <div class="tip-room">
                if let Some(step) = told {
                    <Tip part={part.clone()} {step} band={pointed.band} />
                }
            </div>
            <Strip {window} {last} step={snapshot.frame.step} />
            if !snapshot.run.is_finished() {
                <p class="timeline-progress">{ progress(&snapshot.run) }</p>
            }
        </div>
    }
}

/// The loop, or the one that is being drawn.
fn band(props: &TimelineProps, drawn: Option<(u32, u32)>, height: f64) -> Html {
    let window = props.part.window;
    let repeat = props.snapshot.repeat;
    let (from, to, on) = match (drawn, repeat) {
        (Some((a, b)), _) => (a.min(b), a.max(b), true),
        (None, Some(repeat)) => (repeat.from, repeat.to, repeat.on),
        (None, None) => return html! {},
    };
    if to < window.from || from > window.to {
        return html! {};
    }
    let (from, to) = (from.max(window.from), to.min(window.to));
    let x = window.place(from);
    let width = crate::view::shell::format::share((to - from).into(), window.steps().into());
    let class = if on { "loop" } else { "loop off" };
    html! {
        <g {class}>
            <rect class="loop-band" {x} y="0" {width} height={px(height)} />
            { for [from, to].map(|step| html! {
                <rect class="loop-end" x={window.place(step)} y="0" width="2" height={px(height)} />
            }) }
        </g>
    }
}

/// The steps where this run branched off another, and others off this one.
fn branches(page: &Page, window: Window, height: f64) -> Html {
    let here = page.session.fork();
    let forks = page.session.forks();
    let others = forks.iter().filter_map(|fork| fork.parent);
    let away = others.filter_map(|(parent, step)| (parent == here.id).then_some(step));
    let own = here.parent.map(|(_, step)| step);
    let steps = own
        .into_iter()
        .chain(away)
        .filter(|&step| window.contains(step));
    let drawn = steps.map(|step| {
        html! {
            <svg x={window.place(step)} overflow="visible" width="1" height={px(height)}>
                <path class="branch" d={format!("M0 0V{}", px(height))} />
            </svg>
        }
    });
    drawn.collect()
}

fn progress(run: &Run) -> String {
    let (known, all) = (run.known_requests(), run.scenario().workload.len());
    format!(
        "simulated up to request {} of {}",
        grouped(known.into()),
        grouped(all as u64)
    )
}

/// The width of an element, followed as the page changes its size.
#[hook]
fn use_width(node: &NodeRef) -> u32 {
    let width = use_state_eq(|| 600);
    let (node, setter) = (node.clone(), width.setter());
    use_effect_with((), move |()| {
        let measure = move || {
            if let Some(element) = node.cast::<Element>() {
                setter.set(element.get_bounding_client_rect().width() as u32);
            }
        };
        measure();
        let listener =
            gloo::events::EventListener::new(&gloo::utils::window(), "resize", move |_| measure());
        move || drop(listener)
    });
    *width
}
