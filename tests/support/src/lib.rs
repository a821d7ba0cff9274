//! What the tests of several crates share: request streams, scenarios to run, packed files, a lane whose
//! instants can be counted out, the scenarios whose hashes are kept, and a Valkey or Redis server.

#![allow(missing_docs, reason = "these are helpers of tests")]

#[cfg(not(target_arch = "wasm32"))]
pub mod days;
pub mod golden;
pub mod gzip;
// proptest's random seeds come from the system, which wasm32-unknown-unknown does not have.
#[cfg(not(target_arch = "wasm32"))]
pub mod scenarios;
#[cfg(not(target_arch = "wasm32"))]
pub mod steady;

// The crate `cache` cannot depend on this one, which depends on it.
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../../crates/cache/tests/it/cases.rs"]
mod cases;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../../crates/cache/tests/it/differential/server.rs"]
pub mod server;
#[path = "../../../crates/cache/tests/it/streams.rs"]
pub mod streams;
pub mod traces;
pub mod zstd;

#[cfg(not(target_arch = "wasm32"))]
pub use cases::cases;
