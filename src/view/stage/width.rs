//! The width of a lane's stage.

use crate::view::shell::screen::USUAL_TEXT;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Text larger than this leaves less room, in CSS pixels.
const LARGER_FROM: f64 = 18.0;
/// The least width that a stage is drawn for, in CSS pixels.
const STAGE_MIN: u32 = 300;

/// Whether text is so large that less fits beside it.
pub fn is_large(text: f64) -> bool {
    text > LARGER_FROM
}

/// The width to draw a stage for that is shown `width` wide: less with large text, so that all of it becomes
/// larger.
pub fn drawn_width(width: u32, text: f64) -> u32 {
    if !is_large(text) {
        return width;
    }
    let narrower = (f64::from(width) * USUAL_TEXT / text) as u32;
    width.min(narrower.max(STAGE_MIN))
}

/// The width that the style sheet will give a stage: two lanes stand side by side above 620 px, more of them
/// above 1020 px, three in one row from 1600 px and four from 1760 px, and the page's margins shrink at 620 px. A
/// lane alone has its pseudocode at its side. Drawing with the right width at once keeps the first
/// picture from moving; what is measured afterwards corrects it.
fn expected_stage_width(page: u32, lane_count: usize) -> u32 {
    const GAP: u32 = 10;
    const BORDERS: u32 = 2;
    let most = if lane_count > 2 { 2_600 } else { 1_760 };
    let room = page.min(most).saturating_sub(40);
    let columns = match (page, lane_count) {
        (0..=620, _) => return page.saturating_sub(20 + BORDERS),
        (621..=1020, 2) => 2,
        (621..=1020, _) => 1,
        (1021.., 1) => return (room - BORDERS) * 62 / 100,
        (1600.., 3) => 3,
        (1760.., 4) => 4,
        _ => 2,
    };
    (room - GAP * (columns - 1)) / columns - BORDERS
}

/// The width of a lane's stage, followed as the page changes its size.
#[hook]
pub fn use_stage_width(page: u32, lane_count: usize) -> (NodeRef, u32) {
    let lanes = use_node_ref();
    let width = use_state_eq(|| expected_stage_width(page, lane_count));
    let measure = {
        let (lanes, width) = (lanes.clone(), width.clone());
        move || {
            let stage = lanes.cast::<Element>();
            let stage = stage.and_then(|lanes| lanes.query_selector(".stage-box").ok().flatten());
            // Rounded down: drawn for more than there is, its text would shrink.
            if let Some(measured) = stage.map(|stage| stage.get_bounding_client_rect().width()) {
                width.set(measured as u32);
            }
        }
    };
    let lanes_now = lanes.clone();
    use_effect_with(lane_count, move |lane_count| {
        // The style sheet keeps the focus clear of the transport, which is higher with more lanes.
        gloo::utils::document_element()
            .set_attribute("data-lanes", &lane_count.to_string())
            .ok();
        // A panel that opens beside the stage makes it narrower, as a smaller window does.
        let observed = lanes_now.cast::<Element>();
        // Not at once: drawing within the observer's own round would be an error.
        let measured = Closure::<dyn Fn()>::new(move || {
            Timeout::new(0, measure.clone()).forget();
        });
        let observer = ResizeObserver::new(measured.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(lanes)) = (&observer, observed) {
            observer.observe(&lanes);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(measured);
        }
    });
    (lanes, *width)
}
