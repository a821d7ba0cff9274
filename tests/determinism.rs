//! The same inputs give the same events, bit for bit: natively here, in WebAssembly in
//! `wasm_determinism.rs`, and on the release build in `browser/determinism.test.mjs`, all against one
//! golden file.
//!
//! After a change that is meant to change results, run with `UPDATE_GOLDEN=1` and look at the diff.
#![cfg(not(target_arch = "wasm32"))]

mod golden;

use std::fmt::Write;

#[test]
fn hashes_are_the_golden_ones() {
    let mut hashes = String::from("scenario\tlog hash\tstate hashes along the way\n");
    for name in golden::NAMES {
        let (log, states) = golden::hashes(name);
        writeln!(hashes, "{name}\t{log}\t{states}").expect("a text can be written to");
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hashes.tsv");
        std::fs::write(path, &hashes).expect("the golden file can be written");
        return;
    }
    assert_eq!(hashes, golden::EXPECTED);
}
