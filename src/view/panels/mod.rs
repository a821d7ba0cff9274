//! What can be opened below the lanes: one folder a panel. On a wide page two are open side by side,
//! otherwise one at a time.

pub mod console;
pub mod day;
pub mod follow;
pub mod plan;
mod plots;
pub mod setup;
mod trace;

use crate::session::Snapshot;
use crate::view::context::use_page;
use crate::view::state::{Action, Follow, ViewState};
use yew::prelude::*;

/// From this width on two panels have room side by side.
pub const TWO_FROM: u32 = 1600;

/// A panel: a constant in its own file, and a line in [`ALL`].
#[derive(Clone, Copy)]
pub struct Panel {
    /// The id of its element, and its name in links.
    pub name: &'static str,
    /// The text of its tab.
    pub title: &'static str,
    /// Whether it is there, as the trace panel is only with a trace.
    pub is_in: fn(&Snapshot) -> bool,
    /// Draws its content.
    pub draw: fn(PanelProps) -> Html,
    /// Puts the context of the panel's own state around the page, which keeps it while the panel is
    /// closed. The page itself if there is no such state.
    pub keep: fn(Html) -> Html,
}

/// All panels, in the order of their tabs.
pub const ALL: [Panel; 7] = [
    follow::PANEL,
    plots::PANEL,
    plan::PANEL,
    day::PANEL,
    setup::PANEL,
    console::PANEL,
    trace::PANEL,
];

impl PartialEq for Panel {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Panel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    pub snapshot: Snapshot,
    /// The key or request that is followed.
    pub follow: Option<Follow>,
}

/// The page within the contexts of all panels' states.
pub fn with_states(page: Html) -> Html {
    ALL.iter().fold(page, |page, panel| (panel.keep)(page))
}

#[derive(PartialEq, Properties)]
pub struct PanelsProps {
    /// What the panels show.
    pub of: PanelProps,
    /// The open panels, the one opened last first; only as many as have room are shown.
    pub open: Vec<Panel>,
    /// How many have room side by side.
    pub room: usize,
}

/// The tabs, and below them what is open.
#[function_component(Panels)]
pub fn panels(props: &PanelsProps) -> Html {
    let page = use_page();
    let of = &props.of;
    // An open trace's panel stays on the list when undoing leads to where none is open.
    let is_in = |panel: &Panel| (panel.is_in)(&of.snapshot);
    let shown = props.open.iter().copied().filter(is_in);
    let shown: Vec<Panel> = shown.take(props.room).collect();
    let tab = |panel: Panel| {
        let view = page.view.clone();
        let onclick = Callback::from(move |_: MouseEvent| view.dispatch(Action::Toggle(panel)));
        let open = shown.contains(&panel);
        html! {
            <button class="tab" type="button" aria-expanded={open.to_string()} aria-controls={open.then_some(panel.name)} {onclick}>
                { panel.title }
            </button>
        }
    };
    let ordered = ALL.into_iter().filter(|panel| shown.contains(panel));
    html! {
        <>
            <div class="tabs" role="group" aria-label="Panels">{ for ALL.into_iter().filter(is_in).map(tab) }</div>
            <div class={format!("panels of-{}", shown.len())}>
                { for ordered.map(|panel| html! {
                    <section key={panel.name} id={panel.name} class="panel" tabindex="-1" aria-label={panel.title}>{ (panel.draw)(of.clone()) }</section>
                }) }
            </div>
        </>
    }
}

/// Opens two panels where there is room for them. They are below everything else, so nothing moves, and the
/// first picture does without them.
#[hook]
pub fn use_first_panels(view: &UseReducerHandle<ViewState>, embedded: bool) {
    let dispatcher = view.dispatcher();
    let wanted = view.room > 1 && view.panels.is_empty() && !embedded;
    use_effect_with((), move |()| {
        if wanted {
            dispatcher.dispatch(Action::Panels(vec![follow::PANEL, plots::PANEL]));
        }
    });
}

/// Opening a trace opens its panel.
#[hook]
pub fn use_trace_panel(view: &UseReducerHandle<ViewState>) {
    let name = view
        .snapshot
        .trace
        .as_ref()
        .map(|open| open.summary.clone());
    let dispatcher = view.dispatcher();
    use_effect_with(name, move |name| {
        if name.is_some() {
            dispatcher.dispatch(Action::Open(trace::PANEL));
        }
    });
}
