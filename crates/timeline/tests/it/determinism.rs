//! The same inputs give the same events, bit for bit: natively here, in WebAssembly in
//! `wasm_determinism.rs`, and on the release build in `browser/determinism.test.mjs`, all against one
//! golden file.
//!
//! After a change that is meant to change results, run with `UPDATE_GOLDEN=1` and look at the diff.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

#[test]
fn hashes_are_the_golden_ones() {
    let mut hashes = String::from("scenario\tlog hash\tstate hashes along the way\n");
    for (name, scenario) in support::golden::scenarios() {
        hashes.push_str(&support::golden::row(&name, scenario));
        hashes.push('\n');
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/support/data/hashes.tsv"
        );
        std::fs::write(path, &hashes).expect("the golden file can be written");
        return;
    }
    assert_eq!(hashes, support::golden::EXPECTED);
}

/// A row that equals another would hold nothing of its own: the policy, the path or the defence that
/// it is named after would not have done anything. Only read-through may: it is cache-aside done by a
/// library, in the same trips.
#[test]
fn every_row_is_a_log_of_its_own() {
    let rows = support::golden::EXPECTED.lines().skip(1);
    let rows = rows.filter(|row| !row.contains("/read-through/"));
    let logs: Vec<&str> = rows.filter_map(|row| row.split('\t').nth(1)).collect();
    let different: BTreeSet<&str> = logs.iter().copied().collect();
    assert_eq!(different.len(), logs.len());
}
