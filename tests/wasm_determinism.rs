//! The golden hashes of `determinism.rs`, in WebAssembly in a real browser.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn hashes_are_the_golden_ones() {
    let rows: Vec<&str> = support::golden::EXPECTED.lines().skip(1).collect();
    let scenarios = support::golden::scenarios();
    assert_eq!(rows.len(), scenarios.len());
    for (expected, (name, scenario)) in rows.into_iter().zip(scenarios) {
        assert_eq!(support::golden::row(&name, scenario), expected);
    }
}
