//! How many cases a property is tried with.

use proptest::test_runner::Config;

/// A proptest configuration. A failure prints its smallest input; no file of past
/// failures is written beside the tests.
pub fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}
