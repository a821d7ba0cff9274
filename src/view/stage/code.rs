//! The pseudocode of the shown request, with its current line lit.

use sim::Line;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct CodeProps {
    /// The procedure.
    pub lines: Rc<[Line]>,
    /// The current line, from 1; 0 for none.
    pub line: u32,
    /// Whether the request has been answered at that line.
    pub answered: bool,
    /// How many lines to leave room for, so that nothing shifts from a read to a write.
    pub room: usize,
}

/// The pseudocode.
#[function_component(Code)]
pub fn code(props: &CodeProps) -> Html {
    let missing = props.room.saturating_sub(props.lines.len());
    html! {
        <ol class="code" aria-label="What the application executes">
            { for props.lines.iter().zip(1..).map(|(line, number)| {
                let on = number == props.line;
                let class = classes!(on.then_some("on"), (on && props.answered).then_some("answered"));
                html! { <li {class} aria-current={on.then_some("step")}>{ line.code.to_string() }</li> }
            }) }
            { for (0..missing).map(|_| html! { <li class="blank" aria-hidden="true">{ "\u{a0}" }</li> }) }
        </ol>
    }
}
