//! The lanes side by side, or on a narrow page one of them.

use crate::session::Snapshot;
use crate::view::shell::screen::is_landscape;
use crate::view::shell::solo::{SoloSwitch, use_swipes};
use crate::view::stage::lane::Lane;
use crate::view::stage::layout::SIDE_BY_SIDE_FROM;
use crate::view::stage::width::{drawn_width, use_stage_width};
use crate::view::state::Follow;
use std::rc::Rc;
use timeline::Frame;
use yew::prelude::*;

/// Below this width of the page a lane can fill the screen.
const NARROW_BELOW: u32 = 621;

#[derive(Properties, PartialEq)]
pub struct LanesProps {
    pub snapshot: Snapshot,
    /// The frame left behind, while the picture is on the way from it.
    pub before: Option<Rc<Frame>>,
    /// The width of the page, in CSS pixels.
    pub page_width: u32,
    /// The size of text, in CSS pixels.
    pub text: f64,
    /// Whether the page is shown on a projector: the whole stage is to fit into the window.
    pub present: bool,
    /// The only lane to show, where the page is narrow.
    pub solo: Option<usize>,
    /// The only lane to show at any width, if the run has it.
    pub only: Option<usize>,
    pub follow: Option<Follow>,
}

/// The lanes.
#[function_component(Lanes)]
pub fn lanes(props: &LanesProps) -> Html {
    let lanes = &props.snapshot.run.scenario().lanes;
    let only = props.only.filter(|&lane| lane < lanes.len());
    let count = if only.is_some() { 1 } else { lanes.len() };
    let (here, width) = use_stage_width(props.page_width, count);
    let beside = 2 * width < props.page_width;
    let width = drawn_width(width, props.text);
    // Where lanes stand beside each other in a projector's low window, so do the parties: they take less height.
    let width = if props.present && beside && is_landscape() {
        width.max(SIDE_BY_SIDE_FROM)
    } else {
        width
    };
    let narrow = props.page_width < NARROW_BELOW;
    let solo = only.or(props.solo.filter(|_| narrow));
    let shown = lanes.iter().enumerate();
    let shown = shown.filter(|(lane, _)| solo.is_none_or(|solo| solo == *lane));
    use_swipes(&here, props.solo.filter(|_| narrow && count > 1), count);
    html! {
        <>
            if narrow && count > 1 {
                <SoloSwitch frame={props.snapshot.frame.clone()} {solo} />
            }
            <div class={format!("lanes of-{count}")} ref={here}>
                { for shown.map(|(lane, setup)| html! {
                    <Lane key={lane} {lane} setup={setup.clone()} frame={props.snapshot.frame.clone()} before={props.before.clone()}
                        {width} follow={props.follow.clone()} />
                }) }
            </div>
        </>
    }
}
