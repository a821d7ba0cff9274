//! What the tests of several crates share: request streams, scenarios to run, packed files, a lane whose
//! instants can be counted out, and the scenarios whose hashes are kept.

#![allow(missing_docs, reason = "these are helpers of tests")]

pub mod golden;
pub mod gzip;
pub mod scenarios;
pub mod steady;

// The crate `cache` cannot depend on this one, which depends on it.
#[path = "../../../crates/cache/tests/it/cases.rs"]
mod cases;
#[path = "../../../crates/cache/tests/it/streams.rs"]
pub mod streams;

pub use cases::cases;
