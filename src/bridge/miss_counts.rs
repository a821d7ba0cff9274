//! `missCounts`: the figures to compare with reference simulators.

use super::convert::{shown, thrown, to_js, whole};
use crate::cache::{CAPACITY_MAX, PolicyKind};
use crate::scenario::Invalid;
use crate::trace::miss_count;
use crate::units::Key;
use js_sys::{Array, Uint32Array};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

pub(super) fn miss_counts(
    keys: JsValue,
    policy: JsValue,
    capacities: JsValue,
) -> Result<JsValue, JsValue> {
    let keys = read_keys(&keys)?;
    let kind = policy
        .as_string()
        .and_then(|name| PolicyKind::from_name(&name));
    let kind = kind.ok_or_else(|| {
        let names = PolicyKind::ALL.map(PolicyKind::name).join(", ");
        thrown(Invalid::new(
            "/policy",
            &format!("one of {names}"),
            shown(&policy),
        ))
    })?;
    if !Array::is_array(&capacities) {
        let expected = "an array of whole numbers";
        return Err(thrown(Invalid::new(
            "/capacities",
            expected,
            shown(&capacities),
        )));
    }
    let mut counts = Vec::new();
    for (i, capacity) in Array::from(&capacities).iter().enumerate() {
        let capacity = whole(&format!("/capacities/{i}"), &capacity, 1, CAPACITY_MAX)?;
        counts.push(miss_count(&keys, kind, capacity) as f64);
    }
    to_js(&counts)
}

/// What a script can use as a key. A number and the same digits as a text are different keys.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Number(u64),
    Text(String),
}

fn read_keys(keys: &JsValue) -> Result<Vec<Key>, JsValue> {
    let mut numbers: BTreeMap<Name, Key> = BTreeMap::new();
    let mut number = |name: Name| {
        let next = Key(numbers.len() as u32);
        *numbers.entry(name).or_insert(next)
    };
    if let Some(keys) = keys.dyn_ref::<Uint32Array>() {
        let named = keys
            .to_vec()
            .into_iter()
            .map(|key| number(Name::Number(key.into())));
        return Ok(named.collect());
    }
    if !Array::is_array(keys) {
        let expected = "an array of texts or numbers, or a Uint32Array";
        return Err(thrown(Invalid::new("/keys", expected, shown(keys))));
    }
    let keys = Array::from(keys);
    let named = keys.iter().enumerate().map(|(i, key)| {
        let name = match (key.as_string(), key.as_f64()) {
            (Some(text), _) => Name::Text(text),
            (_, Some(key)) if !key.is_nan() => Name::Number(key.to_bits()),
            _ => {
                let expected = "a text or a number";
                return Err(thrown(Invalid::new(
                    format!("/keys/{i}"),
                    expected,
                    shown(&key),
                )));
            }
        };
        Ok(number(name))
    });
    named.collect()
}
