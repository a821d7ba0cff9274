//! Where the shown request's time goes: its trips as segments of a bar, to one scale in all lanes.

use super::format::{ms, ms_number, share};
use crate::sim::{Operation, Party, Verb};
use crate::timeline::{PartFrame, PhaseFrame, RequestFrame};
use crate::units::Micros;
use yew::prelude::*;

/// So many trips are listed one by one, and one more rather than the words that there is one more.
const TRIPS_MAX: usize = 3;

/// Which request, and when.
#[derive(Properties, PartialEq)]
pub struct RequestPanelProps {
    /// The request, if there has been one.
    pub request: Option<RequestFrame>,
    /// The instant of the frame.
    pub at: Micros,
    /// The instant of the picture, which is later while playing.
    pub now: Micros,
    /// How long the whole bar is: the longest time of this request in any lane.
    pub scale: Micros,
}

/// The bar with its legend.
#[function_component(RequestPanel)]
pub fn request_panel(props: &RequestPanelProps) -> Html {
    let Some(request) = &props.request else {
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
        props.now.since(props.at)
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
    let so_far = match (request.phase, request.parts.len()) {
        (_, 1) if answered => format!("answered, one trip{goes_on}"),
        (_, trips) if answered => format!("answered, {trips} trips{goes_on}"),
        (PhaseFrame::Lost, _) => "so far, and no answer will come".to_owned(),
        (PhaseFrame::Waiting, _) => "so far, waiting".to_owned(),
        (PhaseFrame::Held, _) => "so far, until it is moved on".to_owned(),
        _ if request.total_us > elapsed => format!("so far, of {}", ms(request.total_us)),
        // Nobody has decided yet when it ends.
        _ => "so far".to_owned(),
    };
    let to_come = if request.if_missed {
        " if it misses"
    } else {
        " to come"
    };
    let parts: Vec<(Verb, Micros, bool)> = request
        .parts
        .iter()
        .map(|part| (part.verb, part_elapsed(part, further), part.done))
        .collect();
    // A request that asks again and again is told by its latest trips.
    let earlier = parts.len().saturating_sub(TRIPS_MAX);
    let earlier = if earlier == 1 { 0 } else { earlier };
    html! {
        <div class="req">
            <h3>{ format!("Request {} · ", request.id) }<b class="mono">{ format!("{verb} {}", request.key) }</b></h3>
            <p class="time">{ ms(elapsed) }<small>{ so_far }</small></p>
            <svg class="bar" width="100%" height="22" role="img" aria-label={description(&parts)}>
                <rect class="bar-room" width="100%" height="22" rx="5" />
                { for segments(&parts, props.scale) }
            </svg>
            <ul class="legend">
                if earlier > 0 {
                    <li>{ format!("{earlier} trips before") }</li>
                }
                { for parts.iter().skip(earlier).map(|&(verb, span, done)| html! {
                    <li class={classes!(party_class(verb), (!done).then_some("under-way"))}>
                        { name(verb) }{ " " }{ ms_number(span) }
                    </li>
                }) }
                { for request.afterwards.iter().map(|part| html! {
                    <li class={classes!(party_class(part.verb), (!part.done).then_some("under-way"))}>
                        { name(part.verb) }{ " " }{ ms_number(part.elapsed_us) }{ " afterwards" }
                    </li>
                }) }
                { for request.to_come.iter().map(|&verb| html! {
                    <li class="to-come">{ name(verb) }{ to_come }</li>
                }) }
            </ul>
        </div>
    }
}

fn part_elapsed(part: &PartFrame, further: Micros) -> Micros {
    if part.done {
        part.elapsed_us
    } else {
        part.elapsed_us.after(further)
    }
}

fn segments(parts: &[(Verb, Micros, bool)], scale: Micros) -> Vec<Html> {
    let mut from = Micros::ZERO;
    let mut segments = Vec::with_capacity(parts.len());
    for &(verb, span, done) in parts {
        let class = classes!("segment", party_class(verb), (!done).then_some("under-way"));
        let (x, width) = (share(from.0, scale.0), share(span.0, scale.0));
        segments.push(html! { <rect {class} {x} {width} height="22" /> });
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
