//! Fuzzes one target: the one that the environment variable `FUZZ_TARGET` names.
#![no_main]

mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let target = targets::TARGETS
        .into_iter()
        .find(|(known, _)| *known == name);
    let names = targets::TARGETS.map(|(known, _)| known).join(", ");
    target
        .unwrap_or_else(|| panic!("set FUZZ_TARGET to one of {names}"))
        .1
});

fuzz_target!(|input: &[u8]| TARGET(input));
