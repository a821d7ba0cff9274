//! The sequence diagram of one request, lane beside lane, to one scale.

use super::picture::{Label, LanePicture, Of, Picture, span_of};
use crate::session::Snapshot;
use crate::view::context::{Page, use_page};
use crate::view::shell::format::{fit, letter, ms, px};
use crate::view::stage::animated_time::{Resolution, use_animated_time};
use cache::units::Micros;
use std::rc::Rc;
use timeline::{Arrow, Doing, Lifeline, Sequence, Span, duration};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// How long an arrow's head is.
const HEAD: f64 = 8.0;
/// The width of the bar of time spent on a lifeline.
const BAR: f64 = 11.0;

#[derive(PartialEq, Properties)]
pub struct DiagramProps {
    pub snapshot: Snapshot,
    /// The request in each lane.
    pub sequences: Rc<Vec<Sequence>>,
    /// Whether time's scale is logarithmic.
    pub log: bool,
    /// The room for it.
    pub width: u32,
    /// The drawing, for whoever saves it.
    pub drawing: NodeRef,
}

/// Something in a lane's diagram: the lane's place and that of its label.
type Place = (usize, usize);

/// The diagram, the sentence of what is pointed at, and the same as a list.
#[function_component(Diagram)]
pub fn diagram(props: &DiagramProps) -> Html {
    let page = use_page();
    let hot = use_state_eq(|| None::<Place>);
    // The whole drawing is made anew for it, so not with every picture.
    let now = use_animated_time(&page.now, Some(Resolution::Number));
    let drawn_for = (props.sequences.clone(), props.log, props.width);
    let picture = use_memo(drawn_for, |(sequences, log, width)| {
        Picture::new(sequences, *log, f64::from(*width))
    });
    let show = {
        let hot = hot.clone();
        Callback::from(move |place| hot.set(place))
    };
    let lanes = || props.sequences.iter().zip(&picture.lanes).enumerate();
    let said = hot.and_then(|(lane, label)| {
        let (sequence, picture) = (props.sequences.get(lane)?, picture.lanes.get(lane)?);
        Some(sentence(sequence, picture.labels.get(label)?))
    });
    let view_box = format!("0 0 {} {}", px(picture.width), px(picture.height));
    html! {
        <div class="sequence">
            <svg class="seq" ref={props.drawing.clone()} viewBox={view_box} width={px(picture.width)} height={px(picture.height)} aria-hidden="true">
                { for lanes().map(|(i, (sequence, of_lane))| {
                    let hot = hot.filter(|(lane, _)| *lane == i).map(|(_, label)| label);
                    lane(&page, (&props.snapshot, now), sequence, of_lane, picture.two_lines, (i, hot), &show)
                }) }
            </svg>
            <p class="seq-said">{ said.unwrap_or_else(|| "Point at an arrow for its sentence; press it to go there.".to_owned()) }</p>
            { for lanes().map(|(i, (sequence, of_lane))| list(&page, &props.snapshot, sequence, of_lane, (i, *hot), &show)) }
        </div>
    }
}

/// What is said about a message or a wait.
fn sentence(sequence: &Sequence, label: &Label) -> String {
    match label.of {
        Of::Arrow(i) => {
            let Arrow {
                from,
                to,
                departed_at,
                arrives_at,
                ..
            } = sequence.arrows[i];
            let said = &sequence.arrows[i].said;
            let way = match (sequence.arrows[i].lost, arrives_at.since(departed_at)) {
                (true, _) => ", lost on the way".to_owned(),
                (false, Micros::ZERO) => String::new(),
                (false, span) => format!(", {} on the way", duration(span)),
            };
            format!("{} to {}{way}. {said}", capital(from), to.name())
        }
        Of::Span(i) => {
            let span = &sequence.spans[i];
            format!("{} {}.", capital(span.at), span_words(span))
        }
    }
}

fn span_words(span: &Span) -> String {
    match (span.doing, span.at) {
        // It is the request that waits there.
        (Doing::Waits, Lifeline::Cache | Lifeline::Database) => {
            format!("holds the request: it {}", span.label)
        }
        _ => span.label.clone(),
    }
}

