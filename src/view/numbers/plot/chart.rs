//! A plot on the page: legend with values, axes, lines, playhead, and the slider that reads it out.

use super::Axis;
use super::line::{Line, read_out};
use super::scale::{Scale, Tick};
use crate::view::shell::format::{place, px};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;

/// The height of the lines' box in its own units: the style sheet says how high it is drawn.
const HEIGHT: f64 = 400.0;
/// How many steps between ticks an axis has at most.
const TICKS: u64 = 4;

#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// What it is called: its heading.
    pub name: AttrValue,
    /// The heading's tooltip: the rule, and CloudWatch's name.
    #[prop_or_default]
    pub about: AttrValue,
    /// The words after the heading: the unit, or what is counted over.
    #[prop_or_default]
    pub of: AttrValue,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The lines. Compared by pointer first: make them once.
    pub lines: Rc<[Line]>,
    /// The present place on the horizontal axis: the playhead, a lane's capacity.
    #[prop_or_default]
    pub now: Option<u64>,
    /// Where the values are read out; at `now` or the right end if left out.
    #[prop_or_default]
    pub cursor: Option<u64>,
    /// Called with the place where values are to be read out.
    pub on_cursor: Callback<Option<u64>>,
    /// Called with the place of the horizontal axis that is chosen by a click or Enter.
    #[prop_or_default]
    pub on_pick: Option<Callback<u64>>,
    /// Places of the horizontal axis with a name each, such as the lanes' capacities.
    #[prop_or_default]
    pub marks: Rc<[(u64, AttrValue)]>,
    /// Whether the lines are drawn lighter after `now`.
    #[prop_or_default]
    pub to_come: bool,
    /// Whether it is a large plot: higher, with as many ticks as have room, and its horizontal axis has
    /// its end and its name.
    #[prop_or_default]
    pub large: bool,
}

/// The plot.
#[function_component(Chart)]
pub fn chart(props: &ChartProps) -> Html {
    let (x, y) = (&props.x, &props.y);
    let end = x.scale.to();
    let read_at = props.cursor.or(props.now).unwrap_or(end);
    let at = |value: u64| place(x.scale.place(value));
    let values = props
        .lines
        .iter()
        .map(|line| (line, read_out(y.unit, line.at(read_at))));
    html! {
        <figure class={classes!("plot", props.large.then_some("large"))}>
            <figcaption class="plot-head">
                <b title={props.about.clone()}>{ props.name.clone() }</b>
                <span class="plot-of">{ props.of.clone() }{ if x.scale.is_log() { ", log scale" } else { "" } }</span>
            </figcaption>
            <ul class="plot-legend" title={format!("{} {}", x.label, x.unit.text(read_at))}>
                { for values.clone().map(|(line, value)| html! {
                    <li>
                        { line.look.sample() }
                        <span class="plot-name">{ line.name.clone() }</span>
                        <span class="plot-value">{ value }</span>
                    </li>
                }) }
            </ul>
            <div class="plot-area">
                <svg class="plot-svg" width="100%" aria-hidden="true">
                    <Drawing x={x.clone()} y={y.clone()} lines={props.lines.clone()} large={props.large} />
                    <g>{ for props.marks.iter().map(|(mark, name)| html! {
                        <>
                            <line class="plot-mark" x1={at(*mark)} x2={at(*mark)} y1="0" y2="100%" />
                            <text class="plot-mark-name middle" x={at(*mark)} y="-6">{ name.clone() }</text>
                        </>
                    }) }</g>
                    if let Some(now) = props.now {
                        if props.to_come && now < end {
                            <rect class="plot-to-come" x={at(now)} width={place(1.0 - x.scale.place(now))} height="100%" />
                        }
                        <Upright class="plot-now" x={at(now)} />
                    }
                    if let Some(cursor) = props.cursor {
                        <Upright class="plot-cursor" x={at(cursor)} />
                        <text class={classes!("plot-read-at", anchor(x.scale.place(cursor)))} x={at(cursor)} y="100%" dy="20">{ x.unit.text(cursor) }</text>
                    }
                </svg>
                { reader(props, values, read_at) }
            </div>
        </figure>
    }
}

