//! JavaScript values to JSON values and back.

use super::convert::shown;
use js_sys::{Array, Object, Reflect};
use scenario::{Invalid, escaped};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// The deepest nesting that any input has is six.
const DEPTH_MAX: u32 = 8;
/// The most values: 10,000 requests of five fields each, and as many warm entries, fit well.
const VALUES_MAX: u32 = 1_000_000;

/// Reads a JSON value.
///
/// # Errors
/// If it is no JSON, or too deep or too large to be an input.
pub(super) fn read(value: JsValue) -> Result<Value, Invalid> {
    check_size(&value, "", 0, &mut VALUES_MAX.clone())?;
    let found = shown(&value);
    serde_wasm_bindgen::from_value(value)
        .map_err(|_| Invalid::unreadable("It", String::new(), &format!("it is {found}")))
}

/// A JSON value as a plain JavaScript value.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(value.serialize(&plain)?)
}

/// Refuses what is too deep or too large: reading it could overflow the browser's stack or fill the
/// memory. Refuses what no JSON can hold, too, because only here its place is known.
fn check_size(value: &JsValue, path: &str, depth: u32, left: &mut u32) -> Result<(), Invalid> {
    if *left == 0 {
        let expected = format!("of at most {VALUES_MAX} values in all");
        return Err(Invalid::new(path, &expected, "larger"));
    }
    *left -= 1;
    if value.is_function() || value.is_symbol() || value.is_bigint() {
        let found = shown(value);
        return Err(match path {
            "" => Invalid::unreadable("It", String::new(), &format!("it is {found}")),
            path => Invalid::new(path, "plain data", found),
        });
    }
    if !value.is_object() {
        return Ok(());
    }
    if depth == DEPTH_MAX {
        let expected = format!("nested at most {DEPTH_MAX} deep");
        return Err(Invalid::new(path, &expected, "deeper"));
    }
    if let Some(array) = value.dyn_ref::<Array>() {
        for (i, item) in array.iter().enumerate() {
            check_size(&item, &format!("{path}/{i}"), depth + 1, left)?;
        }
        return Ok(());
    }
    for name in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let path = format!("{path}/{}", escaped(&name.as_string().unwrap_or_default()));
        let item = Reflect::get(value, &name)
            .map_err(|_| Invalid::new(&path, "readable", "a property that throws"))?;
        check_size(&item, &path, depth + 1, left)?;
    }
    Ok(())
}