fn capital(lifeline: Lifeline) -> &'static str {
    match lifeline {
        Lifeline::Client => "Client",
        Lifeline::App => "App",
        Lifeline::Cache => "Cache",
        Lifeline::Database => "Database",
    }
}

/// The step that shows it.
fn step_of(sequence: &Sequence, label: &Label) -> u32 {
    match label.of {
        Of::Arrow(i) => sequence.arrows[i].step,
        Of::Span(i) => sequence.spans[i].step,
    }
}

fn is_ahead(sequence: &Sequence, label: &Label, snapshot: &Snapshot) -> bool {
    match label.of {
        Of::Arrow(i) => sequence.arrows[i].step > snapshot.frame.step,
        Of::Span(i) => span_is_ahead(&sequence.spans[i], snapshot),
    }
}

fn span_is_ahead(span: &Span, snapshot: &Snapshot) -> bool {
    span.step > snapshot.frame.step && span.from >= snapshot.frame.at_us
}

/// The hue's class: the party that is asked, or that something went wrong.
fn hue(arrow: &Arrow) -> &'static str {
    let far = arrow.from.max(arrow.to);
    match far {
        _ if arrow.lost || arrow.error => "of-error",
        Lifeline::Cache if arrow.label == "nothing" => "of-miss",
        other => party(other),
    }
}

fn party(lifeline: Lifeline) -> &'static str {
    match lifeline {
        Lifeline::Client | Lifeline::App => "of-app",
        Lifeline::Cache => "of-cache",
        Lifeline::Database => "of-database",
    }
}

fn lane(
    page: &Page,
    (snapshot, now): (&Snapshot, Micros),
    sequence: &Sequence,
    picture: &LanePicture,
    two_lines: bool,
    (place, hot): (usize, Option<usize>),
    show: &Callback<Option<Place>>,
) -> Html {
    let (top, bottom) = picture.ends();
    let axis_x = picture.axis_x();
    let last_x = picture.lifelines.last().map_or(axis_x, |(_, x, _)| *x);
    let setup = &snapshot.run.scenario().lanes[sequence.lane];
    let total = match sequence.latency() {
        Some(latency) if sequence.failed => format!("failed after {}", ms(latency)),
        Some(latency) => format!("answered after {}", ms(latency)),
        None => format!("no answer within {}", ms(span_of(sequence))),
    };
    let passing = sequence.began_at <= now && now <= sequence.ends_at;
    let y = |at: Micros| picture.y(sequence, at);
    html! {
        <g class="seq-lane" key={sequence.lane} transform={format!("translate({} {})", px(picture.at.0), px(picture.at.1))}>
            <text class="seq-head" x="0" y="16">{ format!("{}  {}", letter(sequence.lane), fit(&setup.name, 16)) }</text>
            <text class="seq-total" x="0" y="34">{ total }</text>
            { for picture.lifelines.iter().enumerate().map(|(i, (lifeline, x, name))| html! {
                <>
                    <text class={classes!("seq-name", party(*lifeline))} x={px(*x)} y={px(top - if two_lines && i % 2 == 1 { 27.0 } else { 10.0 })}>{ *name }</text>
                    <path class={classes!("lifeline", party(*lifeline))} d={format!("M{} {}V{}", px(*x), px(top - 4.0), px(bottom + 6.0))} />
                </>
            }) }
            { for picture.ticks().into_iter().map(|(y, label)| html! {
                <>
                    <path class="seq-tick" d={format!("M{} {}H{}", px(axis_x), px(y), px(last_x))} />
                    <text class="seq-at" x={px(axis_x - 6.0)} y={px(y + 5.0)}>{ label }</text>
                </>
            }) }
            { for sequence.answered_at.map(|answered_at| {
                let ends = (y(sequence.began_at), y(answered_at));
                stretch(("seq-busy", false), (picture.x(Lifeline::App), 6.0), ends, y(now), now < sequence.began_at)
            }) }
            { for sequence.spans.iter().map(|span| bar(picture, sequence, span, (snapshot, now))) }
            { for picture.labels.iter().enumerate().map(|(i, label)| {
                let ahead = is_ahead(sequence, label, snapshot);
                let hue = match label.of {
                    Of::Arrow(i) => hue(&sequence.arrows[i]),
                    Of::Span(i) => party(sequence.spans[i].at),
                };
                let class = classes!("seq-item", hue, ahead.then_some("ahead"), (hot == Some(i)).then_some("hot"));
                let (x, from) = (picture.labels_x, label.from);
                let leader = format!("M{} {}H{}L{} {}", px(from.0 + 5.0), px(from.1), px(x - 14.0), px(x - 5.0), px(label.y));
                let (enter, leave) = (show.clone(), show.clone());
                let onmouseenter = Callback::from(move |_: MouseEvent| enter.emit(Some((place, i))));
                let onmouseleave = Callback::from(move |_: MouseEvent| leave.emit(None));
                let step = step_of(sequence, label);
                let onclick = page.on_press(move |page| page.go_to(step));
                html! {
                    <g {class} {onmouseenter} {onmouseleave} {onclick}>
                        <path class="leader" d={leader} />
                        if let Of::Arrow(i) = label.of {
                            { arrow(picture, sequence, &sequence.arrows[i], now) }
                        }
                        <text class="seq-label" x={px(x)} y={px(label.y + 5.0)}>{ label.text.clone() }</text>
                    </g>
                }
            }) }
            if passing {
                <path class="seq-now" d={format!("M{} {}H{}", px(axis_x - 2.0), px(y(now)), px(last_x + 8.0))} />
                <circle class="seq-knob" cx={px(axis_x)} cy={px(y(now))} r="5" />
            }
        </g>
    }
}

