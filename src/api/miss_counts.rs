//! `missCounts`: the figures to compare with reference simulators.

use super::convert::{shown, thrown};
use super::page::whole;
use super::value::to_js;
use cache::units::Key;
use cache::{CAPACITY_MAX, PolicyKind};
use js_sys::{Array, Uint32Array};
use scenario::{Invalid, KeyTable};
use trace::{CurveJob, CurveOf, CurvePlan};
use wasm_bindgen::prelude::*;

pub(super) fn miss_counts(
    keys: JsValue,
    policy: JsValue,
    capacities: JsValue,
) -> Result<JsValue, JsValue> {
    let keys = read_keys(&keys)?;
    let kind = policy
        .as_string()
        .and_then(|name| CurveOf::from_name(&name));
    let kind = kind.ok_or_else(|| {
        let names = PolicyKind::ALL.map(PolicyKind::name).join(", ");
        thrown(Invalid::new(
            "/policy",
            &format!("one of {names}, belady"),
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
    let capacities = Array::from(&capacities);
    let capacities = capacities.iter().enumerate();
    let capacities: Result<Vec<u32>, JsValue> = capacities
        .map(|(i, capacity)| whole(&format!("/capacities/{i}"), &capacity, 1, CAPACITY_MAX))
        .collect();
    let plan = CurvePlan {
        of: vec![kind],
        capacities: capacities?,
        every_lru: false,
    };
    let mut job = CurveJob::new(keys.into(), plan);
    job.advance(u64::MAX);
    let counts: Vec<u64> = job.points().iter().map(|point| point.misses).collect();
    to_js(&counts)
}

/// The keys of a stream, numbered.
fn read_keys(keys: &JsValue) -> Result<Vec<Key>, JsValue> {
    if let Some(keys) = keys.dyn_ref::<Uint32Array>() {
        return Ok(number(keys.to_vec().into_iter().map(u64::from).collect()));
    }
    if !Array::is_array(keys) {
        let expected = "an array of texts or numbers, or a Uint32Array";
        return Err(thrown(Invalid::new("/keys", expected, shown(keys))));
    }
    let keys = Array::from(keys);
    let numbers: Option<Vec<u64>> = keys.iter().map(|key| number_of(&key)).collect();
    if let Some(numbers) = numbers {
        return Ok(number(numbers));
    }
    let mut table = KeyTable::default();
    let named = keys
        .iter()
        .enumerate()
        .map(|(i, key)| match (key.as_string(), number_of(&key)) {
            (Some(text), _) => Ok(table.number(&text)),
            // A number and the same digits as a text are different keys.
            (None, Some(number)) => Ok(table.number(&format!("\0{}", number))),
            (None, None) => {
                let path = format!("/keys/{i}");
                Err(thrown(Invalid::new(
                    path,
                    "a text or a number",
                    shown(&key),
                )))
            }
        });
    named.collect()
}

/// A number that can be a key, by its bits: `NaN` is not equal to itself.
fn number_of(key: &JsValue) -> Option<u64> {
    key.as_f64()
        .filter(|number| !number.is_nan())
        .map(f64::to_bits)
}

/// Numbers a stream's keys in the order in which they come up, as the reader of traces does: what is
/// asked for often comes up early, and then what belongs to it lies close together.
fn number(keys: Vec<u64>) -> Vec<Key> {
    let mut sorted: Vec<(u64, u32)> = keys.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    // Of equal values the first one's place, and then that one's number.
    let mut numbers = vec![Key(0); sorted.len()];
    let mut first = (None, 0);
    for (value, at) in sorted {
        if first.0 != Some(value) {
            first = (Some(value), at);
        }
        numbers[at as usize] = Key(first.1);
    }
    let mut next = 0;
    for at in 0..numbers.len() {
        let Key(first) = numbers[at];
        numbers[at] = if first as usize == at {
            next += 1;
            Key(next - 1)
        } else {
            numbers[first as usize]
        };
    }
    numbers
}
