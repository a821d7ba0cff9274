//! From refusals to thrown errors.

use scenario::{Invalid, quoted};
use wasm_bindgen::prelude::*;

/// The `Error` to throw for a refused input: its message, and its path as a property.
pub(super) fn thrown(invalid: Invalid) -> JsValue {
    let error = js_sys::Error::new(&invalid.message);
    let set = js_sys::Reflect::set(&error, &"path".into(), &invalid.path.into());
    debug_assert!(set.is_ok());
    error.into()
}

/// A value as it can be named in a sentence.
pub(super) fn shown(value: &JsValue) -> String {
    if let Some(text) = value.as_string() {
        return quoted(&text, 40);
    }
    if let Some(number) = value.as_f64() {
        let text = js_sys::Number::from(number).to_string_with_radix(10);
        return text.map_or_else(|_| number.to_string(), String::from);
    }
    // The type says enough of everything else: undefined, boolean, object, function, symbol.
    let kind = value.js_typeof().as_string().unwrap_or_default();
    match kind.as_str() {
        "undefined" => "missing".to_owned(),
        _ => format!("of type {kind}"),
    }
}
