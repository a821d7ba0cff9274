//! A strip that shows where in the run the timeline's window is, and can be dragged.

use super::window::Window;
use crate::view::context::use_page;
use crate::view::shell::format::share;
use crate::view::state::Action;
use web_sys::Element;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct StripProps {
    pub window: Window,
    /// The run's last step.
    pub last: u32,
    /// The step at the playhead.
    pub step: u32,
}

/// A narrow picture of the whole run with the window in it. Its room is kept without a zoom as well, so that
/// zooming moves nothing.
#[function_component(Strip)]
pub fn strip(props: &StripProps) -> Html {
    let page = use_page();
    let strip = use_node_ref();
    let pressed = use_mut_ref(|| false);
    let (window, last) = (props.window, props.last);
    let show = {
        let (strip, view) = (strip.clone(), page.view.clone());
        move |event: &PointerEvent| {
            let Some(element) = strip.cast::<Element>() else {
                return;
            };
            let bounds = element.get_bounding_client_rect();
            let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
            let middle = share * f64::from(last) - f64::from(window.steps()) / 2.0;
            let moved = window.moved(middle - f64::from(window.from), last);
            view.dispatch(Action::Zoom(Some(moved)));
        }
    };
    let onpointerdown = {
        let (strip, pressed, show) = (strip.clone(), pressed.clone(), show.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(element) = strip.cast::<Element>() {
                // A pointer that is gone already can't be captured, and need not be.
                element.set_pointer_capture(event.pointer_id()).ok();
            }
            *pressed.borrow_mut() = true;
            show(&event);
        })
    };
    let onpointermove = {
        let pressed = pressed.clone();
        Callback::from(move |event: PointerEvent| {
            if *pressed.borrow() {
                show(&event);
            }
        })
    };
    let release = Callback::from(move |_: PointerEvent| *pressed.borrow_mut() = false);
    let whole = u64::from(last);
    if window == Window::whole(last) {
        return html! { <div class="strip" ref={strip}></div> };
    }
    html! {
        <div class="strip zoomed" ref={strip} {onpointerdown} {onpointermove} onpointerup={release.clone()} onpointercancel={release}>
            <svg width="100%" height="12" aria-hidden="true">
                <rect class="track" y="4" width="100%" height="4" rx="2" />
                <rect class="strip-window" x={share(window.from.into(), whole)} y="4"
                    width={share(window.steps().into(), whole)} height="4" />
                <rect class="strip-playhead" x={share(props.step.into(), whole)} width="2" height="12" />
            </svg>
        </div>
    }
}