/// The layer over the lines that takes the pointer and the keys: a slider, to a screen reader, whose value
/// is that of all lines at one place.
fn reader<'a>(
    props: &ChartProps,
    values: impl Iterator<Item = (&'a Line, String)>,
    read_at: u64,
) -> Html {
    let x = &props.x;
    let spoken: String = values
        .map(|(line, value)| format!(", {} {value}", line.full_name))
        .collect();
    let spoken = format!("{} {}{spoken}", x.label, x.unit.text(read_at));
    let scale = x.scale;
    let pointed = move |event: &PointerEvent| Some(scale.at(pointed_at(event)?));
    let onpointermove = props
        .on_cursor
        .reform(move |event: PointerEvent| pointed(&event));
    let onpointerleave = props.on_cursor.reform(|_: PointerEvent| None);
    let onblur = props.on_cursor.reform(|_: FocusEvent| None);
    let onpointerup = {
        let on_pick = props.on_pick.clone();
        Callback::from(move |event: PointerEvent| {
            if let (Some(on_pick), Some(at)) = (&on_pick, pointed(&event)) {
                on_pick.emit(at);
            }
        })
    };
    let onkeydown = {
        let (lines, on_cursor) = (props.lines.clone(), props.on_cursor.clone());
        let on_pick = props.on_pick.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let key = event.key();
            match key.as_str() {
                "Enter" => on_pick.iter().for_each(|on_pick| on_pick.emit(read_at)),
                "Escape" => on_cursor.emit(None),
                _ => match moved(&lines, scale, read_at, &key) {
                    Some(at) => on_cursor.emit(Some(at.clamp(scale.from(), scale.to()))),
                    None => return,
                },
            }
            event.prevent_default();
            // The page's own keys would step the run.
            event.stop_propagation();
        })
    };
    html! {
        <div class={classes!("plot-reader", props.on_pick.is_some().then_some("picks"))} role="slider" tabindex="0"
            aria-label={props.name.clone()} aria-valuemin={scale.from().to_string()} aria-valuemax={scale.to().to_string()}
            aria-valuenow={read_at.to_string()} aria-valuetext={spoken}
            {onpointermove} {onpointerleave} {onpointerup} {onblur} {onkeydown}></div>
    }
}

/// Where a pointer is within its element, from 0 at the left to 1.
fn pointed_at(event: &PointerEvent) -> Option<f64> {
    let element: Element = event.target()?.dyn_into().ok()?;
    let width = f64::from(element.client_width().max(1));
    Some((f64::from(event.offset_x()) / width).clamp(0.0, 1.0))
}

/// The place that a key goes to: the next or previous one at which any line has a point, or with PageUp and
/// PageDown one that is a 24th of the axis away: on a day, an hour.
fn moved(lines: &[Line], scale: Scale, from: u64, key: &str) -> Option<u64> {
    const PAGE: f64 = 1.0 / 24.0;
    let places = || {
        let all = lines.iter().flat_map(|line| line.points.iter());
        all.map(|point| point.x)
    };
    let found = match key {
        "ArrowRight" | "ArrowUp" => places().filter(|&x| x > from).min(),
        "ArrowLeft" | "ArrowDown" => places().filter(|&x| x < from).max(),
        "PageUp" => {
            let to = scale.at(scale.place(from) + PAGE).max(from + 1);
            places().filter(|&x| x >= to).min().or(places().max())
        }
        "PageDown" => {
            let to = scale
                .at(scale.place(from) - PAGE)
                .min(from.saturating_sub(1));
            places().filter(|&x| x <= to).max().or(places().min())
        }
        "Home" => places().min(),
        "End" => places().max(),
        _ => return None,
    };
    found.or(Some(from))
}

