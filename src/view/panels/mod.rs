//! What can be opened below the lanes: one file a panel. On a wide page two are open side by side,
//! otherwise one at a time.

mod console;
mod follow;
mod plots;
pub mod race;
mod setup;
mod trace;

pub use setup::Shown;

use crate::session::Scene;
use crate::view::context::use_page;
use crate::view::stage::instant::Instant;
use crate::view::state::{Action, Follow, Typed, ViewState};
use std::rc::Rc;
use yew::prelude::*;

/// From this width on two panels have room side by side.
pub const TWO_FROM: u32 = 1600;

/// A panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// A key or a request through time, and the sequence diagram.
    Follow,
    /// The metrics over time, and how latencies are distributed.
    Plots,
    /// Every input, to be changed in place.
    Setup,
    /// Commands against a lane's cache.
    Console,
    /// The open trace: what the whole file comes to, and its miss-ratio curves.
    Trace,
}

impl Panel {
    /// All of them, in the order of their tabs.
    pub const ALL: [Panel; 5] = [
        Panel::Follow,
        Panel::Plots,
        Panel::Setup,
        Panel::Console,
        Panel::Trace,
    ];

    /// What it is called on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Panel::Follow => "Follow",
            Panel::Plots => "Plots",
            Panel::Setup => "Set-up",
            Panel::Console => "Console",
            Panel::Trace => "Trace",
        }
    }

    /// The id of its element, and its name in links.
    pub const fn name(self) -> &'static str {
        match self {
            Panel::Follow => "follow",
            Panel::Plots => "plots",
            Panel::Setup => "set-up",
            Panel::Console => "console",
            Panel::Trace => "trace",
        }
    }
}

/// What every panel is a picture of.
#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    /// The scene.
    pub scene: Scene,
    /// The key or request that is followed.
    pub follow: Option<Follow>,
    /// Which inputs are on offer.
    pub setup: Shown,
    /// What was typed into the console.
    pub console: Rc<Vec<Typed>>,
    /// The instant of the picture.
    pub now: Instant,
}

/// What is open.
#[derive(PartialEq, Properties)]
pub struct PanelsProps {
    /// What the panels are pictures of.
    pub of: PanelProps,
    /// The open panels, the one opened last first; only as many as have room are shown.
    pub open: Vec<Panel>,
    /// How many have room.
    pub room: usize,
}

/// The tabs, and below them what is open.
#[function_component(Panels)]
pub fn panels(props: &PanelsProps) -> Html {
    let page = use_page();
    let of = &props.of;
    // That of a trace stays on the list where undoing has led to where none is open.
    let is_there = |panel: &Panel| *panel != Panel::Trace || of.scene.trace.is_some();
    let shown = props.open.iter().copied().filter(is_there);
    let shown: Vec<Panel> = shown.take(props.room).collect();
    let tab = |panel: Panel| {
        let view = page.view.clone();
        let onclick = Callback::from(move |_: MouseEvent| view.dispatch(Action::Toggle(panel)));
        let open = shown.contains(&panel);
        html! {
            <button class="tab" type="button" aria-expanded={open.to_string()} aria-controls={open.then(|| panel.name())} {onclick}>
                { panel.title() }
            </button>
        }
    };
    let ordered = Panel::ALL.into_iter().filter(|panel| shown.contains(panel));
    html! {
        <>
            <div class="tabs" role="group" aria-label="Panels">{ for Panel::ALL.into_iter().filter(is_there).map(tab) }</div>
            <div class={format!("panels of-{}", shown.len())}>
                { for ordered.map(|panel| html! {
                    <section key={panel.name()} id={panel.name()} class="panel" tabindex="-1" aria-label={panel.title()}>{ content(panel, of) }</section>
                }) }
            </div>
        </>
    }
}

/// Opens two panels where there is room for them. They are below everything else, so nothing moves, and
/// the first picture need not wait for them.
#[hook]
pub fn use_first_panels(view: &UseReducerHandle<ViewState>, embedded: bool) {
    let dispatcher = view.dispatcher();
    let wanted = view.room > 1 && view.panels.is_empty() && !embedded;
    use_effect_with((), move |()| {
        if wanted {
            dispatcher.dispatch(Action::Panels(vec![Panel::Follow, Panel::Plots]));
        }
    });
}

/// Opening a trace opens its panel.
#[hook]
pub fn use_trace_panel(view: &UseReducerHandle<ViewState>) {
    let name = view.scene.trace.as_ref().map(|open| open.summary.clone());
    let dispatcher = view.dispatcher();
    use_effect_with(name, move |name| {
        if name.is_some() {
            dispatcher.dispatch(Action::Open(Panel::Trace));
        }
    });
}

fn content(panel: Panel, of: &PanelProps) -> Html {
    let of = of.clone();
    match panel {
        Panel::Follow => html! { <follow::FollowPanel ..of /> },
        Panel::Plots => html! { <plots::PlotsPanel ..of /> },
        Panel::Setup => html! { <setup::SetupPanel ..of /> },
        Panel::Console => html! { <console::ConsolePanel ..of /> },
        Panel::Trace => html! { <trace::TracePanel ..of /> },
    }
}
