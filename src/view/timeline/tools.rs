//! The timeline's tools, by button or key: zoom, and a loop.

use super::window::Window;
use crate::session::Snapshot;
use crate::view::context::{Page, use_page};
use crate::view::state::Action;
use timeline::{Command, Repeat};
use yew::prelude::*;

/// A tool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    /// Show half as many steps.
    Closer,
    /// Show twice as many.
    Wider,
    /// Show the whole run.
    Fit,
    /// Let the loop begin at the playhead.
    LoopFrom,
    /// Let the loop end at the playhead.
    LoopTo,
    /// Switch the loop on or off; without one, loop what is shown.
    Loop,
    /// Clear the loop.
    NoLoop,
}

/// Uses a tool.
pub fn apply(tool: Tool, page: &Page, zoom: Option<Window>) {
    let (snapshot, view) = (page.session.snapshot(), &page.view);
    let last = snapshot.run.known_steps();
    let window = zoom.unwrap_or(Window::whole(last));
    let step = snapshot.frame.step;
    let steps = f64::from(window.steps());
    // The playhead stays where it is drawn, or else the middle.
    let around = if window.contains(step) {
        step
    } else {
        window.from + window.steps() / 2
    };
    match tool {
        Tool::Closer => view.dispatch(Action::Zoom(window.resized(steps / 2.0, around, last))),
        Tool::Wider => view.dispatch(Action::Zoom(window.resized(steps * 2.0, around, last))),
        Tool::Fit => view.dispatch(Action::Zoom(None)),
        Tool::LoopFrom | Tool::LoopTo | Tool::Loop => match wanted(tool, &snapshot, window) {
            Ok(repeat) => page.carry_out(Command::Loop(Some(repeat))),
            Err(why) => page.tell(why.to_owned()),
        },
        Tool::NoLoop => page.carry_out(Command::Loop(None)),
    }
}

/// The loop that a tool makes, or why it can't.
fn wanted(tool: Tool, snapshot: &Snapshot, window: Window) -> Result<Repeat, &'static str> {
    let (step, last) = (snapshot.frame.step, snapshot.run.known_steps());
    let (from, to, on) = match (tool, snapshot.repeat) {
        (Tool::LoopFrom, Some(old)) if old.to > step => (step, old.to, true),
        (Tool::LoopFrom, _) => (step, last, true),
        (Tool::LoopTo, Some(old)) if old.from < step => (old.from, step, true),
        (Tool::LoopTo, _) => (0, step, true),
        (_, Some(old)) => (old.from, old.to, !old.on),
        (_, None) => (window.from, window.to, true),
    };
    match tool {
        Tool::LoopFrom if from >= to => {
            Err("A loop cannot begin at the end of the run: go back first.")
        }
        _ if from >= to => Err("A loop cannot end at the start of the run: go forward first."),
        _ => Ok(Repeat { from, to, on }),
    }
}

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    /// The part shown, if it is not the whole run.
    pub zoom: Option<Window>,
    /// The loop.
    pub repeat: Option<Repeat>,
}

/// The buttons.
#[function_component(Tools)]
pub fn tools(props: &ToolsProps) -> Html {
    let page = use_page();
    let button = |tool: Tool, name: &'static str, path: &'static str, idle: bool| {
        let zoom = props.zoom;
        let onclick = page.on_press(move |page| apply(tool, page, zoom));
        let pressed = props.repeat.is_some_and(|repeat| repeat.on);
        let pressed = (tool == Tool::Loop).then(|| pressed.to_string());
        html! {
            <button class="tool" type="button" aria-label={name} title={name} aria-pressed={pressed}
                aria-disabled={idle.then_some("true")} {onclick}>
                <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><path d={path} /></svg>
            </button>
        }
    };
    let (whole, no_loop) = (props.zoom.is_none(), props.repeat.is_none());
    html! {
        <div class="tools">
            <div class="tool-row" role="group" aria-label="Zoom">
                { button(Tool::Wider, "Zoom out", "M4 9h10", whole) }
                { button(Tool::Closer, "Zoom in", "M4 9h10M9 4v10", false) }
                { button(Tool::Fit, "Show the whole run", "M3 4v10M15 4v10M5.5 9h7M8 6.5L5.5 9 8 11.5M10 6.5L12.5 9 10 11.5", whole) }
            </div>
            <div class="tool-row" role="group" aria-label="Loop">
                { button(Tool::LoopFrom, "Loop from here", "M10 3.5H6v11h4", false) }
                { button(Tool::LoopTo, "Loop to here", "M8 3.5h4v11H8", false) }
                { button(Tool::Loop, "Loop", "M12 2.5L14.5 5 12 7.5M14.5 5H7a3.5 4 0 0 0-3.5 4M6 15.5L3.5 13 6 10.5M3.5 13H11a3.5 4 0 0 0 3.5-4", false) }
                { button(Tool::NoLoop, "Clear loop", "M4.5 4.5l9 9m0-9l-9 9", no_loop) }
            </div>
        </div>
    }
}
