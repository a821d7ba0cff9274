//! The world: what one lane simulates, from a request's arrival to its answer.
//!
//! Everything here is a function of the setup and the seed. There is no wall clock, no shared random
//! generator, and no order that depends on a hash.

mod database;
pub mod draw;
mod event;
pub mod latency;
pub(crate) mod log;
mod metrics;
mod procedure;
mod queue;
mod request;
mod setup;
mod strategy;
mod world;

pub use database::{Database, Row};
pub use event::{Event, EventId, EventKind, Operation, Party, Verb};
pub use latency::Latency;
pub use metrics::{Latencies, Metrics};
pub use procedure::{Instruction, Line, Procedure};
pub use request::{ActiveRequest, Part, Phase};
pub use setup::{
    CacheSetup, DatabaseSetup, LaneSetup, NetworkSetup, OwnTtl, Request, Warm, Workload,
};
pub use strategy::{Pattern, ReadPath, Strategy, WritePath};
pub use world::World;
