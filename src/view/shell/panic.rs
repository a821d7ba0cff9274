//! If the program panics, the page shows its failure card, in plain HTML, instead of not answering.

use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// The event that static/watchdog.js waits for.
const EVENT: &str = "cache-playground-failed";

/// Lets a panic show the failure card.
pub fn report_panics() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let sentence = "Something went wrong in the simulation. Reload the page to continue.";
        let init = CustomEventInit::new();
        init.set_detail(&JsValue::from_str(&format!("{sentence}\n{info}")));
        // If even this fails, nothing else could show it.
        if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &init) {
            gloo::utils::document().dispatch_event(&event).ok();
        }
    }));
}
