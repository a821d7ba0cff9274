//! The application on the stage, with the requests that it works on.

use super::{LETTER, party, text};
use crate::view::shell::format::{fit, grouped, px};
use crate::view::stage::layout::{Layout, REQUEST_LINE, Rect};
use sim::Operation;
use timeline::{PhaseFrame, RequestFrame};
use yew::prelude::*;

/// How many letters of proportional type fit into a narrow box.
const NUMBER_LETTERS: usize = 14;

/// The requests under way.
#[derive(Clone, PartialEq, Default)]
pub struct Working {
    /// The request that is shown in full.
    pub told: Option<RequestFrame>,
    /// Others, each with a line.
    pub others: Vec<RequestFrame>,
    /// How many more there are.
    pub more: usize,
}

/// A request's call as the pseudocode writes it.
fn call(request: &RequestFrame) -> String {
    let verb = match request.op {
        Operation::Read => "get",
        Operation::Write => "put",
    };
    format!("{verb} {}", request.key)
}

/// The version that a request holds while it waits for its client's next move.
fn in_hand(request: &RequestFrame) -> Option<String> {
    let waits = request.phase == PhaseFrame::Held;
    let version = request.version.filter(|_| waits);
    version.map(|version| format!(" v{}", version.0))
}

fn description(request: &RequestFrame) -> String {
    let whose = match request.by_hand {
        true => ", yours".to_owned(),
        false => format!(" of client {}", request.client),
    };
    format!(
        "request {}{whose}: {}, line {}",
        request.id,
        call(request),
        request.line
    )
}

/// The application's box. `followed` is the number of the request that is followed.
pub(super) fn app_box(layout: &Layout, working: &Working, followed: Option<u32>) -> Html {
    let rect = layout.app;
    let (x, y) = (rect.x + 12.0, rect.y);
    let head = if layout.stacked { 27.0 } else { 24.0 };
    let Some(request) = &working.told else {
        let (idle_x, idle_y) = if layout.stacked {
            (x + 40.0, y + head)
        } else {
            (x, y + 48.0)
        };
        return html! {
            <g>
                { party(rect, "app", "Application") }
                { text(x, y + head, "h", "App") }
                { text(idle_x, idle_y, "t", "idle") }
            </g>
        };
    };
    let number = number(request, working, layout.stacked);
    let told = Rect {
        x: rect.x + 6.0,
        y: y + if layout.stacked { 8.0 } else { 30.0 },
        w: rect.w - 12.0,
        h: if layout.stacked { 28.0 } else { 56.0 },
    };
    let first_line = y + if layout.stacked { 36.0 } else { 84.0 };
    let content = if layout.stacked {
        let call = fit(&call(request), ((rect.w - 196.0) / LETTER) as usize);
        html! {
            <>
                { text(x + 40.0, y + head, "k", call) }
                { text(rect.x + rect.w - 12.0, y + head, "t end", number) }
            </>
        }
    } else {
        let call = fit(&call(request), ((rect.w - 24.0) / LETTER) as usize);
        html! { <>{ text(x, y + 48.0, "t", number) }{ text(x, y + 75.0, "k", call) }</> }
    };
    let lines = working.others.iter().take(layout.request_lines);
    html! {
        <g>
            { party(rect, "app", "Application") }
            { text(x, y + head, "h", "App") }
            { one(request, told, followed, content) }
            { for lines.enumerate().map(|(nth, request)| {
                let place = Rect { x: rect.x + 6.0, y: first_line + nth as f64 * REQUEST_LINE, w: rect.w - 12.0, h: REQUEST_LINE };
                one(request, place, followed, line(request, place, layout.stacked))
            }) }
        </g>
    }
}

/// Which request, and how many are under way besides those that have a line.
fn number(request: &RequestFrame, working: &Working, stacked: bool) -> String {
    let number = match (working.more, in_hand(request)) {
        (0, Some(held)) => format!("request {}:{held}", request.id),
        (0, None) => format!("request {}", request.id),
        (n, _) => format!("request {} +{}", request.id, grouped(n as u64)),
    };
    // A large number goes without the word, where it has no room.
    match number.strip_prefix("request ") {
        Some(short) if number.len() > NUMBER_LETTERS && !stacked => short.to_owned(),
        _ => number,
    }
}

/// A request that can be followed.
fn one(request: &RequestFrame, place: Rect, followed: Option<u32>, content: Html) -> Html {
    let followed = followed == Some(request.id);
    let label = description(request);
    let Rect { x, y, w, h } = place;
    html! {
        <g key={request.id} class={classes!("request", followed.then_some("followed"))}
            data-request={request.id.to_string()} role="button" tabindex="-1" aria-haspopup="menu">
            <title>{ label }</title>
            <rect class={if followed { "ring" } else { "request-area" }} x={px(x)} y={px(y)} width={px(w)} height={px(h)} rx="6" />
            { content }
        </g>
    }
}

/// A request in one line: its client's number, what it asks for, and where there is room its line.
fn line(request: &RequestFrame, place: Rect, stacked: bool) -> Html {
    let y = place.y + 17.0;
    let wide = if request.client > 9 { 6.0 } else { 0.0 };
    let call_x = place.x + 26.0 + wide;
    let end = place.x + place.w - 6.0;
    let at = stacked.then(|| format!("line {}", request.line));
    let room = end - call_x - at.as_ref().map_or(0.0, |at| super::text_w(at) + 8.0);
    html! {
        <>
            { client(place.x + 12.0 + wide / 2.0, y - 5.0, request.client) }
            { text(call_x, y, "p", in_a_line(request, (room / LETTER) as usize)) }
            { for at.map(|at| text(end, y, "t end", at)) }
        </>
    }
}

/// A request's call, or the key and the version that it holds, cut to `letters`.
fn in_a_line(request: &RequestFrame, letters: usize) -> String {
    match in_hand(request) {
        Some(held) => fit(&request.key, letters.saturating_sub(held.len())) + &held,
        None => fit(&call(request), letters),
    }
}

/// A client's number in a disc.
pub fn client(x: f64, y: f64, client: u32) -> Html {
    let wide = if client > 9 { 4.0 } else { 0.0 };
    html! {
        <g class="client">
            <rect x={px(x - 9.0 - wide)} y={px(y - 9.0)} width={px(18.0 + 2.0 * wide)} height="18" rx="9" />
            <text class="middle" x={px(x)} y={px(y + 5.0)}>{ client }</text>
        </g>
    }
}