#[derive(Properties, PartialEq)]
struct UprightProps {
    class: &'static str,
    x: String,
}

/// A line from top to bottom. On its own, because it is all that moves while playing.
#[function_component(Upright)]
fn upright(props: &UprightProps) -> Html {
    html! {
        <line class={props.class} x1={props.x.clone()} x2={props.x.clone()} y1="-4" y2="100%" />
    }
}

#[derive(PartialEq, Properties)]
struct DrawingProps {
    x: Axis,
    y: Axis,
    lines: Rc<[Line]>,
    large: bool,
}

/// Axes and lines: drawn again only if they change.
#[function_component(Drawing)]
fn drawing(props: &DrawingProps) -> Html {
    let (x, y) = (&props.x, &props.y);
    let top = |value| place(1.0 - y.scale.place(value));
    let across: Vec<Html> = if props.large {
        let ticks = x.scale.ticks_by_room(x.unit).into_iter();
        ticks
            .filter_map(|(tick, room)| large_tick(&tick, room))
            .collect()
    } else {
        let ticks = x.scale.ticks(x.unit, TICKS).into_iter();
        ticks
            .map(|tick| upright_tick(&tick, anchor(tick.place), ""))
            .collect()
    };
    html! {
        <>
            { for y.scale.ticks(y.unit, TICKS).into_iter().map(|tick| html! {
                <>
                    <line class="plot-grid" x1="0" x2="100%" y1={top(tick.value)} y2={top(tick.value)} />
                    <text class="plot-tick end" x="-7" y={top(tick.value)} dy="5">{ tick.label }</text>
                </>
            }) }
            { for across }
            if props.large {
                <text class="plot-tick middle" x="50%" y="100%" dy="40">{ x.label.clone() }</text>
            }
            <svg width="100%" height="100%" viewBox={format!("0 0 1000 {}", px(HEIGHT))} preserveAspectRatio="none" overflow="visible">
                { for props.lines.iter().map(|line| html! {
                    <g class={line.look.class()}>
                        <path class="plot-line" d={line.path(x.scale, y.scale, HEIGHT)} vector-effect="non-scaling-stroke" />
                    </g>
                }) }
            </svg>
            { for props.lines.iter().enumerate().map(|(i, line)| html! {
                <g class={line.look.class()}>
                    { for line.marked(x.scale, i, props.lines.len()).into_iter().map(|point| html! {
                        <svg x={place(x.scale.place(point.x))} y={top(point.y.unwrap_or(0))} overflow="visible">{ line.look.marker() }</svg>
                    }) }
                </g>
            }) }
        </>
    }
}

/// How a label stands to its place: the outermost ones stay within the lines' box.
fn anchor(at: f64) -> &'static str {
    match at {
        at if at > 0.9 => "end",
        at if at < 0.07 => "start",
        _ => "middle",
    }
}

/// A tick of a large plot, which the style sheet shows where the axis is wide enough; `None` if that would
/// be wider than any.
fn large_tick(tick: &Tick, room: f64) -> Option<Html> {
    let from = match room {
        ..=200.0 => "",
        ..=440.0 => "from-440",
        ..=720.0 => "from-720",
        ..=1_000.0 => "from-1000",
        _ => return None,
    };
    let anchor = match tick.place {
        0.0 => "start",
        1.0 => "end",
        _ => "middle",
    };
    Some(upright_tick(tick, anchor, from))
}

/// A tick of the horizontal axis.
fn upright_tick(tick: &Tick, anchor: &'static str, from: &'static str) -> Html {
    html! {
        <svg class={from} x={place(tick.place)} y="100%" overflow="visible">
            <path class="plot-axis" d="M0 0V5" />
            <text class={classes!("plot-tick", anchor)} y="20">{ tick.label.clone() }</text>
        </svg>
    }
}
