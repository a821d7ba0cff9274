//! A button for each client: what it would execute next, or why it cannot move.

use super::make_move;
use crate::session::race::{self, ClientTurn, Next};
use crate::view::context::Page;
use crate::view::shell::format::letter;
use scenario::Scenario;
use timeline::Command;
use yew::prelude::*;

/// A client's button.
pub(super) fn client(page: &Page, turn: ClientTurn) -> Html {
    let can_move = turn.can_move();
    let head = match &turn.does {
        Some(does) => format!("Client {} {does}", turn.client),
        None => format!("Client {}", turn.client),
    };
    let number = turn.client;
    let lines = next_lines(&turn.next);
    let onclick = page.on_press(move |page| make_move(page, &turn));
    html! {
        <button key={number} class="race-client" type="button" aria-disabled={(!can_move).to_string()} {onclick}>
            <span class="race-number" aria-hidden="true">{ number }</span>
            <span class="race-does">{ head }</span>
            <span class="race-next">{ for lines }</span>
        </button>
    }
}

/// What comes next: once if it is the same in every lane, otherwise lane by lane.
fn next_lines(next: &[Next]) -> Vec<Html> {
    let same = next.windows(2).all(|pair| pair[0] == pair[1]);
    let shown = if same {
        &next[..next.len().min(1)]
    } else {
        next
    };
    let line = |(lane, next): (usize, &Next)| {
        let tag = (!same).then(|| html! { <span class="tag small">{ letter(lane) }</span> });
        match next {
            Next::Line(code) => html! {
                <span class="race-line">{ for tag }<span class="sr-only">{ "next: " }</span><code>{ code.clone() }</code></span>
            },
            Next::Cannot(why) => {
                html! { <span class="race-line idle">{ for tag }{ why.clone() }</span> }
            }
        }
    };
    shown.iter().enumerate().map(line).collect()
}

/// The button that lets time pass without a move.
pub(super) fn nobody(page: &Page, scenario: &Scenario) -> Html {
    let Some(client) = race::nobody(scenario) else {
        return html! {};
    };
    let onclick = page.on_press(move |page| page.send(Command::Move { client }));
    html! {
        <button key="nobody" class="race-client nobody" type="button" {onclick}>
            <span class="race-number" aria-hidden="true">{ "0" }</span>
            <span class="race-does">{ "Nobody" }</span>
            <span class="race-next"><span class="race-line">{ "wait one second" }</span></span>
        </button>
    }
}
