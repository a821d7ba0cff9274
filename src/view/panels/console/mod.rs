//! Commands against a lane's cache at the playhead, with the replies as the engine words them.

mod prompt;

use super::{Panel, PanelProps};
use crate::view::shell::format::letter;
use crate::view::state::Typed;
use prompt::Prompt;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Commands to a lane's cache.
pub const PANEL: Panel = Panel {
    name: "console",
    title: "Console",
    is_in: |_| true,
    draw: |props| html! { <ConsolePanel ..props /> },
};

/// The panel.
#[function_component(ConsolePanel)]
pub(super) fn console_panel(props: &PanelProps) -> Html {
    let lanes = props.scene.run.scenario().lanes.len();
    let chosen = use_state_eq(|| 0_usize);
    // The lane that was chosen may have been removed since.
    let lane = (*chosen).min(lanes - 1);
    html! {
        <div class="console">
            if lanes > 1 {
                <div class="console-lanes" role="group" aria-label="Whose cache">
                    <span class="console-label" aria-hidden="true">{ "Cache of lane" }</span>
                    { for (0..lanes).map(|i| {
                        let chosen = chosen.clone();
                        let onclick = Callback::from(move |_: MouseEvent| chosen.set(i));
                        html! { <button class="btn" type="button" aria-pressed={(i == lane).to_string()} aria-label={format!("Lane {}", letter(i))} {onclick}>{ letter(i) }</button> }
                    }) }
                </div>
            }
            <Output lines={props.console.clone()} several={lanes > 1} />
            <Prompt frame={props.scene.frame.clone()}
                {lane} lines={props.console.clone()} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OutputProps {
    lines: Rc<Vec<Typed>>,
    several: bool,
}

/// The lines and their replies, the last one in view.
#[function_component(Output)]
fn output(props: &OutputProps) -> Html {
    let scrolled = use_node_ref();
    use_effect_with(props.lines.clone(), {
        let scrolled = scrolled.clone();
        move |_| {
            if let Some(element) = scrolled.cast::<Element>() {
                element.set_scroll_top(element.scroll_height());
            }
        }
    });
    html! {
        <div class="console-output" role="log" tabindex="0" aria-label="Commands and replies" ref={scrolled}>
            if props.lines.is_empty() {
                <p class="console-hint">{ "Commands of Valkey and Redis, executed by this lane's cache at the playhead. Commands that change the cache (even a GET, which counts as a use) start a branch; you can always go back. HELP lists the commands." }</p>
            }
            { for props.lines.iter().map(|typed| html! {
                <div class="console-entry">
                    <p class="console-typed">
                        <span class="console-at">{ format!("step {}", typed.step) }</span>
                        <span>{ prompt::sign(typed.lane, props.several) }{ " " }<b>{ typed.line.clone() }</b></span>
                    </p>
                    <p class={classes!("console-reply", typed.refused.then_some("refused"))}>{ typed.reply.clone() }</p>
                    if typed.forked {
                        <p class="console-hint">{ format!("Step {}, in a run of its own.", typed.step + 1) }</p>
                    }
                </div>
            }) }
        </div>
    }
}
