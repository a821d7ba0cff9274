//! Dragging the playhead.

use crate::view::context::Page;
use gloo::render::request_animation_frame;
use gloo::utils::document_element;
use yew::prelude::*;

/// Goes to the steps that a drag passes: to the latest one with each animation frame, because pointers
/// move more often than that. While `dragged`, entries jump to their places instead of gliding there.
#[hook]
pub(super) fn use_scrub(page: &Page, dragged: bool) -> Callback<u32> {
    use_effect_with(dragged, |&dragged| {
        // It only fails for a name that is none.
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

/// Goes to a step, unless the run has changed and has none so late.
pub(super) fn go_to(page: &Page, step: u32) {
    if step <= page.session.scene().run.known_steps() {
        page.go_to(step);
    }
}
