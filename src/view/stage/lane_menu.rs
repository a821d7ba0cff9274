//! A lane's menu: all its inputs, duplicate, remove.

use crate::session::Edit;
use crate::view::context::use_page;
use crate::view::panels::setup::use_setup_of;
use crate::view::shell::format::letter;
use crate::view::shell::menu::closes_behind;
use scenario::LANES_MAX;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct LaneMenuProps {
    /// Which lane, from 0.
    pub lane: usize,
    /// How many lanes there are.
    pub lanes: usize,
}

/// The lane's letter as a button, and its list; the list is a popover of the platform.
#[function_component(LaneMenu)]
pub fn lane_menu(props: &LaneMenuProps) -> Html {
    let page = use_page();
    let name = letter(props.lane);
    let id = format!("lane-menu-{name}");
    let item = |text: &'static str, edit: Edit, there: bool| {
        let onclick = page.on_press(move |page| {
            if there {
                page.edit(&edit);
            }
        });
        // Not `disabled`: a button that disables itself when pressed would not close its list.
        html! {
            <button class="link" type="button" aria-disabled={(!there).then_some("true")} popovertarget={id.clone()} popovertargetaction="hide" {onclick}>{ text }</button>
        }
    };
    let inputs = use_setup_of(props.lane);
    let onfocusout = closes_behind(id.clone());
    html! {
        <span class="lane-menu" {onfocusout}>
            <button class="tag" type="button" popovertarget={id.clone()} aria-label={format!("Lane {name}: all inputs, duplicate, remove")}>
                <span>{ name }</span>
                <svg width="4" height="14" viewBox="0 0 4 14" fill="currentColor" aria-hidden="true">
                    <circle cx="2" cy="2.5" r="1.4" /><circle cx="2" cy="7" r="1.4" /><circle cx="2" cy="11.5" r="1.4" />
                </svg>
            </button>
            <div id={id.clone()} class="menu of-lane" popover="auto" role="group" aria-label={format!("Lane {name}")}>
                <button class="link" type="button" popovertarget={id.clone()} popovertargetaction="hide" onclick={inputs}>{ "All inputs" }</button>
                { item("Duplicate", Edit::AddLane(props.lane), props.lanes < LANES_MAX) }
                { item("Remove", Edit::RemoveLane(props.lane), props.lanes > 1) }
            </div>
        </span>
    }
}

#[derive(Properties, PartialEq)]
pub struct AddLaneProps {
    pub lanes: usize,
}

/// The button that adds a lane.
#[function_component(AddLane)]
pub fn add_lane(props: &AddLaneProps) -> Html {
    let page = use_page();
    let lanes = props.lanes;
    if lanes >= LANES_MAX {
        return html! {};
    }
    let onclick = page.on_press(move |page| page.edit(&Edit::AddLane(lanes - 1)));
    html! { <button class="btn add-lane" type="button" {onclick}>{ "+ Add a lane" }</button> }
}