/// Time spent on a lifeline: solid where it works, striped where the request waits.
fn bar(
    picture: &LanePicture,
    sequence: &Sequence,
    span: &Span,
    (snapshot, now): (&Snapshot, Micros),
) -> Html {
    let (x, y) = (picture.x(span.at), picture.y(sequence, span.from));
    let height = (picture.y(sequence, span.until) - y).max(1.5);
    let is_ahead = span_is_ahead(span, snapshot);
    let now = picture.y(sequence, now);
    let waits = span.doing == Doing::Waits;
    let kind = if waits { "seq-waits" } else { "seq-works" };
    // The time of whoever works has room beside a bar that is as high as it.
    let before = picture.lifelines.iter().map(|(_, x, _)| *x);
    let gap = before
        .filter(|other| *other < x)
        .map(|other| x - other)
        .fold(0.0, |_, gap| gap);
    let beside = duration(span.until.since(span.from));
    let fits = !waits && height >= 22.0 && gap >= beside.chars().count() as f64 * 7.3 + 20.0;
    html! {
        <g class={classes!(party(span.at), is_ahead.then_some("ahead"))}>
            { stretch((kind, waits), (x, BAR), (y, y + height), now, is_ahead) }
            if fits {
                <text class="seq-beside" x={px(x - BAR / 2.0 - 5.0)} y={px(y + height / 2.0 + 5.0)}>{ beside }</text>
            }
        </g>
    }
}

/// A stretch of a lifeline, so far as it has passed in full.
fn stretch(
    (class, striped): (&'static str, bool),
    (x, width): (f64, f64),
    (from, to): (f64, f64),
    now: f64,
    is_ahead: bool,
) -> Html {
    let so_far = if is_ahead { from } else { now.clamp(from, to) };
    let part = |from: f64, to: f64, ahead: Option<&'static str>| {
        html! {
            <g class={ahead}>
                <rect {class} x={px(x - width / 2.0)} y={px(from)} width={px(width)} height={px((to - from).max(1.0))} />
                if striped {
                    <path class="seq-stripes" stroke-width={px(width - 2.0)} d={format!("M{} {}V{}", px(x), px(from), px(to))} />
                }
            </g>
        }
    };
    html! {
        <>
            if so_far > from { { part(from, so_far, None) } }
            if to > so_far { { part(so_far, to, Some("ahead")) } }
        </>
    }
}

