//! Cache Playground: a deterministic simulation of clients, an application, a cache node, a database
//! and the network between them, and the page that shows it step by step.
//!
//! The rooms, from the ground up; each uses only those above it in this list. `docs/architecture.md`
//! is the map.

pub use cache_playground_engine::{cache, draw, sim, units};

pub mod scenario;

pub mod timeline;

pub mod trace;

pub mod session;

#[cfg(any(feature = "web", feature = "lab"))]
pub mod bridge;

#[cfg(feature = "web")]
pub mod view;
