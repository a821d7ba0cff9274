//! Between Rust values and JavaScript's, and from refusals to thrown errors.

use crate::scenario::Invalid;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A plain JavaScript value, as `JSON.parse` would give it.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value.serialize(&serializer)?)
}

/// The `Error` to throw for a refused input: its message, and its path as a property.
pub(super) fn thrown(invalid: Invalid) -> JsValue {
    let error = js_sys::Error::new(&invalid.message);
    let set = js_sys::Reflect::set(&error, &"path".into(), &invalid.path.into());
    debug_assert!(set.is_ok());
    error.into()
}

/// An argument that has to be a whole number from `low` to `high`.
pub(super) fn whole(path: &str, value: &JsValue, low: u32, high: u32) -> Result<u32, JsValue> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0);
    let number = number.filter(|number| (f64::from(low)..=f64::from(high)).contains(number));
    number.map(|number| number as u32).ok_or_else(|| {
        let expected = format!("a whole number from {low} to {high}");
        thrown(Invalid::new(path, &expected, shown(value)))
    })
}

/// An argument that has to be a step of the run.
pub(super) fn step(name: &str, value: &JsValue, last: u32) -> Result<u32, JsValue> {
    whole(&format!("/{name}"), value, 0, last)
}

/// A value as it can be named in a sentence.
pub(super) fn shown(value: &JsValue) -> String {
    if let Some(text) = value.as_string() {
        return format!("{:?}", text.chars().take(40).collect::<String>());
    }
    if let Some(number) = value.as_f64() {
        return number.to_string();
    }
    // The type says enough of everything else: undefined, boolean, object, function, symbol.
    let kind = value.js_typeof().as_string().unwrap_or_default();
    match kind.as_str() {
        "undefined" => "missing".to_owned(),
        _ => format!("of type {kind}"),
    }
}