/// A message on its way, as far as it has got in full; one that is lost ends in a cross before it has
/// arrived.
fn arrow(picture: &LanePicture, sequence: &Sequence, arrow: &Arrow, now: Micros) -> Html {
    let start = (
        picture.x(arrow.from),
        picture.y(sequence, arrow.departed_at),
    );
    let goal = (picture.x(arrow.to), picture.y(sequence, arrow.arrives_at));
    let (dx, dy) = (goal.0 - start.0, goal.1 - start.1);
    let share = if arrow.lost { 0.8 } else { 1.0 };
    let end = (start.0 + dx * share, start.1 + dy * share);
    let under_way = arrow.departed_at <= now && now < arrow.arrives_at;
    let done = (picture.y(sequence, now) - start.1) / dy.max(0.1);
    let got = done.clamp(0.0, share);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let back = |along: f64, across: f64| {
        let x = end.0 - ux * along - uy * across;
        let y = end.1 - uy * along + ux * across;
        format!("{} {}", px(x), px(y))
    };
    let line = format!(
        "M{} {}L{} {}",
        px(start.0),
        px(start.1),
        px(end.0),
        px(end.1)
    );
    let so_far = format!(
        "M{} {}L{} {}",
        px(start.0),
        px(start.1),
        px(start.0 + dx * got),
        px(start.1 + dy * got)
    );
    html! {
        <>
            <path class="seq-touch" d={line.clone()} />
            <g class={under_way.then_some("ahead")}>
            <path class="seq-arrow" d={line} />
            if arrow.lost {
                <path class="seq-cross" d={format!("M{}L{}M{}L{}", back(6.0, 6.0), back(-6.0, -6.0), back(-6.0, 6.0), back(6.0, -6.0))} />
            } else {
                <path class="seq-tip" d={format!("M{}L{}L{}z", back(0.0, 0.0), back(HEAD, HEAD / 2.0), back(HEAD, -HEAD / 2.0))} />
            }
            </g>
            if under_way {
                <path class="seq-arrow" d={so_far} />
            }
        </>
    }
}

/// The same in words, in order: for a screen reader, and for the keyboard, whose place the drawing
/// shows. One stop of the Tab key; the arrow keys up and down go on from there.
fn list(
    page: &Page,
    snapshot: &Snapshot,
    sequence: &Sequence,
    picture: &LanePicture,
    (lane, hot): (usize, Option<Place>),
    show: &Callback<Option<Place>>,
) -> Html {
    let current = hot.filter(|(of, _)| *of == lane).map_or(0, |hot| hot.1);
    let name = format!(
        "Request {} in lane {}, message by message",
        sequence.request,
        letter(sequence.lane)
    );
    html! {
        <ol class="sr-only" aria-label={name} onkeydown={Callback::from(walk)}>
            { for picture.labels.iter().enumerate().map(|(i, label)| {
                let step = step_of(sequence, label);
                let onclick = page.on_press(move |page| page.go_to(step));
                let (enter, leave) = (show.clone(), show.clone());
                let onfocus = Callback::from(move |_: FocusEvent| enter.emit(Some((lane, i))));
                let onblur = Callback::from(move |_: FocusEvent| leave.emit(None));
                let at = match label.of {
                    Of::Arrow(i) => sequence.arrows[i].departed_at,
                    Of::Span(i) => sequence.spans[i].from,
                };
                let words = match label.of {
                    Of::Arrow(i) => &sequence.arrows[i].label,
                    Of::Span(i) => &sequence.spans[i].label,
                };
                let ahead = if is_ahead(sequence, label, snapshot) { ", still to come" } else { "" };
                let since = duration(at.since(sequence.began_at));
                let tabindex = if i == current { "0" } else { "-1" };
                html! {
                    <li>
                        <button type="button" {tabindex} {onclick} {onfocus} {onblur}>
                            { format!("After {since}{ahead}: {words}. {}", sentence(sequence, label)) }
                        </button>
                    </li>
                }
            }) }
        </ol>
    }
}

/// From one item of a list to the next or the one before.
fn walk(event: KeyboardEvent) {
    let target = event.target();
    let item = target.and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let item = item.and_then(|button| button.parent_element());
    let to = match (event.key().as_str(), item) {
        ("ArrowDown", Some(item)) => item.next_element_sibling(),
        ("ArrowUp", Some(item)) => item.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    let button = to.and_then(|item| item.first_element_child());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        button.focus().ok();
    }
}
