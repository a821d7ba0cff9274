//! Dragging the playhead.

use crate::view::context::Page;
use gloo::render::request_animation_frame;
use gloo::utils::document_element;
use yew::prelude::*;

/// Goes to the step under the pointer with each animation frame, because pointers move more often than
/// that. While `dragged`, entries jump to their places instead of gliding there.
#[hook]
pub(super) fn use_scrub(page: &Page, dragged: bool) -> Callback<u32> {
    use_effect_with(dragged, |&dragged| {
        // Fails only for an invalid attribute name.
        document_element()
            .toggle_attribute_with_force("data-dragging", dragged)
            .ok();
    });
    let wanted = use_mut_ref(|| None);
    let frame = use_mut_ref(|| None);
    use_callback(page.clone(), move |step: u32, page: &Page| {
        *wanted.borrow_mut() = Some(step);
        if frame.borrow().is_some() {
            return;
        }
        let (page, wanted, waiting) = (page.clone(), wanted.clone(), frame.clone());
        *frame.borrow_mut() = Some(request_animation_frame(move |_| {
            waiting.take();
            if let Some(step) = wanted.take() {
                go_to(&page, step);
            }
        }));
    })
}

/// Goes to a step, unless the run has become shorter than that.
pub(super) fn go_to(page: &Page, step: u32) {
    if step <= page.session.snapshot().run.known_steps() {
        page.go_to(step);
    }
}
