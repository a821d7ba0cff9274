//! Commands against a lane's cache at the playhead, with the replies as the engine words them.

mod prompt;

use super::{Panel, PanelProps};
use crate::view::shell::format::letter;
use prompt::Prompt;
use web_sys::Element;
use yew::html::ChildrenProps;
use yew::prelude::*;

/// Commands to a lane's cache.
pub const PANEL: Panel = Panel {
    name: "console",
    title: "Console",
    is_in: |_| true,
    draw: |props| html! { <ConsolePanel ..props /> },
    keep: |page| html! { <KeepLines>{ page }</KeepLines> },
};

/// A line that was typed, and its reply.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Typed {
    /// The lane whose cache executed it, from 0.
    lane: usize,
    /// The step at the playhead.
    step: u32,
    line: AttrValue,
    reply: AttrValue,
    /// Whether the reply is an error.
    refused: bool,
    /// Whether the line changed something, and so began a run of its own.
    forked: bool,
}

/// The lines typed so far.
type Lines = UseStateHandle<Vec<Typed>>;

#[function_component(KeepLines)]
fn keep_lines(props: &ChildrenProps) -> Html {
    let lines = use_state_eq(Vec::new);
    html! {
        <ContextProvider<Lines> context={lines}>{ props.children.clone() }</ContextProvider<Lines>>
    }
}

/// The panel.
#[function_component(ConsolePanel)]
fn console_panel(props: &PanelProps) -> Html {
    let lanes = props.snapshot.run.scenario().lanes.len();
    let typed = use_context::<Lines>().expect("the page is within the panels' states");
    let chosen = use_state_eq(|| 0_usize);
    // The lane that was chosen may have been removed since.
    let lane = (*chosen).min(lanes - 1);
    html! {
        <div class="console">
            if lanes > 1 {
                <div class="console-lanes" role="group" aria-label="Lane to query">
                    <span class="console-label" aria-hidden="true">{ "Cache of lane" }</span>
                    { for (0..lanes).map(|i| {
                        let chosen = chosen.clone();
                        let onclick = Callback::from(move |_: MouseEvent| chosen.set(i));
                        html! { <button class="btn" type="button" aria-pressed={(i == lane).to_string()} aria-label={format!("Lane {}", letter(i))} {onclick}>{ letter(i) }</button> }
                    }) }
                </div>
            }
            <Output lines={typed.clone()} several={lanes > 1} />
            <Prompt frame={props.snapshot.frame.clone()} {lane} lines={typed} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OutputProps {
    lines: Lines,
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
