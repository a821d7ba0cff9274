//! The shown request's time: its trips as segments of a bar, to one scale in all lanes.

use crate::view::shell::format::{ms, ms_number, share};
use crate::view::stage::animated_time::{AnimatedTime, Resolution, use_animated_time, use_moving};
use cache::units::Micros;
use sim::{Operation, Party, Verb};
use std::rc::Rc;
use timeline::{PartFrame, PhaseFrame, RequestFrame};
use web_sys::Element;
use yew::prelude::*;

/// Lists at most this many trips, or one more.
const TRIPS_MAX: usize = 3;

#[derive(Properties, PartialEq)]
pub struct RequestPanelProps {
    /// The request, if there has been one.
    pub request: Option<RequestFrame>,
    /// The instant of the frame.
    pub at: Micros,
    /// The instant of the picture, which is later while playing.
    pub now: AnimatedTime,
    /// The time that the whole bar stands for: the longest of this request in any lane.
    pub scale: Micros,
}

/// The bar with its legend.
#[function_component(RequestPanel)]
pub fn request_panel(props: &RequestPanelProps) -> Html {
    let request = props.request.as_ref();
    let moves = request.is_some_and(|request| !request.answered);
    let now = use_animated_time(&props.now, moves.then_some(Resolution::Number));
    let last = use_node_ref();
    use_moving(&props.now, growth(props, &last));
    let Some(request) = request else {
        return html! {
            <div class="req">
                <h3>{ "No request yet" }</h3>
                <p class="time">{ "0 ms" }</p>
                <svg class="bar" width="100%" height="22" aria-hidden="true"><rect class="bar-room" width="100%" height="22" rx="5" /></svg>
            </div>
        };
    };
    let answered = request.answered;
    let further = if answered {
        Micros::ZERO
    } else {
        now.since(props.at)
    };
    let elapsed = request.elapsed_us.after(further);
    let verb = match request.op {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    let goes_on = if request.phase == PhaseFrame::Answered {
        ""
    } else {
        ", and goes on"
    };
    let ended = if request.failed { "failed" } else { "answered" };
    let so_far = match (request.phase, request.parts.len()) {
        (_, 1) if answered => format!("{ended}, one trip{goes_on}"),
        (_, trips) if answered => format!("{ended}, {trips} trips{goes_on}"),
        (PhaseFrame::Lost, _) => "so far, and no answer will come".to_owned(),
        (PhaseFrame::Waiting, _) => "so far, waiting".to_owned(),
        (PhaseFrame::Held, _) => "waiting for your move".to_owned(),
        _ if request.total_us > elapsed => format!("so far, of {}", ms(request.total_us)),
        // Its end is not known yet.
        _ => "so far".to_owned(),
    };
    let to_come = if request.if_missed {
        " if it misses"
    } else {
        " to come"
    };
    let parts = parts(request, further);
    // Of a request with many trips, the latest are listed.
    let earlier = parts.len().saturating_sub(TRIPS_MAX);
    let earlier = if earlier == 1 { 0 } else { earlier };
    // One list by place, so that a trip to come stays where it stands once it is under way.
    let mut legend: Vec<(Classes, String)> = Vec::new();
    if earlier > 0 {
        legend.push((Classes::new(), format!("{earlier} trips before")));
    }
    let class = |verb, done: bool| classes!(party_class(verb), (!done).then_some("under-way"));
    let timed = parts.iter().zip(&request.parts).skip(earlier);
    legend.extend(timed.map(|(&(verb, span, done), part)| {
        let mut said = format!("{} {}", name(verb), ms_number(span));
        // Where most of a trip was waiting, the list says so.
        if done && part.waited_us.0 * 2 > span.0 {
            said += &format!(", {} waiting", ms_number(part.waited_us));
        }
        (class(verb, done), said)
    }));
    legend.extend(request.afterwards.iter().map(|part| {
        let (verb, span) = (name(part.verb), ms_number(part.elapsed_us));
        let said = format!("{verb} {span} afterwards");
        (class(part.verb, part.done), said)
    }));
    legend.extend(request.to_come.iter().map(|&verb| {
        let said = name(verb) + to_come;
        (classes!("to-come"), said)
    }));
    let legend = legend.into_iter().enumerate();
    let legend =
        legend.map(|(place, (class, said))| html! { <li key={place} {class}>{ said }</li> });
    html! {
        <div class="req">
            <h3>{ format!("Request {} · ", request.id) }<b class="mono">{ format!("{verb} {}", request.key) }</b></h3>
            <p class={if request.failed { "time failed" } else { "time" }}><span class="elapsed">{ ms(elapsed) }</span><small>{ so_far }</small></p>
            <svg class="bar" width="100%" height="22" role="img" aria-label={description(&parts)}>
                <rect class="bar-room" width="100%" height="22" rx="5" />
                <g>{ for segments(&parts, props.scale, &last) }</g>
            </svg>
            <ul class="legend">{ for legend }</ul>
        </div>
    }
}

/// Lets the bar's last segment grow with every picture, if that trip is under way.
fn growth(props: &RequestPanelProps, last: &NodeRef) -> Option<Rc<dyn Fn(Micros)>> {
    let parts = parts(props.request.as_ref()?, Micros::ZERO);
    let (_, span, _) = *parts.last().filter(|(.., done)| !done)?;
    let (last, at, scale) = (last.clone(), props.at, props.scale);
    Some(Rc::new(move |now: Micros| {
        if let Some(segment) = last.cast::<Element>() {
            let width = share(span.after(now.since(at)).0, scale.0);
            // Fails only for an invalid attribute name.
            segment.set_attribute("width", &width).ok();
        }
    }))
}

/// A request's trips, how long each has taken, and whether it is over.
fn parts(request: &RequestFrame, further: Micros) -> Vec<(Verb, Micros, bool)> {
    let part = |part: &PartFrame| (part.verb, part_elapsed(part, further), part.done);
    request.parts.iter().map(part).collect()
}

fn part_elapsed(part: &PartFrame, further: Micros) -> Micros {
    if part.done {
        part.elapsed_us
    } else {
        part.elapsed_us.after(further)
    }
}

fn segments(parts: &[(Verb, Micros, bool)], scale: Micros, last: &NodeRef) -> Vec<Html> {
    let mut from = Micros::ZERO;
    let mut segments = Vec::with_capacity(parts.len());
    for (nth, &(verb, span, done)) in parts.iter().enumerate() {
        let class = classes!("segment", party_class(verb), (!done).then_some("under-way"));
        let (x, width) = (share(from.0, scale.0), share(span.0, scale.0));
        let node = if nth + 1 == parts.len() {
            last.clone()
        } else {
            NodeRef::default()
        };
        segments.push(html! { <rect ref={node} {class} {x} {width} height="22" /> });
        from = from.after(span);
    }
    segments
}

fn name(verb: Verb) -> String {
    match verb.party() {
        Party::Database => format!("database {}", verb.name()),
        _ => format!("cache {}", verb.name()),
    }
}

const fn party_class(verb: Verb) -> &'static str {
    match verb.party() {
        Party::Database => "of-database",
        _ => "of-cache",
    }
}

fn description(parts: &[(Verb, Micros, bool)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|&(verb, span, _)| format!("{} {}", name(verb), ms(span)))
        .collect();
    format!("Time so far: {}", parts.join(", "))
}
