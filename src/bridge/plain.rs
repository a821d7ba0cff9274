//! What scripts hand over is checked before it is read: plain data of a sensible size and depth, and
//! afterwards that nothing in it was passed over.

use crate::scenario::Invalid;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The deepest nesting that any input has is six.
const DEPTH_MAX: u32 = 8;
/// The most values: 10,000 requests of five fields each, and as many warm entries, fit well.
const VALUES_MAX: u32 = 1_000_000;

/// Refuses what is not plain data, or too deep or too large to be an input. Reading such a thing could
/// overflow the browser's stack, and so much as naming it in a message could fill the memory.
pub(super) fn check_plain(value: &JsValue) -> Result<(), Invalid> {
    let mut left = VALUES_MAX;
    walk(value, "", 0, &mut left)
}

fn walk(value: &JsValue, path: &str, depth: u32, left: &mut u32) -> Result<(), Invalid> {
    if *left == 0 {
        let expected = format!("of at most {VALUES_MAX} values in all");
        return Err(Invalid::new(path, &expected, "larger"));
    }
    *left -= 1;
    if !value.is_object() {
        return Ok(());
    }
    if depth == DEPTH_MAX {
        let expected = format!("nested at most {DEPTH_MAX} deep");
        return Err(Invalid::new(path, &expected, "deeper"));
    }
    if let Some(array) = value.dyn_ref::<Array>() {
        for (i, item) in array.iter().enumerate() {
            walk(&item, &format!("{path}/{i}"), depth + 1, left)?;
        }
        return Ok(());
    }
    for key in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let path = format!("{path}/{}", escaped(&key));
        let item = Reflect::get(value, &key)
            .map_err(|_| Invalid::new(&path, "readable", "a property that throws"))?;
        walk(&item, &path, depth + 1, left)?;
    }
    Ok(())
}

/// Refuses the first field of `given` that `known`, the canonical form of what was read, does not
/// have: a misspelt field must not be passed over. (serde-wasm-bindgen looks up the fields that a
/// struct has, and so never sees others.)
pub(super) fn check_known(given: &JsValue, known: &JsValue, path: &str) -> Result<(), Invalid> {
    if !given.is_object() || !known.is_object() {
        return Ok(());
    }
    if let (Some(given), Some(known)) = (given.dyn_ref::<Array>(), known.dyn_ref::<Array>()) {
        for (i, (given, known)) in given.iter().zip(known.iter()).enumerate() {
            check_known(&given, &known, &format!("{path}/{i}"))?;
        }
        return Ok(());
    }
    let fields = Object::keys(known.unchecked_ref::<Object>());
    for key in Object::keys(given.unchecked_ref::<Object>()).iter() {
        let path = format!("{path}/{}", escaped(&key));
        if !fields.includes(&key, 0) {
            let known = String::from(fields.join(", "));
            return Err(Invalid::unknown(path, &known));
        }
        let of = |object: &JsValue| Reflect::get(object, &key).unwrap_or_default();
        check_known(&of(given), &of(known), &path)?;
    }
    Ok(())
}

fn escaped(key: &JsValue) -> String {
    let key = key.as_string().unwrap_or_default();
    let key: String = key.chars().take(60).collect();
    key.replace('~', "~0").replace('/', "~1")
}
