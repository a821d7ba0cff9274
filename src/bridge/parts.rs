//! The page's program comes in two parts (`xtask/src/split/` says how): the second follows the first
//! picture, or is loaded when something of it is called before it is there.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `static/start.js`: fetches the second part; if `now`, everything waits until it is there.
    #[wasm_bindgen(js_name = cachePlaygroundPart)]
    fn get_part(exports: &JsValue, now: bool);
}

/// Has the second part fetched while the page goes on.
pub fn fetch_later() {
    get_part(&wasm_bindgen::exports(), false);
}

/// Loads the second part. Nothing in Rust calls this: the build puts a call of it before each call of
/// what is in the second part.
#[wasm_bindgen(js_name = loadLater)]
pub fn load_later() {
    get_part(&wasm_bindgen::exports(), true);
}
