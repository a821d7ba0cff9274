//! The shown request's time, on the one scale that all requests of the scene share.

use crate::view::shell::format::place;
use crate::view::stage::animated_time::{AnimatedTime, Resolution, use_animated_time, use_moving};
use crate::view::stage::time_scale::TimeScale;
use cache::units::Micros;
use sim::{Operation, Party};
use std::rc::Rc;
use timeline::{PartFrame, PhaseFrame, RequestFrame, duration};
use web_sys::Element;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct RequestPanelProps {
    /// The request, if there has been one.
    pub request: Option<RequestFrame>,
    /// The instant of the frame.
    pub at: Micros,
    /// The instant of the picture, which is later while playing.
    pub now: AnimatedTime,
    /// The scale of the scene.
    pub scale: TimeScale,
}

/// What a request spends time on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Spent {
    Network,
    Waiting,
    Cache,
    Query,
}

impl Spent {
    const ALL: [Spent; 4] = [Spent::Network, Spent::Waiting, Spent::Cache, Spent::Query];

    const fn class(self) -> &'static str {
        match self {
            Spent::Network => "of-network",
            Spent::Waiting => "of-waiting",
            Spent::Cache => "of-cache",
            Spent::Query => "of-database",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Spent::Network => "network",
            Spent::Waiting => "waiting",
            Spent::Cache => "cache",
            Spent::Query => "query",
        }
    }
}

/// A stretch of a request's time, from its arrival on.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Segment {
    spent: Spent,
    from: Micros,
    to: Micros,
}

