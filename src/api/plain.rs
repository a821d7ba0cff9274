//! What scripts hand over becomes plain data of a sensible size and depth, before anything else is
//! done with it.

use super::convert::shown;
use js_sys::{Array, Object, Reflect};
use scenario::{Invalid, Plain};
use wasm_bindgen::prelude::*;

/// The deepest nesting that any input has is six.
const DEPTH_MAX: u32 = 8;
/// The most values: 10,000 requests of five fields each, and as many warm entries, fit well.
const VALUES_MAX: u32 = 1_000_000;
/// Up to here every whole number has a floating-point number of its own: 2^53 - 1.
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// Reads plain data. Refuses what is none, or too deep or too large to be an input: reading such a
/// thing could overflow the browser's stack, and so much as naming it in a message could fill the
/// memory.
pub(crate) fn read(value: &JsValue) -> Result<Plain, Invalid> {
    let mut left = VALUES_MAX;
    walk(value, "", 0, &mut left)
}

fn walk(value: &JsValue, path: &str, depth: u32, left: &mut u32) -> Result<Plain, Invalid> {
    if *left == 0 {
        let expected = format!("of at most {VALUES_MAX} values in all");
        return Err(Invalid::new(path, &expected, "larger"));
    }
    *left -= 1;
    if value.is_null() || value.is_undefined() {
        return Ok(Plain::Null);
    }
    if let Some(value) = value.as_bool() {
        return Ok(Plain::Bool(value));
    }
    if let Some(number) = value.as_f64() {
        let whole = number.fract() == 0.0 && number.abs() <= SAFE_MAX;
        return Ok(match whole {
            true => Plain::Whole(number as i64),
            false => Plain::Real(number),
        });
    }
    if let Some(text) = value.as_string() {
        return Ok(Plain::Text(text));
    }
    if !value.is_object() {
        let found = shown(value);
        return Err(match path {
            "" => Invalid::unreadable("It", String::new(), &format!("it is {found}")),
            path => Invalid::new(path, "plain data", found),
        });
    }
    if depth == DEPTH_MAX {
        let expected = format!("nested at most {DEPTH_MAX} deep");
        return Err(Invalid::new(path, &expected, "deeper"));
    }
    if let Some(array) = value.dyn_ref::<Array>() {
        let mut items = Vec::new();
        for (i, item) in array.iter().enumerate() {
            items.push(walk(&item, &format!("{path}/{i}"), depth + 1, left)?);
        }
        return Ok(Plain::List(items));
    }
    let mut fields = Vec::new();
    for name in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let item = Reflect::get(value, &name);
        let name = name.as_string().unwrap_or_default();
        let path = format!("{path}/{}", escaped(&name));
        let item = item.map_err(|_| Invalid::new(&path, "readable", "a property that throws"))?;
        fields.push((name, walk(&item, &path, depth + 1, left)?));
    }
    Ok(Plain::Object(fields))
}

fn escaped(name: &str) -> String {
    let name: String = name.chars().take(60).collect();
    name.replace('~', "~0").replace('/', "~1")
}
