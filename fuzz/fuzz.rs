//! Fuzzes one target: the one that the environment variable `FUZZ_TARGET` names.
#![no_main]

mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let chosen = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let targets = targets::targets();
    let names: Vec<&str> = targets.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let target = targets.into_iter().find(|(name, _)| *name == chosen);
    target
        .unwrap_or_else(|| panic!("set FUZZ_TARGET to one of {names}"))
        .1
});

fuzz_target!(|input: &[u8]| TARGET(input));
