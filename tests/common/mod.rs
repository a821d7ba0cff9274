//! What several test files need: the streams of the oracle, scenarios to run, packed files, and a lane
//! whose instants can be counted out.

#![allow(
    dead_code,
    reason = "each test file is a crate and uses a part of this"
)]

pub mod gzip;
pub mod scenarios;
pub mod steady;
pub mod streams;

use proptest::test_runner::Config;

/// A proptest configuration of so many cases. A failure prints its smallest input; no file of past
/// failures is written beside the tests.
pub fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}