/// The request's time, as a number and as a bar, and what it was spent on.
#[function_component(RequestPanel)]
pub fn request_panel(props: &RequestPanelProps) -> Html {
    let request = props.request.as_ref();
    let moves = request.is_some_and(|request| !request.answered);
    let now = use_animated_time(&props.now, moves.then_some(Resolution::Number));
    let last = use_node_ref();
    use_moving(&props.now, growth(props, &last));
    let scale = props.scale;
    let Some(request) = request else {
        return html! {
            <div class="req">
                <h3>{ "No request yet" }</h3>
                <p class="time">{ "0 µs" }</p>
                <svg class="bar" width="100%" height="44" aria-hidden="true">{ scale.draw() }</svg>
            </div>
        };
    };
    let further = further(request, props.at, now);
    let elapsed = request.elapsed_us.after(further);
    let verb = match request.op {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    let segments = segments(request, further);
    let sum = |spent: Spent| {
        let of_kind = segments.iter().filter(|segment| segment.spent == spent);
        of_kind.fold(Micros::ZERO, |sum, segment| {
            sum.after(segment.to.since(segment.from))
        })
    };
    // Each in a place of its own, so that nothing shifts while the request goes on.
    let spent = Spent::ALL.map(|spent| (spent, sum(spent)));
    let words = |(spent, span): &(Spent, Micros)| {
        (*span > Micros::ZERO).then(|| format!("{} {}", spent.name(), duration(*span)))
    };
    let said: Vec<String> = spent.iter().filter_map(words).collect();
    html! {
        <div class="req">
            <h3>{ format!("Request {} · ", request.id) }<b class="mono">{ format!("{verb} {}", request.key) }</b></h3>
            <p class={if request.failed { "time failed" } else { "time" }}><span class="elapsed">{ duration(elapsed) }</span><small>{ so_far(request) }</small></p>
            <svg class="bar" width="100%" height="44" role="img" aria-label={format!("{}: {}", duration(elapsed), said.join(", "))}>
                { scale.draw() }
                <g>{ for segments.iter().enumerate().map(|(nth, segment)| {
                    let node = if nth + 1 == segments.len() { last.clone() } else { NodeRef::default() };
                    let (x, to) = (scale.place(segment.from), scale.place(segment.to));
                    html! { <rect ref={node} class={classes!("segment", segment.spent.class())} x={place(x)} y="0" width={place(to - x)} height="20" /> }
                }) }</g>
                { for request.without_cache_us.map(|without| {
                    let x = place(scale.place(without));
                    html! { <line class="without-cache" x1={x.clone()} y1="0" x2={x} y2="22" /> }
                }) }
            </svg>
            <ul class="legend">
                { for spent.iter().map(|spent| {
                    let words = words(spent);
                    let none = words.is_none().then_some("none");
                    html! { <li class={classes!(spent.0.class(), none)}>{ words.unwrap_or_default() }</li> }
                }) }
                { for request.without_cache_us.map(|without| html! {
                    <li class="of-baseline">{ match request.without_cache_failed {
                        true => format!("without a cache an error after {}", duration(without)),
                        false => format!("without a cache {}", duration(without)),
                    } }</li>
                }) }
            </ul>
        </div>
    }
}

/// What stands beside the request's time.
fn so_far(request: &RequestFrame) -> String {
    // Work after the answer, such as a write that was queued.
    let goes_on = match request.afterwards.last() {
        Some(part) => format!(
            "; {} {} afterwards",
            part.verb.name(),
            duration(part.elapsed_us)
        ),
        None if request.phase == PhaseFrame::Answered => String::new(),
        None => ", and goes on".to_owned(),
    };
    let ended = if request.failed { "failed" } else { "answered" };
    match (request.phase, request.parts.len()) {
        (_, 1) if request.answered => format!("{ended}, one trip{goes_on}"),
        (_, trips) if request.answered => format!("{ended}, {trips} trips{goes_on}"),
        (PhaseFrame::Lost, _) => "so far, and no answer will come".to_owned(),
        (PhaseFrame::Waiting, _) => "so far, waiting".to_owned(),
        (PhaseFrame::Held, _) => "waiting for your move".to_owned(),
        _ if request.total_us > request.elapsed_us => {
            format!("so far, of {}", duration(request.total_us))
        }
        // Its end is not known yet.
        _ => "so far".to_owned(),
    }
}

/// How much later than the frame the picture is, for a request that is not answered yet.
fn further(request: &RequestFrame, at: Micros, now: Micros) -> Micros {
    if request.answered {
        Micros::ZERO
    } else {
        now.since(at)
    }
}

/// Lets the bar's last segment grow with every picture, while the request is under way.
fn growth(props: &RequestPanelProps, last: &NodeRef) -> Option<Rc<dyn Fn(Micros)>> {
    let request = props.request.clone().filter(|request| !request.answered)?;
    let (last, at, scale) = (last.clone(), props.at, props.scale);
    Some(Rc::new(move |now: Micros| {
        let grown = segments(&request, further(&request, at, now)).pop();
        let segment = last.cast::<Element>();
        if let (Some(segment), Some(grown)) = (segment, grown) {
            let (x, to) = (scale.place(grown.from), scale.place(grown.to));
            // Fails only for an invalid attribute name.
            segment.set_attribute("width", &place(to - x)).ok();
        }
    }))
}

/// What a request has spent its time on, in order. `further` is how much has passed since its frame.
fn segments(request: &RequestFrame, further: Micros) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut from = Micros::ZERO;
    for part in &request.parts {
        let elapsed = if part.done {
            part.elapsed_us
        } else {
            part.elapsed_us.after(further)
        };
        let end = from.after(elapsed);
        for (spent, span) in pieces(part, request.phase) {
            let to = Micros(from.0.saturating_add(span.0)).min(end);
            match segments.last_mut() {
                Some(last) if last.spent == spent => last.to = to,
                Some(_) if to == from => {}
                // The first one is there from the beginning, so that it can grow.
                _ => segments.push(Segment { spent, from, to }),
            }
            from = to;
        }
        from = end;
    }
    segments
}

/// What a trip consists of, in order: the way out, waiting, work, the way back.
fn pieces(part: &PartFrame, phase: PhaseFrame) -> [(Spent, Micros); 4] {
    let work = match part.verb.party() {
        Party::Database => Spent::Query,
        _ => Spent::Cache,
    };
    let out = Micros(part.network_us.0 / 2);
    let back = part.network_us.since(out);
    let waits = matches!(
        phase,
        PhaseFrame::Queued | PhaseFrame::Lost | PhaseFrame::Waiting
    );
    // A wait that is not over yet takes all the time that has passed.
    let waited = if !part.done && waits {
        Micros::NEVER
    } else {
        part.waited_us
    };
    [
        (Spent::Network, out),
        (Spent::Waiting, waited),
        (work, part.service_us),
        (Spent::Network, back),
    ]
}
