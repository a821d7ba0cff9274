//! Moves the focus to where a person goes on.

use gloo::utils::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Scrolls to an element and gives it the focus; does nothing if there is none.
pub fn go_to(selector: &str) {
    let found = document().query_selector(selector);
    if let Some(element) = found.ok().flatten() {
        Element::scroll_into_view(&element);
        element.unchecked_ref::<HtmlElement>().focus().ok();
    }
}
